"""What is worth asking first, by stage and data: hypotheses, not findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field
from ruamel.yaml import YAML

from trod.actions.plans.spec import DataKind, StageKind
from trod.sources.spec import Names, Spec

Prior = Literal["likely", "open", "unlikely"]
Cost = Literal["query", "join", "export", "talk"]
PRIORS: Final[tuple[Prior, ...]] = ("likely", "open", "unlikely")
COSTS: Final[dict[Cost, str]] = {
    "query": "one query settles it",
    "join": "a query over two tables settles it",
    "export": "the data have to be fetched first",
    "talk": "somebody has to ask customers",
}
_STAGES = Annotated[tuple[StageKind, ...], Field(strict=False)]
_DATA = Annotated[tuple[DataKind, ...], Field(strict=False)]


class Hypothesis(Spec):
    """A signal or a friction point that may hold."""

    id: str
    stages: _STAGES
    needs: _DATA
    title: str
    why: str
    prior: Prior
    cost: Cost
    sign: str = ""  # SQL: customers with the sign
    where: str = ""  # SQL: what those who left did
    touchpoint: str = ""  # in a Trod command, to be replaced

    @property
    def order(self) -> tuple[int, int]:
        """Sort by how likely it is, divided by what it costs to know."""
        return PRIORS.index(self.prior) + list(COSTS).index(self.cost), PRIORS.index(self.prior)


class Remedy(Spec):
    """Something that may help with some friction points."""

    id: str
    answers: Names  # friction points
    signal: str = ""  # whom it is for: those with this sign; "" for everyone in the stage
    do: str
    why: str
    when_not: str
    measure: str


class MetricIdea(Spec):
    """Something to count."""

    id: str
    needs: _DATA
    title: str
    why: str
    query: str
    known: str = ""  # figure of the context that is its baseline
    stages: _STAGES = ()


class Knowledge(Spec):
    """The file."""

    signals: Annotated[tuple[Hypothesis, ...], Field(strict=False)]
    frictions: Annotated[tuple[Hypothesis, ...], Field(strict=False)]
    interventions: Annotated[tuple[Remedy, ...], Field(strict=False)]
    metrics: Annotated[tuple[MetricIdea, ...], Field(strict=False)]


@cache
def knowledge() -> Knowledge:
    """Give all of it, in the order of the file.

    Examples
    --------
    >>> knowledge().signals[0].id
    'no_first_result'
    """
    text = Path(__file__).with_name("knowledge.yml").read_text(encoding="utf-8")
    return Knowledge.model_validate(YAML(typ="safe").load(text))


def fitting(
    some: Collection[Hypothesis], kind: StageKind, held: Collection[DataKind], most: int, each: int
) -> list[Hypothesis]:
    """Choose hypotheses for a stage that the data can test, the most worth knowing first.

    Parameters
    ----------
    some
        Of the library.
    kind
        Of the stage.
    held
        Data that are there.
    most, each
        How many in all, and of one sort of data: five signs of one table are one sign.
    """
    left = [h for h in some if kind in h.stages and set(h.needs) <= set(held)]
    chosen: list[Hypothesis] = []
    taken: Counter[DataKind] = Counter()
    while left and len(chosen) < most:
        # Among equals, data that were not asked yet come first.
        best = min(left, key=lambda h: (h.order, taken[h.needs[0]]))
        left.remove(best)
        if taken[best.needs[0]] < each:
            chosen.append(best)
            taken[best.needs[0]] += 1
    return chosen
