"""What to do next for one account: a playbook, a lever or a sign of growth; or nothing, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from trod.errors import DataError
from trod.insights.wording import share
from trod.journeys.label import readable, units
from trod.workspace.acting.expected import Expected, Worth, priced, worth_of

if TYPE_CHECKING:
    from trod.actions.lanes.view import Placed
    from trod.actions.playbooks.spec import PlaybookSpec
    from trod.insights.early_warnings.warning import Signal
    from trod.insights.journey_map import Friction
    from trod.outcomes.effect import Effect
    from trod.workspace.acting.lanes import Ground
    from trod.workspace.folder import Workspace

Source = Literal["playbook", "lever", "growth sign", "early warning"]
_ORDER: Final = {"Tested": 0, "Observed": 1, "not tested": 2}


@dataclass(frozen=True, slots=True)
class Action:
    """Something that fits one customer."""

    name: str  # the playbook, or what to do
    source: Source
    why: str
    evidence: str  # Tested, Observed, or not tested
    confidence: str  # how sure that is, in words
    expected: Expected | None  # None: not known, `unpriced` says why
    unpriced: str
    when_not: str  # contraindication; "" where none is known
    measure: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class NextAction:
    """The next best action for one customer, what else fits, and what does not and why."""

    placed: Placed
    unit: str
    currency: str | None
    zone: str
    moment_us: int
    best: Action | None
    others: tuple[Action, ...]
    refused: tuple[tuple[str, str], ...]  # name, why not
    why_none: str  # in words; "" where there is one


def next_action(
    workspace: Workspace, customer: str, journey: str | None = None, unit: str | None = None
) -> NextAction:
    """Say what to do next for one customer, what it may bring, and when.

    Tested playbooks come first, by what they are worth to this customer; then what was observed of
    others in the same stage; then playbooks of which nothing is known yet.

    Parameters
    ----------
    workspace
        With `actions: playbooks:` in trod.yml, or without.
    customer
        Canonical id.
    journey, unit
        As declared by default.

    Raises
    ------
    DataError
        If nobody has this id, or they are not there any more.
    """
    from trod.workspace.acting.lanes import ground
    from trod.workspace.acting.lanes_shown import placed
    from trod.workspace.acting.lanes_view import money_of

    on = ground(workspace, journey, unit)
    (one,) = placed(on, [_row(on, customer)], money_of(on))
    told = (one, on.journeys.unit, on.journeys.currency, on.journeys.zone, on.moment_us)
    if why := _untouchable(workspace, customer):
        return NextAction(*told, None, (), (), why)
    if one.lane == "thriving":
        return NextAction(*told, None, (), (), "It does well alone: a contact has nothing to mend.")
    worth = worth_of(workspace, on, one)
    fits, refused = _playbooks(workspace, on, one, worth)
    fits += _levers(workspace, on, one, worth) if one.lane == "intervene" else []
    signs, late = _signs(on, one, worth)
    fits, refused = fits + signs, refused + late
    fits.sort(key=lambda a: (_ORDER[a.evidence], -(a.expected.high if a.expected else 0.0), a.name))
    none = "" if fits else _nothing(on, one)
    return NextAction(*told, fits[0] if fits else None, tuple(fits[1:]), tuple(refused), none)


def _nothing(on: Ground, one: Placed) -> str:
    """Say that nothing fits, and what to write so that something does."""
    if one.lane == "expand":
        names = [n for v in on.voices if not v.model.spec.bad for n in v.model.spec.touchpoints]
        success = f"success: {{touchpoints: {names[0]}}}" if names else "success: {money: true}"
        return f"No playbook of trod.yml is judged by growth. Write one with `{success}`."
    return (
        "No playbook of trod.yml fits, and nothing observed in this stage is about them. Somebody "
        "has to ask."
    )


def _row(on: Ground, customer: str) -> int:
    """Find a customer who is there."""
    from difflib import get_close_matches

    ids: list[str] = on.looked.customer.to_pylist()
    if customer in ids and on.now.lane[ids.index(customer)] >= 0:
        return ids.index(customer)
    every = [name for batch in on.journeys for name in batch.customer.to_pylist()]
    if customer in every:
        raise DataError(f"{customer} stands in no lane: never entered {on.plan.journey}, or left.")
    close = get_close_matches(customer, every, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise DataError(f"nobody has the id {customer!r} among {len(every):,}.{hint}")


def _untouchable(workspace: Workspace, customer: str) -> str:
    """Say why nothing may be tried on a customer; "" where it may."""
    import sqlalchemy as sa

    from trod.actions.interventions.tables import INTERVENTION as I

    if customer in workspace.project.actions.never:
        return "Nothing: trod.yml lists them under `never`."
    asked = sa.select(I.c.playbook, I.c.owner, I.c.arm).where(
        I.c.customer == customer, I.c.status.in_(("planned", "started"))
    )
    with workspace.state() as state, state.read() as con:
        found = con.execute(asked.order_by(I.c.decided_us.desc())).first()
    if found is None:
        return ""
    if found.arm == "held back":
        return (
            f"Nothing: held back from {found.playbook} on purpose, so that its effect can be told."
        )
    return f"Nothing new: {found.playbook} is under way, {found.owner} has it."


def _playbooks(
    workspace: Workspace, on: Ground, one: Placed, worth: Worth
) -> tuple[list[Action], list[tuple[str, str]]]:
    """Give the playbooks that fit a customer, and those that do not, with the reason."""
    from trod.outcomes.kept import latest

    specs = workspace.project.actions.playbooks
    if not specs:
        return [], []
    with workspace.state() as state, state.read() as con:
        effects = latest(con)
    fits, refused = [], []
    for spec in specs:
        why_not = _misfit(on, one, spec) or _stopped(effects.get(spec.name))
        if why_not:
            refused.append((spec.name, why_not))
        else:
            fits.append(_play(on, one, spec, effects.get(spec.name), worth))
    return fits, refused


def _misfit(on: Ground, one: Placed, spec: PlaybookSpec) -> str:
    """Say why a playbook is not meant for a customer, by what it is judged by; "" where it is."""
    success = spec.success
    growth = {n for v in on.voices if not v.model.spec.bad for n in v.model.spec.touchpoints}
    for_growth = success.money or bool(growth.intersection(success.touchpoints))
    if one.lane == "expand":
        return "" if for_growth else "not judged by growth"
    if for_growth:
        return "at risk: no selling into a fire"
    if success.reaches in on.plan.stages:
        there = on.plan.stages.index(one.stage) >= on.plan.stages.index(success.reaches)
        return f"they have reached {success.reaches}" if there else ""
    return ""


def _stopped(effect: Effect | None) -> str:
    """Say that an effect is against a playbook."""
    if effect is None or effect.verdict not in ("harms", "no effect found"):
        return ""
    n = effect.n_treated + effect.n_held_back
    return f"{effect.verdict}, n {n:,}"


def _play(
    on: Ground, one: Placed, spec: PlaybookSpec, effect: Effect | None, worth: Worth
) -> Action:
    """Say what a playbook may bring: by its trial, else what is at stake."""
    currency, expected = on.journeys.currency, None
    if effect is not None and effect.unit == "share":
        sign = 1 if effect.better == "up" else -1
        low, high = sorted((sign * effect.low, sign * effect.high))
        expected = priced(worth, low, high, "effect so far", currency)
        n = effect.n_treated + effect.n_held_back
        why = f"{effect.metric}, n {n:,}"
        sure = f"{effect.verdict}, {100 * effect.estimate:+.1f} points"
        evidence = "Tested" if effect.evidence == "Tested" else "Observed"
    else:
        why = f"meant for {'growth' if one.lane == 'expand' else 'those who need somebody'}"
        sure = "nobody knows yet what it changes"
        evidence = "not tested"
        if one.probability is not None and one.lane == "intervene":
            told = "at stake, of which it may keep none or all"
            expected = priced(worth, 0.0, one.probability, told, currency)
    return Action(
        spec.name,
        "playbook",
        why,
        evidence,
        sure,
        expected,
        "" if expected else "no trial of it yet",
        "where they ask to be left alone",
        f"{_judged(spec)} within {spec.success.within.days} days, against some held back",
        spec.minutes,
    )


def _judged(spec: PlaybookSpec) -> str:
    """Say by what a playbook is judged."""
    success = spec.success
    if success.ends:
        return "share that leaves" if success.ends == "left" else "share that completes"
    if success.reaches:
        return f"share that reaches {success.reaches}"
    return "money received" if success.money else f"share with {', '.join(success.touchpoints)}"


def _levers(workspace: Workspace, on: Ground, one: Placed, worth: Worth) -> list[Action]:
    """Give the levers for the friction of the stage, where the customer shows it."""
    made = workspace.map(on.journey, on.journeys.unit)
    stage = on.plan.stages.index(one.stage)
    had = _had(on, one.customer)
    return [
        _lever(on, friction, worth)
        for friction in made.data.frictions
        if friction.stage == stage
        and friction.worse_rate is not None
        and friction.touchpoint is not None
        and (friction.touchpoint in had) != friction.helps
    ]


def _lever(on: Ground, friction: Friction, worth: Worth) -> Action:
    from trod.insights.friction import moves_for
    from trod.insights.rates import difference

    worse, rest = friction.worse_rate, friction.compare_rate
    (move,) = moves_for([friction], units(on.journeys.unit)) or (None,)
    low, high = 0.0, 0.0
    said = ""
    if worse is not None and rest is not None:
        low, high = difference((worse.part, worse.whole), (rest.part, rest.whole))
        said = f"{share(worse.part, worse.whole)} left against {share(rest.part, rest.whole)}"
    expected = priced(
        worth,
        max(low, 0.0),
        high,
        "at most, if they then behave like the rest",
        on.journeys.currency,
    )
    do = move.sentence if move else friction.title
    why = (
        f"{friction.title}: {said}, n {worse.whole + rest.whole:,}"
        if worse and rest
        else friction.title
    )
    return Action(
        do,
        "lever",
        why,
        "Observed",
        f"{friction.evidence_grade}: an association, not an effect",
        expected,
        "",
        move.when_not if move else "",
        move.measure if move else "",
    )


def _signs(on: Ground, one: Placed, worth: Worth) -> tuple[list[Action], list[tuple[str, str]]]:
    """Give what others did before they grew or stayed and this customer can still do in time."""
    from trod.insights.early_warnings import early_warnings

    growth = [n for v in on.voices if not v.model.spec.bad for n in v.model.spec.touchpoints]
    good = one.lane == "expand"
    if good and not growth:
        return [], []
    found = early_warnings(on.journeys, on.plan, stage=one.stage, toward=growth if good else ())
    had, waits = _had(on, one.customer), float(on.looked.days[_row(on, one.customer), -1])
    fits, late = [], []
    for each in found.good if good else found.bad:
        if each.lever == "watch only" or each.before is not None or each.touchpoint in had:
            continue
        if waits < each.days:
            fits.append(_sign(on, each, worth))
        else:
            when = f"goes with it within {each.days} days of entering {each.stage}"
            late.append((readable(each.touchpoint), f"{when}; they are there for {waits:.0f}"))
    return fits, late


def _sign(on: Ground, told: Signal, worth: Worth) -> Action:
    from trod.insights.early_warnings.words import headline
    from trod.insights.rates import difference

    good = told.outcome is not None
    more, less = (told.with_sign, told.without) if good else (told.without, told.with_sign)
    a, b = (more.part, more.whole), (less.part, less.whole)
    low, high = difference(a, b) if good else difference(b, a)
    name = readable(told.touchpoint)
    verb = "Bring about" if told.lever == "yours to do" else "Ask them for"
    expected = priced(
        worth,
        max(low, 0.0),
        max(high, 0.0),
        "if asking did what doing goes with",
        on.journeys.currency,
    )
    r = told.ratio
    return Action(
        f"{verb}: {name}",
        "growth sign" if good else "early warning",
        headline(told),
        "Observed",
        f"{r.value:.1f} times as often, {r.low:.1f} to {r.high:.1f}, n {told.n:,}; whether asking "
        "helps is not known",
        expected,
        "",
        "where they have no use for it: it may mark those who would have grown anyway"
        if good
        else "where they have no use for it",
        f"{name} within {told.days} days, and what follows, against some who were not asked",
    )


def _had(on: Ground, customer: str) -> set[str]:
    """List the touchpoints that a customer had."""
    import numpy as np

    names = on.journeys.vocabulary.touchpoints
    for batch in on.journeys:
        at = batch.customer.index(customer).as_py()
        if at >= 0:
            rows = slice(int(batch.offsets[at]), int(batch.offsets[at + 1]))
            return {names[k] for k in np.unique(batch.code[rows]).tolist()}
    return set()
