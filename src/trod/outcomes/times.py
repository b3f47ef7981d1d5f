"""How long it takes from a finding to acting on it, and from acting to knowing what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import sqlalchemy as sa

from trod.actions.interventions.intervention import Intervention
from trod.insights.findings.tables import FINDING
from trod.outcomes.tables import EFFECT

_DAY_US: Final = 86_400_000_000


class Times(NamedTuple):
    """Median days of one play, each with how many stand behind it; None where none do."""

    playbook: str
    to_decide: float | None  # from the finding to the decision
    n_to_decide: int
    to_act: float | None  # from the decision to done
    n_to_act: int
    to_know: float | None  # from the first decision to the first verdict that is not too early


def times(
    interventions: Sequence[Intervention],
    found_us: Mapping[str, int],
    known_us: Mapping[str, int],
) -> tuple[Times, ...]:
    """Measure the times of every play.

    Parameters
    ----------
    interventions
        Of all plays.
    found_us
        Moment at which each finding was first found, by its id.
    known_us
        Data up to which a play was first judged to work, to harm, or to have no effect.

    Examples
    --------
    >>> times([], {}, {})
    ()
    """
    names = sorted({each.playbook for each in interventions})
    told = []
    for name in names:
        mine = [each for each in interventions if each.playbook == name]
        waited = [i.decided_us - found_us[i.finding] for i in mine if i.finding in found_us]
        acted = [i.done_us - i.decided_us for i in mine if i.done_us is not None]
        first = min(each.decided_us for each in mine)
        known = (known_us[name] - first) / _DAY_US if name in known_us else None
        told.append(Times(name, _median(waited), len(waited), _median(acted), len(acted), known))
    return tuple(told)


def _median(us: Sequence[int]) -> float | None:
    from statistics import median

    return median(us) / _DAY_US if us else None


def first_found(con: sa.Connection) -> dict[str, int]:
    """Give the moment at which each finding was first found."""
    rows = con.execute(sa.select(FINDING.c.id, FINDING.c.first_us))
    return {name: moment for name, moment in rows}  # noqa: C416  rows are no pairs to dict


def first_known(con: sa.Connection) -> dict[str, int]:
    """Give the data up to which each play was first judged other than too early."""
    asked = (
        sa.select(EFFECT.c.playbook, sa.func.min(EFFECT.c.as_of_us))
        .where(EFFECT.c.verdict != "too early")
        .group_by(EFFECT.c.playbook)
    )
    return {name: moment for name, moment in con.execute(asked)}  # noqa: C416
