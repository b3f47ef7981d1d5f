"""Whom which playbook fits today, and what acting is expected to bring: customer by customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from trod.errors import DefinitionError, NotEnoughDataError, unknown
from trod.workspace.acting.busy import busy, known_effects, measured, populations, stopped
from trod.workspace.acting.chances import Chance, Chances
from trod.workspace.acting.worth import Worths

if TYPE_CHECKING:
    from trod._store.state.database import State
    from trod.actions.playbooks.facts import Facts
    from trod.actions.playbooks.fits import Busy, Fits
    from trod.actions.playbooks.spec import PlaybookSpec
    from trod.actions.queue.plan import Candidate
    from trod.actions.queue.uplift import Expected, Measured
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.journeys.predicate import Predicate
    from trod.outcomes.effect import Effect
    from trod.outcomes.priors import Prior
    from trod.workspace.folder import Workspace

EXPLAINED: Final = 300
"""So many of the most valuable customers of a playbook get the reasons of their score."""
_WEEK: Final = 7


class Weighed(NamedTuple):
    """One playbook, weighed."""

    spec: PlaybookSpec
    fits: Fits | None  # None: it cannot be told yet
    expected: Expected
    candidates: tuple[Candidate, ...]
    remarks: tuple[str, ...]
    unit: str  # "person" or "account"

    @property
    def helps(self) -> bool:
        """Whether an effect was measured, and it is expected to help."""
        return self.expected.evidence != "Assumed" and self.expected.middle > 0


@dataclass(frozen=True)
class Desk:
    """What all playbooks of one journey are weighed with."""

    workspace: Workspace
    journeys: Journeys
    plan: StagePlan
    chances: Chances
    worths: Worths
    busy: Busy
    people: Mapping[str, str | None]  # team, by the name of those with hours
    effects: Mapping[str, Effect]
    pooled: Mapping[str, Prior]  # the same, drawn towards each other


def weighed(
    workspace: Workspace, state: State, now_us: int, people: Mapping[str, str | None]
) -> tuple[Weighed, ...]:
    """Weigh every playbook, with the journey it is of.

    Parameters
    ----------
    workspace, state
        The data, and what was decided so far.
    now_us
        The moment.
    people
        Team of each person who has hours.

    Returns
    -------
    tuple of Weighed
        In the order of trod.yml.

    Raises
    ------
    DefinitionError
        If there is no playbook.
    """
    specs = workspace.project.actions.playbooks
    if not specs:
        raise DefinitionError(
            [
                "trod.yml: no playbook is declared. Add one under `actions: playbooks:`, or begin "
                "with one of `trod playbooks --templates`."
            ]
        )
    with state.read() as con:
        held = busy(workspace, con, now_us)
        effects = known_effects(con)
        found = {spec.name: populations(con, spec) for spec in specs}
    desks: dict[str | None, Desk] = {}
    told = []
    for spec in specs:
        if spec.journey not in desks:
            desks[spec.journey] = _desk(workspace, spec.journey, held, people, effects)
        told.append(_weighed(desks[spec.journey], spec, found[spec.name]))
    return tuple(told)


def _desk(
    workspace: Workspace,
    journey: str | None,
    held: Busy,
    people: Mapping[str, str | None],
    effects: Mapping[str, Effect],
) -> Desk:
    from trod.outcomes.priors import expected
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(declared.unit if declared else None)
    plan = plan_of(workspace, journey, journeys)
    chances, worths = Chances(workspace, journeys, plan), Worths(workspace, journeys, plan)
    pooled = expected(effects)
    return Desk(workspace, journeys, plan, chances, worths, held, people, effects, pooled)


def _weighed(desk: Desk, spec: PlaybookSpec, found: Sequence[str]) -> Weighed:
    from trod.actions.playbooks.fits import Fits
    from trod.actions.queue.uplift import expected

    effect, unit = desk.effects.get(spec.name), desk.journeys.unit
    believed = expected(spec.prior, measured(spec, effect, desk.pooled))
    if why := stopped(spec, effect):
        return Weighed(spec, Fits(spec.name, "", 0, (), ()), believed, (), (why,), unit)
    try:
        fitting = _fitting(desk, spec, found)
    except NotEnoughDataError as problem:
        return Weighed(spec, None, believed, (), (f"{spec.name}: {problem}",), unit)
    except DefinitionError as problem:
        raise DefinitionError(f"playbook {spec.name!r}: {p}" for p in problem.problems) from None
    return _candidates(desk, spec, fitting, effect)


def _fitting(desk: Desk, spec: PlaybookSpec, found: Sequence[str]) -> Fits:
    from trod.actions.playbooks.fits import Rules, fits

    queue = desk.workspace.project.actions.queue
    rules = Rules(queue.most, queue.within, queue.contacts)
    score = _score_list(desk, spec)
    return fits(spec, desk.journeys, desk.plan, desk.busy, rules, found=found, score=score)


def _score_list(desk: Desk, spec: PlaybookSpec) -> Predicate | None:
    """Give who shows signs, where a playbook asks for a score and there are signs only."""
    from trod.journeys.predicate import Among

    asked = None if spec.trigger is None else spec.trigger.score
    if asked is None:
        return None
    signs = desk.chances.by_signs(asked.outcome)
    if signs is None:
        if desk.chances.score(asked.outcome) is None:
            raise NotEnoughDataError(
                f"nobody was scored for {asked.outcome!r}. Run `trod fit outcomes`."
            )
        return None
    return Among("", signs)


def _candidates(desk: Desk, spec: PlaybookSpec, fitting: Fits, effect: Effect | None) -> Weighed:
    """Reckon what each customer whom a playbook fits is worth seeing to."""
    from trod.actions.playbooks.facts import facts

    renews = desk.workspace.project.actions.queue.renews
    known = facts(
        desk.journeys,
        desk.plan,
        fitting.customers,
        renews=renews.touchpoints if renews else (),
        term_days=renews.every.days if renews else 0,
    )
    some = [name for name in fitting.customers if name in known]
    chances = {name: _chance(desk, spec, name, known[name]) for name in some}
    some = [name for name in some if spec.success.money or chances[name] is not None]
    owners = _owners(desk, spec, some)
    remarks = (*_unproven(desk, spec, chances), *_nobody(spec, owners, some))
    some = [name for name in some if owners[name] or not spec.minutes]
    seen = measured(spec, effect, desk.pooled)
    believed = _believed(spec, seen, [c.chance for c in map(chances.get, some) if c is not None])
    made = _made(desk, spec, believed, some, known, chances, owners)
    told = _explained(desk, spec, made, known)
    return Weighed(spec, fitting, believed, told, remarks, desk.journeys.unit)


def _believed(spec: PlaybookSpec, seen: Measured | None, chances: Sequence[float]) -> Expected:
    """Join prior and effect, at the mean chance of those whom the playbook fits today."""
    from trod.actions.queue.uplift import expected, moved

    if seen is not None and chances:
        bad = spec.success.wants == "down"
        seen = moved(seen, sum(sorted(chances)) / len(chances), bad=bad)
    return expected(spec.prior, seen)


def _chance(desk: Desk, spec: PlaybookSpec, name: str, facts: Facts) -> Chance | None:
    if spec.success.money:
        return None
    outcome = desk.chances.outcome(spec.success)
    score = None if outcome is None else desk.chances.score(outcome.name)
    own = None if score is None else score.of(name)
    return own or desk.chances.rate(spec.success, facts.stage)


def _unproven(
    desk: Desk, spec: PlaybookSpec, chances: Mapping[str, Chance | None]
) -> tuple[str, ...]:
    """Say that chances come from a score that the lanes would not listen to."""
    outcome = desk.chances.outcome(spec.success)
    score = None if outcome is None else desk.chances.score(outcome.name)
    if score is None or score.model.passed or not any(map(score.of, chances)):
        return ()
    return (
        f"{spec.name}: the score of {score.spec.name} has not passed its backtest. Chances, best "
        "times and reasons by it are rough.",
    )


def _owners(desk: Desk, spec: PlaybookSpec, some: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Say who may do a play for each customer: only people with hours."""
    if (attribute := spec.by_attribute) is not None:
        named = attribute_of(desk.journeys, attribute)
        return {c: (named[c],) if named.get(c) in desk.people else () for c in some}
    everybody = tuple(sorted(desk.people))
    if spec.owner is None:
        return dict.fromkeys(some, everybody)
    if spec.owner in desk.people:
        return dict.fromkeys(some, (spec.owner,))
    team = tuple(name for name in everybody if desk.people[name] == spec.owner)
    return dict.fromkeys(some, team)


def attribute_of(journeys: Journeys, name: str) -> dict[str, str]:
    """Give an attribute by customer.

    Raises
    ------
    DefinitionError
        If no customer has such an attribute.
    """
    table = journeys.attributes
    if table is None or name not in table.column_names:
        known = [] if table is None else [n for n in table.column_names if n != "customer"]
        raise DefinitionError([unknown("attribute", name, known)])
    pairs = zip(table["customer"].to_pylist(), table[name].to_pylist(), strict=True)
    return {who: value for who, value in pairs if value is not None}


def _nobody(
    spec: PlaybookSpec, owners: Mapping[str, Sequence[str]], some: Sequence[str]
) -> tuple[str, ...]:
    without = sum(not owners[name] for name in some)
    if not spec.minutes or not without:
        return ()
    whom = spec.owner or "anybody"
    return (
        f"{spec.name}: for {without:,} of {len(some):,} nobody has hours ({whom}). Add "
        "people with hours to trod.yml, or write --hours.",
    )


def _made(
    desk: Desk,
    spec: PlaybookSpec,
    believed: Expected,
    some: Sequence[str],
    known: Mapping[str, Facts],
    chances: Mapping[str, Chance | None],
    owners: Mapping[str, tuple[str, ...]],
) -> list[Candidate]:
    """Make the candidates: uplift times what a success is worth, less the money it costs."""
    import numpy as np

    from trod.actions.queue.plan import Candidate
    from trod.actions.queue.uplift import uplift

    bad = spec.success.wants == "down"
    p = np.array([c.chance if (c := chances[name]) is not None else 0.0 for name in some])
    effects = (believed.middle, believed.low, believed.high)
    if spec.success.money:
        middle, low, high = (np.full(len(some), e) for e in effects)
    else:
        middle, low, high = (uplift(p, e, bad=bad) for e in effects)
    half = float(np.median(p)) if p.size else 0.0
    made = []
    for i, name in enumerate(some):
        chance, about = chances[name], known[name]
        worth = None if spec.success.money else desk.worths.of(spec.success, name)
        scale = 1.0 if worth is None else worth.money
        window = None if chance is None else chance.window
        wait, due = _when(desk, spec, chance, about, bad=bad)
        made.append(
            Candidate(
                customer=name,
                playbook=spec.name,
                stage=about.stage,
                owners=owners[name],
                minutes=spec.minutes,
                value=float(middle[i]) * scale,
                low=float(low[i]) * scale,
                high=float(high[i]) * scale,
                chance=None if chance is None else chance.chance,
                chance_from="" if chance is None else chance.source,
                uplift=float(middle[i]),
                stratum=_stratum(about.stage, float(p[i]), half, scored=window is not None),
                why="",
                cost=spec.cost,
                at_stake=None if worth is None else worth.money,
                stake_from="" if worth is None else worth.source,
                renews_in=about.renews_in,
                wait_days=wait,
                due_days=due,
                changed=None
                if chance is None or chance.before is None
                else chance.chance - chance.before,
                finding=spec.finding or "",
                days=about.days,
                chance_of=_what(spec),
                bad=bad,
            )
        )
    return made


def _what(spec: PlaybookSpec) -> str:
    """Say what the chance is of."""
    success = spec.success
    if success.money:
        return ""
    if success.ends is not None:
        return "to leave" if success.ends == "left" else "to complete"
    if success.reaches is not None:
        return f"to reach {success.reaches}"
    return f"to have {' or '.join(success.touchpoints)}"


def _stratum(stage: str, chance: float, half: float, *, scored: bool) -> str:
    return f"{stage}, {'higher' if chance > half else 'lower'} chance" if scored else stage


def _when(
    desk: Desk, spec: PlaybookSpec, chance: Chance | None, facts: Facts, *, bad: bool
) -> tuple[int, int]:
    """Say how many days a customer can wait, and by when it has to be done.

    What is to be averted has to be met before its window opens; what is hoped for is best met
    within it. Nobody waits past a renewal.
    """
    deadline = max(1, spec.deadline.days)
    if facts.renews_in is not None and facts.renews_in >= 0:
        deadline = max(1, min(deadline, facts.renews_in))
    window = None if chance is None else chance.window
    if window is None or not desk.workspace.project.actions.queue.windows:
        return 0, deadline
    opens = window.first_day - _WEEK if bad else window.first_day
    wait = max(0, opens // _WEEK * _WEEK)
    if facts.renews_in is not None and 0 <= facts.renews_in < wait + deadline:
        wait = 0
    if bad and window.first_day > 0:
        deadline = max(1, min(deadline, window.first_day))
    return wait, deadline


def _explained(
    desk: Desk, spec: PlaybookSpec, made: Sequence[Candidate], known: Mapping[str, Facts]
) -> tuple[Candidate, ...]:
    """Say why now: what triggered it, and what moves the score of the most valuable ones."""
    outcome = desk.chances.outcome(spec.success)
    top = sorted(made, key=lambda c: (-c.value, c.customer))[:EXPLAINED]
    names = [c.customer for c in top if c.chance_from.startswith("score of")]
    told = {} if outcome is None else desk.chances.reasons(outcome.name, names)
    return tuple(
        replace(c, why=_why(spec, c, known[c.customer], told.get(c.customer, ()))) for c in made
    )


def _why(spec: PlaybookSpec, one: Candidate, facts: Facts, reasons: Sequence[str]) -> str:
    from trod.journeys.label import readable

    trigger = spec.trigger
    days = f"{facts.days:,} day{'' if facts.days == 1 else 's'}"
    parts = list(reasons[:2])
    if trigger is not None and trigger.stall is not None:
        parts.insert(0, f"stuck in {one.stage} for {days}")
    elif not parts:
        parts.append(f"in {one.stage} for {days}")
    if len(parts) == 1 and facts.last_touchpoint:
        parts.append(f"last: {readable(facts.last_touchpoint)} on {facts.last_day}")
    return "; ".join(parts)
