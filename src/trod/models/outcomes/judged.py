"""What a score was worth in the backtest, as the figures of a card."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.models.card import Measure
from trod.models.outcomes.backtest import Backtest, apart
from trod.models.outcomes.outcome import DAY_US, Outcome
from trod.models.quality import (
    at_capacity,
    auc,
    auc_difference,
    average_precision,
    brier,
    calibration_error,
    lead_days,
)

HALF: Final = 0.5
_THRESHOLDS: Final = 200
_FEWEST_ALARMS: Final = 10


class Alarms(NamedTuple):
    """Customers pointed out once, at the first mark with a high score."""

    threshold: float  # log-odds
    precision: float  # share with the outcome within reach of that mark
    n: int  # customers pointed out
    found: int  # of them, with the outcome within reach
    events: int  # customers who had the outcome within reach of some mark
    said_us: NDArray[np.int64]  # (n_before,) of those found before the outcome
    event_us: NDArray[np.int64]  # (n_before,)


class Judged(NamedTuple):
    """Figures, and whether the score beats knowing only the stage, and a coin."""

    measures: tuple[Measure, ...]
    better: bool
    alarms: Alarms | None  # None where no threshold is right half of the time
    passed: bool  # the backtest: better than both, and calibrated within ten points


def judged(test: Backtest, outcome: Outcome) -> Judged:
    """Judge what was said beforehand by what came.

    Parameters
    ----------
    test
        By `backtest`.
    outcome
        What is foretold.

    Notes
    -----
    AUC, precision-recall and Brier are of marks a horizon apart, so that no outcome counts twice
    and their intervals hold; capacity and lead time are of all marks, as the team would work.
    """
    kept = apart(test, outcome.within_us)
    label = test.cases.label[kept]
    if label.all() or not label.any():
        return Judged((), better=False, alarms=None, passed=False)
    margin, regression, usual = (part[kept] for part in (test.margin, test.regression, test.usual))
    ranked, simple = auc(margin, label), auc(regression, label)
    gained = auc_difference(margin, usual, label)
    base, n = float(label.mean()), int(label.size)
    measures = [
        Measure("AUC", ranked.value, n, ranked.low, ranked.high, "regression alone", simple.value),
        Measure(
            "average precision",
            average_precision(margin, label),
            n,
            baseline="anybody",
            baseline_value=base,
        ),
    ]
    measures += _at_work(test, outcome.spec.capacity)
    error, calibration = _calibrated(test)
    measures += calibration
    alarms = alarmed(test)
    measures += _lead(alarms)
    # Where times change, the share of the stage can rank worse than a coin does.
    better = gained.low > 0 and ranked.low > 0.5
    return Judged(tuple(measures), better, alarms, better and error is not None and error <= 0.1)


def _at_work(test: Backtest, capacity: int) -> list[Measure]:
    """Judge the lists a team would have worked through: the highest scores of each mark."""
    hits = taken = events = rows = 0
    for mark in np.unique(test.cases.moment_us):
        here = test.cases.moment_us == mark
        label = test.cases.label[here]
        k = min(capacity, label.size)
        both = label.any() and not label.all()
        part = at_capacity(test.margin[here], label, k).precision if both else label.mean()
        hits += round(part * k)
        taken += k
        events += int(label.sum())
        rows += label.size
    if not events:
        return []
    name = f"of {capacity} a mark"
    share = events / rows
    return [
        Measure(f"precision {name}", hits / taken, taken, baseline="anybody", baseline_value=share),
        Measure(
            f"recall {name}", hits / events, events, baseline="anybody", baseline_value=taken / rows
        ),
    ]


def _calibrated(test: Backtest) -> tuple[float | None, list[Measure]]:
    """Judge probabilities of the last block, which were calibrated before it."""
    held = ~np.isnan(test.held)
    label = test.cases.label[held]
    if not held.any() or not label.any() or label.all():
        return None, []
    error = calibration_error(test.held[held], label)
    usual = brier(test.usual[held], label)
    n = int(held.sum())
    name = "calibration error" + (" (other customers)" if test.by == "other customers" else "")
    return error, [
        Measure(name, error, n, higher_is_better=False),
        Measure(
            "Brier",
            brier(test.held[held], label),
            n,
            baseline="share of the stage",
            baseline_value=usual,
            higher_is_better=False,
        ),
    ]


def alarmed(test: Backtest, precision: float = HALF) -> Alarms | None:
    """Find the lowest score from which customers pointed out have the outcome often enough.

    Each customer is pointed out once, at the first mark with so high a score; right is who has the
    outcome within reach of that mark.

    Parameters
    ----------
    test
        By `backtest`.
    precision
        How often pointing out must be right.

    Returns
    -------
    Alarms or None
        None where no score is that sure of ten customers or more.
    """
    rows, found = test.cases, None
    levels = np.unique(np.quantile(test.margin, np.linspace(0, 1, _THRESHOLDS)))
    for level in levels[::-1].tolist():
        high = np.flatnonzero(test.margin >= level)
        first = high[np.unique(rows.customer[high], return_index=True)[1]]
        if first.size >= _FEWEST_ALARMS and rows.label[first].mean() >= precision:
            found = (level, first)
    if found is None:
        return None
    level, first = found
    right = first[rows.label[first]]
    before = right[rows.event_us[right] > rows.moment_us[right]]
    return Alarms(
        level,
        float(rows.label[first].mean()),
        int(first.size),
        int(right.size),
        rows.leavers,
        rows.moment_us[before],
        rows.event_us[before],
    )


def _lead(alarms: Alarms | None) -> list[Measure]:
    if alarms is None or not alarms.said_us.size:
        return []
    days = lead_days(alarms.said_us, alarms.event_us)
    return [
        Measure("days ahead", days.value, days.n, days.low, days.high),
        Measure("precision when pointed out", alarms.precision, alarms.n),
        Measure("recall when pointed out", alarms.found / max(alarms.events, 1), alarms.events),
    ]


def of_stages(test: Backtest, outcome: Outcome, stages: tuple[str, ...]) -> tuple[Measure, ...]:
    """Give the AUC within each stage that has enough of both kinds."""
    kept, told = apart(test, outcome.within_us), []
    for s, name in enumerate(stages):
        here = kept & (test.cases.stage == s)
        label = test.cases.label[here]
        if min(int(label.sum()), int((~label).sum())) >= _FEWEST_ALARMS:
            found = auc(test.margin[here], label)
            told.append(Measure(f"AUC in {name}", found.value, found.n, found.low, found.high))
    return tuple(told)


def days(length_us: int) -> int:
    """Give whole days."""
    return round(length_us / DAY_US)
