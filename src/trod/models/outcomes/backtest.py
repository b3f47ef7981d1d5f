"""How a score would have done: fitted on what was known at a moment, asked about what came later.

The marks of the second half of the record are cut into blocks. For each block a scorer is fitted on
the marks whose outcomes were known before the block began, and asked about the block: rolling
origin [1]_. No outcome that came after a prediction was made has a say in it.

References
----------
.. [1] Tashman (2000), "Out-of-sample tests of forecasting accuracy", International Journal of
   Forecasting 16:437-450.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.models.calibration import Calibration, calibrated
from trod.models.outcomes.cases import Cases
from trod.models.outcomes.scorer import FEWEST_EVENTS, Scorer, share_of_trees, train

Floats = NDArray[np.float64]
BLOCKS: Final = 3
_FIRST: Final = 0.45  # of the marks come before the first block
_FEWEST_TO_CALIBRATE: Final = 30


class Backtest(NamedTuple):
    """What was said beforehand, and what came: rows of all blocks."""

    cases: Cases
    margin: Floats  # (n_rows,) log-odds as said
    regression: Floats  # (n_rows,) of the regression alone, on the same columns
    usual: Floats  # (n_rows,) share of the stage in what was known then: the simple way
    block: NDArray[np.int64]  # (n_rows,)
    held: Floats  # (n_rows,) probability in the last block, calibrated without it; NaN elsewhere
    by: Literal["before", "other customers"]  # what `held` was calibrated by
    share: float  # of the trees in the log-odds, as the first block chose it


def backtest(cases: Cases, known_after_us: int, *, seed: int = 0) -> Backtest | None:
    """Ask scorers of the past about what came later.

    Parameters
    ----------
    cases
        Rows whose outcome is known.
    known_after_us
        Time after a mark from which its outcome is known.
    seed
        Of the trees.

    Returns
    -------
    Backtest or None
        None where no block has enough before it.
    """
    found = []
    share: float | None = None
    for b, (begin, end) in enumerate(_blocks(cases.moment_us)):
        before = cases.take(cases.moment_us + known_after_us <= begin)
        asked = cases.take((cases.moment_us >= begin) & (cases.moment_us < end))
        few = min(before.leavers, before.n - before.events) < FEWEST_EVENTS
        if few or not asked.n:
            continue
        if share is None:
            share = share_of_trees(before.x, before.label, before.customer, seed=seed)
        scorer = train(before.x, before.label, group=before.customer, share=share, seed=seed)
        found.append((asked, scorer, _usual(before, asked), b))
    if not found or share is None:
        return None
    return _told(found, share, known_after_us)


def _blocks(moment_us: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Cut the later marks into blocks of about as many marks."""
    marks = np.unique(moment_us)
    later = marks[int(marks.size * _FIRST) :]
    parts = [part for part in np.array_split(later, BLOCKS) if part.size]
    return [(int(part[0]), int(part[-1]) + 1) for part in parts]


def _usual(before: Cases, asked: Cases) -> Floats:
    """Give the share of each stage as it was known then, drawn towards that of all by ten cases."""
    overall = before.label.mean()
    n = int(max(before.stage.max(), asked.stage.max())) + 1
    events = np.bincount(before.stage[before.label], minlength=n)
    rows = np.bincount(before.stage, minlength=n)
    return np.asarray(((events + 10 * overall) / (rows + 10))[asked.stage])


def _told(
    found: list[tuple[Cases, Scorer, Floats, int]], share: float, known_after_us: int
) -> Backtest:
    rows = Cases(
        *(
            np.concatenate([getattr(asked, name) for asked, *_ in found])
            for name in ("x", "label", "event_us", "moment_us", "customer", "stage")
        )
    )
    margin = np.concatenate([scorer.margin(asked.x) for asked, scorer, *_ in found])
    regression = np.concatenate([scorer.regression(asked.x) for asked, scorer, *_ in found])
    usual = np.concatenate([told for _, _, told, _ in found])
    block = np.concatenate([np.full(asked.n, b, np.int64) for asked, *_, b in found])
    last = block == block.max()
    begin = rows.moment_us[last].min()
    held = np.full(rows.n, np.nan)
    known = rows.moment_us + known_after_us <= begin
    if _enough(rows.label[known]):
        held[last] = calibrated(margin[known], rows.label[known]).probability(margin[last])
        return Backtest(rows, margin, regression, usual, block, held, "before", share)
    # Nothing was known in time: half of the customers tell what the other half was worth.
    some = last & (rows.customer % 2 == 0)
    if _enough(rows.label[some]):
        other = last & ~some
        held[other] = calibrated(margin[some], rows.label[some]).probability(margin[other])
    return Backtest(rows, margin, regression, usual, block, held, "other customers", share)


def _enough(label: NDArray[np.bool_]) -> bool:
    return min(int(label.sum()), int((~label).sum())) >= _FEWEST_TO_CALIBRATE


def worth(test: Backtest) -> Calibration:
    """Learn what log-odds are worth from everything that was said beforehand."""
    return calibrated(test.margin, test.cases.label)


def apart(test: Backtest, within_us: int) -> NDArray[np.bool_]:
    """Choose marks a horizon apart, from the last one back: no outcome is counted twice."""
    marks = np.unique(test.cases.moment_us)
    kept = [int(marks[-1])]
    for mark in marks[::-1].tolist():
        if kept[-1] - mark >= within_us:
            kept.append(mark)
    return np.isin(test.cases.moment_us, kept)
