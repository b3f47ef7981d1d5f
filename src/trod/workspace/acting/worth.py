"""What one success is worth in money: the one place where that is reckoned.

What is declared comes first, so that the queue, lanes, findings and the ledger of return count a
customer alike: `worth` of the success, `value` of the outcome, `worth` of the objective it serves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from trod.errors import TrodError
from trod.insights.findings.spec import serving
from trod.insights.wording import share

if TYPE_CHECKING:
    from trod.actions.playbooks.spec import SuccessSpec
    from trod.insights.findings.spec import ObjectiveSpec
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.workspace.folder import Workspace


class Worth(NamedTuple):
    """Money, and where the figure comes from."""

    money: float
    source: str


@dataclass(slots=False)
class Worths:
    """What is known of money in a workspace, each looked up once."""

    workspace: Workspace
    journeys: Journeys
    plan: StagePlan

    def declared(self, success: SuccessSpec) -> Worth | None:
        """Give what one success is worth as trod.yml says; None where it says nothing.

        That is the worth of a customer as they come on average.
        """
        from trod.workspace.acting.chances import judged_by

        if success.worth is not None:
            return Worth(success.worth, "worth of its success")
        outcome = judged_by(self.workspace, success)
        if outcome is not None and outcome.value is not None:
            return Worth(outcome.value, f"value of {outcome.name}")
        goal, part = self._serves(success)
        if goal is None or goal.worth is None:
            return None
        return self._on_the_way(goal.worth, goal.name, success, part)

    def of(self, success: SuccessSpec, customer: str) -> Worth | None:
        """Give what one success is worth with one customer; None where no money is known.

        The worth of an objective to keep customers is divided in proportion to what each will pay
        or has paid, where that is known: on average it stays what was declared.
        """
        if self.journeys.currency is None:
            return None
        told = self.declared(success)
        keeps = self._serves(success)[0]
        if told is None:
            return self._measured(success, customer)
        own = self._own(customer) if success.ends == "left" else None
        if own is None or keeps is None or told.source != f"worth of {keeps.name}":
            return told
        mean = self._mean_own
        return Worth(told.money * own.money / mean, f"{told.source}, in proportion to {own.source}")

    def _serves(self, success: SuccessSpec) -> tuple[ObjectiveSpec | None, tuple[int, int]]:
        """Give the objective that a success serves, and how many who succeed come to what it means.

        As for findings: up to the stage from which customers count as won they are converted, after
        it they are kept. Touchpoints that carry money are growth; others serve nothing by
        themselves.
        """
        goals = self.workspace.project.insights.objectives
        if success.ends == "left":
            return serving(goals, "kept"), (1, 1)
        if success.touchpoints:
            grows = self._paid(success.touchpoints) is not None
            return (serving(goals, "expanded") if grows else None), (1, 1)
        goal = serving(goals, "converted")
        if goal is None or success.money:
            return None, (1, 1)
        if success.reaches is None:
            return goal, (1, 1)
        stages = self.plan.stages
        won = stages.index(goal.reaches) if goal.reaches in stages else len(stages) - 1
        at = stages.index(success.reaches) if success.reaches in stages else won
        if at > won:
            return serving(goals, "kept"), (1, 1)
        return goal, self._going_on(at, won)

    def _going_on(self, at: int, won: int) -> tuple[int, int]:
        """Count those who reached a stage, and those of them who came to the one that counts."""
        from trod.analyses.stages import stages

        if at == won:
            return 1, 1
        reached = stages(self.journeys, self.plan).data.reached
        return min(int(reached[won]), int(reached[at])), int(reached[at])

    @staticmethod
    def _on_the_way(
        money: float, name: str, success: SuccessSpec, part: tuple[int, int]
    ) -> Worth | None:
        some, whole = part
        if not whole:
            return None
        if some == whole:
            return Worth(money, f"worth of {name}")
        going = f"{share(some, whole)} who go on from {success.reaches}"
        return Worth(money * some / whole, f"worth of {name} × {going}") if some else None

    def _measured(self, success: SuccessSpec, customer: str) -> Worth | None:
        """Give what the data say where nothing is declared."""
        if success.touchpoints:
            return self._paid(success.touchpoints)
        return self._own(customer) if success.ends == "left" else self._usual

    def _own(self, customer: str) -> Worth | None:
        """Give what a customer will pay, or has paid where nobody foretold that."""
        if (ahead := self._ahead.get(customer)) is not None:
            return Worth(ahead, "lifetime value ahead")
        paid = self._so_far.get(customer)
        return None if paid is None else Worth(paid, "revenue so far")

    @cached_property
    def _mean_own(self) -> float:
        """Give the mean over all with any, by id: a sum of floats depends on its order."""
        each = self._so_far | self._ahead
        return sum(each[name] for name in sorted(each)) / len(each)

    @cached_property
    def _ahead(self) -> dict[str, float]:
        question = ("value ahead", self.journeys.unit)
        return self.workspace.opened.once(self.workspace, question, self._foretold)

    def _foretold(self) -> dict[str, float]:
        from trod.workspace.valued import valued

        try:
            found, _ = valued(self.workspace, top=0, unit=self.journeys.unit)
        except TrodError:  # never fitted, too little to fit on, or of another unit
            return {}
        at = found.data.outlook
        pairs = zip(at.customer.to_pylist(), at.expected.tolist(), strict=True)
        return {name: ahead for name, ahead in pairs if ahead > 0}

    @cached_property
    def _prices(self) -> dict[tuple[str, ...], Worth | None]:
        return {}

    def _paid(self, names: tuple[str, ...]) -> Worth | None:
        """Give the mean money of some touchpoints."""
        if names not in self._prices:
            self._prices[names] = self._price(names)
        return self._prices[names]

    def _price(self, names: tuple[str, ...]) -> Worth | None:
        import numpy as np

        from trod.journeys.batch import NO_VALUE

        total, n = 0, 0
        for batch in self.journeys:
            codes = [c for name in names if (c := batch.vocabulary.touchpoint(name)) is not None]
            some = batch.value[np.isin(batch.code, np.array(codes, batch.code.dtype))]
            some = some[some != NO_VALUE]
            total, n = total + int(some.sum()), n + some.size
        return Worth(total / n / 1e6, "what it brings on average") if total > 0 else None

    @cached_property
    def _so_far(self) -> dict[str, float]:
        """Give the revenue so far of customers with any."""
        import numpy as np

        from trod.journeys.batch import NO_VALUE

        found: dict[str, float] = {}
        for batch in self.journeys:
            money = np.where(batch.value == NO_VALUE, 0, batch.value)
            sums = np.concatenate([[0], np.cumsum(money)])
            each = sums[batch.offsets[1:]] - sums[batch.offsets[:-1]]
            names = batch.customer.to_pylist()
            found |= {names[c]: int(each[c]) / 1e6 for c in np.flatnonzero(each > 0).tolist()}
        return found

    @cached_property
    def _usual(self) -> Worth | None:
        """Give the mean revenue so far of customers with any."""
        each = [self._so_far[name] for name in sorted(self._so_far)]
        return Worth(sum(each) / len(each), "mean revenue of those with any") if each else None
