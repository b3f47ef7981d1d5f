"""The journeys as they stood at a moment: without what came later, and without its names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod.journeys.batch import NO_STATE, JourneyBatch, Journeys, Vocabulary


def until(journeys: Journeys, moment_us: int) -> Journeys:
    """Leave out every touchpoint later than a moment; and customers who had none by then.

    Who is who, attributes and moods stay as they are known today. The span of the record ends with
    the last touchpoint that is left, so "as of now" means then. Names keep their codes: see
    `only_known`.

    Notes
    -----
    O(n_touchpoints): the rows are copied.

    Examples
    --------
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "bob"],
    ...     "touchpoint": ["visit", "buy", "visit"],
    ...     "time": [0, 10, 20],
    ... }))
    >>> then = until(journeys, 19)
    >>> then.n_customers, then.n_events, then.span_us()
    (1, 2, (0, 10))
    """
    return replace(journeys, batches=[_cut(batch, moment_us) for batch in journeys])


def only_known(now: Journeys, then: Journeys) -> Journeys:
    """Forget the names of touchpoints, channels and states that came only later.

    Parameters
    ----------
    now
        All journeys.
    then
        The same, by `until`.

    Notes
    -----
    Names that nobody in `now` has either stay: when they came is not in the journeys. Codes keep
    their order, and so does everything that goes by it.
    """
    names = now.vocabulary
    touchpoints = _kept(len(names.touchpoints), [b.code for b in now], [b.code for b in then])
    channels = _kept(len(names.channels), [b.channel for b in now], [b.channel for b in then])
    states = {
        state: _kept(len(values), [b.states[state] for b in now], [b.states[state] for b in then])
        for state, values in names.states.items()
    }
    vocabulary = Vocabulary(
        _among(names.touchpoints, touchpoints),
        _among(names.channels, channels),
        {state: _among(names.states[state], kept) for state, kept in states.items()},
    )
    made = [
        replace(
            batch,
            vocabulary=vocabulary,
            code=_recoded(batch.code, touchpoints),
            channel=_recoded(batch.channel, channels),
            states={state: _recoded(batch.states[state], kept) for state, kept in states.items()},
        )
        for batch in then
    ]
    return replace(then, batches=made, vocabulary=vocabulary)


def _cut(batch: JourneyBatch, moment_us: int) -> JourneyBatch:
    early = batch.time_us <= moment_us
    rows = np.flatnonzero(early)
    so_far = np.concatenate([[0], np.cumsum(early)])
    size = so_far[batch.offsets[1:]] - so_far[batch.offsets[:-1]]
    there = np.flatnonzero(size)
    offsets = np.concatenate([[0], np.cumsum(size[there])]).astype(np.int64)
    return batch.part(batch.customer.take(pa.array(there)), offsets, rows)


def _kept(
    n: int, now: list[NDArray[Any]], then: list[NDArray[Any]]
) -> NDArray[np.bool_]:  # fmt: skip
    """Say which of n codes stay: all but those that came only later, shape (n,)."""
    return ~_used(n, now) | _used(n, then)


def _used(n: int, codes: list[NDArray[Any]]) -> NDArray[np.bool_]:
    counts = np.zeros(n, np.int64)
    for some in codes:
        counts += np.bincount(some[some < n], minlength=n)
    return counts > 0


def _among(names: tuple[str, ...], kept: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(name for name, stays in zip(names, kept.tolist(), strict=True) if stays)


def _recoded(codes: NDArray[Any], kept: NDArray[np.bool_]) -> NDArray[Any]:
    """Close the gaps between codes; a code beyond all names says nothing, and stays."""
    fresh = np.append(np.cumsum(kept) - 1, NO_STATE)
    told: NDArray[Any] = np.where(
        codes < kept.size, fresh[np.minimum(codes, kept.size)], codes
    ).astype(codes.dtype)
    return told
