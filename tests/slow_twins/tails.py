"""Tails from the definition: chances added up one by one, by another library."""

from scipy.stats import betabinom


def beta_binomial(part: int, whole: int, a: float, b: float) -> tuple[float, float]:
    """Give the chance of so few, and of so many."""
    chances = [float(betabinom.pmf(k, whole, a, b)) for k in range(whole + 1)]
    return sum(chances[: part + 1]), sum(chances[part:])
