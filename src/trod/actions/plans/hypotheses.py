"""A plan without data: what to ask first, and what it takes to know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from textwrap import dedent, indent
from typing import Final

from trod.actions.plans.knowledge import COSTS, Hypothesis, MetricIdea, Remedy, fitting, knowledge
from trod.actions.plans.plan import Flag, Item, Number, Plan
from trod.actions.plans.power import each_side
from trod.actions.plans.spec import TABLES, ContextSpec, DataKind
from trod.actions.plans.windows import flags, mended, written
from trod.events.counted import one_of
from trod.journeys.label import units

SIGNALS: Final = 5
FRICTIONS: Final = 3
_INTERVENTIONS: Final = 3
_NOTES: Final = (
    "Nothing here is measured. Every entry is a hypothesis until its query has been asked.",
    "Order: how likely it is to matter, by what it costs to know. Both are grades, a judgement of "
    "where people look in vain and where not; neither is a figure of yours.",
    "Numbers needed: to be right in four of five such comparisons, with one false alarm in twenty, "
    "from the churn that is given. They count on sides of the same size; where few have the sign, "
    "more are needed in all.",
    "A sign is read up to a day on which the outcome is still open, and only those still there on "
    "that day are compared: otherwise early leaving would pass for a sign.",
    "Queries are written for DuckDB, with one table `accounts` (account_id, entered_at, left_at). "
    "Each gives counts: judge a difference only when both sides are as large as the number needed.",
)


@dataclass(frozen=True, slots=True)
class _Words:
    """What texts and queries of the library are filled with."""

    begin: int  # first day of the stage
    before: int  # last day up to which a sign is read
    last: int | None
    stage: str
    previous: str
    unit: str  # "accounts" or "customers"
    tables: dict[DataKind, str]

    def fill(self, text: str) -> str:
        """Fill a text."""
        return text.format(
            begin=self.begin,
            before=self.before,
            last="99999" if self.last is None else self.last,
            stage=self.stage,
            previous=self.previous,
            who=self.unit,
            one=one_of(self.unit),
            **{kind: self.tables.get(kind, name) for kind, name in TABLES.items()},
        )


def plan_of(context: ContextSpec) -> Plan:
    """Give hypotheses for the stage of a context that most needs them, each with its test.

    Parameters
    ----------
    context
        As described. Its figures are repeated as given, and never worked on further, but for the
        numbers of customers that a decision needs.

    Returns
    -------
    Plan
        With five signals and three friction points where the data allow them; else it says what is
        missing.
    """
    stage = context.stages[context.focus]
    words = _words(context)
    held = tuple(dict.fromkeys(each.sort for each in context.data))
    known = knowledge()
    signals = fitting(known.signals, stage.kind, held, SIGNALS, 2)
    frictions = fitting(known.frictions, stage.kind, held, FRICTIONS, 2)
    remedies = _remedies(frictions)
    ideas = [m for m in known.metrics if set(m.needs) <= set(held) and _in(m, stage.kind)]
    churn = context.churn(stage.name)
    return Plan(
        journey=context.journey,
        stage=stage.name,
        unit=words.unit,
        measured=False,
        headline=_headline(stage.name, len(signals), len(frictions)),
        given=_given(context),
        flags=(*flags(context.stages, words.unit), *_unclear(context)),
        signals=tuple(_signal(h, i, words, churn) for i, h in enumerate(signals, 1)),
        frictions=tuple(_friction(h, i, words) for i, h in enumerate(frictions, 1)),
        interventions=tuple(
            _remedy(r, i, words, churn, _for(r, signals, frictions, words))
            for i, r in enumerate(remedies, 1)
        ),
        metrics=tuple(_metric(m, i, words, churn) for i, m in enumerate(ideas, 1)),
        missing=_missing(signals, frictions, held),
        notes=_NOTES,
        definition=_definition(context),
        numbers=_numbers(context, words, churn),
    )


def _words(context: ContextSpec) -> _Words:
    stages = mended(context.stages)
    name = context.stages[context.focus].name
    at = next(i for i, (stage, _) in enumerate(stages) if stage.name == name)
    stage, begin = stages[at]
    if at == 0 and stage.last is not None:
        # Nothing comes before the first stage: its first half is what signs are read in.
        begin = (stage.first + stage.last) // 2 + 1
    previous = stages[at - 1][0].name if at else stage.name
    tables = {each.sort: each.table for each in context.data if each.table}
    return _Words(begin, begin - 1, stage.last, name, previous, units(context.unit), tables)


def _in(idea: MetricIdea, kind: str) -> bool:
    return not idea.stages or kind in idea.stages


def _percent(share: float) -> str:
    return f"{100 * share:.10g} %"


def _headline(stage: str, signals: int, frictions: int) -> str:
    if not signals and not frictions:
        return f"{stage}: nothing that these data can test."
    return f"{stage}: what to ask first, the most worth knowing first. Nothing is measured yet."


def _given(context: ContextSpec) -> tuple[str, ...]:
    spans = ", ".join(f"{s.name} {written(s.first, s.last)}" for s in context.stages)
    held = ", ".join(each.name for each in context.data)
    known = [f"Churn in {each.stage}: {_percent(each.churn)}" for each in context.known]
    return (f"Stages by day: {spans}", f"Data: {held}", *known)


def _unclear(context: ContextSpec) -> tuple[Flag, ...]:
    """Name what a figure or a sort of data leaves open."""
    found = []
    who = units(context.unit)
    one = one_of(who)
    if context.known:
        stage = context.known[0].stage
        found.append(
            Flag(
                "churn",
                f"It is not said what the churn in {stage} is a share of: of the {who} who began "
                f"{stage}, of all {who}, or of revenue; nor from which months.",
                f"Take it as the share of those who began {stage}, until somebody says otherwise.",
            )
        )
    if any(each.totals for each in context.data):
        name = next(each.name for each in context.data if each.totals)
        found.append(
            Flag(
                "data",
                f"{name[:1].upper()}{name[1:]} are totals: they say nothing about one {one}, and "
                "no sign can be tested with them.",
                f"Ask for the dates: one row per {one} and term, with when it was due and whether "
                "it was renewed.",
            )
        )
    if any(each.sort == "health" for each in context.data):
        found.append(
            Flag(
                "data",
                "A health score is often made of the same use that it is compared with, and often "
                "kept only as it is today.",
                "Ask what it is made of, and for the score as it stood on each day.",
            )
        )
    return tuple(found)


_FRAME: Final = """\
WITH there AS (  -- still there on day {begin}, and the stage is over
  SELECT account_id, entered_at, left_at FROM accounts
  WHERE (left_at IS NULL OR date_diff('day', entered_at, left_at) >= {begin}){over}
), sign AS (
{sign}
)
SELECT account_id IN (FROM sign) AS with_sign, count(*) AS {who},
       count(*) FILTER (WHERE {left}) AS left_in_stage
FROM there GROUP BY with_sign ORDER BY with_sign"""
_GONE: Final = """\
WITH gone AS (  -- left in the stage
  SELECT account_id, entered_at, left_at FROM accounts
  WHERE {left}
)
SELECT * FROM (
{where}
) ORDER BY ALL"""
_THERE: Final = """\
WITH there AS (  -- still there on day {begin}, and the stage is over
  SELECT account_id, entered_at, left_at FROM accounts
  WHERE (left_at IS NULL OR date_diff('day', entered_at, left_at) >= {begin}){over}
)
{query}"""


def _sql(frame: str, words: _Words, **parts: str) -> str:
    """Write a query: the frame, with the part of the library in it."""
    last, begin = words.last, words.begin
    day = "date_diff('day', entered_at, left_at)"
    left = f"{day} >= {begin}" if last is None else f"{day} BETWEEN {begin} AND {last}"
    over = (
        f"\n    AND date_diff('day', entered_at, current_date) > {begin if last is None else last}"
    )
    filled = {
        name: indent(words.fill(dedent(text)).rstrip(), "" if name == "query" else "  ")
        for name, text in parts.items()
    }
    if last is None:
        filled = {
            name: text.replace("BETWEEN", ">=")
            .replace(" AND 99999", "")
            .replace("> 99999", f"> {begin}")
            for name, text in filled.items()
        }
    return frame.format(begin=begin, over=over, left=left, who=words.unit, **filled)


def _order(one: Hypothesis) -> str:
    prior = {"likely": "often matters", "open": "may matter", "unlikely": "seldom matters"}
    return f"{prior[one.prior]}; {COSTS[one.cost]}"


def _needed(churn: float | None, words: _Words) -> str:
    """Say how many customers tell twice as many leaving, from the given churn."""
    if churn is None:
        return f"not computed: give the churn of {words.stage} under `known`"
    if 2 * churn >= 1:
        return "not computed: twice the given churn is everybody"
    n = each_side(churn, 2 * churn)
    return f"{n:,} {words.unit} with the sign and as many without, to tell twice as many leaving"


def _signal(one: Hypothesis, rank: int, words: _Words, churn: float | None) -> Item:
    command = ""
    if one.touchpoint and words.previous != words.stage:
        command = (
            f"trod signals --stage {_quoted(words.previous)} --sign {one.touchpoint} "
            f"--within {words.before}d --leaving {_quoted(words.stage)}"
        )
    return Item(
        rank,
        one.id,
        words.fill(one.title),
        "not measured",
        words.fill(one.why),
        _order(one),
        _needed(churn, words),
        _sql(_FRAME, words, sign=one.sign),
        command,
    )


def _quoted(name: str) -> str:
    return f"'{name}'" if " " in name else name


def _friction(one: Hypothesis, rank: int, words: _Words) -> Item:
    return Item(
        rank,
        one.id,
        words.fill(one.title),
        "not measured",
        words.fill(one.why),
        _order(one),
        "as many who left as you can read; a cause is told by comparing with those who stayed",
        _sql(_GONE, words, where=one.where),
        "trod friction",
    )


def _remedies(frictions: list[Hypothesis]) -> list[Remedy]:
    """Give what answers the friction points, in their order; asking why comes last."""
    library = knowledge().interventions
    found = [r for f in frictions for r in library if f.id in r.answers]
    last = [r for r in library if r.id == "ask_why"]
    return list({r.id: r for r in [*found, *last]}.values())[: _INTERVENTIONS + 1]


def _for(one: Remedy, signals: list[Hypothesis], frictions: list[Hypothesis], words: _Words) -> str:
    """Say whom it is for, and which friction points it answers."""
    signs = [i for i, h in enumerate(signals, 1) if h.id == one.signal]
    places = [str(i) for i, h in enumerate(frictions, 1) if h.id in one.answers]
    whom = f"those with signal {signs[0]}" if signs else f"all who begin {words.stage}"
    if one.id == "ask_why":
        whom = "as many who left as stayed"
    return f"for {whom}" + (f"; answers friction {' and '.join(places)}" if places else "")


def _remedy(one: Remedy, rank: int, words: _Words, churn: float | None, whom: str) -> Item:
    needed = f"not computed: give the churn of {words.stage} under `known`"
    if one.id == "ask_why":
        needed = "until the answers repeat; this is no test"
    elif churn is not None:
        needed = (
            f"{each_side(churn, churn / 2):,} {words.unit} offered it and as many held back by "
            f"chance, to tell half as many leaving; {each_side(churn, 0.75 * churn):,} on each "
            "side to tell a quarter fewer"
        )
    fill = words.fill
    return Item(
        rank,
        one.id,
        fill(one.do),
        "not measured",
        fill(one.why),
        order=whom,
        needed=needed,
        when_not=fill(one.when_not),
        measure=fill(one.measure),
    )


def _metric(one: MetricIdea, rank: int, words: _Words, churn: float | None) -> Item:
    base = "Baseline: not measured"
    if one.known == "churn" and churn is not None:
        base = "Baseline: as given, not measured"
    return Item(
        rank,
        one.id,
        words.fill(one.title),
        "not measured",
        words.fill(one.why),
        ask=_sql(_THERE, words, query=one.query),
        figures=(base,),
    )


def _missing(
    signals: list[Hypothesis], frictions: list[Hypothesis], held: tuple[DataKind, ...]
) -> tuple[str, ...]:
    lacking = ", ".join(kind for kind in TABLES if kind not in held)
    found = []
    for what, some, most in (
        ("signals", signals, SIGNALS),
        ("friction points", frictions, FRICTIONS),
    ):
        if len(some) < most:
            more = f" With {lacking} there would be more." if lacking else ""
            found.append(f"Fewer {what} than asked for can be tested with these data.{more}")
    return tuple(found)


def _definition(context: ContextSpec) -> str:
    """Write the journey for trod.yml, with days that do not overlap."""
    lines = [
        "journeys:",
        f"  - name: {context.journey}",
        f"    unit: {context.unit}",
        "    stages:",
    ]
    for stage, begin in mended(context.stages):
        lines.append(f"      - {{name: {stage.name}, days: {written(begin, stage.last)}}}")
    return "\n".join(lines)


def _numbers(context: ContextSpec, words: _Words, churn: float | None) -> tuple[Number, ...]:
    """List every number that may stand in the plan, with its source."""
    note = partial(Number, source="given")
    found = [note(str(day)) for s in context.stages for day in (s.first, s.last) if day is not None]
    found += [note(f"{100 * each.churn:.10g}") for each in context.known]
    told = {words.begin, words.before}
    for stage, begin in mended(context.stages):
        told |= {begin, begin - 1, stage.first - 1}
        told |= {stage.last + 1} if stage.last is not None else set()
    found += [Number(str(day), "from the windows given") for day in sorted(told) if day >= 0]
    if churn is not None:
        sizes = [("half as many", churn / 2), ("a quarter fewer", 0.75 * churn)]
        sizes += [("twice as many", 2 * churn)] if 2 * churn < 1 else []
        found += [
            Number(f"{each_side(churn, other):,}", f"each side, to tell {words_} leaving")
            for words_, other in sizes
        ]
    return tuple({each.value: each for each in reversed(found)}.values())[::-1]
