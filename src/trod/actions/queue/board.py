"""Candidates as arrays for the solver, and the best plan in which no untried play has too much."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.actions.queue.best import NOBODY, Best, Options, best
from trod.actions.queue.plan import Candidate
from trod.actions.queue.week import UNTRIED, Week

Ints = NDArray[np.int64]
SECONDS: Final = 60
"""In a minute: what a share leaves of thirty minutes is no whole number of minutes."""


class Board:
    """Candidates as arrays for the solver, and back."""

    def __init__(self, week: Week, candidates: Sequence[Candidate]) -> None:
        self.week = week
        self.people = sorted(week.hours)
        self.some = sorted(candidates, key=lambda c: (c.customer, c.playbook))
        self.names = sorted({c.customer for c in self.some})
        self.plays = sorted({c.playbook for c in self.some})
        self.capacity = np.array([week.hours[name] for name in self.people], np.int64)
        at = {name: i for i, name in enumerate(self.names)}
        who = {name: i for i, name in enumerate(self.people)}
        play = {name: i for i, name in enumerate(self.plays)}
        rows = [
            (i, at[c.customer], play[c.playbook], person)
            for i, c in enumerate(self.some)
            for person in (
                [who[o] for o in c.owners if o in who] or ([NOBODY] if not c.minutes else [])
            )
        ]
        self.of = np.array([r[0] for r in rows], np.int64)
        self.account, self.play, self.person = (
            np.array([r[k] for r in rows], np.int64) for k in (1, 2, 3)
        )
        self.value = np.array([self.some[i].value for i in self.of.tolist()], np.float64)
        self.limited: set[int] = set()

    def best(self) -> Best:
        """Give the best plan in which no play has more than what one that is untried may have.

        A play that has too much keeps its most valuable customers, and the rest is planned again.
        """
        most = self._most
        while True:
            found = best(self.options(reserved=True), SECONDS * self.capacity)
            over = [k for k in most if self._places(found, k).size > most[k]]
            if not over:
                return found
            for k in over:
                rows = self._places(found, k)
                order = np.lexsort((self.account[rows], -self.value[rows]))
                keep = self.account[rows[order[: most[k]]]]
                self.value[(self.play == k) & ~np.isin(self.account, keep)] = 0.0
                self.limited.add(k)

    def said(self) -> tuple[str, ...]:
        """Say which plays were limited."""
        return tuple(
            f"{self.plays[k]}: {self._most[k]:,} customers at most, as no effect of it was "
            "measured yet (`queue: untried`)."
            for k in sorted(self.limited)
        )

    @cached_property
    def _most(self) -> dict[int, int]:
        """Give the customers that each play may have of which no effect was measured.

        Where trod.yml says nothing, hours that no other play could use are left to it.
        """
        plays, week = self.week.playbooks, self.week
        used = self._could_use()
        new = [k for k in used if self.plays[k] not in week.known and plays[self.plays[k]].minutes]
        whole = SECONDS * int(self.capacity.sum())
        share = week.untried
        if share is None:
            better = any(self.plays[k] in week.helps for k in used)
            share = UNTRIED if better else max(UNTRIED, 1 / max(1, len(new)))
        own = {k: int(share * whole) if k in new else whole for k in used}
        found = {}
        for k in new:
            rest = sum(min(used[j], own[j]) for j in used if j != k)
            left = 0 if week.untried is not None else whole - rest
            found[k] = max(own[k], left) // max(1, week.reserved(self._any(k), SECONDS))
        return found if share < 1 else {}

    def _could_use(self) -> dict[int, int]:
        """Give the seconds that each play could use, had it all whom it brings something for."""
        found = {}
        for k in np.unique(self.play[self.value > 0]).tolist():
            n = np.unique(self.account[(self.play == k) & (self.value > 0)]).size
            found[int(k)] = n * self.week.reserved(self._any(k), SECONDS)
        return found

    def _any(self, play: int) -> Candidate:
        return self.some[int(self.of[np.flatnonzero(self.play == play)[0]])]

    def _places(self, found: Best, play: int) -> Ints:
        return np.asarray(found.rows[self.play[found.rows] == play], np.int64)

    def options(self, *, reserved: bool) -> Options:
        """Give the options; with `reserved` in seconds, less the share that is held back."""
        minutes = [
            self.week.reserved(self.some[i], SECONDS) if reserved else self.some[i].minutes
            for i in self.of.tolist()
        ]
        return Options(
            self.account, self.play, self.person, np.array(minutes, np.int64), self.value
        )

    def owner(self, row: int) -> str:
        """Name the person of a row of the options."""
        person = int(self.person[row])
        return "" if person == NOBODY else self.people[person]

    def candidate(self, row: int) -> Candidate:
        """Give the candidate of a row of the options."""
        return self.some[int(self.of[row])]
