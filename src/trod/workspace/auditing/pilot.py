"""Which journey to begin with: the one with most at stake among those whose data can carry it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from trod.insights.answers import Answers, ask
from trod.insights.audit import Pilot
from trod.insights.completeness import BLOCKING, StageGrade
from trod.insights.wording import SMALL_N, money

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace


class _Candidate(NamedTuple):
    journey: str
    ready: bool
    lost_micros: int
    left: int
    entered: int
    unit: str


def proposed(workspace: Workspace, asked: Answers, grades: Sequence[StageGrade]) -> Pilot | None:
    """Propose the journey to begin with; None where no journey has thirty customers."""
    found = [_candidate(asked, ready=not any(one.grade == BLOCKING for one in grades))]
    for spec in workspace.project.journeys:
        if spec.name != asked.spec.name:
            found.append(_candidate(ask(workspace.journeys(spec.unit), spec), ready=True))
    able = [one for one in found if one.entered >= SMALL_N]
    if not able:
        return None
    best = max(able, key=lambda c: (c.ready, c.lost_micros, c.left, c.entered, c.journey))
    worth = f", with {money(best.lost_micros, asked.journeys.currency)} on record" * (
        best.lost_micros > 0
    )
    why = f"{best.left:,} of {best.entered:,} {best.unit} left it{worth}"
    if not best.ready:
        why += "; no journey has data without a stage of grade D, so mend the gaps first"
    elif len(found) > 1:
        why += f", more than in the other {len(found) - 1}"
    return Pilot(best.journey, f"{why}.")


def _candidate(asked: Answers, *, ready: bool) -> _Candidate:
    stages = asked.stages
    return _Candidate(
        asked.spec.name,
        ready,
        int(asked.losses.money[:-1, 0].sum()),
        int(stages.left.sum()),
        int(stages.reached[0]),
        asked.unit,
    )
