"""Where each mood stands on the emotion row: which touchpoints, at which place, how high.

Only known moods make points. A stage in which too few customers said anything is a gap: the
line is broken there, never drawn as neutral.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from trod.figures import curve
from trod.figures.frame import Frame
from trod.figures.labels import label
from trod.figures.numbers import day
from trod.insights.journey_map import Friction, JourneyMap, StageView, Touch

HEIGHT = 206.0
ZERO = 103.0
SWING = 72.0  # pixels from neutral to the strongest mood shown
FOOT = 178.0  # where a pin stands that has no mood
PER_STAGE = 4
_EDGE, _NARROW_EDGE = 29.0, 18.0


def speaks(m: JourneyMap) -> bool:
    """Say whether any mood is known at all."""
    return any(touch.mood.mean is not None for stage in m.stages for touch in stage.touches)


class Spot(NamedTuple):
    """A touchpoint on the line."""

    stage: int
    touch: Touch
    x: float
    y: float
    high: float  # y of the upper end of the 95 % range
    low: float
    value: float
    rank: int | None  # of the friction pinned here
    matters: bool
    name: str
    was: float | None = None  # y of its mood before the day since which changes are marked


class Loose(NamedTuple):
    """A pin at the foot of its stage: a friction whose touchpoint has no known mood."""

    stage: int
    rank: int
    name: str
    x: float


class Line(NamedTuple):
    """The emotion row, laid out."""

    spots: tuple[Spot, ...]
    runs: tuple[tuple[int, int], ...]  # spots [a, b) joined by a full line
    unknown: tuple[int, ...]  # stages without a known mood
    loose: tuple[Loose, ...]
    amplitude: float  # the mood drawn SWING pixels from neutral
    was: str = ""  # what the dashed line is of; "" without one


def on_page(m: JourneyMap) -> list[Friction]:
    """Take the frictions the page shows: the first three that stand in a stage."""
    ranked = sorted(m.frictions, key=lambda friction: friction.rank)
    return [friction for friction in ranked if 0 <= friction.stage < len(m.stages)][:3]


def lay_out(m: JourneyMap, frame: Frame) -> Line:
    """Choose the touchpoints of the line and give each its place."""
    pins = {(f.stage, f.touchpoint): f for f in reversed(on_page(m)) if f.touchpoint}
    jewels = moments_that_matter(m)
    chosen = [_chosen(i, stage, pins, jewels) for i, stage in enumerate(m.stages)]
    moods = [abs(touch.mood.mean or 0.0) for touches in chosen for touch in touches]
    then = _then(m)
    drawn = {(i, touch.name) for i, touches in enumerate(chosen) for touch in touches}
    amplitude = max([0.5, *moods, *(abs(mean) for key, mean in then.items() if key in drawn)])
    spots = []
    for i, touches in enumerate(chosen):
        places = spread([touch.position for touch in touches], frame, i)
        for touch, x in zip(touches, places, strict=True):
            friction = pins.get((i, touch.name))
            jewel = friction is None and (i, touch.name) in jewels
            spot = _spot(i, touch, x, amplitude, friction, jewel)
            was = then.get((i, touch.name))
            spots.append(spot if was is None else spot._replace(was=_height(was, amplitude)))
    runs = _runs(spots)
    silent = tuple(i for i, touches in enumerate(chosen) if not touches)
    dashed = f"before {day(m.since.day)}" if m.since and any(spot.was for spot in spots) else ""
    return Line(tuple(spots), runs, silent, _loose(m, frame, spots, runs), amplitude, dashed)


def _then(m: JourneyMap) -> Mapping[tuple[int, str], float]:
    """Give the moods of an earlier day, where changes since one are marked."""
    return {(one.stage, one.touchpoint): one.mean for one in m.since.moods} if m.since else {}


def earlier(line: Line) -> list[list[curve.Point]]:
    """Give the pieces of the dashed line: neighbours whose mood was known before."""
    pieces: list[list[curve.Point]] = []
    for a, b in line.runs:
        piece: list[curve.Point] = []
        for spot in line.spots[a:b]:
            if spot.was is not None:
                piece.append((spot.x, spot.was))
            else:
                pieces.append(piece)
                piece = []
        pieces.append(piece)
    return [piece for piece in pieces if len(piece) > 1]


def spread(positions: list[float], frame: Frame, stage: int) -> list[float]:
    """Turn places in a stage (0 to 1, in order) into pixels that keep apart.

    Examples
    --------
    >>> spread([0.5, 0.5], Frame(1, 200.0, 30, "customers"), 0)
    [78.5, 121.5]
    """
    edge = _EDGE if frame.column > 170 else _NARROW_EDGE
    left, right = frame.left(stage) + edge, frame.left(stage) + frame.column - edge
    if not positions:
        return []
    apart = min(58.0, (right - left) / max(len(positions) - 1, 1), frame.column * 0.145 + 14)
    apart = min(apart, (right - left) / max(len(positions) - 1, 1))
    wanted = [left + (right - left) * min(max(p, 0.0), 1.0) for p in positions]
    placed: list[float] = []
    for x in wanted:
        placed.append(max(x, placed[-1] + apart) if placed else x)
    # Centre a crowd on where it wanted to be, then keep it inside the stage.
    shift = sum(w - p for w, p in zip(wanted, placed, strict=True)) / len(placed)
    placed = [p + shift for p in placed]
    limit = right
    for i in range(len(placed) - 1, -1, -1):
        placed[i] = min(placed[i], limit)
        limit = placed[i] - apart
    limit = left
    for i, p in enumerate(placed):
        placed[i] = max(p, limit)
        limit = placed[i] + apart
    return [round(p, 2) for p in placed]


def moments_that_matter(m: JourneyMap) -> frozenset[tuple[int, str]]:
    """Find the touchpoints, as (stage, name), after which clearly more go on and which are liked.

    Clearly: the lower ends of both 95 % ranges lie above the stage's own rate and above neutral.
    A gate that nearly all who go on must pass does not count. At most one a stage and three in all,
    those with the widest margin.
    """
    best = []
    for i, stage in enumerate(m.stages):
        on = stage.conversion.part
        margins = [
            (stage.conversion.share - touch.went_on.low, i, touch.name)
            for touch in stage.touches
            if touch.mood.low is not None
            and touch.mood.low > 0
            and touch.went_on.whole >= max(m.small_n, 1)
            and touch.went_on.low > stage.conversion.share
            and touch.went_on.part < 0.9 * on
        ]
        best += sorted(margins)[:1]
    return frozenset((i, name) for _, i, name in sorted(best)[:3])


def _chosen(
    i: int,
    stage: StageView,
    pins: Mapping[tuple[int, str], Friction],
    jewels: frozenset[tuple[int, str]],
) -> list[Touch]:
    """Take the touchpoints of a stage that are drawn: pinned first, then the most reached."""
    known = [touch for touch in stage.touches if touch.mood.mean is not None]
    order = sorted(
        known,
        key=lambda touch: (
            (i, touch.name) not in pins,
            (i, touch.name) not in jewels,
            -touch.customers.n,
            touch.name,
        ),
    )
    return sorted(order[:PER_STAGE], key=lambda touch: (touch.position, touch.name))


def _spot(
    stage: int, touch: Touch, x: float, amplitude: float, pin: Friction | None, matters: bool
) -> Spot:
    mood = touch.mood
    mean = mood.mean or 0.0

    def height(value: float | None) -> float:
        return _height(mean if value is None else value, amplitude)

    return Spot(
        stage,
        touch,
        x,
        height(mean),
        height(mood.high),
        height(mood.low),
        mean,
        pin.rank if pin else None,
        matters,
        pin_name(pin) if pin else touch.name,
    )


def _height(value: float, amplitude: float) -> float:
    return min(max(ZERO - value / amplitude * SWING, 6.0), HEIGHT - 6.0)


def samples(spots: Sequence[Spot], runs: Sequence[tuple[int, int]]) -> list[curve.Point]:
    """Walk the drawn line in steps of about three pixels."""
    points = []
    for a, b in runs:
        run = [(spot.x, spot.y) for spot in spots[a:b]]
        x, before = run[0][0], run[0][1]
        while x < run[-1][0]:
            y = curve.value_at(run, x)
            if y is not None:
                points.append((x, y))
                before, rise = y, abs(y - before)
                x += 3.0 / max(rise / 3.0, 1.0)
            else:
                x += 3.0
    return points


def _loose(
    m: JourneyMap, frame: Frame, spots: Sequence[Spot], runs: Sequence[tuple[int, int]]
) -> tuple[Loose, ...]:
    """Stand frictions without a mood at the foot of their stage, clear of the line."""
    pinned = {spot.rank for spot in spots}
    low = [point for point in samples(spots, runs) if point[1] > FOOT - 28]
    low += [(spot.x, spot.y) for spot in spots if spot.y > FOOT - 40 or spot.rank]
    placed: list[Loose] = []
    for friction in on_page(m):
        if friction.rank in pinned:
            continue
        middle = frame.left(friction.stage) + frame.column / 2
        reach = int((frame.column / 2 - 20) // 6)
        offsets = sorted(range(-reach, reach + 1), key=lambda i: (abs(i), i))
        taken = [x for x, _ in low] + [pin.x for pin in placed]
        free = (middle + 6 * i for i in offsets if _clear(middle + 6 * i, taken))
        placed.append(Loose(friction.stage, friction.rank, pin_name(friction), next(free, middle)))
    return tuple(placed)


def pin_name(friction: Friction) -> str:
    """Name a pin: its touchpoint, or what is missing where lacking the touchpoint is the matter."""
    if friction.touchpoint is None:
        return friction.title
    name, lost, on = friction.before[0] if friction.before else ("", None, None)
    if name == friction.touchpoint and lost and on and on.share > lost.share:
        return f"Without {label(name)}"
    return friction.touchpoint


def _clear(x: float, taken: Sequence[float]) -> bool:
    return all(abs(x - other) >= 30 for other in taken)


def _runs(spots: list[Spot]) -> tuple[tuple[int, int], ...]:
    """Split the line where whole stages have no known mood."""
    runs, start = [], 0
    for i in range(1, len(spots) + 1):
        if i == len(spots) or spots[i].stage - spots[i - 1].stage > 1:
            runs.append((start, i))
            start = i
    return tuple(run for run in runs if run[1] > run[0])
