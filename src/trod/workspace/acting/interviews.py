"""Interviews about a finding: the list, what to ask, what was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trod.errors import DataError, DefinitionError, NotEnoughDataError
from trod.workspace.acting.consent import without_consent
from trod.workspace.timeline import whose

if TYPE_CHECKING:
    from trod.insights.findings.finding import Finding
    from trod.insights.interviews.kept import Asked, Drawn
    from trod.journeys.batch import Journeys
    from trod.workspace.folder import Workspace

AGAIN_DAYS: Final = 90
"""Nobody is asked twice within so many days."""
_DAY_US: Final = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Interviews:
    """The list of a finding."""

    finding: Finding
    listed: tuple[Drawn, ...]
    new: int  # drawn just now
    wanted: int | None
    asked: Asked
    questions: tuple[str, ...]
    by: str  # what the strata are of, in words
    spared: tuple[tuple[str, int], ...]  # why somebody was left out, how many


def interviews(
    workspace: Workspace, finding: str, *, n: int | None = None, who: str, now_us: int
) -> Interviews:
    """Give the list of a finding; draw or lengthen it where `n` is given.

    Not drawn are customers of `actions: never:`, those who were drawn or answered for another
    finding in the last 90 days, and those who have not agreed to be contacted, by `actions:
    consent:` or, without that, by an attribute such as `consent` or `do_not_contact`. Customers on
    the list already stay on it.

    Parameters
    ----------
    finding
        Its id, or the beginning of it.
    n
        How many customers are to be on the list.
    who, now_us
        Who draws, and the moment, in microseconds.

    Raises
    ------
    NotEnoughDataError
        If no list of customers stands behind the finding.
    """
    from trod.insights.findings.registered import one
    from trod.insights.interviews.drawing import attribute_of, draw
    from trod.insights.interviews.kept import NOBODY, by_finding, drawn, lately, list_for
    from trod.insights.interviews.questions import questions
    from trod.workspace.acting.about import about

    with workspace.state() as state:
        with state.read() as con:
            about_it = one(con, finding).finding
        if not about_it.population.key:
            raise NotEnoughDataError(
                f"{about_it.id}: no key lists the customers behind it, so nobody can be drawn."
            )
        declared = any(j.name == about_it.journey for j in workspace.project.journeys)
        on = about(workspace, about_it.journey if declared else None, about_it.unit)
        attribute = attribute_of(on.journeys)
        with state.write() as con:
            kept = drawn(con, about_it.id)
            spared = _spared(workspace, on.journeys)
            spared["asked in the last 90 days"] = lately(
                con, now_us - AGAIN_DAYS * _DAY_US, but=about_it.id
            )
            new = draw(
                on.journeys,
                on.plan,
                finding=about_it.id,
                concerned=about_it.population.key,
                contrast=about_it.contrast or "all",
                n=n or 0,
                now_us=now_us,
                attribute=attribute,
                spared=set().union(*spared.values()),
                kept=kept,
            )
            list_for(con, about_it.id, on.unit, new, who)
            listed = drawn(con, about_it.id)
            asked = by_finding(con).get(about_it.id, NOBODY)
    return Interviews(
        about_it,
        listed,
        len(new),
        n,
        asked,
        questions(about_it),
        f"how the journey ended and {attribute or 'the channel used most'}",
        tuple((why, len(some)) for why, some in spared.items() if some),
    )


def answered(
    workspace: Workspace,
    finding: str,
    customer: str,
    *,
    said: str,
    supports: str,
    who: str,
    now_us: int,
) -> str:
    """Keep what a customer said; give the text as it was kept.

    Parameters
    ----------
    customer
        Any id of a customer on the list of the finding.

    Raises
    ------
    DefinitionError
        If the customer is not on the list, or nothing is said.
    """
    from trod.insights.findings.registered import one
    from trod.insights.interviews.kept import answer

    with workspace.state() as state, state.write() as con:
        about_it = one(con, finding).finding
        name = _canonical(workspace, customer, about_it.unit)
        made = answer(con, about_it.id, name, said=said, supports=supports, who=who, now_us=now_us)
    return made.said


def _canonical(workspace: Workspace, given: str, unit: str) -> str:
    """Give the id under which a customer is known; the one given where nobody has it."""
    try:
        return whose(workspace, workspace.who(), given, unit)[1]
    except (DataError, DefinitionError):
        return given


def _spared(workspace: Workspace, journeys: Journeys) -> dict[str, set[str]]:
    """Name customers who must not be asked, by the reason."""
    never = {_canonical(workspace, each, journeys.unit) for each in workspace.project.actions.never}
    return {"never, by trod.yml": never, "without consent": without_consent(workspace, journeys)}
