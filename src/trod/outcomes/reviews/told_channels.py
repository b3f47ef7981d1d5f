"""Credit of channels, paths, how many each channel reached, and spend, as parts of a review."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.attribution.costs import Spent
from trod.analyses.attribution.table import PathTable
from trod.analyses.names import wanted_channels
from trod.insights.credit import CreditView
from trod.insights.wording import money, share
from trod.journeys.batch import Journeys
from trod.journeys.label import readable
from trod.outcomes.reviews.review import Item, Reported, Row, Section

MOST: Final = 8


def credit(view: CreditView, conversions: int, when: str) -> Section:
    """Tell the credit of each channel, by several methods."""
    rows = tuple(
        Row(
            f"credit/{one.name}",
            (
                readable(one.name),
                _credit(one.name, one.main, (one.low, one.high), view.main, conversions, when),
                _percent(one.first),
                _percent(one.last),
                f"{_percent(one.least)} to {_percent(one.most)}",
            ),
        )
        for one in view.rows[:MOST]
    )
    more = len(view.rows) - len(rows)
    return Section(
        "credit",
        view.title,
        f"Share of {conversions:,} conversions, {when}. Observed: who was there, not what caused "
        "it.",
        head=("Channel", f"Credit, {view.main}", "First touch", "Last touch", "All methods"),
        rows=rows,
        note=f"{more} more in `trod attribution`. {view.note}" if more > 0 else view.note,
    )


def _credit(
    name: str, main: float, ends: tuple[float, float], method: str, n: int, when: str
) -> Reported:
    return Reported(
        f"figure/credit/{name}",
        f"Credit of {readable(name)}",
        _percent(main),
        f"{_percent(ends[0])} to {_percent(ends[1])}",
        f"n {n:,} conversions, {when}",
        f"Share of conversions by {method}; interval of 200 resamples of the paths.",
    )


def _percent(x: float | None) -> str:
    return "not asked" if x is None else f"{100 * x:.1f}%".replace("-0.0%", "0.0%")


def no_credit(why: str) -> Section:
    """Say why no credit was shared out."""
    return Section("credit", "Credit of channels", "", none=f"Not told: {why}")


def paths(table: PathTable, unit: str, when: str) -> Section:
    """Tell the channel paths that ended most often in a conversion."""
    order = np.lexsort((np.arange(table.conversions.size), -table.nulls, -table.conversions))
    chosen = [int(p) for p in order if table.some[p] and table.conversions[p]][:MOST]
    rows = tuple(_path(table, p, unit, when) for p in chosen)
    total = int(table.conversions[table.some].sum())
    first = int(table.conversions[chosen].sum()) if chosen else 0
    return Section(
        "paths",
        "The paths that convert most often",
        f"Channels in order, repeats in a row as one; {first:,} of {total:,} conversions went "
        f"these ways. {when}. Observed.",
        head=("Path", "Conversions", f"Of {unit} on it"),
        rows=rows,
        none="No path ended in a conversion.",
    )


def _path(table: PathTable, p: int, unit: str, when: str) -> Row:
    steps = table.step[table.offsets[p] : table.offsets[p + 1]]
    name = " → ".join(readable(table.names[k]) or "no channel" for k in steps.tolist())
    key = ">".join(table.names[k] for k in steps.tolist())
    won = int(table.conversions[p])
    whole = won + int(table.nulls[p])
    figure = Reported(
        f"figure/path/{key}",
        f"Converted by {name}",
        share(won, whole),
        "",
        f"{won:,} of {whole:,} {unit} on it, {when}",
    )
    return Row(f"path/{key}", (name, f"{won:,}", figure))


class Reach(NamedTuple):
    """Customers with a touchpoint of each channel, in two periods."""

    names: tuple[str, ...]
    before: NDArray[np.int64]
    now: NDArray[np.int64]
    n_before: int  # customers with any touchpoint
    n_now: int


def reach(journeys: Journeys, spans: Sequence[tuple[int, int]], among: Sequence[str] = ()) -> Reach:
    """Count customers with a touchpoint of each channel in two spans of time.

    Parameters
    ----------
    journeys
        The data.
    spans
        First moment, and first moment after it, of the earlier and the later period, in
        microseconds.
    among
        Channels to count; all by default.
    """
    n = len(journeys.vocabulary.channels)
    found = np.zeros((2, n), np.int64)
    anyone = [0, 0]
    for batch in journeys:
        whose = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
        for i, (first, after) in enumerate(spans):
            inside = (batch.time_us >= first) & (batch.time_us < after)
            pairs = np.unique(whose[inside] * n + batch.channel[inside].astype(np.int64))
            found[i] += np.bincount(pairs % n, minlength=n)
            anyone[i] += np.unique(pairs // n).size
    some = wanted_channels(journeys.vocabulary, among)
    names = tuple(compress(journeys.vocabulary.channels, some.tolist()))
    return Reach(names, found[0][some], found[1][some], *anyone)


def channels(found: Reach, unit: str, before: str, now: str) -> Section:
    """Tell how many each channel reached, beside the period before."""
    order = np.lexsort((np.array(found.names), -found.now))
    some = [int(k) for k in order if found.now[k] or found.before[k]]
    rows = tuple(
        Row(
            f"channel/{before}/{now}/{found.names[k]}",
            (
                readable(found.names[k]) or "no channel named",
                _reached(found.names[k], before, int(found.before[k]), found.n_before, unit),
                _reached(found.names[k], now, int(found.now[k]), found.n_now, unit),
            ),
        )
        for k in some
    )
    return Section(
        "channels",
        "Whom each channel reached",
        f"{unit.capitalize()} with a touchpoint of the channel: of {found.n_before:,} in {before}, "
        f"of {found.n_now:,} in {now}. Counts; `What changed` says which movements are beyond "
        "chance.",
        head=("Channel", before.capitalize(), now.capitalize()),
        rows=rows,
        none="No touchpoint in either period.",
    )


def _reached(name: str, when: str, n: int, whole: int, unit: str) -> Reported:
    return Reported(
        f"figure/channel/{when}/{name}",
        f"{readable(name)}, {when}",
        f"{n:,}",
        "",
        f"of {whole:,} {unit} with any touchpoint, {when}",
    )


def spend(found: Spent | None, currency: str | None, when: str) -> Section:
    """Tell spend without measurable credit, where costs are known."""
    title, lead = "Spend without measurable credit", f"By every method, {when}."
    if found is None:
        none = (
            "Costs are not known: give them with `--costs FILE`, a CSV of channel and cost, or as "
            "`costs` under `insights: attribution:` of trod.yml."
        )
        return Section("spend", title, "", none=none)
    items = tuple(
        Item(
            f"waste/{one.name}",
            readable(one.name),
            (f"{money(one.cost, currency)} spent, {when}; {one.why}. Observed.",),
            "Look into",
            "worse",
        )
        for one in found.waste
    )
    return Section("spend", title, lead, items, none="No spend is without measurable credit.")
