"""The map since a day beside as many days before: which of its figures changed beyond chance.

Figures are those of `trod.analyses.changes`: customers by when they entered a stage, each given the
same time. So who came lately has not had less time than who came before, and nobody is in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from math import exp
from typing import Final, NamedTuple, cast

import numpy as np

from trod import fold
from trod.analyses.changes.kinds import Kinds
from trod.analyses.changes.measures import FEWEST, Kind, Measure, helps, measures
from trod.analyses.changes.tallies import TalliedResult, Tallies
from trod.analyses.emotion import Emotion, EmotionResult
from trod.events.counted import count, plural
from trod.insights.changes import figures
from trod.insights.changes.chosen import Chosen
from trod.insights.changes.compared import LEAST_ABOVE, LEAST_CUSTOMERS, LEAST_POINTS
from trod.insights.changes.figures import SHARES, Told
from trod.insights.changes.judging import LEVEL, Judged, Sums3, above, holm, judge
from trod.insights.changes.lapse import Lapse, renamed, spoiled
from trod.insights.journey_map import (
    Count,
    JourneyMap,
    Lately,
    MoodThen,
    NotJudged,
    Seen,
    Since,
    StageView,
)
from trod.insights.wording import in_words, share
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan
from trod.journeys.until import until

EARLY: Final = "too little time to leave"


class _Cell(NamedTuple):
    """A figure that stands on the map."""

    figure: Kind
    stage: int
    touchpoint: str | None


class _Row(NamedTuple):
    """The same in both windows."""

    cell: _Cell
    measure: Measure
    before: Sums3
    now: Sums3
    judged: Judged | None  # None: everyone, or nobody, in both


def since(
    made: JourneyMap,
    journeys: Journeys,
    plan: StagePlan,
    asked: Chosen,
    *,
    lapses: Sequence[Lapse] = (),
    compare: str | None = None,
) -> Since:
    """Judge every figure on a map: since a day, beside as many days before.

    Parameters
    ----------
    made
        The map: says which figures are shown.
    journeys, plan
        What it was made of.
    asked
        The days before and since, by `window`.
    lapses
        What was not recorded, or has not arrived. Figures that rest on it are not judged.
    compare
        Options of the command that says what is behind a change; None where none does.

    Returns
    -------
    Since
        Every figure that could be judged, and why the others could not.

    Notes
    -----
    Three passes over the touchpoints. Shares by Fisher's exact test, times and moods by Welch's,
    each beside what the figure usually moves in as many days; Holm's method over all figures of the
    map, so that in nineteen of twenty maps on which nothing changed nothing is marked. Other kinds
    of customers may have come: `trod compare` tells that apart.
    """
    told = Told(journeys, plan, asked.spans)
    wanted = measures(journeys, plan, asked.spans)
    tallies = Tallies(
        plan, asked.spans, wanted, Kinds(()), helps(journeys), np.array(asked.day_us, np.int64)
    )
    found: TalliedResult = fold.run({"it": tallies}, journeys)["it"]
    away = (*lapses, *renamed(wanted, found, journeys, asked.spans))
    rows: list[_Row] = []
    aside: list[NotJudged] = []
    for cell in _cells(made.stages):
        row = _row(cell, wanted, found, told, away, made.unit)
        if isinstance(row, _Row):
            rows.append(row)
        else:
            aside.append(NotJudged(cell.figure, cell.stage, cell.touchpoint, row))
    days = _days(asked)
    return Since(
        day=asked.now.first.isoformat(),
        first_before=asked.before.first.isoformat(),
        last_day=days[1].isoformat(),
        sentence=_sentence(asked, made.unit, len(rows), aside),
        compare=""
        if compare is None
        else f"trod compare {asked.before.words} {asked.now.words}{compare}",
        figures=_judged(rows, told),
        not_judged=tuple(aside),
        moods=_moods(made.stages, journeys, plan, asked.spans.start_us[-1]),
    )


def _cells(stages: Sequence[StageView]) -> Iterator[_Cell]:
    """List the figures that the map shows and that can be compared, as they are read."""
    for s, stage in enumerate(stages):
        if s + 1 < len(stages) and stage.reached.n:
            yield _Cell("went on", s, None)
            if stage.dwell is not None:
                yield _Cell("took", s, None)
        if stage.left.n:
            yield _Cell("left", s, None)
        for touch in stage.touches:
            yield _Cell("had", s, touch.name)
            if touch.mood.mean is not None:
                yield _Cell("mood", s, touch.name)


def _row(
    cell: _Cell,
    wanted: tuple[Measure, ...],
    found: TalliedResult,
    told: Told,
    lapses: tuple[Lapse, ...],
    unit: str,
) -> _Row | str:
    """Judge a figure, or say why that cannot be done."""
    names = told.journeys.vocabulary.touchpoints
    code = -1 if cell.touchpoint is None else names.index(cell.touchpoint)
    key = cell.figure, cell.stage, code
    i = next((i for i, m in enumerate(wanted) if (m.kind, m.stage, m.code) == key), None)
    if i is None:
        entered = any((m.kind, m.stage) == ("entered", cell.stage) for m in wanted)
        return EARLY if cell.figure == "left" and entered else _few(unit)
    *earlier, before, now = (
        Sums3(*(int(x) for x in found.sums[i, p, 0])) for p in range(found.sums.shape[1])
    )
    if min(before.n, now.n) < FEWEST:
        return _few(unit)
    lapse = spoiled(wanted[i], lapses, told.journeys, told.plan, told.spans)
    if lapse is not None:
        return lapse.words
    certain = before.mean == now.mean == float(round(now.mean)) and cell.figure in SHARES
    judged = None if certain else judge(now, before, earlier, share=cell.figure in SHARES)
    return _Row(cell, wanted[i], before, now, judged)


def _judged(rows: Sequence[_Row], told: Told) -> tuple[Lately, ...]:
    """Control over everything that was judged."""
    tested = [row.judged.p for row in rows if row.judged is not None]
    adjusted = iter(holm(tested))
    return tuple(_lately(row, 1.0 if row.judged is None else next(adjusted), told) for row in rows)


def _lately(row: _Row, p: float, told: Told) -> Lately:
    changed = row.judged is not None and p <= LEVEL and _matters(row, row.judged)
    up = row.judged is not None and row.judged.difference > 0
    return Lately(
        figure=row.cell.figure,
        stage=row.cell.stage,
        touchpoint=row.cell.touchpoint,
        before=_seen(row.measure, row.before, told, -2, listed=changed),
        now=_seen(row.measure, row.now, told, -1, listed=changed),
        within_us=row.measure.within_us,
        p=round(p, 6),
        changed=changed,
        up=up,
        tone=figures.tone(row.measure, up, told) if changed else "",
    )


def _matters(row: _Row, judged: Judged) -> bool:
    """Say whether a difference is as large as what `trod compare` would tell."""
    share_of = row.measure.kind in SHARES
    touched = abs(above(judged.difference, row.now, row.before, share=share_of)) * row.now.n
    least = LEAST_POINTS if share_of else LEAST_ABOVE
    return touched >= max(LEAST_CUSTOMERS, least * row.now.n)


def _seen(measure: Measure, sums: Sums3, told: Told, at: int, *, listed: bool) -> Seen:
    whole = figures.whole_key(measure, told, at) if listed else ""
    if measure.kind not in SHARES:
        value = sums.mean / 1000
        if measure.kind == "took":
            value = round(1e6 * (exp(value) - 1))
        return Seen(figures.value(measure, sums, told), round(value, 6), Count(sums.n, whole))
    part = f"{whole}&{figures.part_key(measure, told, at)}" if listed else ""
    return Seen(
        share(sums.total, sums.n),
        round(sums.mean, 6),
        Count(sums.n, whole),
        Count(sums.total, part),
    )


def _moods(
    stages: Sequence[StageView], journeys: Journeys, plan: StagePlan, start_us: int
) -> tuple[MoodThen, ...]:
    """Give the moods that the map would have had before a moment, of touchpoints it shows now."""
    then = until(journeys, start_us - 1)
    as_of = replace(plan, as_of_us=then.span_us()[1], remembered=None)
    felt = cast(EmotionResult, fold.run({"it": Emotion(journeys.vocabulary, as_of)}, then)["it"])
    names = journeys.vocabulary.touchpoints
    return tuple(
        MoodThen(s, touch.name, round(float(felt.mean[s, k]), 6))
        for s, stage in enumerate(stages)
        for touch in stage.touches
        if felt.known[s, k := names.index(touch.name)]
    )


def _days(asked: Chosen) -> tuple[date, date]:
    """Give the first day since, and the last."""
    return asked.now.first, date.fromordinal(asked.now.after.toordinal() - 1)


def _sentence(asked: Chosen, unit: str, n: int, aside: Sequence[NotJudged]) -> str:
    """Say what is compared, when a figure is marked, and what could not be judged."""
    first, last = _days(asked)
    days = (asked.before.after - asked.before.first).days
    told = (
        f"Compared are {unit} who entered a stage from {_written(first)} to {_written(last)} with"
        f" those who entered it in the {count(days, 'day')} before, each given the same time in it;"
        " of moods, who answered in those days."
    )
    if n:
        told += (
            " Marked is what moved by more than chance and the usual ups and downs let expect, at"
            f" 95% over all {plural(n, 'figures')} judged, and by enough to matter."
        )
    return f"{told} {_unjudged(aside, unit)}".rstrip()


def _unjudged(aside: Sequence[NotJudged], unit: str) -> str:
    """Say how many figures could not be judged, and why."""
    if not aside:
        return ""
    few = sum(one.why == _few(unit) for one in aside)
    early = sum(one.why == EARLY for one in aside)
    rest = len(aside) - few - early
    counted = (few, f"want of {unit}"), (early, "want of time"), (rest, "gaps in the data")
    why = [f"{n:,} for {word}" for n, word in counted if n]
    said = in_words(why, last="and") if len(why) > 1 else why[0].partition(" ")[2]
    return f"{count(len(aside), 'figure')} could not be judged: {said}."


def _few(unit: str) -> str:
    return f"fewer than {FEWEST} {unit}"


def _written(when: date) -> str:
    return f"{when.day} {when:%b %Y}"
