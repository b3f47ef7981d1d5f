"""Segments, one a row: who they are, their mood beside everyone's, who goes on, how they end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Final

from trod.figures import curve, numbers
from trod.figures.figure import Figure
from trod.figures.labels import label
from trod.figures.links import Drill, Links, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.tables import Cell, Table, counted
from trod.figures.text import Face, fit, wrap
from trod.insights.segments_view import SegmentRow, SegmentStage, SegmentsView

WIDE: Final = 1100.0
ROW, TOP = 104.0, 44.0
_NAMES: Final = 290.0
_MOOD, _DOTS, _PLOT, _TALL = 310.0, 655.0, 310.0, 56.0
_NAME, _HEAD = Face(13.5, 600), Face(11)

Height = Callable[[SegmentStage], float | None]


def segments_figure(view: SegmentsView) -> Figure:
    """Make the figure of found segments."""
    return Figure(
        name="segments",
        title=view.title,
        subtitle=view.subtitle,
        alt=_alt(view),
        wide=WIDE,
        high=TOP + ROW * max(len(view.segments), 1),
        draw=lambda links: _draw(view, links),
        tables=_tables(view),
        records=_records(view),
        data=asdict(view),
        note=view.note,
        least=900.0,
        empty="" if view.segments else " ".join(view.remarks),
    )


def _draw(view: SegmentsView, links: Links) -> Markup:
    rows = [_row(view, row, TOP + ROW * i, links) for i, row in enumerate(view.segments)]
    return join(*_heads(view), *rows)


def _heads(view: SegmentsView) -> list[Markup]:
    stages = [stage.stage for stage in view.everyone.stages]
    parts = [
        el("text", "Mood by stage, −1 to +1", x=_MOOD, y=12, class_="fg"),
        el("text", "Go on from each stage, 0 to 100%", x=_DOTS, y=12, class_="fg"),
        el("text", "Left", x=WIDE - 76, y=12, class_="fg e"),
        el("text", "Done", x=WIDE, y=12, class_="fg e"),
    ]
    for left, shown in ((_MOOD, stages), (_DOTS, stages[:-1])):
        room = _PLOT / max(len(shown), 1)
        for x, name in zip(_places(left, len(shown)), shown, strict=True):
            parts.append(el("text", fit(label(name), _HEAD, room - 4), x=x, y=30, class_="fs c"))
    return parts


def _places(left: float, n: int) -> list[float]:
    """Give the middle of each of `n` columns of a plot."""
    return [left + _PLOT * (i + 0.5) / max(n, 1) for i in range(n)]


def _row(view: SegmentsView, row: SegmentRow, y: float, links: Links) -> Markup:
    return join(
        el("line", x1=0, x2=WIDE, y1=y, y2=y, class_="rl"),
        _who(view, row, y, links),
        _moods(view, row, y + 24),
        _conversions(view, row, y + 24, links),
        _end(view, row, "Left", "left", WIDE - 76, y, links),
        _end(view, row, "Done", "done", WIDE, y, links),
    )


def _who(view: SegmentsView, row: SegmentRow, y: float, links: Links) -> Markup:
    many = numbers.plural(row.members.n, view.unit)
    hold = numbers.rate(row.holds, view.small_n)
    other = numbers.rate(row.elsewhere, view.small_n)
    lines = wrap(label(row.name), _NAME, _NAMES, lines=2)
    names = [
        el("text", line, x=0, y=y + 26 + 18 * i, class_="fl", font_weight=600)
        for i, line in enumerate(lines)
    ]
    below = y + 26 + 18 * len(lines)
    facts = ((view.unit.capitalize(), numbers.count(row.members.n)), ("True of", hold))
    return links.mark(
        Drill(row.members.key, f"Segment {row.id}", row.meaning, row.members.n),
        Tip(label(row.name), (*facts, ("True of others", other)), row.meaning),
        el("rect", x=0, y=y + 4, width=_NAMES, height=ROW - 8, class_="hit"),
        *names,
        el("text", f"{row.id} · {many}", x=0, y=below, class_="fn"),
        el("text", f"true of {hold} of them, of {other} of the others", x=0, y=below + 17,
           class_="fs"),
        class_="fig",
    )  # fmt: skip


def _moods(view: SegmentsView, row: SegmentRow, y: float) -> Markup:
    """Draw the mood of the members as a line, that of everyone dashed, and the zero line."""
    middle = y + _TALL / 2

    def height(stage: SegmentStage) -> float | None:
        return None if stage.mood.mean is None else middle - stage.mood.mean * _TALL / 2

    return join(
        el("line", x1=_MOOD, x2=_MOOD + _PLOT, y1=middle, y2=middle, class_="zero"),
        *_curves(view.everyone.stages, height, "unknown"),
        *_curves(row.stages, height, "sv"),
    )


def _curves(stages: Sequence[SegmentStage], height: Height, class_: str) -> list[Markup]:
    """Draw a line through the stages that are known; where one is not, it breaks."""
    parts: list[Markup] = []
    run: list[tuple[float, float]] = []
    for x, stage in [*zip(_places(_MOOD, len(stages)), stages, strict=True), (0.0, None)]:
        at = None if stage is None else height(stage)
        if at is not None:
            run.append((x, at))
            continue
        if len(run) > 1:
            parts.append(el("path", d=curve.path(run), class_=class_, fill="none"))
        elif run:
            parts.append(el("circle", cx=run[0][0], cy=run[0][1], r=2.5, class_=class_))
        run = []
    return parts


def _conversions(view: SegmentsView, row: SegmentRow, y: float, links: Links) -> Markup:
    """Draw who goes on from each stage as a dot on its scale; a tick is everyone."""
    shown = list(zip(row.stages, view.everyone.stages, strict=True))[:-1]
    parts = []
    for x, (stage, everyone) in zip(_places(_DOTS, len(shown)), shown, strict=True):
        low, high = (y + _TALL * (1 - at) for at in (stage.conversion.low, stage.conversion.high))
        at = y + _TALL * (1 - stage.conversion.share)
        usual = y + _TALL * (1 - everyone.conversion.share)
        facts = [
            ("Go on", numbers.rate(stage.conversion, view.small_n)),
            ("Everyone", numbers.rate(everyone.conversion, view.small_n)),
        ]
        if spread := numbers.between(stage.conversion, view.small_n):
            facts.insert(1, ("95% range", spread))
        marks = [el("line", x1=x, x2=x, y1=y, y2=y + _TALL, class_="rl")]
        if stage.conversion.whole:
            marks += [
                el("line", x1=x, x2=x, y1=low, y2=high, class_="whisker"),
                el("rect", x=x - 8, y=usual - 1, width=16, height=2, class_="tk"),
                el("circle", cx=x, cy=at, r=4.5, class_="svd"),
            ]
        drill = Drill(
            stage.reached.key,
            f"Segment {row.id}: {label(stage.stage)}",
            "Reached this stage.",
            stage.reached.n,
        )
        tip = Tip(f"{row.id}: {label(stage.stage)}", tuple(facts))
        hit = el("rect", x=x - 14, y=y - 4, width=28, height=_TALL + 8, class_="hit")
        parts.append(links.mark(drill, tip, hit, *marks, class_="fig"))
    return join(*parts)


def _end(
    view: SegmentsView, row: SegmentRow, title: str, key: str, x: float, y: float, links: Links
) -> Markup:
    found = row.left if key == "left" else row.done
    spread = numbers.between(found, view.small_n)
    return links.mark(
        Drill(f"{row.members.key}&{key}", f"Segment {row.id}: {key}", title, found.part),
        Tip(f"{row.id}: {title}", ((view.unit.capitalize(), numbers.count(found.part)),)),
        el("rect", x=x - 68, y=y + 24, width=68, height=48, class_="hit"),
        el("text", numbers.rate(found, view.small_n), x=x, y=y + 44, class_="cnt e"),
        el("text", spread, x=x, y=y + 62, class_="fs e"),
        class_="fig",
    )


def _alt(view: SegmentsView) -> str:
    rows = [f"{row.name}, {numbers.count(row.members.n)} {view.unit}" for row in view.segments]
    return f"{view.title}. {'; '.join(rows)}."


def _tables(view: SegmentsView) -> tuple[Table, ...]:
    if not view.segments:
        return ()
    unit = view.unit.capitalize()
    head = ("Segment", "Name", unit, "True of them", "True of others", "Left", "Done")
    rows = tuple(_table_row(view, row) for row in view.segments)
    return (Table("Segments", head, rows), _stages(view))


def _table_row(view: SegmentsView, row: SegmentRow) -> tuple[Cell, ...]:
    drill = Drill(row.members.key, f"Segment {row.id}", row.meaning, row.members.n)
    shares = (row.holds, row.elsewhere, row.left, row.done)
    said = (numbers.rate(share, view.small_n) for share in shares)
    cells = (Cell(text, None, True) for text in said)
    return (Cell(row.id), Cell(label(row.name)), counted(drill), *cells)


def _stages(view: SegmentsView) -> Table:
    """One row a stage, one column a segment: who goes on, and the mood."""
    rows = []
    everyone = (*view.segments, view.everyone)
    for i, stage in enumerate(view.everyone.stages):
        cells = [Cell(label(stage.stage))]
        for row in everyone:
            mood = row.stages[i].mood.mean
            felt = "–" if mood is None else numbers.mood(mood)
            on = numbers.rate(row.stages[i].conversion, view.small_n)
            cells.append(Cell(f"{on} · {felt}", None, True))
        rows.append(tuple(cells))
    names = tuple(row.id for row in view.segments)
    return Table("Go on from each stage · mood there", ("Stage", *names, "Everyone"), tuple(rows))


def _records(view: SegmentsView) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "segment": row.id,
            "name": row.name,
            view.unit: row.members.n,
            "true_of_members": round(row.holds.share, 6),
            "true_of_others": round(row.elsewhere.share, 6),
            "left": round(row.left.share, 6),
            "done": round(row.done.share, 6),
            "where": row.members.key,
        }
        for row in view.segments
    )
