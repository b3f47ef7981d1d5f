"""How sure a share or a mean is: 95 % intervals."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

Z = 1.959963984540054  # two-sided 95 % of the normal distribution


def wilson(part: int, whole: int, z: float = Z) -> tuple[float, float]:
    """Give the interval of a share, by Wilson's score method [1]_.

    Unlike the textbook interval it stays between 0 and 1 and is right for small numbers and for
    shares near 0 and 1.

    Parameters
    ----------
    part, whole
        Customers counted, out of how many. Out of none, nothing is known: 0 to 1.
    z
        Standard errors of the normal distribution; those of 95 % by default.

    Returns
    -------
    tuple of float
        Low and high, 0 to 1.

    References
    ----------
    .. [1] Wilson (1927), "Probable inference, the law of succession, and statistical inference",
       JASA 22:209-212.

    Examples
    --------
    >>> [round(x, 4) for x in wilson(8, 10)]
    [0.4902, 0.9433]
    >>> wilson(0, 0)
    (0.0, 1.0)
    """
    if whole == 0:
        return 0.0, 1.0
    share, z2 = part / whole, z * z
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = z / (1 + z2 / whole) * sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    low = 0.0 if part == 0 else max(0.0, middle - half)
    high = 1.0 if part == whole else min(1.0, middle + half)
    return low, high


def difference(a: tuple[int, int], b: tuple[int, int], z: float = Z) -> tuple[float, float]:
    """Give the interval of the share of `a` less the share of `b`, by Newcombe's method 10.

    Examples
    --------
    >>> [round(x, 4) for x in difference((56, 70), (48, 80), 1.959964)]
    [0.0524, 0.3339]
    """
    (pa, na), (pb, nb) = a, b
    p, q = pa / max(na, 1), pb / max(nb, 1)
    return less((p, *wilson(pa, na, z)), (q, *wilson(pb, nb, z)))


def less(a: tuple[float, float, float], b: tuple[float, float, float]) -> tuple[float, float]:
    """Give the interval of `a` less `b`, each a value with its low and high.

    The distances to the ends are squared and added: of shares with Wilson's interval this is
    Newcombe's [1]_, and it holds for other figures [2]_.

    References
    ----------
    .. [1] Newcombe (1998), "Interval estimation for the difference between independent
       proportions", Statistics in Medicine 17:873-890, method 10.
    .. [2] Zou & Donner (2008), "Construction of confidence limits about effect measures",
       Statistics in Medicine 27:1693-1702.

    Examples
    --------
    >>> less((10, 7, 13), (4, 0, 8))
    (1.0, 11.0)
    """
    (p, a_low, a_high), (q, b_low, b_high) = a, b
    return (
        p - q - sqrt((p - a_low) ** 2 + (b_high - q) ** 2),
        p - q + sqrt((a_high - p) ** 2 + (q - b_low) ** 2),
    )


def mean_interval(
    n: NDArray[np.int64], total: NDArray[np.int64], squares: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give mean, low and high of integers from their number, sum and sum of squares.

    Student's t with ``n - 1`` degrees of freedom; `n` is at least 2.

    Examples
    --------
    >>> found = mean_interval(np.array([10]), np.array([55]), np.array([385]))
    >>> [round(float(x[0]), 2) for x in found]
    [5.5, 3.33, 7.67]
    """
    mean = total / n
    # n * squares - total ** 2 in integers: no digits are lost for equal scores.
    variance = (n * squares - total * total) / (n * (n - 1))
    half = _student(n - 1) * np.sqrt(variance / n)
    return mean, mean - half, mean + half


def mean_of(n: int, total: int, squares: int) -> tuple[float, float, float]:
    """Give mean, low and high of `n` integers of any size, at least two, as `mean_interval` does.

    Examples
    --------
    >>> [round(x, 2) for x in mean_of(10, 55 * 10**9, 385 * 10**18)]
    [5500000000.0, 3334162419.23, 7665837580.77]
    """
    spread = n * squares - total * total
    if spread < 0:  # no integers have such sums
        raise AssertionError(f"{n:,} integers: the sum of squares {squares} is too small.")
    half = float(_student(np.array([n - 1], np.int64))[0]) * sqrt(spread / (n * n * (n - 1)))
    return total / n, total / n - half, total / n + half


def _student(degrees: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the two-sided 95 % point of Student's t: exact to 3, then expanded, within 0.001."""
    z, v = Z, degrees.astype(np.float64)
    expanded = (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )
    few = np.array([np.inf, 12.706204736, 4.302652730, 3.182446305])
    return np.where(degrees <= 3, few[np.minimum(degrees, 3)], expanded)
