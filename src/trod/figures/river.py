"""The customer band: as thick as the customers who are left, losses peeling off its underside.

Within a stage the band splits from the floor up into who left, who is still there, who reached
the outcome there, and who went on. Thickness is linear in customers everywhere.
"""

from __future__ import annotations

from typing import NamedTuple

from trod.figures import lately, meaning, numbers
from trod.figures.frame import Frame
from trod.figures.labels import inline, label
from trod.figures.links import Links, Tip
from trod.figures.markup import Markup, el, join, number
from trod.figures.text import Face, width
from trod.insights.journey_map import JourneyMap, StageView

HEIGHT = 118.0
TOP = 26.0
THICKEST = 50.0
FLOOR = 96.0  # where a loss runs out
PILL = 24.0
_SMALL, _PILL, _MARK = Face(11.5), Face(12, 600), Face(11.5, 600)
_MORE = 16.0  # height of a line under those who are still there


class Slice(NamedTuple):
    """One stage of the band; heights in pixels from the top of the band."""

    x: float
    middle: float
    end: float
    reached: float
    went_on: float
    done: float
    still_there: float
    left: float


def slices(m: JourneyMap, frame: Frame) -> list[Slice]:
    """Turn customers into pixels, stage by stage."""
    most = max((stage.reached.n for stage in m.stages), default=0)
    per_customer = THICKEST / most if most else 0.0
    answer = []
    for i, stage in enumerate(m.stages):
        x = frame.left(i)
        answer.append(
            Slice(
                x,
                x + frame.column / 2,
                x + frame.column,
                *(
                    count.n * per_customer
                    for count in (
                        stage.reached,
                        stage.went_on,
                        stage.done,
                        stage.still_there,
                        stage.left,
                    )
                ),
            )
        )
    return answer


def height(m: JourneyMap) -> float:
    """Give the height of the row: a line more where it is marked that more or fewer leave."""
    marked = any(lately.mark(m, "left", i) for i in range(len(m.stages)))
    return HEIGHT + (_MORE if marked else 0.0)


def material(m: JourneyMap) -> int | None:
    """Name the one stage whose loss is drawn in clay: that of the first friction that loses any."""
    ranked = sorted(m.frictions, key=lambda friction: friction.rank)
    first = ranked[0] if ranked else None
    if first is None or not first.lost.n or not 0 <= first.stage < len(m.stages):
        return None
    return first.stage if m.stages[first.stage].left.n else None


def draw(m: JourneyMap, frame: Frame, links: Links, prefix: str) -> Markup:
    """Draw the band, its losses, counts and conversions, without the surrounding `svg`."""
    parts = slices(m, frame)
    hot = material(m)
    return join(
        _gradients(prefix),
        el("path", d=_band(parts), class_="band"),
        *(_stage(m, frame, links, prefix, i, part, hot=i == hot) for i, part in enumerate(parts)),
        *(_conversion(m, links, i, part, hot=i == hot) for i, part in enumerate(parts[:-1])),
        *(_changed(m, frame, links, i, part) for i, part in enumerate(parts)),
    )


def _changed(m: JourneyMap, frame: Frame, links: Links, i: int, part: Slice) -> Markup:
    """Mark who goes on and who leaves where either changed."""
    drawn: list[Markup] = []
    if (on := lately.mark(m, "went on", i)) and i + 1 < len(m.stages):
        wide = width(on.text, _MARK) + 16
        drawn.append(lately.below(links, on, part.end, TOP + PILL + 3, wide))
    if left := lately.mark(m, "left", i):
        now, _, was = left.text.partition(", ")
        text = f"{now} leave, {was}"
        text = left.text if width(text, _MARK) > frame.column * 0.8 else text
        wide, x = width(text, _MARK), part.x + frame.column * 0.818
        y = HEIGHT - 9 + (_MORE if m.stages[i].still_there.n else 0.0)
        hit = el("rect", x=x - wide - 4, y=y - 13, width=wide + 8, height=18, class_="hit")
        said = lately.words(text, left.tone, x, y, text_anchor="end")
        drawn.append(links.mark(left.drill, left.tip, hit, said, class_="fig"))
    return join(*drawn)


def _gradients(prefix: str) -> Markup:
    def fade(name: str, *stops: tuple[str, str, str]) -> Markup:
        return el(
            "linearGradient",
            *(
                el("stop", offset=at, stop_color=f"var(--{colour})", stop_opacity=opacity)
                for at, colour, opacity in stops
            ),
            id=f"{prefix}-{name}",
            x1=0,
            x2=1,
            y1=0,
            y2=0,
        )

    return el(
        "defs",
        fade("spill", ("0", "band", "1"), (".6", "spill", "1")),
        fade("hot", ("0", "band", "1"), (".6", "clay", "1")),
        fade("done", ("0", "band", "1"), (".7", "s9", "1")),
        fade("open", ("0", "band", "1"), (".55", "band", "1"), ("1", "band", ".15")),
    )


def _band(parts: list[Slice]) -> str:
    """Outline everyone who went on: full to the middle of a stage, then who is left."""
    n = number
    if not parts:
        return ""
    under = []
    for part in parts:
        under += [(part.x, part.reached), (part.middle, part.reached), (part.middle, part.went_on)]
        under.append((part.end, part.went_on))
    floor = "".join(f"L{n(x)},{n(TOP + y)}" for x, y in reversed(under))
    return f"M0,{n(TOP)}L{n(parts[-1].end)},{n(TOP)}{floor}Z"


def _stage(
    m: JourneyMap, frame: Frame, links: Links, prefix: str, i: int, part: Slice, *, hot: bool
) -> Markup:
    """Draw what happens inside one stage."""
    stage = m.stages[i]
    name = label(stage.name)
    facts = meaning.rate_facts(m, "Went on", stage.conversion)
    counts = links.mark(
        meaning.reached(stage),
        Tip(f"{numbers.plural(stage.reached.n, m.unit)} reached {name}", facts, stage.rule),
        el("rect", x=part.x + 6, y=1.0, width=frame.column * 0.46, height=24.0, class_="hit"),
        el("text", numbers.count(stage.reached.n), x=part.x + 14, y=18.0, class_="cnt"),
        class_="fig",
    )
    return join(
        counts,
        _done(m, links, prefix, stage, part),
        _still_there(m, frame, links, prefix, stage, part),
        _spill(m, frame, links, prefix, stage, part, hot=hot),
    )


def _done(m: JourneyMap, links: Links, prefix: str, stage: StageView, part: Slice) -> Markup:
    """Colour who reached the outcome, and say how many."""
    if not stage.done.n:
        return Markup("")
    top = TOP + part.went_on
    text = f"{numbers.count(stage.done.n)} {inline(m.outcome_name)}"
    room = (part.end - part.x) * 0.5
    if width(text, Face(11.5, 600)) > room:
        text = f"{numbers.count(stage.done.n)} done"
    return links.mark(
        meaning.done(m, stage),
        Tip(
            f"{numbers.plural(stage.done.n, m.unit)}: {label(m.outcome_name)}",
            (),
            label(stage.name),
        ),
        el(
            "rect",
            x=part.middle,
            y=top,
            width=part.end - part.middle,
            height=max(part.done, 1.5),
            fill=f"url(#{prefix}-done)",
        ),
        el("rect", x=part.middle, y=1.0, width=part.end - part.middle, height=24.0, class_="hit"),
        el("text", text, x=part.end - 12, y=18.0, class_="t11 better", text_anchor="end"),
        class_="fig",
    )


def _still_there(
    m: JourneyMap, frame: Frame, links: Links, prefix: str, stage: StageView, part: Slice
) -> Markup:
    """Let who is still there fade out before the next stage."""
    if not stage.still_there.n:
        return Markup("")
    top = TOP + part.went_on + part.done
    text = f"{numbers.count(stage.still_there.n)} still here"
    x = part.x + frame.column * 0.818
    wide = width(text, _SMALL)
    return links.mark(
        meaning.still_there(stage),
        Tip(
            f"{numbers.plural(stage.still_there.n, m.unit)} still in {label(stage.name)}",
            (),
            "They have not left and may still go on.",
        ),
        el(
            "rect",
            x=part.middle,
            y=top,
            width=(part.end - part.middle) * 0.92,
            height=max(part.still_there, 1.0),
            fill=f"url(#{prefix}-open)",
        ),
        el("rect", x=x - wide - 4, y=94.0, width=wide + 8, height=24.0, class_="hit"),
        el("text", text, x=x, y=109.0, class_="t11 quiet", text_anchor="end"),
        class_="fig",
    )


def _spill(
    m: JourneyMap,
    frame: Frame,
    links: Links,
    prefix: str,
    stage: StageView,
    part: Slice,
    *,
    hot: bool,
) -> Markup:
    """Peel who left off the underside and let it run out at the floor."""
    if not stage.left.n:
        return Markup("")
    text = f"{numbers.count(stage.left.n)} left"
    x = part.x + frame.column * 0.818
    return links.mark(
        meaning.left(m, stage),
        Tip(
            f"{numbers.plural(stage.left.n, m.unit)} left at {label(stage.name)}",
            (("Of those who reached it", numbers.share(stage.left.n, stage.reached.n, m.small_n)),),
            m.left_rule,
        ),
        el(
            "path",
            d=spill_path(part, frame.column),
            fill=f"url(#{prefix}-{'hot' if hot else 'spill'})",
            class_="spill",
        ),
        el(
            "text", text, x=x, y=93.0, class_="t11 worse" if hot else "t11 quiet", text_anchor="end"
        ),
        class_="fig",
    )


def spill_path(part: Slice, column: float) -> str:
    """Outline the loss of a stage: it leaves the band level and falls to the floor.

    Examples
    --------
    >>> spill_path(Slice(0, 100, 200, 50, 30, 0, 0, 20), 200).startswith("M99.5,56C")
    True
    """
    n = number
    top, bottom = TOP + part.reached - part.left, TOP + part.reached
    x0 = part.middle - 0.5
    outer = part.x + column * 0.924
    thick = min(max(part.left, 1.5), column * 0.16)
    inner = outer - thick
    reach, fall = (outer - x0) * 0.62, (FLOOR - top) * 0.28
    return (
        f"M{n(x0)},{n(top)}C{n(x0 + reach)},{n(top)} {n(outer)},{n(top + fall)}"
        f" {n(outer)},{n(FLOOR)}"
        f"L{n(inner)},{n(FLOOR)}C{n(inner)},{n(bottom + (FLOOR - bottom) * 0.34)}"
        f" {n(x0 + (inner - x0) * 0.6)},{n(bottom)} {n(x0)},{n(bottom)}Z"
    )


def _conversion(m: JourneyMap, links: Links, i: int, part: Slice, *, hot: bool) -> Markup:
    """Set the share that goes on upon the boundary to the next stage."""
    stage = m.stages[i]
    if not stage.reached.n:
        return Markup("")
    text = numbers.rate(stage.conversion, m.small_n)
    wide = max(width(text, _PILL) + 18, 40.0)
    facts = meaning.rate_facts(m, "Went on", stage.conversion)
    return links.mark(
        meaning.went_on(stage),
        Tip(
            f"{text} went on from {label(stage.name)}",
            facts,
            f"{numbers.count(stage.conversion.part)} of"
            f" {numbers.plural(stage.conversion.whole, m.unit)}",
        ),
        el(
            "rect",
            x=part.end - wide / 2,
            y=TOP - 1,
            width=wide,
            height=PILL,
            rx=PILL / 2,
            class_="pill hot" if hot else "pill",
        ),
        el(
            "text",
            text,
            x=part.end,
            y=TOP + 15.4,
            class_="pt hot" if hot else "pt",
            text_anchor="middle",
        ),
        class_="fig",
    )
