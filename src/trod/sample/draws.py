"""Draws of chance: a stream of its own for each part of the company, and heavy tails."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from trod.sample.calendar import DAY, Seconds

Rng = np.random.Generator
Index = NDArray[np.int64]
Mask = NDArray[np.bool_]


def stream(seed: int, customers: int, part: str) -> Rng:
    """Give a part its own stream, so that a change of one leaves the others as they are."""
    source = np.random.SeedSequence([seed, customers, crc32(part.encode())])
    return np.random.Generator(np.random.PCG64(source))


def days(rng: Rng, n: int, median: float, sigma: float, low: float, high: float) -> Seconds:
    """Draw heavy-tailed lengths of time, in seconds."""
    drawn = np.exp(np.log(median) + sigma * rng.standard_normal(n))
    length: Seconds = (np.clip(drawn, low, high) * DAY).astype(np.int64)
    return length


def chance(rng: Rng, share: float | NDArray[np.float64], n: int) -> Mask:
    """Draw for each of `n` whether it happens."""
    happens: Mask = rng.random(n) < share
    return happens


def moods(rng: Rng, middle: float | NDArray[np.float64], n: int) -> NDArray[np.int8]:
    """Draw how it felt around a middle, from -2 to 2."""
    return np.clip(np.rint(middle + 0.8 * rng.standard_normal(n)), -2, 2).astype(np.int8)


def spread(
    rng: Rng, who: Index, count: Index, begin: Seconds, end: Seconds
) -> tuple[Index, Seconds]:
    """Give each of `who` a number of moments between begin and end."""
    times = np.repeat(np.arange(who.size), count)
    room = np.maximum(end - begin, 1)[times]
    return who[times], begin[times] + (rng.random(times.size) * room).astype(np.int64)


def heavy(rng: Rng, n: int, most: int) -> Index:
    """Draw counts of 1 and more with a heavy tail."""
    return np.minimum((1 / (1 - rng.random(n)) ** 0.7).astype(np.int64), most)
