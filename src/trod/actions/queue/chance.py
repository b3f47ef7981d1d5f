"""On whom chance decides: who gets the last places, with a propensity that is known exactly.

A **cell** is a play and the people who may do it. Its chosen customers nearest to the margin and
the best ones below it, of which nobody can say who would gain more, share as many places as were
won. Within strata every set of so many customers is equally likely, so the propensity of each is
places by members, the hours are filled whoever wins, and both sides stay comparable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

REST: Final = "rest"


class Member(NamedTuple):
    """Somebody in a cell."""

    customer: str
    value: float  # expected
    low: float
    high: float
    stratum: str
    won: bool  # stands in the best plan


class Draw(NamedTuple):
    """One stratum in which chance decides."""

    cell: str  # play and people
    stratum: str
    members: tuple[str, ...]  # customers, by id
    places: int

    @property
    def propensity(self) -> float:
        """The chance of each."""
        return self.places / len(self.members)

    @property
    def name(self) -> str:
        """Name it in interventions: effects compare within it."""
        return " · ".join(filter(None, [self.cell, self.stratum]))


def band(members: Sequence[Member], share: float) -> tuple[Member, ...]:
    """Choose those at the edge of capacity of whom nobody can say who would gain more.

    Parameters
    ----------
    members
        Of one cell: those who won a place, and those who did not.
    share
        Of the places that chance may give out; at least one where two were won.

    Returns
    -------
    tuple of Member
        As many who won as who did not: the least of the ones, the best of the others, all with an
        expected value within the range of the last one who won.

    Examples
    --------
    >>> some = [Member(c, v, 0.5 * v, 1.5 * v, "", v > 2) for c, v in zip("abcd", (9, 3, 2, 1))]
    >>> [one.customer for one in band(some, 0.5)]
    ['b', 'c']
    """
    won = sorted((m for m in members if m.won), key=lambda m: (m.value, m.customer))
    lost = sorted((m for m in members if not m.won), key=lambda m: (-m.value, m.customer))
    if len(won) < 2 or not lost or share <= 0:
        return ()
    edge = won[0]
    won = [m for m in won if m.value <= edge.high]
    lost = [m for m in lost if m.value >= edge.low]
    n = min(max(1, int(share * sum(m.won for m in members))), len(won), len(lost))
    return (*won[:n], *lost[:n])


def strata(cell: str, members: Sequence[Member]) -> tuple[Draw, ...]:
    """Divide a band into draws; strata in which nothing is to be decided are put together.

    Examples
    --------
    >>> some = [Member("a", 1, 0, 2, "x", True), Member("b", 1, 0, 2, "y", False)]
    >>> strata("call", some)
    (Draw(cell='call', stratum='rest', members=('a', 'b'), places=1),)
    """
    by: dict[str, list[Member]] = {}
    for one in members:
        by.setdefault(one.stratum, []).append(one)
    drawn, rest = [], []
    for name in sorted(by):
        places = sum(m.won for m in by[name])
        if 0 < places < len(by[name]):
            drawn.append(_draw(cell, name, by[name]))
        else:
            rest += by[name]
    if 0 < sum(m.won for m in rest) < len(rest):
        drawn.append(_draw(cell, REST, rest))
    return tuple(drawn)


def _draw(cell: str, stratum: str, members: Sequence[Member]) -> Draw:
    ids = tuple(sorted(m.customer for m in members))
    return Draw(cell, stratum, ids, sum(m.won for m in members))


def winners(draw: Draw, plan: str) -> tuple[str, ...]:
    """Let chance decide; the same plan always decides the same.

    Parameters
    ----------
    draw
        What is to be decided.
    plan
        Id of the plan.

    Returns
    -------
    tuple of str
        As many as there are places; every set of so many is equally likely over plans.

    Examples
    --------
    >>> winners(Draw("call", "x", ("a", "b", "c"), 2), "2026-W27-1a2b3c")
    ('a', 'b')
    """
    told = "\x1f".join((plan, draw.cell, draw.stratum))
    seed = int.from_bytes(hashlib.sha256(told.encode()).digest()[:16], "big")
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(draw.members))
    return tuple(sorted(draw.members[i] for i in order[: draw.places].tolist()))


def weeks_until(chance: float, effect: float, treated: int, held_back: int) -> int | None:
    """Reckon for how many weeks like this one an effect needs to be told with 80 % power.

    Parameters
    ----------
    chance
        Share with the outcome among those held back.
    effect
        Smallest effect that would be worth having.
    treated, held_back
        On whom chance decides in a week, on each side.

    Returns
    -------
    int or None
        Weeks of draws, for one look at 5 %; the outcomes of the last week come on top. None where
        nobody is drawn.

    Examples
    --------
    >>> weeks_until(0.2, 0.05, 10, 10)
    101
    """
    if not treated or not held_back:
        return None
    spread = chance * (1 - chance) * (1 / treated + 1 / held_back)
    return max(1, int(np.ceil((1.959964 + 0.841621) ** 2 * spread / effect**2)))
