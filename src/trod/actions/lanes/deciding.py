"""Which lane: the first reason that holds, at risk before ready to expand."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.actions.lanes.lane import LANE_OF, LANES, NOWHERE, WHYS, Known, Mask, Why

Codes = NDArray[np.int8]
MOST_SIGNS: Final = 5


class Decided(NamedTuple):
    """Where everyone stands, and by which reason; NOWHERE for those who are not there."""

    lane: Codes  # index into LANES
    why: Codes  # index into WHYS


def decide(known: Known) -> Decided:
    """Put everyone who is there in exactly one lane.

    In this order: a tested score of something bad; stuck in the stage, unless such a score is low;
    signs of trouble where no such score speaks; ready to expand but in trouble; ready to expand; a
    low score of leaving; use. Of whom nothing of this holds little is known: they are seen to.

    Parameters
    ----------
    known
        At a moment.

    Returns
    -------
    Decided
        Arrays of the shape of those in `known`.

    Examples
    --------
    >>> yes, no = np.array([True]), np.array([False])
    >>> of = {"there": yes, "safe": no, "scored": no, "trouble": no, "fire": no}
    >>> both = Known(danger=yes, growth=yes, stuck=no, used=yes, **of)
    >>> LANES[decide(both).lane[0]]
    'intervene'
    """
    holds: dict[Why, Mask] = {
        "score": known.danger,
        "stuck": known.stuck & ~known.safe,
        "signs": ~known.scored & known.trouble,
        "fire": known.growth & known.fire,
        "growth": known.growth,
        "safe": known.safe,
        "use": known.used,
    }
    codes = [WHYS.index(why) for why in holds]
    why = np.select(list(holds.values()), codes, WHYS.index("unknown"))
    lane_of = np.array([LANES.index(LANE_OF[w]) for w in WHYS], np.int8)
    lane = np.where(known.there, lane_of[why], NOWHERE)
    return Decided(lane.astype(np.int8), np.where(known.there, why, NOWHERE).astype(np.int8))


def signs_bar(signs: NDArray[np.int64], capacity: int) -> int:
    """Choose how many signs of trouble are enough: as few as the team can see to, two at least.

    Parameters
    ----------
    signs
        (n, n_moments) of everyone without a tested score; over several moments, so that the bar
        does not move with one busy day.
    capacity
        Customers whom the team can see to at a time.

    Examples
    --------
    >>> signs_bar(np.array([[2, 2], [3, 3], [0, 2]]), capacity=1)
    3
    """
    for bar in range(2, MOST_SIGNS):
        if (signs >= bar).sum() <= capacity * signs.shape[1]:
            return bar
    return MOST_SIGNS
