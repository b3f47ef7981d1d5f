"""What looks as if it was known only when the outcome was: named, and not used unless allowed.

A model that is told the answer does well in every test and fails on the first day of use. Two signs
give such columns away. A *touchpoint* is suspect where those who have it have the outcome first. A
*column of a table*, which carries no time, is suspect where it tells the outcome alone nearly as
well as all columns together do, and these tell much less without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.events.counted import count
from trod.models.outcomes.scorer import train
from trod.models.quality import auc

FEWEST: Final = 10
"""Customers with a touchpoint below which nothing is said of it."""
_AFTER: Final = 0.8
_ALONE: Final = 0.8
_FALLS: Final = 0.05
_PERFECT: Final = 0.98


class Leak(NamedTuple):
    """A touchpoint or column that is not used, and why."""

    name: str
    why: str  # a sentence


def late_touchpoints(
    first_us: NDArray[np.int64],
    outcome_us: NDArray[np.int64],
    names: Sequence[str],
    *,
    never_us: int,
) -> tuple[Leak, ...]:
    """Name touchpoints that come when the outcome has come.

    Parameters
    ----------
    first_us
        (n_customers, n_names) first moment of each touchpoint, `never_us` where there was none.
    outcome_us
        (n_customers,) moment of the outcome, `never_us` without one.
    names
        Of the touchpoints.
    never_us
        Later than every moment.

    Examples
    --------
    >>> first = np.array([[5], [7]] * 6)
    >>> late_touchpoints(first, np.array([4, 6] * 6), ["Exit survey"], never_us=99)[0].why
    '12 of the 12 customers who had it had it first after the outcome.'
    """
    had = first_us < never_us
    after = had & (first_us >= outcome_us[:, None]) & (outcome_us < never_us)[:, None]
    found = []
    for k, name in enumerate(names):
        n, late = int(had[:, k].sum()), int(after[:, k].sum())
        if n >= FEWEST and late >= _AFTER * n:
            whose = f"{late:,} of the {count(n, 'customer')} who had it"
            found.append(Leak(name, f"{whose} had it first after the outcome."))
    return tuple(found)


def leaking_columns(
    x: NDArray[np.float32],
    label: NDArray[np.bool_],
    of: Mapping[str, Sequence[int]],
    *,
    seed: int = 0,
) -> tuple[Leak, ...]:
    """Name columns that tell too much, one after the other, the strongest first.

    Parameters
    ----------
    x
        (n_rows, n_features)
    label
        (n_rows,)
    of
        The features that were made of each column.
    seed
        Of the trees, and of who is held back.

    Notes
    -----
    Each suspect costs a fit. A column is suspect where one of its features alone has an AUC of 0.8.
    """
    held = np.random.default_rng(seed).random(label.size) < 0.3
    alone = {name: max(_alone(x[:, k], label) for k in places) for name, places in of.items()}
    suspects = sorted((name for name in of if alone[name] >= _ALONE), key=lambda n: -alone[n])
    found: list[Leak] = []
    gone: list[int] = []
    for name in suspects:
        with_it = _held_auc(x, label, held, gone, seed)
        without = _held_auc(x, label, held, [*gone, *of[name]], seed)
        if alone[name] >= _PERFECT or with_it - without >= _FALLS:
            gone += of[name]
            told = f"alone it has an AUC of {alone[name]:.3f}; without it all others fall from"
            found.append(Leak(name, f"{told} {with_it:.3f} to {without:.3f}."))
    return tuple(found)


def _alone(column: NDArray[np.float32], label: NDArray[np.bool_]) -> float:
    """Give the AUC of one column, whichever way round; gaps stand below everything."""
    lowest = float(np.nanmin(column)) if np.isfinite(column).any() else 0.0
    value = auc(np.nan_to_num(column, nan=lowest - 1), label).value
    return max(value, 1 - value)


def _held_auc(
    x: NDArray[np.float32],
    label: NDArray[np.bool_],
    held: NDArray[np.bool_],
    gone: Sequence[int],
    seed: int,
) -> float:
    used = np.delete(x, list(gone), axis=1)
    scorer = train(used[~held], label[~held], seed=seed)
    return auc(scorer.margin(used[held]), label[held]).value
