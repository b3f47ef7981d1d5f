"""Customers somebody acted on: what came of them says little of what would have come by itself.

A score says how likely a customer is to leave if nobody acts. Whoever was called and stayed may
have stayed because of the call: a score that learns from them learns that those who are at risk
are safe, and next time they are not called. So rows of customers who were acted on around the mark
are left out. Those held back are kept: they are who the score is about.

Leaving them out is fair as long as whom to act on was decided by what the features know, and by
chance: among customers who look alike, those left are like those left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod.journeys.batch import Journeys
from trod.models.features.moments import Moments
from trod.models.outcomes.landmarks import Landmarks

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Acted:
    """Who was acted on, and when; by customer, then by moment."""

    customer: pa.StringArray  # (n,) canonical ids
    moment_us: Ints  # (n,) from which the action could work

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, int]]) -> Acted:
        """Make it of ids and moments, in any order.

        Examples
        --------
        >>> Acted.of([("bob", 5), ("ann", 7)]).customer.to_pylist()
        ['ann', 'bob']
        """
        ordered = sorted(set(pairs))
        ids = pa.array([who for who, _ in ordered], pa.string())
        return cls(ids, np.array([when for _, when in ordered], np.int64))


def untouched(rows: Landmarks, journeys: Journeys, acted: Acted, within_us: int) -> Landmarks:
    """Leave out rows of customers acted on within so long after the mark, or before it.

    After the mark an action may have changed the outcome; before it, it may still be at work.

    Parameters
    ----------
    rows
        Customers at marks.
    journeys
        That the rows are of.
    acted
        Who was acted on, and when.
    within_us
        How far ahead the outcome is looked for.

    Notes
    -----
    O(n_rows + n_acted).
    """
    keep, base = np.ones(rows.moment_us.size, np.bool_), 0
    for batch, here in zip(journeys, rows.moments, strict=True):
        n = here.customer.size
        place = pc.index_in(acted.customer, value_set=batch.customer)
        found = np.flatnonzero(place.is_valid().to_numpy(zero_copy_only=False))
        who = place.take(pa.array(found)).to_numpy(zero_copy_only=False)
        near = _near(here, who, acted.moment_us[found], within_us)
        keep[base : base + n] = ~near
        base += n
    return _kept(rows, keep)


def _near(here: Moments, who: Ints, when_us: Ints, within_us: int) -> NDArray[np.bool_]:
    """Say which rows have an action near their mark."""
    near = np.zeros(here.customer.size, np.bool_)
    order = np.argsort(here.customer, kind="stable")
    ordered = here.customer[order]
    for customer, moment in zip(who.tolist(), when_us.tolist(), strict=True):
        first = np.searchsorted(ordered, customer, side="left")
        end = np.searchsorted(ordered, customer, side="right")
        mine = order[first:end]
        near[mine] |= np.abs(here.moment_us[mine] - moment) < within_us
    return near


def _kept(rows: Landmarks, keep: NDArray[np.bool_]) -> Landmarks:
    moments: list[Moments] = []
    base = 0
    for here in rows.moments:
        some = keep[base : base + here.customer.size]
        moments.append(Moments(here.customer[some], here.moment_us[some]))
        base += here.customer.size
    return Landmarks(
        tuple(moments),
        rows.moment_us[keep],
        rows.event_us[keep],
        rows.customer[keep],
        rows.stage[keep],
    )
