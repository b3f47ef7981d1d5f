"""A plan from data: measured signals, friction, what answers them, and baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trod.actions.plans.hypotheses import FRICTIONS, SIGNALS
from trod.actions.plans.plan import Flag, Item, Plan
from trod.errors import NotEnoughDataError
from trod.insights.wording import about, share
from trod.journeys.label import readable

if TYPE_CHECKING:
    from trod.actions.playbooks.spec import PlaybookSpec
    from trod.insights.early_warnings.warning import EarlyWarnings, SetAside, Signal
    from trod.insights.journey_map import Friction, JourneyMap, Rate, StageView
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.outcomes.effect import Effect
    from trod.workspace.folder import Workspace
    from trod.workspace.picture import Map

_ASIDE: Final = 5
_UNIT: Final = {"accounts": "account", "customers": "person"}
_TELLING: Final = ("confounded", "silence alone", "known only afterwards", "not seen again")
_NOTES: Final = (
    "Observed: associations, like with like. They say whom to look at, not what would happen if "
    "you changed something.",
    "Ranges of shares are 95 %. Fewer customers than thirty are counted, not put in per cent.",
    "An intervention is Tested only where chance decided who got it.",
)


def measured_plan(
    workspace: Workspace,
    stage: str | None = None,
    *,
    journey: str | None = None,
    unit: str | None = None,
) -> Plan:
    """Give a plan for one stage from what is on record.

    Parameters
    ----------
    workspace
        With touchpoints.
    stage
        The one in which most is at stake by default.
    journey, unit
        As declared by default.

    Raises
    ------
    DefinitionError
        If the journey has no such stage.
    DataError
        If nothing was ingested yet.
    """
    from trod.workspace.measured import plan_of

    made = workspace.map(journey, unit)
    data = made.data
    plan = plan_of(workspace, journey, made.journeys)
    names = [one.name for one in data.stages]
    at = plan.stage(stage) if stage else (data.frictions[0].stage if data.frictions else 0)
    found = _found(made, plan)
    bad = () if isinstance(found, str) else found.bad
    signals = sorted(bad, key=lambda s: s.end != names[at])[:SIGNALS]
    frictions = _chosen(data, at)
    return Plan(
        journey=data.journey,
        stage=names[at],
        unit=data.unit,
        measured=True,
        headline=_headline(data, at, found, signals),
        given=(
            f"{data.n_touchpoints:,} touchpoints of {data.entered.n:,} {data.unit}, "
            f"{data.first_day} to {data.last_day}",
        ),
        flags=_flags(data),
        signals=tuple(_signal(s, i, data.unit) for i, s in enumerate(signals, 1)),
        frictions=tuple(_friction(f, i, data) for i, f in enumerate(frictions, 1)),
        interventions=_interventions(workspace, data, names[at], frictions, signals),
        metrics=_metrics(data.stages[at], data.unit, _ends(plan, made.journeys)),
        not_supported=_not_supported(found, names[at]),
        missing=_missing(found, len(signals), len(frictions)),
        notes=_NOTES,
        as_of=data.as_of,
    )


def _found(made: Map, plan: StagePlan) -> EarlyWarnings | str:
    """Look for early warnings; says why where too few left for any."""
    from trod.insights.early_warnings import early_warnings

    try:
        return early_warnings(made.journeys, plan, ignore=made.spec.ignore)
    except NotEnoughDataError as problem:
        return str(problem)


def _chosen(data: JourneyMap, at: int) -> list[Friction]:
    """Give the friction of the stage, then the others by what is at stake."""
    first = [each for each in data.frictions if each.stage == at]
    return [*first, *(each for each in data.frictions if each.stage != at)][:FRICTIONS]


def _rate(rate: Rate) -> str:
    told = share(rate.part, rate.whole)
    counts = f"{rate.part:,} of {rate.whole:,}"
    if told == counts:
        return counts
    return f"{told} ({counts}, 95 % {100 * rate.low:.0f} to {100 * rate.high:.0f})"


def _left(stage: StageView) -> Rate:
    from trod.insights.rates import rate

    return rate(stage.left.n, stage.reached.n)


def _headline(data: JourneyMap, at: int, found: EarlyWarnings | str, signals: list[Signal]) -> str:
    stage = data.stages[at]
    lost = _rate(_left(stage))
    if isinstance(found, str):
        return f"{stage.name}: {lost} left; too few for early warnings."
    n = sum(each.end == stage.name for each in signals)
    signs = "early warning holds" if n == 1 else "early warnings hold"
    held = f"{n or 'no'} {signs} before leaving there"
    return f"{stage.name}: {lost} left; {held}."


def _flags(data: JourneyMap) -> tuple[Flag, ...]:
    if not data.suggested:
        return ()
    return (
        Flag(
            "stages",
            "No journey is declared: the stages are a suggestion from the data.",
            "Declare them: `trod journey suggest`.",
        ),
    )


def _signal(told: Signal, rank: int, unit: str) -> Item:
    from trod.insights.early_warnings.words import figures, headline, sign_of

    return Item(
        rank,
        told.touchpoint,
        sign_of(told),
        "Observed",
        f"{headline(told).removeprefix(f'{sign_of(told)}: ')}.",
        order=told.lever,
        figures=(f"{figures(told, unit)[:1].upper()}{figures(told, unit)[1:]}.",),
        command=_export(told.now.key, unit),
    )


def _export(key: str, unit: str) -> str:
    """Give the command that lists the customers behind a figure."""
    return f"trod export customers --where '{key}' --unit {_UNIT[unit]}"


def _friction(told: Friction, rank: int, data: JourneyMap) -> Item:
    low, high = told.value_of_recovery
    worth = "Worth: not known."
    if high > 0:
        worth = f"Worth at most: {low:.0f} to {high:.0f} {data.unit} kept, 80 % range."
    stage = data.stages[told.stage].name
    quotes = tuple(f"“{q.text}” ({readable(q.touchpoint)}, {q.when})" for q in told.quotes[:1])
    return Item(
        rank,
        stage,
        f"{told.title} ({stage})" if stage not in told.title else told.title,
        "Observed",
        f"{told.statement} Hypothesis: {told.cause[:1].lower()}{told.cause[1:]}",
        figures=(worth, *quotes),
        command=_export(told.who.key, data.unit),
    )


def _interventions(
    workspace: Workspace,
    data: JourneyMap,
    stage: str,
    frictions: list[Friction],
    signals: list[Signal],
) -> tuple[Item, ...]:
    """Give what is tried already, with its effect; then levers; then what may be asked for."""
    from trod.insights.friction import moves_for

    found = _playbooks(workspace, stage)
    rank = {each.rank: i for i, each in enumerate(frictions, 1)}
    for move in moves_for(frictions, data.unit):
        kept = "" if move.high == 0 else f"At most {move.low:.0f} to {move.high:.0f} {move.unit}."
        found.append(
            Item(
                0,
                move.lever,
                move.sentence,
                "not measured",
                f"Answers friction {rank[move.friction]}.",
                when_not=move.when_not,
                measure=move.measure,
                figures=(kept,) if kept else (),
            )
        )
    for told in signals:
        if told.lever != "watch only":
            name = readable(told.touchpoint)
            found.append(
                Item(
                    0,
                    told.touchpoint,
                    f"Bring about: {name}",
                    "not measured",
                    "Those who had it left less often; whether asking helps is not known.",
                    when_not="where they have no use for it",
                    measure=f"share that leaves, of those asked for {name} against those held back",
                )
            )
    return tuple(_ranked(found))


def _ranked(items: list[Item]) -> list[Item]:
    from dataclasses import replace

    return [replace(item, rank=i) for i, item in enumerate(items, 1)]


def _playbooks(workspace: Workspace, stage: str) -> list[Item]:
    """Give the playbooks that may be for a stage, with what is known of their effect."""
    from trod.outcomes.kept import latest

    specs = workspace.project.actions.playbooks
    if not specs:
        return []
    with workspace.state() as state, state.read() as con:
        effects = latest(con)
    return [_playbook(spec, effects.get(spec.name)) for spec in specs if _is_of(spec, stage)]


def _is_of(spec: PlaybookSpec, stage: str) -> bool:
    """Say whether a playbook may be for customers in a stage: it names no other."""
    asked = None if spec.trigger is None else (spec.trigger.stage or spec.trigger.stall)
    return asked in (None, stage)


def _playbook(spec: PlaybookSpec, effect: Effect | None) -> Item:
    from trod.actions.playbooks.words import judged, when_not

    name, measure = spec.name, f"{judged(spec)}, against some held back by chance"
    if effect is None:
        why = "A playbook of trod.yml; no effect is known yet."
        return Item(0, name, name, "not measured", why, when_not=when_not(spec), measure=measure)
    n = effect.n_treated + effect.n_held_back
    stop = " Stop it." if effect.verdict in ("harms", "no effect found") else ""
    return Item(
        0,
        name,
        name,
        effect.evidence,
        f"{effect.metric}: {effect.verdict}.{stop}",
        figures=(f"{effect.estimate:+.3f} ({effect.low:+.3f} to {effect.high:+.3f}), n {n:,}.",),
        when_not=when_not(spec),
        measure=measure,
    )


def _ends(plan: StagePlan, journeys: Journeys) -> frozenset[str]:
    """Name the touchpoints by which customers succeed or leave: nobody goes on after leaving."""
    names = journeys.vocabulary.touchpoints
    return frozenset(names[k] for k in (plan.success | plan.failure).nonzero()[0].tolist())


def _metrics(stage: StageView, unit: str, ends: frozenset[str]) -> tuple[Item, ...]:
    """Give what to follow, with its baseline."""
    rows = [
        ("left", f"Leaving in {stage.name}", "The share that leaves there.", _rate(_left(stage))),
        ("on", f"Going on from {stage.name}", "The share that goes on.", _rate(stage.conversion)),
    ]
    if stage.dwell is not None:
        told = f"{about(stage.dwell.median_us)} in the middle, n {stage.dwell.n:,}"
        rows.append(("time", f"Time in {stage.name}", "Of those who went on.", told))
    rows += [
        (
            touch.name,
            f"{readable(touch.name)} in {stage.name}",
            f"The {unit} who have it there.",
            f"{touch.customers.n:,} {unit}; of them {_rate(touch.went_on)} went on",
        )
        for touch in [each for each in stage.touches if each.name not in ends][:3]
    ]
    return tuple(
        Item(i, id_, title, "Observed", why, figures=(f"Baseline: {told}.",))
        for i, (id_, title, why, told) in enumerate(rows, 1)
    )


def _not_supported(found: EarlyWarnings | str, stage: str) -> tuple[Item, ...]:
    """Give what looked like a sign of leaving and is none, the most striking first."""
    if isinstance(found, str):
        return ()
    from trod.insights.early_warnings.warning import REASONS
    from trod.insights.early_warnings.words import aside_of

    def striking(each: SetAside) -> tuple[bool, float]:
        return each.end != stage, -abs((each.naive or 1.0) - 1.0)

    some = [each for each in found.set_aside if each.outcome is None and each.reason in _TELLING]
    return tuple(
        Item(
            i,
            each.touchpoint,
            aside_of(each),
            "not supported",
            f"{REASONS[each.reason]}{': ' if each.why else ''}{each.why}",
        )
        for i, each in enumerate(sorted(some, key=striking)[:_ASIDE], 1)
    )


def _missing(found: EarlyWarnings | str, signals: int, frictions: int) -> tuple[str, ...]:
    told = []
    if isinstance(found, str):
        told.append(f"0 of {SIGNALS} signals: {found}")
    elif signals < SIGNALS:
        told.append(
            f"{signals} of {SIGNALS} signals: {found.tested:,} signs were tested and no more hold. "
            "`trod signals --set-aside` names the others."
        )
    if frictions < FRICTIONS:
        told.append(f"{frictions} of {FRICTIONS} friction points: no other stage loses as many.")
    return tuple(told)
