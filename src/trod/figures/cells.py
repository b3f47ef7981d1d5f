"""The rows of words on the map: touchpoints, frictions and next moves of each stage."""

from __future__ import annotations

from typing import NamedTuple

from trod.figures import lately, meaning, numbers
from trod.figures.icons import icon_of
from trod.figures.labels import join_words, label, plain
from trod.figures.links import Drill, Tip
from trod.figures.mood_line import on_page
from trod.figures.said import Said, statement
from trod.insights.journey_map import (
    Friction,
    JourneyMap,
    NextMove,
    PointedOut,
    StageView,
    Touch,
)

SHOWN_TOUCHES = 5
MOVES_A_STAGE = 2
POINTED = "by scores; of such a list half had it"


class TouchRow(NamedTuple):
    """One touchpoint in the list of its stage."""

    icon: str
    name: str
    share: str
    drill: Drill
    tip: Tip
    marks: tuple[lately.Shown, ...] = ()  # of its share and its mood, where they changed


class TouchCell(NamedTuple):
    """The touchpoints of a stage: those shown, those folded away, and how many are not listed."""

    shown: tuple[TouchRow, ...]
    folded: tuple[TouchRow, ...]
    unlisted: int

    @property
    def fold(self) -> str:
        """Say what is folded away, and whether any of it changed."""
        n = sum(len(row.marks) > 0 for row in self.folded)
        return f"+ {len(self.folded) + self.unlisted} more" + (f", {n} changed" if n else "")


class PointedRow(NamedTuple):
    """A score in a stage: its outcome, whom it points out, of how many."""

    name: str
    said: str
    tone: str  # "worse" or "better"
    drill: Drill
    tip: Tip


class Card(NamedTuple):
    """A friction as a card."""

    rank: int
    title: str
    statement: tuple[Said, ...]
    quote: str
    link: str
    grade: str  # of its evidence
    drill: Drill
    more: tuple[tuple[str, str], ...]


class Quiet(NamedTuple):
    """What stands in place of a card: words, and a number that opens its customers."""

    words: str
    link: str
    drill: Drill | None


class Move(NamedTuple):
    """A next move."""

    sentence: str
    effect: str
    unit: str  # empty where the effect is not known
    start: float  # of its range on the scale all moves share, 0 to 100
    length: float
    evidence: str
    when_not: str
    measure: str


def touch_cell(m: JourneyMap, stage: StageView) -> TouchCell:
    """List the touchpoints of a stage, most reached first."""
    rows = tuple(_touch_row(m, stage, touch) for touch in stage.touches)
    cut = SHOWN_TOUCHES if len(rows) + stage.n_other_touches > SHOWN_TOUCHES + 1 else len(rows)
    return TouchCell(rows[:cut], rows[cut:], stage.n_other_touches)


def pointed(m: JourneyMap, stage: StageView) -> tuple[PointedRow, ...]:
    """List the scores that point somebody out in a stage."""
    return tuple(_pointed_row(m, stage, each) for each in stage.pointed_out if each.customers.n)


def points_out(m: JourneyMap) -> bool:
    """Say whether any score points anybody out, so that the map has a row of them."""
    return any(pointed(m, stage) for stage in m.stages)


def _pointed_row(m: JourneyMap, stage: StageView, each: PointedOut) -> PointedRow:
    n, of = numbers.count(each.customers.n), numbers.count(each.asked)
    title = f"{label(each.outcome)}: pointed out in {label(stage.name)}"
    meant = "Of a list that goes down as far as this, half had it in the backtest. Estimated."
    facts = ((m.unit.capitalize(), n), ("With this score", of))
    return PointedRow(
        label(each.outcome),
        f"{n} of {of}",
        "worse" if each.bad else "better",
        Drill(each.customers.key, title, meant, each.customers.n),
        Tip(title, facts, "Of such a list half had it in the backtest."),
    )


def _touch_row(m: JourneyMap, stage: StageView, touch: Touch) -> TouchRow:
    share = numbers.share(touch.customers.n, stage.reached.n, m.small_n)
    facts = [
        (m.unit.capitalize(), numbers.count(touch.customers.n)),
        (f"Of those who reached {label(stage.name)}", share),
        *meaning.rate_facts(m, "Went on", touch.went_on),
    ]
    if touch.mood.mean is not None:
        facts.append(("Mood", numbers.mood(touch.mood.mean)))
    elif touch.mood.n:
        facts.append(("Mood", f"unknown, {numbers.plural(touch.mood.n, 'signals')}"))
    note = f"Channel: {label(touch.channel)}" if touch.channel else "Channel unknown"
    name = label(touch.name)
    return TouchRow(
        icon_of(touch.channel),
        name,
        share,
        meaning.touch(stage, touch),
        Tip(name, tuple(facts), note),
        tuple(found for found in _marks(m, stage, touch) if found is not None),
    )


def _marks(m: JourneyMap, stage: StageView, touch: Touch) -> tuple[lately.Shown | None, ...]:
    if m.since is None:
        return ()
    i = m.stages.index(stage)
    return tuple(lately.mark(m, figure, i, touch.name) for figure in ("had", "mood"))


def cards(m: JourneyMap, stage: int) -> tuple[Card, ...]:
    """Give the friction cards of a stage; the page shows three in all."""
    return tuple(_card(m, friction) for friction in on_page(m) if friction.stage == stage)


def _card(m: JourneyMap, friction: Friction) -> Card:
    quote = plain(friction.quotes[0].text) if friction.quotes else ""
    drill = meaning.behind(m, friction)
    link = numbers.plural(drill.total, m.unit) if drill.total else ""
    if friction.lost.n and friction.money_lost_micros:
        money = numbers.money(friction.money_lost_micros, m.currency)
        link += " · " + money.replace(" ", "\u00a0")
    return Card(
        friction.rank,
        plain(friction.title),
        statement(m, friction),
        f"“{quote}”" if quote else "",
        link,
        grade(friction),
        drill,
        evidence(m, friction),
    )


def quiet(m: JourneyMap, i: int) -> Quiet:
    """Say what a stage without a card has to say."""
    stage = m.stages[i]
    if not stage.reached.n:
        return Quiet("—", "", None)
    if not stage.left.n:
        return Quiet("Nobody left here", "", None)
    n, drill = numbers.count(stage.left.n), meaning.left(m, stage)
    if any(friction.stage == i for friction in m.frictions):
        return Quiet("Losses are smaller here:", f"{n} left", drill)
    return Quiet("No friction found among the", f"{n} who left", drill)


def evidence(m: JourneyMap, friction: Friction) -> tuple[tuple[str, str], ...]:
    """Write down everything a sceptic asks about a friction."""
    rows = [
        ("Likely cause", plain(friction.cause)),
        ("Evidence", grade(friction)),
        ("Leave here", _with_range(m, friction.leave_rate) if friction.lost.n else ""),
    ]
    if friction.compare_rate is not None:
        name = plain(friction.compare_label or "The rest")
        rows.append((name[:1].upper() + name[1:], _with_range(m, friction.compare_rate)))
    if friction.lost.n and friction.money_lost_micros:
        money = numbers.money(friction.money_lost_micros, m.currency)
        rows.append(("Revenue so far", f"{money}, already received from those who left"))
    if friction.since:
        rows.append(("Since", numbers.day(friction.since)))
    if friction.delay is not None:
        rows.append(
            (
                "Time here",
                f"half within {numbers.duration(friction.delay.median_us)},"
                f" nine in ten within {numbers.duration(friction.delay.p90_us)}",
            )
        )
    if friction.mood is not None and friction.mood.mean is not None:
        signals = numbers.plural(friction.mood.n, "signals")
        rows.append(("Mood", f"{numbers.mood(friction.mood.mean)} from {signals}"))
    if friction.loops:
        rows.append(("In circles", numbers.plural(friction.loops, m.unit)))
    rows += [
        (
            f"Before: {label(name)}",
            f"{numbers.rate(lost, m.small_n)} of those who left,"
            f" {numbers.rate(on, m.small_n)} of those who went on",
        )
        for name, lost, on in friction.before
    ]
    low, high = friction.value_of_recovery
    if high > 0:
        rows.append(("If fixed", f"{effect(low, high)} {m.unit} kept: {friction.recovery_formula}"))
    rows += [
        (f"{label(quote.touchpoint)}, {numbers.day(quote.when)}", f"“{plain(quote.text)}”")
        for quote in friction.quotes[1:4]
    ]
    return tuple((name, value) for name, value in rows if value and value != "–")


def grade(friction: Friction) -> str:
    """Write how well a friction is founded."""
    return " · ".join(filter(None, [friction.evidence, friction.evidence_grade, _data(friction)]))


def _data(friction: Friction) -> str:
    """Say the grade of the data behind a friction where a reader must know it."""
    return f"data {friction.data_grade}" if friction.data_grade >= "C" else ""


def _with_range(m: JourneyMap, value: object) -> str:
    facts = meaning.rate_facts(m, "", value)  # type: ignore[arg-type]
    return f"{facts[0][1]} ({facts[1][1]})" if len(facts) > 1 else facts[0][1] if facts else ""


def moves(m: JourneyMap, stage: int) -> tuple[Move, ...]:
    """Give the next moves of a stage, on the scale all moves of the map share."""
    ranks = {friction.rank for friction in on_page(m)}
    shown = [move for move in m.moves if move.friction in ranks and 0 <= move.stage < len(m.stages)]
    most = max((move.high for move in shown), default=0.0)
    here = [move for move in shown if move.stage == stage][:MOVES_A_STAGE]
    return tuple(_move(move, most) for move in here)


def _move(move: NextMove, most: float) -> Move:
    known = move.high > 0
    start = 100 * max(move.low, 0.0) / most if most > 0 else 0.0
    length = 100 * (move.high - max(move.low, 0.0)) / most if most > 0 else 0.0
    return Move(
        plain(move.sentence),
        effect(move.low, move.high),
        plain(move.unit) if known else "",
        start,
        max(length, 1.5) if known else 0.0,
        move.evidence,
        plain(move.when_not),
        plain(move.measure),
    )


def effect(low: float, high: float) -> str:
    """Write a range of an effect; (0, 0) is not known.

    Examples
    --------
    >>> effect(290.2, 480.0), effect(0.0, 0.4)
    ('+290 to +480', '+0 to +1')
    >>> effect(6.8, 7.2)
    'about +7'
    >>> effect(0.0, 0.0)
    'effect not known'
    """
    if low == high == 0:
        return "effect not known"
    bottom, top = round(low), max(round(high), 1) if high > 0 else 0
    return f"about {_signed(top)}" if bottom == top else f"{_signed(bottom)} to {_signed(top)}"


def _signed(n: int) -> str:
    return f"−{numbers.count(-n)}" if n < 0 else f"+{numbers.count(n)}"


def moves_caption(m: JourneyMap) -> str:
    """Say what the ranges of the row are ranges of."""
    units = sorted({plain(move.unit) for move in m.moves if move.high > 0})
    if not units:
        return "what to do about it"
    return f"{join_words(units)}, 80% range; an upper bound"
