"""Signs before an outcome: who is still at risk at a mark, and what they had done by then.

Functions here take arrays and fill arrays. `trod.analyses.signals` defines every word, checks and
names things; `tests/slow_twins/signals.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.histogram import bin_of
from trod._kernels.outcomes import CODE, LAST, OTHER
from trod._kernels.passage import NEVER, OPEN


@njit(cache=True, nogil=True)
def _firsts(
    first: int,
    end: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    stage: NDArray[np.int8],
    start_us: int,
    had_us: NDArray[np.int64],  # (n_names,) all NEVER; OUT
    met: NDArray[np.int64],  # (n_names,) OUT: touchpoints met, in order
) -> int:
    """Note the first of each touchpoint of the passage since a moment; say how many there are."""
    n = 0
    for i in range(first, end):
        if stage[i] >= 0 and time_us[i] >= start_us and had_us[code[i]] == NEVER:
            had_us[code[i]] = time_us[i]
            met[n] = code[i]
            n += 1
    return n


@njit(cache=True, nogil=True)
def _stands(mark_us: int, from_us: int, end_us: int, seen_us: int) -> bool:
    """Say whether a customer is still there at a mark."""
    return end_us > mark_us if end_us != NEVER else max(seen_us, from_us) >= mark_us


@njit(cache=True, nogil=True)
def _came(hit_us: int, until_us: int, leaving: bool) -> bool:
    """Say whether the outcome came; a touchpoint in time, leaving at any time up to now."""
    return hit_us != NEVER and (leaving or hit_us <= until_us)


@njit(cache=True, nogil=True)
def _fresh(n: int, met: NDArray[np.int64], had_us: NDArray[np.int64]) -> None:
    """Forget what the customer before had."""
    for j in range(n):
        had_us[met[j]] = NEVER


@njit(cache=True, nogil=True)
def _count_marks(
    start: int,
    entry: int,
    until: int,
    end_us: int,
    seen: NDArray[np.int64],
    n: int,
    met: NDArray[np.int64],
    had_us: NDArray[np.int64],
    after_us: NDArray[np.int64],
    base: NDArray[np.int64],  # (n_days,) IN AND OUT, as the next two
    had: NDArray[np.int64],  # (n_names, n_days)
    less: NDArray[np.int64],  # (n_names, n_days)
) -> None:
    """Count one customer at every mark of one pair; who is gone once does not come back."""
    for d in range(after_us.size):
        mark = start + after_us[d]
        if mark >= until or mark > entry != start or not _stands(mark, entry, end_us, seen[LAST]):
            break
        base[d] += 1
        alone = np.int64(-1) if _stands(mark, entry, end_us, seen[OTHER]) else seen[CODE]
        if alone >= 0:
            less[alone, d] += 1
        for j in range(n):
            if had_us[met[j]] <= mark and met[j] != alone:
                had[met[j], d] += 1


@njit(cache=True, nogil=True)
def screen(
    offsets: NDArray[np.int64],
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    stage: NDArray[np.int8],
    entered_us: NDArray[np.int64],
    from_us: NDArray[np.int64],
    end_us: NDArray[np.int64],
    hit_us: NDArray[np.int64],
    seen: NDArray[np.int64],
    half: NDArray[np.uint8],  # (n_customers,) 0 or 1
    need_us: NDArray[np.int64],  # (n_outcomes,) how long customers are followed
    of_stage: NDArray[np.int64],  # (n_outcomes, 2) stage; touchpoint or -1
    as_of_us: int,
    pairs: NDArray[np.int64],  # (n_pairs, 2) stage from which days count; outcome
    after_us: NDArray[np.int64],  # (n_days,) ascending
    base: NDArray[np.int64],  # (n_pairs, n_days, 2, 2) IN AND OUT: at risk, by half and outcome
    had: NDArray[np.int64],  # (n_pairs, n_names, n_days, 2, 2) IN AND OUT: with the touchpoint
    less: NDArray[np.int64],  # (n_pairs, n_names, n_days, 2, 2) IN AND OUT: in `base`, and seen
    #                           only by the touchpoint itself
) -> None:
    """Count everyone at every mark, with and without every touchpoint, in one scan."""
    had_us = np.full(had.shape[1], NEVER, np.int64)
    met = np.empty(had.shape[1], np.int64)
    for c in range(half.size):
        before, n = np.int64(-1), 0
        for p in range(pairs.shape[0]):
            s, o = pairs[p, 0], pairs[p, 1]
            start, entry = entered_us[c, s], from_us[c, o]
            if min(start, entry) == NEVER or entry + need_us[o] > as_of_us:
                continue
            if s != before:
                _fresh(n, met, had_us)
                n = _firsts(offsets[c], offsets[c + 1], code, time_us, stage, start, had_us, met)
                before = s
            until = entry + need_us[o]
            hit = 1 if _came(hit_us[c, o], until, of_stage[o, 1] < 0) else 0
            _count_marks(
                start,
                entry,
                until,
                end_us[c, o],
                seen[c, o],
                n,
                met,
                had_us,
                after_us,
                base[p, :, half[c], hit],
                had[p, :, :, half[c], hit],
                less[p, :, :, half[c], hit],
            )
        _fresh(n, met, had_us)


@njit(cache=True, nogil=True)
def _group(first_us: int, other_us: int, alone: bool, mark_us: int) -> int:
    """Say which group a customer is in at a mark.

    Of one touchpoint: 0 never had it, 1 only later, 2 by then. Of two: 0 the other one came first,
    2 the first one did; -1 where not both were there by then.
    """
    if alone:
        if first_us == NEVER:
            return 0
        return 2 if first_us <= mark_us else 1
    both = min(first_us, other_us) != NEVER and max(first_us, other_us) <= mark_us
    if not both or first_us == other_us:
        return -1
    return 2 if first_us < other_us else 0


@njit(cache=True, nogil=True)
def _today(
    leaving: bool,
    here: bool,  # open, and between the two stages
    from_us: int,
    end_us: int,
    seen_us: int,
    need_us: int,
    as_of_us: int,
    left_after_us: int,
) -> bool:
    """Say whether the outcome may still come, as of now."""
    if leaving:
        return here
    if from_us == NEVER or end_us != NEVER:
        return False
    quiet = as_of_us - max(seen_us, from_us)
    return bool(quiet < left_after_us and as_of_us < from_us + need_us)


@njit(cache=True, nogil=True)
def _at_risk(
    mark: int, start: int, entry: int, until: int, as_of_us: int, end_us: int, seen_us: int
) -> bool:
    """Say whether a customer who was followed long enough is still there at a mark."""
    if entry == NEVER or until > as_of_us or mark >= until or mark > entry != start:
        return False
    return _stands(mark, entry, end_us, seen_us)


@njit(cache=True, nogil=True)
def place(
    offsets: NDArray[np.int64],
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    stage: NDArray[np.int8],
    entered_us: NDArray[np.int64],
    furthest: NDArray[np.int8],
    status: NDArray[np.int8],
    from_us: NDArray[np.int64],
    end_us: NDArray[np.int64],
    hit_us: NDArray[np.int64],
    seen: NDArray[np.int64],
    need_us: NDArray[np.int64],
    of_stage: NDArray[np.int64],  # (n_outcomes, 2) stage; touchpoint or -1
    as_of_us: int,
    left_after_us: int,
    signs: NDArray[np.int64],  # (n_signs, 5) stage, outcome, touchpoint, other or -1, time to mark
    n_names: int,
    at: NDArray[np.int8],  # (n_customers, n_signs) OUT: -1 not at risk, else 2 * group + outcome
    now: NDArray[np.int8],  # (n_customers, n_signs) OUT: -1 not at risk today, else group
    lead: NDArray[np.int64],  # (n_signs, 2, n_bins) IN AND OUT: time from mark to outcome
) -> None:
    """Place every customer at the mark of every sign; signs of one stage stand together."""
    had_us = np.full(n_names, NEVER, np.int64)
    met = np.empty(n_names, np.int64)
    at[:], now[:] = -1, -1
    for c in range(furthest.size):
        before, n = np.int64(-1), 0
        for m in range(signs.shape[0]):
            s, o, start = signs[m, 0], signs[m, 1], entered_us[c, signs[m, 0]]
            if start == NEVER:
                continue
            if s != before:
                _fresh(n, met, had_us)
                n = _firsts(offsets[c], offsets[c + 1], code, time_us, stage, start, had_us, met)
                before = s
            alone, mark = signs[m, 3] < 0, start + signs[m, 4]
            other = NEVER if alone else had_us[signs[m, 3]]
            group = _group(had_us[signs[m, 2]], other, alone, mark)
            if group < 0 or mark > as_of_us:
                continue
            leaving, entry, seen_us = of_stage[o, 1] < 0, from_us[c, o], seen[c, o, LAST]
            here = status[c] == OPEN and s <= furthest[c] <= of_stage[o, 0]
            end, need = end_us[c, o], need_us[o]
            if _today(leaving, here, entry, end, seen_us, need, as_of_us, left_after_us):
                now[c, m] = group
            if alone and seen[c, o, CODE] == signs[m, 2]:
                seen_us = seen[c, o, OTHER]
            if not _at_risk(mark, start, entry, entry + need, as_of_us, end, seen_us):
                continue
            hit = 1 if _came(hit_us[c, o], entry + need, leaving) else 0
            at[c, m] = 2 * group + hit
            if hit:
                lead[m, 1 if group == 2 else 0, bin_of(hit_us[c, o] - mark)] += 1
        _fresh(n, met, had_us)
