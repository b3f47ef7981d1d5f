"""Devices, numbers and addresses that one person had before another.

The rule: an id that several people are equally near to joins none of them. But where exactly two
people were ever seen with it, and the first of them for the last time before the second one for
the first time, and the first one had it for at least ``handover`` between the first and the last
time, then it was handed over. Touchpoints that carry nothing more telling belong to the first
person until the last time that person was seen with it. Later ones stay with the id itself: who
held it in between, or was not logged in, is not known. Kiosks and tablets at home, which people
use in turn, do not pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._store.store import Store
from trod.events.log_part import read_part
from trod.identity.graph import Owners
from trod.identity.ids import Ids, PartIds, first_by_kind

TOUCHPOINTS: Final = "touchpoints"
_EVER: Final = np.iinfo(np.int64)


class Handed(NamedTuple):
    """Ids that were handed over; row i of each array is one of them."""

    id_: NDArray[np.int64]  # (n,) in order
    owner: NDArray[np.int64]  # (n,) smallest id of the first person
    until_us: NDArray[np.int64]  # (n,) last time that person was seen with it
    rows: Mapping[str, tuple[NDArray[np.int64], NDArray[np.int64]]]  # by part: rows, their owner


class _Seen(NamedTuple):
    """People seen with ids, one row for each id and person."""

    id_: NDArray[np.int64]
    owner: NDArray[np.int64]
    first_us: NDArray[np.int64]
    last_us: NDArray[np.int64]


def handed_over(
    store: Store, ids: Ids, found: Owners, candidates: NDArray[np.bool_], *, least_us: int
) -> Handed:
    """Find the ids that were handed over, and the touchpoints that still are the first person's.

    Parameters
    ----------
    store
        Where the log is.
    ids, found
        All ids, and whom they belong to.
    candidates
        Shape (n_ids,). Ids that several people use.
    least_us
        How long the first person must have had it, in microseconds.
    """
    there = np.append(candidates, False)
    parts = [
        part
        for part in ids.parts
        if any(there[part.ids[kind]].any() for kind in ids.kinds if kind in part.ids)
    ]
    times = [_times(store, part) for part in parts]
    by_id = np.append(np.where(found.own, found.owner, -1), -1)
    people = [first_by_kind(part, ids.kinds, by_id) for part in parts]
    seen = _seen(ids, parts, times, people, there)
    handed = _in_turn(seen, least_us)
    owner, until_us = np.full((2, there.size), -1, np.int64)
    owner[handed.id_], until_us[handed.id_] = handed.owner, handed.until_us
    itself = np.append(np.where(found.unused, -1, np.arange(ids.n_ids)), -1)
    rows = {}
    for part, time_us, person in zip(parts, times, people, strict=True):
        most_telling = first_by_kind(part, ids.kinds, itself)
        mine = (person < 0) & (owner[most_telling] >= 0) & (time_us <= until_us[most_telling])
        if part.part.kind == TOUCHPOINTS and mine.any():
            rows[part.part.path] = np.flatnonzero(mine), owner[most_telling[mine]]
    return handed._replace(rows=rows)


def _times(store: Store, part: PartIds) -> NDArray[np.int64]:
    """Give the moment of each row; profiles have none."""
    if part.part.kind != TOUCHPOINTS:
        return np.full(part.part.rows, _EVER.min)
    times = read_part(store, part.part, ["time_us"])["time_us"]
    return np.asarray(times.combine_chunks().to_numpy(), np.int64)


def _seen(
    ids: Ids,
    parts: Sequence[PartIds],
    times: Sequence[NDArray[np.int64]],
    people: Sequence[NDArray[np.int64]],
    candidates: NDArray[np.bool_],
) -> _Seen:
    """Find between when and when each person was seen with each candidate."""
    found = [np.zeros((4, 0), np.int64)]
    for part, time_us, person in zip(parts, times, people, strict=True):
        for kind in ids.kinds:
            if kind in part.ids:
                number = part.ids[kind]
                both = candidates[number] & (person >= 0)
                when = time_us[both]
                # A profile holds at any time: nobody can have come before or after it.
                last = when if part.part.kind == TOUCHPOINTS else np.full(when.size, _EVER.max)
                found.append(np.stack([number[both], person[both], when, last]))
    rows = np.concatenate(found, axis=1)
    rows = rows[:, np.lexsort((rows[1], rows[0]))]
    if not rows.shape[1]:
        return _Seen(*rows)
    first = np.flatnonzero(np.append(True, (np.diff(rows[:2], axis=1) != 0).any(axis=0)))
    return _Seen(
        rows[0, first],
        rows[1, first],
        np.minimum.reduceat(rows[2], first),
        np.maximum.reduceat(rows[3], first),
    )


def _in_turn(seen: _Seen, least_us: int) -> Handed:
    """Keep the ids of two people of whom one had it long enough before the other."""
    id_, n = np.unique(seen.id_, return_counts=True)
    at = np.searchsorted(seen.id_, id_[n == 2])
    swap = seen.first_us[at] > seen.first_us[at + 1]
    one, other = np.where(swap, at + 1, at), np.where(swap, at, at + 1)
    until = seen.last_us[one]
    # What a profile holds ends with time itself, so it comes before nobody.
    handed = (until < seen.first_us[other]) & (until - seen.first_us[one] >= least_us)
    return Handed(seen.id_[one][handed], seen.owner[one][handed], until[handed], {})
