"""Groups of customers who behave alike: planted, so that a search for segments can be judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.sample.draws import Index, Rng

SELDOM: Final = 40
"""One in so many leads comes in the last two months by the new path."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What the members of a group do more, or never."""

    name: str
    what: str
    share: float  # of the leads who come in the first year
    routes: tuple[float, float, float, float]  # after an error: ticket, docs, call, alone
    invites: float
    pace: float  # added to the logarithm of how often they look at dashboards
    writes: bool  # to support and in chat
    posts: float  # who writes in the community
    workshops: float  # who comes to one


ALIKE: Final = Segment(
    "Everyone",
    "In a company without segments: all take the same chances.",
    0.0,
    (0.31, 0.31, 0.22, 0.16),
    0.76,
    0.1,
    True,
    0.16,
    0.15,
)
SEGMENTS: Final = (
    Segment(
        "Power users",
        "Look at dashboards daily, read the docs, never write to support.",
        0.22,
        (0.0, 0.6, 0.0, 0.4),
        0.88,
        0.9,
        False,
        0.15,
        0.05,
    ),
    Segment(
        "Guided",
        "Take the call, come to workshops, keep their hand held.",
        0.28,
        (0.30, 0.05, 0.60, 0.05),
        0.82,
        0.0,
        True,
        0.04,
        0.45,
    ),
    Segment(
        "Self-taught",
        "Read the docs and ask the community before anybody else.",
        0.25,
        (0.30, 0.60, 0.05, 0.05),
        0.78,
        0.1,
        True,
        0.5,
        0.06,
    ),
    Segment(
        "Onlookers",
        "Look in now and then, write a ticket when stuck, seldom bring their team.",
        0.25,
        (0.62, 0.05, 0.18, 0.15),
        0.56,
        -0.7,
        True,
        0.02,
        0.02,
    ),
    Segment(
        "Template starters",
        "New since May 2026: from the template gallery to a dashboard on the same day, without "
        "connecting a data source.",
        0.0,
        (0.0, 0.0, 0.0, 0.0),
        0.85,
        0.3,
        True,
        0.3,
        0.02,
    ),
    ALIKE,
)
EMERGING: Final = 4
EVERYONE: Final = 5
WRITES: Final = np.array([segment.writes for segment in SEGMENTS])  # (n_segments,)


def draw(rng: Rng, n: int, *, alike: bool = False) -> Index:
    """Give each lead a segment; `alike` gives everyone the same, and nobody is new."""
    cut = np.cumsum([segment.share for segment in SEGMENTS[:EMERGING]])[:-1]
    segment = np.searchsorted(cut, rng.random(n), side="right").astype(np.int64)
    segment[rng.permutation(n)[: max(n // SELDOM, 3)]] = EMERGING
    return np.full(n, EVERYONE, np.int64) if alike else segment


def column(key: str) -> NDArray[np.float64]:
    """Give one property of the segments, one entry each."""
    return np.array([getattr(segment, key) for segment in SEGMENTS], np.float64)
