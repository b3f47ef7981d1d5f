"""Friction from an aggregate table: what to fix first, when all there is are percentages."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from trod.errors import DataError, DefinitionError, NotEnoughDataError, unknown
from trod.insights.levers import Lever, for_signals
from trod.insights.table_text import Line, Pasted, read_pasted

Reading = Literal["cumulative", "conditional", "counts"]

_PER: Final = 1_000  # how many people are spoken of where it is not said how many entered
_SMALL_N: Final = 30
_RECOVERED: Final = 0.1
_NEARLY: Final = 0.005
_LONG_US: Final = 86_400_000_000


@dataclass(frozen=True, slots=True)
class TableStep:
    """One step: what was written, and what follows from it."""

    name: str
    written: str  # the figure as given, such as "52%"
    before: int  # people at the step before
    reached: int
    lost: int
    rate: float  # reached of before, 6 digits
    low: float  # 95 % Wilson interval of the rate
    high: float
    time_us: int | None
    time_from: str | None
    goes_on: float  # share of those who reach the step who reach the last one, 6 digits
    recovered: int  # people that a tenth of the lost is
    value: int  # people more at the last step if a tenth of the lost behave like the rest
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Steps by one measure, the worst first."""

    by: str
    order: tuple[str, ...]
    figures: tuple[str, ...]  # as shown, one per step of `order`
    nearly_tied: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Idea:
    """A lever for a step, as a hypothesis."""

    step: str
    lever: str
    sentence: str
    why: str
    when_not: str
    measure: str
    evidence: str = "not measured"


@dataclass(frozen=True, slots=True)
class TableFriction:
    """What an aggregate table says, and what it cannot say."""

    entered: int
    entered_known: bool
    reading: Reading
    reading_why: str
    ambiguous: bool
    override: str
    outcome: str  # the last step
    steps: tuple[TableStep, ...]
    rankings: tuple[Ranking, ...]  # by people lost, by step rate, by value of recovering a tenth
    disagree: str
    formula: str
    missing_times: tuple[str, ...]
    warnings: tuple[str, ...]
    ideas: tuple[Idea, ...]


def read_table(given: str | Path, *, reading: str | None = None) -> TableFriction:
    """Say where a funnel loses people, from a table of percentages or counts.

    Three rankings are given side by side because they answer different questions and often
    disagree: people lost, share lost at the step, and how many more would reach the last step if a
    tenth of the lost were kept.

    Parameters
    ----------
    given
        CSV, JSON, Markdown or plain sentences; or the path of a file with them.
    reading
        "cumulative" (percentages of all who entered), "conditional" (of those at the step before)
        or "counts". By default it is decided from the figures, and stated.

    Returns
    -------
    TableFriction
        `words` says it to people, `to_json` to programs.

    Raises
    ------
    DataError
        If no steps are found, or the figures cannot be what `reading` says.
    DefinitionError
        If `reading` is not known.

    Notes
    -----
    People lost at a step are those at the step before less those who reached it. The value of
    recovering a tenth is 0.1 * lost * (last / reached): the recovered are taken to go on as often
    as those who reached the step by themselves, which is an upper bound.

    Examples
    --------
    >>> table = read_table("1,000 entered. Sign up: 80%; First use: 40%; Pay: 30%")
    >>> [(step.name, step.lost, step.value) for step in table.steps]
    [('Sign up', 200, 8), ('First use', 400, 30), ('Pay', 100, 10)]
    """
    text = given.read_text(encoding="utf-8-sig") if isinstance(given, Path) else given
    if isinstance(given, str) and "\n" not in given and len(given) < 260 and Path(given).is_file():
        text = Path(given).read_text(encoding="utf-8-sig")
    if not text.strip():
        raise NotEnoughDataError("the table is empty. Paste one line per step with its percentage.")
    pasted = read_pasted(text)
    chosen, why, ambiguous = _decide(pasted, reading)
    entered = pasted.entered or _PER
    reached = _reached(pasted.lines, entered, chosen)
    steps = _steps(pasted.lines, entered, reached)
    missing = _missing_times(pasted.lines)
    rankings = _rankings(steps)
    return TableFriction(
        entered=entered,
        entered_known=pasted.entered is not None,
        reading=chosen,
        reading_why=why,
        ambiguous=ambiguous,
        override=_override(pasted.lines, chosen),
        outcome=steps[-1].name,
        steps=steps,
        rankings=rankings,
        disagree=_disagree(steps, rankings),
        formula="0.1 × lost × (last step ÷ reached): upper bound if the recovered behave like "
        "the rest",
        missing_times=missing,
        warnings=_warnings(pasted, chosen, entered, steps, missing),
        ideas=_ideas(steps, rankings[2].order),
    )


def to_json(table: TableFriction) -> str:
    """Write the same figures for programs; the same bytes for the same table."""
    return json.dumps(asdict(table), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


# --- reading ------------------------------------------------------------------------------------


def _decide(pasted: Pasted, asked: str | None) -> tuple[Reading, str, bool]:
    """Decide what the figures are shares of; give the reading, why, and whether it is a guess."""
    known = get_args(Reading)
    if asked is not None and asked not in known:
        raise DefinitionError([unknown("reading", asked, known)])
    counts = all(line.count is not None for line in pasted.lines)
    shares = all(line.percent is not None for line in pasted.lines)
    if asked == "counts" and not counts:
        raise DataError("the table has no count for every step. Use --reading cumulative.")
    if asked in {"cumulative", "conditional"} and not shares:
        raise DataError("the table has no percentage for every step. Use --reading counts.")
    if asked == "counts" or (counts and asked is None):
        return "counts", "The figures are plain counts of people.", False
    if not shares:
        bare = next(line.name for line in pasted.lines if line.percent is None)
        raise DataError(f"step {bare!r} has no percentage, and others have. Write it for each.")
    return _decide_shares(pasted, asked)


def _override(lines: tuple[Line, ...], chosen: Reading) -> str:
    """Name the other readings that the table allows."""
    shares = all(line.percent is not None for line in lines)
    counts = all(line.count is not None for line in lines)
    allowed = [r for r in get_args(Reading) if r != chosen and (counts if r == "counts" else shares)]
    return f"--reading {' or '.join(allowed)}" if allowed else ""


def _decide_shares(pasted: Pasted, asked: str | None) -> tuple[Reading, str, bool]:
    shares = [line.percent or 0.0 for line in pasted.lines]
    falling = all(a >= b for a, b in zip(shares, shares[1:], strict=False))
    product = math.prod(s / 100 for s in shares) * 100
    each = f"of those at the step before, they would end at {product:.1f}%"
    whole = f"of all who entered, they end at {shares[-1]:g}%"
    if asked == "cumulative" and not falling:
        rise = next(i for i in range(1, len(shares)) if shares[i] > shares[i - 1])
        raise DataError(
            f"{pasted.lines[rise].name!r} has {shares[rise]:g}%, more than the step before: the "
            "percentages cannot be cumulative. Use --reading conditional."
        )
    if asked == "conditional":
        return "conditional", f"Read as percentages {each}, as asked.", False
    if asked == "cumulative":
        return "cumulative", f"Read as percentages {whole}, as asked.", False
    if not falling:
        why = f"A later percentage is higher, so they are percentages {each}."
        return "conditional", why.replace("they would end", "they end"), False
    if pasted.cue == "conditional":
        why = f"The text says the percentages are {each}."
        return "conditional", why.replace("they would end", "they end"), False
    if pasted.cue == "cumulative":
        return "cumulative", f"The text says the percentages are {whole}.", False
    why = (
        f"The percentages fall at every step, so they are read as cumulative: {whole}. "
        f"Read as conditional, {each}."
    )
    return "cumulative", why, len(shares) > 1


def _reached(lines: tuple[Line, ...], entered: int, reading: Reading) -> list[int]:
    if reading == "counts":
        reached = [line.count or 0 for line in lines]
    else:
        reached, share = [], 1.0
        for line in lines:
            own = (line.percent or 0.0) / 100
            share = share * own if reading == "conditional" else own
            reached.append(math.floor(entered * share + 0.5 + 1e-9))
    for before, now, line in zip([entered, *reached], reached, lines, strict=False):
        if now > before:
            raise DataError(
                f"{line.name!r} has {now:,} people, more than the {before:,} before it. Put the "
                "steps in order, or use --reading to say what the figures are."
            )
    return reached


# --- figures ------------------------------------------------------------------------------------


def _steps(lines: tuple[Line, ...], entered: int, reached: list[int]) -> tuple[TableStep, ...]:
    made = []
    last = reached[-1]
    befores = [entered, *reached[:-1]]
    worst = max(b - n for b, n in zip(befores, reached, strict=True))
    for i, (line, before, now) in enumerate(zip(lines, befores, reached, strict=True)):
        low, high = _wilson(now, before)
        lost = before - now
        made.append(
            TableStep(
                name=line.name,
                written=f"{line.count:,}" if line.percent is None else f"{line.percent:g}%",
                before=before,
                reached=now,
                lost=lost,
                rate=round(now / before, 6) if before else 0.0,
                low=low,
                high=high,
                time_us=line.time_us,
                time_from=line.time_from,
                goes_on=round(last / now, 6) if now else 0.0,
                recovered=math.floor(lost * _RECOVERED + 0.5),
                value=_value(lost, now, last),
                signals=_signals(line, i, len(lines), biggest=lost == worst),
            )
        )
    return tuple(made)


def _value(lost: int, reached: int, last: int) -> int:
    """Round 0.1 * lost * last / reached half up, in integers."""
    return (2 * lost * last + 10 * reached) // (20 * reached) if reached else 0


def _wilson(part: int, whole: int) -> tuple[float, float]:
    if not whole:
        return 0.0, 1.0
    z = 1.959963984540054
    p = part / whole
    middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    return round(max(0.0, middle - half), 6), round(min(1.0, middle + half), 6)


_WORDS: Final = {
    "account_step": ("account", "sign up", "signup", "sign-up", "register", "registration"),
    "setup_step": ("setup", "set up", "set-up", "profile", "configure", "form", "import", "connect"),
    "first_value_step": ("first", "activation", "aha", "feature"),
    "return_step": ("return", "second", "again", "repeat", "week", "day", "retention", "active"),
    "payment_step": ("pay", "checkout", "purchase", "billing", "card", "invoice", "order"),
    "invite_step": ("invite", "team", "colleague", "member"),
}


def _signals(line: Line, i: int, n: int, *, biggest: bool) -> tuple[str, ...]:
    name = f" {line.name.lower()}"
    found = [s for s, words in _WORDS.items() if any(f" {w}" in name or f"({w}" in name for w in words)]
    if line.time_us is not None and line.time_us >= _LONG_US:
        found.append("long_delay")
    if biggest:
        found.append("largest_loss")
    if i == n - 1:
        found.append("last_step")
    return tuple(found)


def _missing_times(lines: tuple[Line, ...]) -> tuple[str, ...]:
    """Name the ways from step to step whose time is not given."""
    if any(line.time_from for line in lines):
        names = ["entered", *(line.name for line in lines)]
        return tuple(
            f"{a} to {b.name}" for a, b in zip(names, lines, strict=False) if b.time_us is None
        )
    return tuple(line.name for line in lines if line.time_us is None)


def _rankings(steps: tuple[TableStep, ...]) -> tuple[Ranking, ...]:
    at = range(len(steps))
    by_lost = sorted(at, key=lambda i: (-steps[i].lost, i))
    by_rate = sorted(at, key=lambda i: (steps[i].rate, i))
    exact = [s.lost * steps[-1].reached / s.reached if s.reached else 0.0 for s in steps]
    by_value = sorted(at, key=lambda i: (-exact[i], i))
    last = steps[-1].name
    tied = tuple(
        (steps[a].name, steps[b].name)
        for a, b in zip(by_rate, by_rate[1:], strict=False)
        if steps[b].rate - steps[a].rate < _NEARLY and steps[b].low <= steps[a].high
    )
    return (
        Ranking(
            "people lost",
            tuple(steps[i].name for i in by_lost),
            tuple(f"{steps[i].lost:,}" for i in by_lost),
            (),
        ),
        Ranking(
            "step rate, lowest first",
            tuple(steps[i].name for i in by_rate),
            tuple(_rate(steps[i]) for i in by_rate),
            tied,
        ),
        Ranking(
            f"value of recovering 10% of the lost, in people at {last}",
            tuple(steps[i].name for i in by_value),
            tuple(f"+{steps[i].value:,}" for i in by_value),
            (),
        ),
    )


def _rate(step: TableStep) -> str:
    if step.before < _SMALL_N:
        return f"{step.reached} of {step.before}"
    return f"{step.rate * 100:.1f}%"


def _disagree(steps: tuple[TableStep, ...], rankings: tuple[Ranking, ...]) -> str:
    tops = [r.order[0] for r in rankings]
    if len({r.order for r in rankings}) == 1:
        return "All three rankings agree."
    by_name = {s.name: s for s in steps}
    first, last = by_name[tops[0]], by_name[tops[2]]
    head = "The three rankings agree on the first place and differ below it: "
    if len(set(tops)) > 1:
        head = "The three rankings disagree because they ask different questions: "
    text = (
        head + "people lost is largest where most people still are, step rate ignores how many "
        "there are, and value counts how many of the recovered would reach the end."
    )
    if first.name != last.name:
        text += (
            f" Of those who reach {last.name}, {_share(last)} reach {steps[-1].name}; of those who "
            f"reach {first.name}, {_share(first)}. So {last.lost:,} lost at {last.name} outweigh "
            f"{first.lost:,} at {first.name}."
        )
    return text


def _share(step: TableStep) -> str:
    return f"{step.goes_on * 100:.0f}%" if step.reached >= _SMALL_N else "few"


# --- what it cannot say -------------------------------------------------------------------------


def _warnings(
    pasted: Pasted,
    reading: Reading,
    entered: int,
    steps: tuple[TableStep, ...],
    missing: tuple[str, ...],
) -> tuple[str, ...]:
    found = list(pasted.notes)
    if pasted.entered is None:
        found.append(f"It is not said how many entered: counts are per {_PER:,} who entered.")
    small = [s.name for s in steps if s.before < _SMALL_N]
    if small:
        found.append(f"Small sample: fewer than {_SMALL_N} people before {', '.join(small)}.")
    if reading != "counts" and pasted.entered is not None:
        digits = max(len(f"{line.percent:g}".partition(".")[2]) for line in pasted.lines)
        off = entered * 10**-digits / 200
        if reading == "cumulative" and off >= 1:
            found.append(
                f"The percentages are rounded: each count is known to about ±{math.floor(off):,} people."
            )
    if not pasted.dated:
        found.append(
            "No dates: it cannot be said since when, whether it is getting better or worse, or "
            "whether the latest entrants had time to finish (those still under way count as lost)."
        )
    if missing and len(missing) < len(steps):
        found.append(f"No time given for {'; '.join(missing)}.")
    elif missing:
        found.append("No times: slow steps cannot be told from fast ones.")
    if len(missing) < len(steps):
        found.append(_about_times(pasted.averages))
    found.append(
        f"No money and no segments: value is counted in people at {steps[-1].name}, and one kind of "
        "customer may hide behind the total."
    )
    found.append("No causes: a table shows where people leave, never why.")
    return tuple(found)


def _about_times(averages: bool | None) -> str:
    if averages is None:
        return "It is not said whether the times are averages or medians."
    if averages:
        return (
            "The times are averages, not medians: a few slow people can make them long. They are "
            "also of those who finished, not of those who left."
        )
    return "The times are of those who finished the step, not of those who left."


def _ideas(steps: tuple[TableStep, ...], order: tuple[str, ...]) -> tuple[Idea, ...]:
    """Give one lever for each of the three steps with the most to win."""
    by_name = {s.name: s for s in steps}
    used: set[str] = set()
    made: list[Idea] = []
    for name in order[:3]:
        fitting = [v for v in for_signals(by_name[name].signals) if v.id not in used]
        if fitting and by_name[name].lost:
            used.add(fitting[0].id)
            made.append(_idea(name, fitting[0]))
    return tuple(made)


def _idea(step: str, lever: Lever) -> Idea:
    return Idea(step, lever.id, lever.do, lever.why, lever.when_not, lever.measure)
