"""A change in words: the statement, its parts, a cause to look into, how sure it is."""

from __future__ import annotations

from math import floor, log10
from typing import Final

from trod.analyses.changes.kinds import CAME_BY, Split
from trod.analyses.changes.measures import SETTLED_US
from trod.insights.changes import figures
from trod.insights.changes.change import Change, Part, Told
from trod.insights.changes.compared import Compared
from trod.insights.changes.figures import SHARES, UNIT
from trod.insights.changes.ground import Ground
from trod.insights.changes.mix import Parts
from trod.insights.claims import Figure, claim
from trod.insights.journey_map import Count
from trod.insights.wording import duration, in_words
from trod.journeys.label import readable

_Z: Final = 1.959963984540054
_SURE: Final = 0.001
_HALF: Final = 0.5
_MOST_BY: Final = 4  # attributes that are named
_LEANS: Final = 0.6  # of a change, from a kind that is less than half of the customers


def change(
    ground: Ground,
    row: Compared,
    p: float,
    parts: Parts | None,
    best: Split | None,
    also: tuple[str, ...],
    where: str,
    told_apart: tuple[str, ...],
) -> Change:
    """Tell one change; `told_apart` by what kinds of the customers behind it are known."""
    told, asked = ground.told, ground.asked
    measure, up = row.measure, row.judged.difference > 0
    made = claim(
        figures.sentence(measure),
        {
            **figures.figures(measure, row.before, row.now, told),
            "window": Figure(duration(measure.within_us)),
            "settled": Figure(duration(SETTLED_US)),
            "days": Figure(duration(told.spans.level.end_us[-1] - told.spans.start_us[-1])),
        },
        unit=told.unit,
        stage=told.stage(measure),
        name=readable(told.touchpoint(measure)),
        then=asked.before.words,
        later=asked.now.words,
    )
    kind = sort(row.crude.difference, parts)
    whole = figures.whole_key(measure, told, -1)
    return Change(
        kind=measure.kind,
        stage=told.stage(measure),
        touchpoint=told.touchpoint(measure) or measure.metric,
        title=row.title(told),
        statement=made.text,
        facts=made.facts,
        size=figures.size(measure, row.touched, up, told),
        told=kind,
        split="" if best is None else best.name,
        parts=None if parts is None else in_parts(parts),
        split_words=(
            same_kinds(told_apart, told.unit)
            if parts is None or best is None
            else split_words(measure.kind, row.crude.difference, parts, best, told.unit, kind)
        ),
        cause=cause(kind, also, where, best, told_apart),
        also=also,
        certainty=certainty(p, asked.grain),
        p=p,
        difference=row.crude.difference,
        low=row.crude.low,
        high=row.crude.high,
        unit="share" if measure.kind in SHARES else UNIT[measure.kind],
        before=row.before.mean,
        now=row.now.mean,
        n_before=row.before.n,
        n_now=row.now.n,
        touched=abs(row.touched),
        tone=figures.tone(measure, up, told),  # type: ignore[arg-type]
        population=Count(row.now.n, whole),
    )


def in_parts(parts: Parts) -> tuple[Part, Part]:
    """Give mix and behaviour with their 95 % intervals."""
    made = [
        Part(value, value - _Z * error, value + _Z * error)
        for value, error in (
            (parts.mix, parts.mix_error),
            (parts.behaviour, parts.behaviour_error),
        )
    ]
    return made[0], made[1]


def sort(difference: float, parts: Parts | None) -> Told:
    """Say what a difference is: behaviour, unless the mix makes half of it or more.

    Examples
    --------
    >>> sort(-0.2, None)
    'behaviour'
    """
    if parts is None or not difference:
        return "behaviour"
    if abs(parts.behaviour) <= _Z * parts.behaviour_error and parts.mix / difference >= _HALF:
        return "mix"
    mixed = abs(parts.mix) > _Z * parts.mix_error and abs(parts.mix) > abs(parts.behaviour) / 4
    return "both" if mixed else "behaviour"


def same_kinds(told_apart: tuple[str, ...], unit: str) -> str:
    """Say that the same kinds came, and by what kinds were told apart.

    Examples
    --------
    >>> same_kinds((CAME_BY, "plan", "size", "region"), "customers")
    'Not a matter of who came: the same kinds of customers came in both, by plan, region, size and \
the channel they came by.'
    >>> same_kinds((), "customers")
    'Whether others came is not known: nothing on record tells kinds of customers apart.'
    """
    if not told_apart:
        return f"Whether others came is not known: nothing on record tells kinds of {unit} apart."
    by = sorted(name for name in told_apart if name != CAME_BY)
    shown = [*by[:_MOST_BY], *([f"{len(by) - _MOST_BY} more"] if len(by) > _MOST_BY else [])]
    shown += ["the channel they came by"] if CAME_BY in told_apart else []
    said = in_words(shown, most=len(shown), last="and")
    return f"Not a matter of who came: the same kinds of {unit} came in both, by {said}."


def split_words(
    kind: str, difference: float, parts: Parts, best: Split, unit: str, told: Told
) -> str:
    """Say how much is mix and how much behaviour."""
    of = _of(best)
    mix, own = (amount(kind, x) for x in (parts.mix, parts.behaviour))
    whole = amount(kind, difference)
    if told == "mix":
        return (
            f"Of {whole}, {mix} is that other {unit} came ({of}), {own} that like {unit} acted"
            " otherwise, which is within chance."
        )
    return (
        f"Of {whole}, {own} is that like {unit} acted otherwise, {mix} that other {unit} came"
        f" ({of})."
    )


def _of(best: Split) -> str:
    return "by the channel they came by" if best.name == CAME_BY else f"by {best.name}"


def amount(kind: str, value: float) -> str:
    """Write a difference on the scale of its figure.

    Examples
    --------
    >>> amount("went on", -0.123), amount("took", 693.147), amount("mood", -120.0)
    ('−12.3 points', '+100%', '−0.12')
    """
    from math import exp

    if kind in SHARES:
        text = f"{100 * value:+.1f} points"
    elif kind in ("took", "amount"):
        text = f"{100 * (exp(value / 1000) - 1):+.0f}%"
    elif kind == "help":
        text = f"{value:+.2f} calls"
    elif kind == "nps":
        text = f"{value / 10:+.0f} points"
    else:
        text = f"{value / 1000:+.2f}"
    return text.replace("-", "−")


def mostly(ground: Ground, i: int, difference: float) -> str:
    """Say among whom most of a change is, where they are fewer than half; "" otherwise."""
    best, most = "", _LEANS
    for one in ground.splits:
        parts = ground.parts(i, one)
        for label, adds, weight in zip(one.labels, parts.by_label, parts.weight, strict=True):
            share = float(adds) / difference if difference else 0.0
            if share > most and weight < _HALF:
                best, most = f"{one.name} {label}", share
    return best


def cause(
    told: Told,
    also: tuple[str, ...],
    where: str,
    best: Split | None,
    told_apart: tuple[str, ...],
) -> str:
    """Give a cause to look into, from what moved together; a hypothesis, never a finding."""
    if told == "mix" and best is not None:
        return f"Perhaps no change at all: other customers came, {_of(best)}. Look at where from."
    said = [f"Most of it is among {where}."] if where else []
    if also:
        moved = in_words([text.split(":")[0] for text in also], last="and")
        said.append(f"In the same customers: {moved}. What changed there is the first to look at.")
    if not said and not told_apart:
        said.append("Look for what changed for all; in whom it is, nothing on record tells.")
    elif not said:
        said.append("It runs through all kinds of customers alike: look for what changed for all.")
    return " ".join(said)


def certainty(p: float, grain: str) -> str:
    """Say how sure it is, for people.

    Examples
    --------
    >>> certainty(0.0002, "month"), certainty(0.025, "month"), certainty(0.3, "week")
    ('Very likely real: 1 in 5,000 by chance', 'Likely real: 1 in 40 by chance', \
'Within normal week-to-week movement')
    """
    if p > 0.05:
        return f"Within normal {grain}-to-{grain} movement"
    if p < 1e-6:
        return "Very likely real: less than 1 in 1,000,000 by chance"
    odds = 1 / p
    step = 10 ** floor(log10(odds))
    rounded = int(odds / step + 1e-9) * step
    word = "Very likely" if p <= _SURE else "Likely"
    return f"{word} real: 1 in {rounded:,} by chance"
