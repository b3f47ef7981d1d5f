"""Which journey to begin with: the one with most at stake among those whose data can carry it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from trod.insights.answers import Answers, ask
from trod.insights.audit import Pilot
from trod.insights.completeness import BLOCKING, StageGrade
from trod.insights.wording import SMALL_N, money, share

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace

Grading = Callable[[Answers], Sequence[StageGrade]]


class _Candidate(NamedTuple):
    """One journey: what is at stake in it, and whether its data can carry a claim."""

    journey: str
    blocked: tuple[str, ...]  # stages about which nothing can be claimed
    lost_micros: int
    left: int
    entered: int
    unit: str


def proposed(workspace: Workspace, asked: Answers, grading: Grading) -> Pilot | None:
    """Propose the journey to begin with; None where no journey has thirty customers.

    Of the journeys without a stage that blocks claims, the one that lost most money; of equals,
    most customers. Where every journey has such a stage, among all of them, and it is said.
    """
    found = [_candidate(asked, grading)]
    for spec in workspace.project.journeys:
        if spec.name != asked.spec.name:
            found.append(_candidate(ask(workspace.journeys(spec.unit), spec), grading))
    able = [one for one in found if one.entered >= SMALL_N]
    if not able:
        return None
    best = max(able, key=lambda c: (not c.blocked, c.lost_micros, c.left, c.entered, c.journey))
    return Pilot(best.journey, _why(best, able, asked.journeys.currency))


def _why(best: _Candidate, able: Sequence[_Candidate], currency: str | None) -> str:
    left = f"{share(best.left, best.entered)} of {best.entered:,} {best.unit} left it"
    worth = f", with {money(best.lost_micros, currency)} on record" * (best.lost_micros > 0)
    others = len(able) - 1
    if best.blocked:
        held = " and ".join(best.blocked[:2])
        return f"{left}{worth}. Mend the data first: nothing can be claimed about {held}."
    if not others:
        return f"{left}{worth}."
    ready = [one for one in able if not one.blocked]
    if len(ready) == 1:
        return f"{left}{worth}. It is the only one whose data carry claims about every stage."
    by = "money on record of those who left" if best.lost_micros else "customers who left"
    return f"{left}{worth}. Of {len(ready)} journeys with complete data it has the most {by}."


def _candidate(asked: Answers, grading: Grading) -> _Candidate:
    stages = asked.stages
    return _Candidate(
        asked.spec.name,
        tuple(one.stage for one in grading(asked) if one.grade in BLOCKING),
        int(asked.losses.money[:-1, 0].sum()),
        int(stages.left.sum()),
        int(stages.reached[0]),
        asked.unit,
    )
