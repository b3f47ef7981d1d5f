"""Early warnings: a sentence, and a dot with its range on a line of ratios."""

from __future__ import annotations

from math import log
from typing import Any, Final

from trod.figures import numbers
from trod.figures.figure import Figure
from trod.figures.links import Drill, Links, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.tables import Cell, Table, counted
from trod.figures.text import Face, fit, wrap
from trod.insights.early_warnings.warning import EarlyWarnings, Signal
from trod.insights.early_warnings.words import headline, outcome_of, sign_of
from trod.insights.wording import SMALL_N, duration
from trod.journeys.label import units

MOST: Final = 12
_TOP: Final = 30.0
_ROW: Final = 62.0
_WORDS: Final = 400.0
_LINE: Final = (430.0, 640.0)  # where the ratios lie
_WIDE: Final = 760.0
_SAID, _SMALL = Face(13.5, 550), Face(12)
_TICKS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
_LEAST: Final = 5.0  # the line reaches at least so far


def signals_figure(found: EarlyWarnings, *, bad: bool = True, good: bool = True) -> Figure:
    """Make the figure of early warnings: signs of leaving, of growing, or both."""
    told = (*(found.bad if bad else ()), *(found.good if good else ()))
    shown, unit = told[:MOST], units(found.unit)
    return Figure(
        name="signals",
        title=_title(told, unit),
        subtitle="How many times as often the outcome comes with the sign, like with like; 95%"
        f" range. {unit.capitalize()} still at risk on the day.",
        alt=f"{_title(told, unit)} " + " ".join(f"{headline(each)}." for each in shown),
        wide=_WIDE,
        high=_TOP + _ROW * len(shown),
        draw=lambda links: _draw(shown, unit, links),
        tables=_tables(told, unit),
        records=tuple(_record(each, unit) for each in told),
        data={"signals": [each.told() for each in told]},
        note=_note(found, len(told) - len(shown)),
        least=620.0,
        empty="" if shown else _none(found),
    )


def _title(told: tuple[Signal, ...], unit: str) -> str:
    if not told:
        return "No early warning holds yet"
    bad = [each for each in told if each.outcome is None]
    first = (bad or told)[0]
    return f"{sign_of(first)}: {unit} {outcome_of(first)} {first.ratio.value:.1f} times as often"


def _none(found: EarlyWarnings) -> str:
    return (
        f"{found.tested:,} signs were tested and none holds. `trod signals --set-aside` says why."
    )


def _note(found: EarlyWarnings, hidden: int) -> str:
    more = f" {hidden} more in the table." if hidden > 0 else ""
    return (
        f"Observed: associations, not effects. {found.tested:,} signs tested, corrected for.{more}"
    )


def _draw(shown: tuple[Signal, ...], unit: str, links: Links) -> Markup:
    most = max([_LEAST, *(each.ratio.high for each in shown)])
    low, high = log(_TICKS[0]), log(min(most, _TICKS[-1]) * 1.05)

    def x_of(ratio: float) -> float:
        left, right = _LINE
        share = (log(max(ratio, _TICKS[0])) - low) / (high - low)
        return left + (right - left) * min(max(share, 0.0), 1.0)

    bottom = _TOP + _ROW * len(shown)
    axis = [
        part
        for tick in _TICKS
        if log(tick) <= high
        for part in (
            el("text", f"{tick:g}×", x=x_of(tick), y=14, class_="fg c"),
            el(
                "line",
                x1=x_of(tick),
                x2=x_of(tick),
                y1=_TOP - 8,
                y2=bottom,
                class_="zl" if tick == 1 else "rl",
            ),
        )
    ]
    rows = [_row(each, _TOP + i * _ROW, x_of, unit, links) for i, each in enumerate(shown)]
    return join(*axis, *rows)


def _row(each: Signal, y: float, x_of: Any, unit: str, links: Links) -> Markup:
    r, tone = each.ratio, "clay" if each.outcome is None else "pine"
    lines = wrap(headline(each), _SAID, _WORDS, lines=2)
    facts = [
        ("With the sign", _rate(each, with_it=True)),
        ("Without", _rate(each, with_it=False)),
        ("Ratio, all together", f"{each.naive.value:.1f}"),
        ("Ratio, like with like", f"{r.value:.1f}"),
        ("95% range", f"{r.low:.1f}–{r.high:.1f}"),
    ]
    middle = y + 20
    words = [el("text", line, x=0, y=y + 13 + 17 * i, class_="fl") for i, line in enumerate(lines)]
    small = fit(_small(each, unit), _SMALL, _WORDS)
    return links.mark(
        _now(each) if each.now.n else None,
        Tip(sign_of(each), tuple(facts), each.why),
        el("rect", x=0, y=y - 4, width=_WIDE, height=_ROW - 6, class_="hit"),
        *words,
        el("text", small, x=0, y=y + 14 + 17 * len(lines), class_="fg"),
        el(
            "line",
            x1=x_of(r.low),
            x2=x_of(r.high),
            y1=middle,
            y2=middle,
            class_=f"iv {tone}",
        ),
        el("circle", cx=x_of(r.value), cy=middle, r=5.5, class_=f"ivd {tone}"),
        el("text", f"{r.value:.1f}", x=_WIDE - 66, y=middle + 5, class_="cnt", text_anchor="end"),
        el("text", each.evidence, x=_WIDE, y=middle + 4, class_="fg e"),
        class_="fig",
    )


def _small(each: Signal, unit: str) -> str:
    said = [f"n {numbers.count(each.n)}"]
    if each.lead is not None:
        said.append(f"{duration(each.lead.median_us)} of warning")
    said.append(f"{numbers.plural(each.now.n, unit)} now")
    said.append(each.lever)
    return " · ".join(said)


def _rate(each: Signal, *, with_it: bool) -> str:
    rate = each.with_sign if with_it else each.without
    return f"{numbers.rate(rate, SMALL_N)} of {numbers.count(rate.whole)}"


def _now(each: Signal) -> Drill:
    title = f"{sign_of(each)}: now"
    return Drill(each.now.key, title, "Show the sign, and are at risk today.", each.now.n)


def _with(each: Signal) -> Drill:
    return Drill(
        each.with_count.key, sign_of(each), "At risk on the day, with the sign.", each.with_count.n
    )


def _tables(told: tuple[Signal, ...], unit: str) -> tuple[Table, ...]:
    rows = tuple(
        (
            Cell(headline(each)),
            counted(_with(each)),
            Cell(f"{each.ratio.value:.2f}", None, True),
            Cell(f"{each.ratio.low:.2f}–{each.ratio.high:.2f}", None, True),
            Cell(f"{each.naive.value:.2f}", None, True),
            Cell(duration(each.lead.median_us) if each.lead else "–", None, True),
            counted(_now(each)),
            Cell(each.lever),
        )
        for each in told
    )
    head = (
        "Sign",
        "With it",
        "Ratio, like with like",
        "95% range",
        "All together",
        "Warning",
        f"{unit.capitalize()} now",
        "Action",
    )
    return (Table("Early warnings", head, rows),) if rows else ()


def _record(each: Signal, unit: str) -> dict[str, Any]:
    return {
        "sign": sign_of(each),
        "outcome": outcome_of(each),
        "days": each.days,
        "with_sign": each.with_sign.whole,
        "with_sign_later": each.with_sign.part,
        "without": each.without.whole,
        "without_later": each.without.part,
        "ratio": round(each.ratio.value, 6),
        "low": round(each.ratio.low, 6),
        "high": round(each.ratio.high, 6),
        "ratio_all_together": round(each.naive.value, 6),
        "adjusted_for": ", ".join(each.adjusted_for),
        "warning_us": each.lead.median_us if each.lead else None,
        f"{unit}_now": each.now.n,
        "where_now": each.now.key,
        "action": each.lever,
    }
