"""The three lanes, why a customer stands in one, and what is known of them at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Lane = Literal["intervene", "thriving", "expand"]
LANES: Final[tuple[Lane, ...]] = ("intervene", "thriving", "expand")
TITLES: Final[dict[Lane, str]] = {
    "intervene": "Intervene now",
    "thriving": "Thriving on its own",
    "expand": "Ready to expand",
}
NOWHERE: Final = -1
"""Of whom is not there at a moment: not entered yet, or left."""

Why = Literal["score", "stuck", "signs", "fire", "growth", "safe", "use", "unknown"]
WHYS: Final[tuple[Why, ...]] = (
    "score", "stuck", "signs", "fire", "growth", "safe", "use", "unknown",
)  # fmt: skip
"""In the order in which they are asked: the first that holds decides."""
LANE_OF: Final[dict[Why, Lane]] = {
    "score": "intervene",
    "stuck": "intervene",
    "signs": "intervene",
    "fire": "intervene",
    "growth": "expand",
    "safe": "thriving",
    "use": "thriving",
    "unknown": "intervene",
}
WORDS: Final[dict[Why, str]] = {
    "score": "pointed out by a tested score",
    "stuck": "in their stage for longer than nine in ten of those who go on",
    "signs": "with signs of trouble, where no tested score speaks",
    "fire": "ready to expand but in trouble: no selling into a fire",
    "growth": "pointed out by a tested score of growth",
    "safe": "with a low score of leaving",
    "use": "who are not silent so long as to count as left, with nothing that points to trouble",
    "unknown": "of whom little is known: no sign of use, no low score",
}
"""What they have in common, as it stands after their number."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of everyone at a moment, (n,) each."""

    there: Mask  # entered and not left
    danger: Mask  # pointed out by a tested score of something bad
    safe: Mask  # a tested score of something bad is there, and low
    scored: Mask  # a tested score of something bad is there
    stuck: Mask
    trouble: Mask  # signs of trouble enough
    fire: Mask  # a call for help waits, or the last mood is bad
    growth: Mask  # pointed out by a tested score of growth
    used: Mask  # did something themselves, lately
