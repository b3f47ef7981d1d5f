"""What to do next for one account: a playbook, a lever or a sign of growth; or nothing, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from trod.actions.playbooks.spec import SuccessSpec
from trod.errors import DataError
from trod.insights.wording import share
from trod.journeys.label import readable, units
from trod.workspace.acting.expected import Expected, priced
from trod.workspace.acting.worth import Worth, Worths

if TYPE_CHECKING:
    from trod.actions.lanes.view import Placed
    from trod.actions.playbooks.spec import PlaybookSpec
    from trod.actions.queue.plan import Candidate, Row
    from trod.insights.early_warnings.warning import Signal
    from trod.insights.journey_map import Friction
    from trod.workspace.acting.candidates import Weighed
    from trod.workspace.acting.lanes import Ground
    from trod.workspace.folder import Workspace

Source = Literal["playbook", "lever", "growth sign", "early warning"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that fits one customer."""

    name: str  # the playbook, or what to do
    source: Source
    why: str
    evidence: str  # Tested, Estimated, Observed or Assumed
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
    workspace: Workspace,
    customer: str,
    journey: str | None = None,
    unit: str | None = None,
    *,
    now_us: int,
) -> NextAction:
    """Say what to do next for one customer, what it may bring, and when.

    Playbooks come first, weighed by the queue: what this week's plan does with the hours of
    trod.yml is what is said here. Then what was observed of others in the same stage.

    Parameters
    ----------
    workspace
        With `actions: playbooks:` in trod.yml, or without.
    customer
        Canonical id.
    journey, unit
        As declared by default.
    now_us
        The moment; deadlines and what keeps plays away count from it.

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
    why, held = _decided(workspace, customer, now_us)
    if why:
        return NextAction(*told, None, (), (), why)
    plays = _plays(workspace, on, customer, now_us)
    held, refused = held or plays.held, plays.refused
    seen: list[Action] = []
    if not held and one.lane != "thriving":
        worth = _worth(workspace, on, one)
        seen = _levers(workspace, on, one, worth) if one.lane == "intervene" else []
        signs, late = _signs(on, one, worth)
        seen, refused = seen + signs, refused + late
        seen.sort(key=lambda a: (-(a.expected.high if a.expected else 0.0), a.name))
    fits = [*plays.fits, *seen]
    none = "" if fits else _nothing(on, one, held)
    return NextAction(*told, fits[0] if fits else None, tuple(fits[1:]), tuple(refused), none)


def _worth(workspace: Workspace, on: Ground, one: Placed) -> Worth | None:
    """Give what this customer is worth: grown where they are ready to, else kept."""
    success = SuccessSpec(ends="left")
    if one.lane == "expand" and (growth := _growth(on)):
        success = SuccessSpec(touchpoints=growth)
    return Worths(workspace, on.journeys, on.plan).of(success, one.customer)


def _growth(on: Ground) -> tuple[str, ...]:
    return tuple(n for v in on.voices if not v.model.spec.bad for n in v.model.spec.touchpoints)


def _nothing(on: Ground, one: Placed, held: str) -> str:
    """Say that nothing fits, and what to write so that something does."""
    if held:
        return f"Nothing: held back from {held} by chance, so that its effect can be told."
    if one.lane == "thriving":
        return "It does well alone: a contact has nothing to mend."
    if one.lane == "expand":
        names = _growth(on)
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


def _decided(workspace: Workspace, customer: str, now_us: int) -> tuple[str, str]:
    """Say why nothing new may be tried on a customer, and what they are held back from; or ""."""
    from trod.actions.interventions.register import HELD_BACK, OPEN, TREATED, listed
    from trod.workspace.acting.busy import busy

    actions = workspace.project.actions
    if customer in actions.never:
        return "Nothing: trod.yml lists them under `never`.", ""
    with workspace.state() as state, state.read() as con:
        under_way = listed(con, customer=customer, status=OPEN, arm=TREATED)
        held = listed(con, customer=customer, arm=HELD_BACK)
        sorts = busy(workspace, con, now_us).held_back.get(customer, frozenset())
    if under_way:
        first = under_way[0]
        return f"Nothing new: {first.playbook} is under way, {first.owner or 'nobody'} has it.", ""
    judged = {spec.name: spec.success.sort for spec in actions.playbooks}
    return "", next((one.playbook for one in held if judged.get(one.playbook) in sorts), "")


class _Plays(NamedTuple):
    """What the queue says of one customer."""

    fits: list[Action]  # what it would do first
    refused: list[tuple[str, str]]
    held: str  # playbook that this week's plan keeps from them by chance; "" for none


def _plays(workspace: Workspace, on: Ground, customer: str, now_us: int) -> _Plays:
    """Give the playbooks that fit a customer as the queue weighs them, and why the others do not.

    The play of this week's plan comes first, then the others by what they are expected to bring.
    """
    from trod.workspace.acting.queue import considered
    from trod.workspace.measured import plan_of

    if not workspace.project.actions.playbooks:
        return _Plays([], [], "")
    plan, found = considered(workspace, now_us=now_us)
    rows = () if plan is None else plan.rows
    row = next((r for r in rows if r.candidate.customer == customer), None)
    fits: list[tuple[Candidate, Action]] = []
    refused: list[tuple[str, str]] = []
    held = ""
    for each in found:
        if plan_of(workspace, each.spec.journey, on.journeys).journey != on.plan.journey:
            continue
        one = next((c for c in each.candidates if c.customer == customer), None)
        if one is None:
            refused.append((each.spec.name, _misfit(each, customer)))
        elif _brings(one, each.spec) <= 0:
            refused.append((each.spec.name, "it is expected to bring nothing"))
        elif row is not None and row.fate == "held back":
            refused.append((each.spec.name, "this week's plan leaves them to chance"))
            held = row.candidate.playbook
        else:
            fits.append((one, _play(each, one, row, on.journeys.currency)))
    chosen = "" if row is None else row.candidate.playbook
    fits.sort(key=lambda f: (f[0].playbook != chosen, f[0].wait_days, -f[0].value, f[0].playbook))
    return _Plays([action for _, action in fits], refused, held)


def _brings(one: Candidate, spec: PlaybookSpec) -> float:
    """Give what the queue would count a play for: nobody is seen to for nothing."""
    return one.value if one.at_stake is None and not spec.success.money else one.value - one.cost


def _misfit(each: Weighed, customer: str) -> str:
    """Say why a playbook is not for a customer."""
    if each.spec.trigger is None:
        return "has no trigger: started by hand"
    if each.fits is not None:
        for why, some in each.fits.barred:
            if customer in some:
                return why
        if customer in each.fits.customers:
            return "nobody has hours for it" if each.spec.minutes else "no chance is known"
    if each.remarks and not (each.fits and each.fits.customers):
        return each.remarks[0].removeprefix(f"{each.spec.name}: ").rstrip(".")
    return "not for them today"


def _play(each: Weighed, one: Candidate, row: Row | None, currency: str | None) -> Action:
    """Tell a playbook as the queue weighs it for one customer."""
    from trod.actions.playbooks.words import judged, when_not

    spec, believed = each.spec, each.expected
    return Action(
        spec.name,
        "playbook",
        ". ".join(filter(None, [one.why, _fate(one, row)])),
        believed.evidence,
        believed.words,
        _bring(one, spec, currency),
        "",
        when_not(spec),
        f"{judged(spec)}, against some held back",
        spec.minutes,
    )


def _fate(one: Candidate, row: Row | None) -> str:
    """Say what this week's plan makes of a play."""
    if one.wait_days:
        return f"Its best time comes in {one.wait_days} days"
    if row is None or row.candidate.playbook != one.playbook:
        return ""
    if row.fate == "below":
        return "Below the line this week: the hours bring more elsewhere"
    return f"In this week's queue: {row.owner or 'nobody has to'}, by {row.due}"


def _bring(one: Candidate, spec: PlaybookSpec, currency: str | None) -> Expected:
    """Say what a play is expected to bring, as the queue reckons it."""
    if spec.success.money:
        ends = one.low - one.cost, one.high - one.cost
        return Expected(*ends, currency or "money", "as believed")
    if one.at_stake is None:
        return priced(None, one.low, one.high, "", currency)
    worth = Worth(one.at_stake, one.stake_from)
    low, high = one.low / worth.money, one.high / worth.money
    return priced(worth, low, high, "", currency, one.cost)


def _levers(workspace: Workspace, on: Ground, one: Placed, worth: Worth | None) -> list[Action]:
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


def _lever(on: Ground, friction: Friction, worth: Worth | None) -> Action:
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


def _signs(
    on: Ground, one: Placed, worth: Worth | None
) -> tuple[list[Action], list[tuple[str, str]]]:
    """Give what others did before they grew or stayed and this customer can still do in time."""
    from trod.insights.early_warnings import early_warnings

    growth = _growth(on)
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


def _sign(on: Ground, told: Signal, worth: Worth | None) -> Action:
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
