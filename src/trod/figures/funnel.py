"""A funnel: who completed each step in order, and how long it took between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from trod.figures import numbers
from trod.figures.labels import label
from trod.figures.links import Drill, Links, Plain, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.text import Face, fit, width
from trod.insights.journey_map import Count, JourneyMap, Time

WIDE = 760.0
ROW = 46.0
_NAMES, _SHARES = 190.0, 118.0
_NAME = Face(13, 500)
HEAVY = 0.25  # a step that loses more of those who reached it is written in clay


class FunnelStep(NamedTuple):
    """One step: who completed it, and the time since the step before."""

    name: str
    customers: Count
    time: Time | None


def of_stages(m: JourneyMap) -> tuple[FunnelStep, ...]:
    """Read the stages of a map as a funnel."""
    before: list[Time | None] = [None, *(stage.dwell for stage in m.stages)]
    return tuple(
        FunnelStep(stage.name, stage.reached, time)
        for stage, time in zip(m.stages, before, strict=False)
    )


def draw(
    steps: Sequence[FunnelStep], *, unit: str, small_n: int, links: Links | None = None
) -> tuple[Markup, float]:
    """Draw bars from the left with the loss and the time between; gives the drawing and its height.

    Parameters
    ----------
    steps
        In order; the first is the whole.
    unit
        What is counted, in the plural.
    small_n
        Below this many a count stands in place of a share.

    Examples
    --------
    >>> steps = [FunnelStep("visit", Count(10, "a"), None), FunnelStep("buy", Count(4, "b"), None)]
    >>> drawing, height = draw(steps, unit="customers", small_n=30)
    >>> "6 dropped" in drawing, height
    (True, 92.0)
    """
    links = links or Plain()
    first = steps[0].customers.n if steps else 0
    room = WIDE - _NAMES - _SHARES
    parts = []
    for i, step in enumerate(steps):
        y = i * ROW
        n = step.customers.n
        share = numbers.share(n, first, small_n)
        title = label(step.name)
        drill = Drill(step.customers.key, title, "Completed this step, in order.", n)
        tip = Tip(title, ((unit.capitalize(), numbers.count(n)), ("Of the first step", share)))
        parts.append(
            links.mark(
                drill,
                tip,
                el("text", fit(title, _NAME, _NAMES - 14), x=0, y=y + 18, class_="s13"),
                el("rect", x=_NAMES, y=y + 2, width=room, height=24, rx=3, class_="fr0"),
                el(
                    "rect",
                    x=_NAMES,
                    y=y + 2,
                    width=room * n / first if first else 0,
                    height=24,
                    rx=3,
                    class_="fb",
                ),
                el("text", share, x=WIDE - 56, y=y + 19, class_="cnt", text_anchor="end"),
                el("text", numbers.short(n), x=WIDE, y=y + 19, class_="pc", text_anchor="end"),
                class_="fig",
            )
        )
        if i + 1 < len(steps):
            parts.append(_between(step, steps[i + 1], y, small_n))
    return join(*parts), ROW * len(steps)


def _between(step: FunnelStep, after: FunnelStep, y: float, small_n: int) -> Markup:
    """Write the time to the next step, and the loss on the way."""
    gone = step.customers.n - after.customers.n
    heavy = step.customers.n >= small_n and gone > HEAVY * step.customers.n
    time = f"about {numbers.duration(after.time.median_us)}" if after.time else ""
    loss = f"{numbers.count(gone)} dropped"
    if step.customers.n >= small_n:
        loss += f" · {numbers.share(gone, step.customers.n, small_n)}"
    shift = width(time, Face(11.5)) + 12 if time else 0.0
    return join(
        el("text", time, x=_NAMES, y=y + 40, class_="t11 quiet") if time else "",
        el("text", loss, x=_NAMES + shift, y=y + 40, class_="t11 worse" if heavy else "t11 quiet"),
    )
