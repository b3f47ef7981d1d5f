"""How good a score is, by looking at every pair and every group."""

from __future__ import annotations

from math import sqrt
from statistics import mean, variance


def beats(a: float, b: float) -> float:
    return 1.0 if a > b else 0.5 if a == b else 0.0


def auc(score: list[float], label: list[int]) -> tuple[float, float]:
    """Give the area and DeLong's standard error, as in the paper."""
    yes = [s for s, y in zip(score, label, strict=True) if y]
    no = [s for s, y in zip(score, label, strict=True) if not y]
    of_yes = [mean(beats(a, b) for b in no) for a in yes]
    of_no = [mean(beats(a, b) for a in yes) for b in no]
    return mean(of_yes), sqrt(variance(of_yes) / len(yes) + variance(of_no) / len(no))


def difference(a: list[float], b: list[float], label: list[int]) -> tuple[float, float]:
    """Give the difference of areas and its standard error, by covariances as in the paper."""

    def places(score: list[float]) -> tuple[list[float], list[float]]:
        yes = [s for s, y in zip(score, label, strict=True) if y]
        no = [s for s, y in zip(score, label, strict=True) if not y]
        return (
            [mean(beats(x, y) for y in no) for x in yes],
            [mean(beats(x, y) for x in yes) for y in no],
        )

    def covariance(x: list[float], y: list[float]) -> float:
        mx, my = mean(x), mean(y)
        return sum((p - mx) * (q - my) for p, q in zip(x, y, strict=True)) / (len(x) - 1)

    one, other = places(a), places(b)
    error = 0.0
    for x, y in zip(one, other, strict=True):
        error += (covariance(x, x) + covariance(y, y) - 2 * covariance(x, y)) / len(x)
    return mean(one[0]) - mean(other[0]), sqrt(max(error, 0.0))


def average_precision(score: list[float], label: list[int]) -> float:
    """For each case with the outcome, the precision down to its score."""
    found = []
    for s, y in zip(score, label, strict=True):
        if y:
            taken = [z for t, z in zip(score, label, strict=True) if t >= s]
            found.append(sum(taken) / len(taken))
    return mean(found)


def ks(a: list[float], b: list[float]) -> float:
    return max(
        abs(sum(x <= v for x in a) / len(a) - sum(x <= v for x in b) / len(b)) for v in a + b
    )
