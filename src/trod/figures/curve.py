"""Smooth curves that never overshoot: monotone cubics through the points [1]_.

Between two touchpoints the curve stays between their two values, so it shows no mood that
nobody reported.

References
----------
.. [1] Fritsch and Carlson (1980), "Monotone piecewise cubic interpolation", SIAM Journal on
   Numerical Analysis 17:2; slopes limited as in Steffen (1990), Astronomy & Astrophysics 239.
"""

from __future__ import annotations

from collections.abc import Sequence

from trod.figures.markup import number

Point = tuple[float, float]


def slopes(points: Sequence[Point]) -> list[float]:
    """Give each point the slope that keeps the curve monotone between neighbours.

    Examples
    --------
    >>> slopes([(0, 0), (1, 1), (2, 0)])
    [1.5, 0.0, -1.5]
    """
    n = len(points)
    if n < 2:
        return [0.0] * n
    steps = [points[i + 1][0] - points[i][0] for i in range(n - 1)]
    rises = [(points[i + 1][1] - points[i][1]) / (steps[i] or 1e-9) for i in range(n - 1)]
    inner = [0.0] * n
    for i in range(1, n - 1):
        one, other = rises[i - 1], rises[i]
        if one * other <= 0:
            continue
        mean = (one * steps[i] + other * steps[i - 1]) / (steps[i - 1] + steps[i])
        sign = 1.0 if one > 0 else -1.0
        inner[i] = sign * min(2 * abs(one), 2 * abs(other), abs(mean))
    inner[0] = (3 * rises[0] - inner[1]) / 2 if n > 2 else rises[0]
    inner[-1] = (3 * rises[-1] - inner[-2]) / 2 if n > 2 else rises[-1]
    return inner


def controls(points: Sequence[Point]) -> list[tuple[Point, Point, Point]]:
    """Write each piece as a Bézier: two control points and the end."""
    tangents = slopes(points)
    pieces = []
    for i in range(len(points) - 1):
        (x0, y0), (x1, y1) = points[i], points[i + 1]
        third = (x1 - x0) / 3
        pieces.append(
            (
                (x0 + third, y0 + tangents[i] * third),
                (x1 - third, y1 - tangents[i + 1] * third),
                (x1, y1),
            )
        )
    return pieces


def path(points: Sequence[Point], *, move: str = "M") -> str:
    """Draw the curve as SVG path data.

    Examples
    --------
    >>> path([(0, 0), (3, 3)])
    'M0,0C1,1 2,2 3,3'
    """
    if not points:
        return ""
    start = f"{move}{_xy(points[0])}"
    return start + "".join(f"C{_xy(a)} {_xy(b)} {_xy(c)}" for a, b, c in controls(points))


def ribbon(upper: Sequence[Point], lower: Sequence[Point]) -> str:
    """Draw the area between two curves over the same places."""
    if not upper:
        return ""
    back = [*reversed(lower)]
    mirrored = controls([(-x, y) for x, y in back])
    way_back = "".join(
        f"C{_xy((-a[0], a[1]))} {_xy((-b[0], b[1]))} {_xy((-c[0], c[1]))}" for a, b, c in mirrored
    )
    return f"{path(upper)}L{_xy(back[0])}{way_back}Z"


def value_at(points: Sequence[Point], x: float) -> float | None:
    """Read the height of the curve at `x`, None outside of it."""
    for (start, *_), piece, begin in zip(points, controls(points), points, strict=False):
        end = piece[2]
        if start <= x <= end[0]:
            t = (x - start) / ((end[0] - start) or 1e-9)
            ys = (begin[1], piece[0][1], piece[1][1], end[1])
            return (
                (1 - t) ** 3 * ys[0]
                + 3 * (1 - t) ** 2 * t * ys[1]
                + 3 * (1 - t) * t**2 * ys[2]
                + t**3 * ys[3]
            )
    return None


def _xy(point: Point) -> str:
    return f"{number(point[0])},{number(point[1])}"
