"""What one success is worth in money, for each customer: the nearest thing that is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from trod.errors import TrodError

if TYPE_CHECKING:
    from trod.actions.playbooks.facts import Facts
    from trod.actions.playbooks.spec import PlaybookSpec
    from trod.journeys.batch import Journeys
    from trod.models.outcomes.spec import OutcomeSpec
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

    def of(
        self, spec: PlaybookSpec, outcome: OutcomeSpec | None, customer: str, facts: Facts
    ) -> Worth | None:
        """Give what one success is worth; None where no money is known."""
        if self.journeys.currency is None:
            return None
        if spec.worth is not None:
            return Worth(spec.worth, "worth of the playbook")
        if outcome is not None and outcome.value is not None:
            return Worth(outcome.value, f"value of {outcome.name}")
        if spec.success.touchpoints and (paid := self._paid(spec.success.touchpoints)):
            return paid
        if spec.success.ends == "left":
            own = self._own(customer, facts)
            return own or self._objective("kept")
        serves = "expanded" if spec.success.touchpoints else "converted"
        return self._objective(serves) or self._usual

    def _own(self, customer: str, facts: Facts) -> Worth | None:
        """Give what a customer will pay, or has paid."""
        if (ahead := self._ahead.get(customer)) is not None and ahead > 0:
            return Worth(ahead, "lifetime value ahead")
        return Worth(facts.spent, "revenue so far") if facts.spent else None

    def _objective(self, serves: str) -> Worth | None:
        for each in self.workspace.project.insights.objectives:
            if each.serves == serves and each.worth is not None:
                return Worth(each.worth, f"worth of {each.name}")
        return None

    @cached_property
    def _ahead(self) -> dict[str, float]:
        from trod.workspace.valued import valued

        try:
            found, _ = valued(self.workspace, top=1, unit=self.journeys.unit)
        except TrodError:  # never fitted, too little to fit on, or of another unit
            return {}
        at = found.data.outlook
        return dict(zip(at.customer.to_pylist(), at.expected.tolist(), strict=True))

    def _paid(self, names: tuple[str, ...]) -> Worth | None:
        """Give the mean money of some touchpoints."""
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
    def _usual(self) -> Worth | None:
        """Give the mean revenue so far of customers with any."""
        import numpy as np

        from trod.journeys.batch import NO_VALUE

        total, n = 0, 0
        for batch in self.journeys:
            money = np.where(batch.value == NO_VALUE, 0, batch.value)
            sums = np.concatenate([[0], np.cumsum(money)])
            each = sums[batch.offsets[1:]] - sums[batch.offsets[:-1]]
            total, n = total + int(each.sum()), n + int((each > 0).sum())
        return Worth(total / n / 1e6, "mean revenue of those with any") if n else None
