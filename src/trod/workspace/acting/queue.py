"""The week of a workspace: planned, written down, and audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from trod.errors import DefinitionError, unknown
from trod.workspace.acting.interventions import SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trod._store.state.database import State
    from trod.actions.playbooks.spec import PlaybookSpec
    from trod.actions.queue.plan import Candidate, Plan
    from trod.workspace.acting.candidates import Weighed
    from trod.workspace.folder import Workspace
    from trod.workspace.plate import Plate

_MINUTES: Final = 60
_WEEK: Final = 7  # days


def planned(
    workspace: Workspace,
    *,
    now_us: int,
    hours: Mapping[str, float] | None = None,
    week: str | None = None,
) -> Plan:
    """Plan a week: whom to see to in the hours there are.

    Parameters
    ----------
    workspace
        With playbooks and people in trod.yml.
    now_us
        The moment; deadlines count from it.
    hours
        Hours of some people, in place of those of trod.yml.
    week
        ISO week such as 2026-W48; that of `now_us` by default.

    Raises
    ------
    DefinitionError
        If there is no playbook, nobody has hours, or a name is not known.
    """
    with workspace.state() as state:
        return _planned(workspace, state, now_us, dict(hours or {}), week)[0]


def considered(workspace: Workspace, *, now_us: int) -> tuple[Plan | None, tuple[Weighed, ...]]:
    """Plan this week with the hours of trod.yml, and give all playbooks as they were weighed.

    What is proposed for one customer is taken from here, so that it is what the queue says.

    Returns
    -------
    tuple
        The plan, None where nobody has hours; and the playbooks.
    """
    from trod.workspace.acting.candidates import weighed

    people = workspace.project.actions.people
    with workspace.state() as state:
        if any(person.hours > 0 for person in people):
            return _planned(workspace, state, now_us, {}, None)
        teams = {person.name: person.team for person in people}
        return None, weighed(workspace, state, now_us, teams)


def _planned(
    workspace: Workspace, state: State, now_us: int, hours: Mapping[str, float], week: str | None
) -> tuple[Plan, tuple[Weighed, ...]]:
    from trod.actions.queue.kept import spent
    from trod.actions.queue.planned import planned as made
    from trod.actions.queue.week import Week
    from trod.insights.wording import day
    from trod.workspace.acting.busy import settled
    from trod.workspace.acting.candidates import weighed

    actions, today = workspace.project.actions, today_of(workspace, now_us)
    chosen = _week(week, today)
    minutes = _minutes(workspace, hours)
    with state.read() as con:
        taken, works = spent(con, chosen), settled(con)
    left = {name: max(0, n - taken.get(name, 0)) for name, n in minutes.items()}
    teams = {person.name: person.team for person in actions.people}
    found = weighed(workspace, state, now_us, {name: teams.get(name) for name in minutes})
    candidates, currency, remarks = _in_one_unit(workspace, found)
    journey, unit, as_of_us, zone = _about(workspace)
    told = Week(
        week=chosen,
        today=max(today, _monday(chosen)),
        as_of=day(as_of_us, zone),
        journey=journey,
        unit=unit,
        currency=currency,
        hours=left,
        playbooks={each.spec.name: each.spec for each in found},
        edge=actions.queue.edge,
        not_drawn=frozenset(actions.queue.not_drawn),
        worth_having=workspace.project.outcomes.worth_having,
        untried=actions.queue.untried,
        known=frozenset(each.spec.name for each in found if each.expected.evidence != "Assumed"),
        helps=frozenset(each.spec.name for each in found if each.helps),
        settled=works,
        remarks=(*remarks, *_late(day(as_of_us, zone), today), *_spent(taken, minutes)),
    )
    return made(told, candidates), found


def commit(
    workspace: Workspace,
    *,
    now_us: int,
    who: str,
    hours: Mapping[str, float] | None = None,
    week: str | None = None,
) -> tuple[Plan, int]:
    """Plan a week and write it down: who is seen to, and who is held back.

    Plays that are done come among the touchpoints first, and those end whose stop rule says so.

    Returns
    -------
    tuple
        The plan, and how many interventions are new.
    """
    from trod.actions.queue.kept import commit as write
    from trod.actions.queue.kept import decisions
    from trod.workspace.acting.interventions import land
    from trod.workspace.acting.stopping import stop_by_rule

    with workspace.state() as state:
        land(workspace, state, now_us)
        stop_by_rule(workspace, state, SOURCE, now_us)
        with state.read() as con:
            seen = decisions(con)
        plan, _ = _planned(workspace, state, now_us, dict(hours or {}), week)
        if not (plan.treated or plan.held_back):
            return plan, 0
        with state.write() as con:
            return plan, write(con, plan, who, now_us, seen=seen)


def audited(workspace: Workspace, given: str | None = None) -> tuple[Plan, tuple[str, ...]]:
    """Draw the chance of a written plan again; gives what does not agree.

    Raises
    ------
    DefinitionError
        If no plan begins so.
    """
    from trod.actions.queue.kept import audit, written

    with workspace.state() as state, state.read() as con:
        plan = written(con, given)
        return plan, audit(con, plan)


def figure(workspace: Workspace, plan: Plan) -> Plate:
    """Draw those above the line."""
    from trod.figures.queue import queue_figure
    from trod.workspace.plate import Plate, setting

    journeys = workspace.journeys(plan.unit)
    return Plate((queue_figure(plan),), setting(journeys, plan.journey), journeys, None)


def today_of(workspace: Workspace, now_us: int) -> date:
    """Give the day of a moment, in the zone of the workspace."""
    from trod.analyses.periods import day_of

    return day_of(now_us, ZoneInfo(workspace.zone))


def _week(given: str | None, today: date) -> str:
    if given is None:
        year, week, _ = today.isocalendar()
        return f"{year}-W{week:02d}"
    monday = _monday(given)
    if (today - monday).days >= 7:
        raise DefinitionError([f"{given} is over. Write this week or a later one."])
    return f"{monday:%G}-W{monday:%V}"


def _monday(week: str) -> date:
    try:
        return datetime.strptime(f"{week}-1", "%G-W%V-%u").date()
    except ValueError:
        raise DefinitionError([f"{week!r} is no week. Write 2026-W48."]) from None


def _minutes(workspace: Workspace, hours: Mapping[str, float]) -> dict[str, int]:
    """Give the minutes of everyone who has any."""
    people = workspace.project.actions.people
    known = [person.name for person in people]
    wrong = [name for name in hours if known and name not in known]
    if wrong:
        raise DefinitionError(unknown("person", name, known) for name in wrong)
    given = {person.name: person.hours for person in people} | dict(hours)
    minutes = {name: round(n * _MINUTES) for name, n in given.items() if n > 0}
    if not minutes:
        raise DefinitionError(
            [
                "nobody has hours. Write `actions: people: [{name: Ines Maas, hours: 20}]` in "
                'trod.yml, or --hours "Ines Maas=20".'
            ]
        )
    return minutes


def _about(workspace: Workspace) -> tuple[str, str, int, str]:
    """Give journey and unit of the playbooks, and what the data are as of."""
    from trod.workspace.measured import plan_of

    specs = workspace.project.actions.playbooks
    units = {}
    for spec in specs:
        declared = workspace.project.journey(spec.journey)
        units[declared.unit if declared else "person"] = spec.journey
    if len(units) > 1:
        raise DefinitionError(
            ["playbooks of people and of accounts cannot stand in one queue. Keep one unit."]
        )
    (unit, journey), *_ = units.items()
    journeys = workspace.journeys(unit)
    plan = plan_of(workspace, journey, journeys)
    return plan.journey, unit, plan.as_of_us, journeys.zone


def _in_one_unit(
    workspace: Workspace, found: Sequence[Weighed]
) -> tuple[tuple[Candidate, ...], str | None, tuple[str, ...]]:
    """Count in money where it is known of everybody, else in customers."""
    some = [c for each in found for c in each.candidates]
    remarks = [remark for each in found for remark in each.remarks]
    money = [each.spec.name for each in found if each.spec.success.money and each.candidates]
    without = sorted({c.playbook for c in some if c.at_stake is None} - set(money))
    currency = workspace.project.events.currency
    if currency is not None and some and not without:
        net = tuple(
            replace(c, value=c.value - c.cost, low=c.low - c.cost, high=c.high - c.cost)
            for c in some
        )
        return net, currency, tuple(remarks)
    if money:
        remarks.append(
            f"Values count customers, as no money is known for {', '.join(without)}; "
            f"{', '.join(money)}, judged by money, is left out."
        )
        some = [c for c in some if c.playbook not in money]
    elif some:
        remarks.append(_unpriced(workspace, [each.spec for each in found], without, currency))
    plain = tuple(
        replace(c, value=c.uplift, low=_part(c, c.low), high=_part(c, c.high), at_stake=None)
        for c in some
    )
    return plain, None, tuple(remarks)


def _unpriced(
    workspace: Workspace,
    plays: Sequence[PlaybookSpec],
    without: Sequence[str],
    currency: str | None,
) -> str:
    """Say why values are no money, and what to write."""
    declared = [goal.worth for goal in workspace.project.insights.objectives]
    declared += [each.success.worth for each in plays]
    if currency is None and any(worth is not None for worth in declared):
        return (
            "Values count customers: trod.yml says what one is worth, and not in which currency. "
            "Write `currency: EUR`, or yours, under `events`."
        )
    return (
        f"Values count customers: what one is worth is not known for {', '.join(without)}. Write "
        "`worth` in its `success`, or an objective that it serves."
    )


def _part(one: Candidate, end: float) -> float:
    """Give an end of a range in customers."""
    return end / one.at_stake if one.at_stake else end


def _late(as_of: str, today: date) -> tuple[str, ...]:
    """Say that the record ends long before today."""
    late = (today - date.fromisoformat(as_of)).days
    if late <= _WEEK:
        return ()
    return (f"The data end {late:,} days ago: who has moved on since is not known. `trod ingest`.",)


def _spent(taken: Mapping[str, int], minutes: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(
        f"{name}: {taken[name] / _MINUTES:.1f} of {minutes[name] / _MINUTES:g} hours of the week "
        "are taken already."
        for name in sorted(minutes)
        if taken.get(name)
    )
