"""Tallyfern as a company that answers to what is done to it, month by month.

`trod.sample.company` writes a past that is over; nothing done today changes it. Here every account
has an answer to every play before anybody chooses one: what it would do in each month with and
without it, by draws of chance that are made once. Two policies on the same seed meet the same
accounts with the same luck, so that the difference between them is what they did.

What kind an account is nobody sees. Accounts in trouble whom a call saves and accounts that are
lost whatever one does have the same failed connections; the lost ones have somewhat more, and are
the ones with the highest risk. See `docs/loop.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.sample.draws import stream

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

KINDS: Final = ("persuadable", "lost", "sure", "sleeping", "growing")
PERSUADABLE, LOST, SURE, SLEEPING, GROWING = range(len(KINDS))
PLAYS: Final = ("Set-up call", "Thank-you gift", "Renewal reminder", "Seats offer")
CALL, GIFT, REMINDER, OFFER = range(len(PLAYS))
NOTHING: Final = -1
HELPS: Final = {"Set-up call": True, "Thank-you gift": False, "Renewal reminder": False,
                "Seats offer": True}  # fmt: skip
"""Which plays are worth doing, and which belong on the stop-list."""

_SHARES: Final = (0.36, 0.14, 0.24, 0.16, 0.10)
_LEAVES: Final = np.array([[0.015, 0.24], [0.02, 0.40], [0.006, 0.006], [0.012, 0.012],
                           [0.008, 0.008]])  # fmt: skip
"""Chance of leaving in a month, by kind, without and in trouble."""
_BEGINS_IN_TROUBLE: Final = np.array([0.5, 0.5, 0.0, 0.0, 0.0])
_FALLS: Final = np.array([0.15, 0.08, 0.0, 0.0, 0.0])  # into trouble, in a month
_RISES: Final = np.array([0.15, 0.0, 0.0, 0.0, 0.0])  # out of it by itself
_CALL_WORKS: Final = 0.75
_REMINDER_HARMS: Final = np.array([0.02, 0.0, 0.02, 0.22, 0.02])  # more leave in that month
_ADDS: Final = np.array([0.01, 0.0, 0.015, 0.0, 0.05])  # seats, in a month, by themselves
_OFFER_ADDS: Final = np.array([0.03, 0.0, 0.03, 0.0, 0.35])  # more, in the month of an offer
SEATS: Final = 0.3
"""What seats add to a fee."""
_ARRIVE: Final = 0.05
_REST: Final = 2  # months in which nobody adds seats again


@dataclass(frozen=True, slots=True, eq=False)
class Month:
    """What became of one month, one entry for each account that will ever be."""

    number: int
    here: Mask  # at the beginning of the month
    new: Mask
    trouble: Mask  # after what plays did
    left: Mask  # in it
    added: Mask  # seats
    fee: Floats  # paid; 0 where not


class Responding:
    """A company that is stepped, a month at a time, with a play or none for each account.

    Parameters
    ----------
    customers
        Accounts at the beginning.
    months
        How many it will be stepped at most: accounts that arrive are drawn for so long.
    seed
        The same seed gives the same accounts and the same luck, whatever is done.

    Examples
    --------
    >>> quiet, called = Responding(200, months=3), Responding(200, months=3)
    >>> called.step(np.full(called.n, CALL)).left.sum() < quiet.step().left.sum()
    np.True_
    """

    def __init__(self, customers: int = 2000, *, months: int, seed: int = 7) -> None:
        self.customers, self.seed, self.month = customers, seed, 0
        each = round(customers * _ARRIVE)
        self.n = customers + each * (months - 1)
        late = np.repeat(np.arange(1, months), each)
        self.arrives = np.concatenate([np.zeros(customers, np.int64), late]).astype(np.int64)
        rng = self._stream("accounts")
        self.kind = rng.choice(len(KINDS), self.n, p=_SHARES).astype(np.int64)
        self.fee = np.round(np.exp(np.log(220) + 0.5 * rng.standard_normal(self.n)))
        self.busy = rng.gamma(3.0, 1 / 3.0, self.n)  # how much everybody does, whatever the kind
        self.pays_on = rng.integers(2, 29, self.n)  # day of the month
        names = ("arrives", "leaves", "falls", "answers", "adds")
        self._luck = {name: self._stream(name).random((self.n, months)) for name in names}
        self.here = np.zeros(self.n, np.bool_)
        self.trouble = np.zeros(self.n, np.bool_)
        self.rests = np.zeros(self.n, np.int64)
        self._arrive()

    def _stream(self, part: str) -> np.random.Generator:
        return stream(self.seed, self.customers, f"responding: {part}")

    def _arrive(self) -> None:
        new = self.arrives == self.month
        self.here |= new
        u = self._luck["arrives"][:, min(self.month, self._luck["arrives"].shape[1] - 1)]
        self.trouble |= new & (u < _BEGINS_IN_TROUBLE[self.kind])

    def step(self, plays: Ints | None = None) -> Month:
        """Let a month pass, with a play or `NOTHING` for each account at its beginning."""
        m, play = self.month, np.full(self.n, NOTHING) if plays is None else plays
        u = {name: drawn[:, m] for name, drawn in self._luck.items()}
        here, new = self.here.copy(), self.here & (self.arrives == m)
        saved = (play == CALL) & (self.kind == PERSUADABLE) & (u["answers"] < _CALL_WORKS)
        self.trouble &= ~saved
        hazard = self.hazard() + np.where(play == REMINDER, _REMINDER_HARMS[self.kind], 0.0)
        left = here & (u["leaves"] < hazard)
        adds = _ADDS[self.kind] + np.where(play == OFFER, _OFFER_ADDS[self.kind], 0.0)
        added = here & ~left & (self.rests == 0) & (u["adds"] < adds)
        paid = np.where(here & ~left, self.fee, 0.0)
        told = Month(m, here, new, self.trouble.copy(), left, added, paid)
        self._after(left, added, u["falls"])
        return told

    def _after(self, left: Mask, added: Mask, u: Floats) -> None:
        """Make the state at the beginning of the next month."""
        self.fee = np.where(added, self.fee * (1 + SEATS), self.fee)
        self.rests = np.where(added, _REST, np.maximum(self.rests - 1, 0))
        self.here &= ~left
        rises = u < _RISES[self.kind]
        falls = u < _FALLS[self.kind]
        self.trouble = self.here & np.where(self.trouble, ~rises, falls)
        self.month += 1
        self._arrive()

    def hazard(self) -> Floats:
        """Chance of everybody to leave in this month, if nothing is done: nobody can see it."""
        found: Floats = _LEAVES[self.kind, self.trouble.astype(np.int64)]
        return found

    def changes(self, play: int) -> Floats:
        """Give what a play would change in two months, for each account as it stands.

        Returns
        -------
        ndarray
            Shape (n,). Fewer who leave; of the offer, more who add seats. Below 0: it harms.
        """
        if play == OFFER:
            return self._adds_more()
        quiet = self._leaves_in_two(self.hazard(), self.trouble)
        if play == REMINDER:
            return quiet - self._leaves_in_two(
                self.hazard() + _REMINDER_HARMS[self.kind], self.trouble
            )
        if play == CALL:
            mended = self._leaves_in_two(_LEAVES[self.kind, 0], np.zeros(self.n, np.bool_))
            works = np.where((self.kind == PERSUADABLE) & self.trouble, _CALL_WORKS, 0.0)
            return np.asarray(works * (quiet - mended), np.float64)
        return np.zeros(self.n)

    def _leaves_in_two(self, first: Floats, trouble: Mask) -> Floats:
        k = self.kind
        later = np.where(trouble, 1 - _RISES[k], _FALLS[k])
        second = later * _LEAVES[k, 1] + (1 - later) * _LEAVES[k, 0]
        return np.asarray(first + (1 - first) * second, np.float64)

    def _adds_more(self) -> Floats:
        k, h = self.kind, self.hazard()
        free = (self.rests == 0).astype(np.float64)
        return np.asarray(free * (1 - h) * _OFFER_ADDS[k] * (1 - (1 - h) * _ADDS[k]), np.float64)

    def worth(self, play: int, months: int) -> Floats:
        """Give the money that a play brings to each account until so many months have passed."""
        pays = expected_months(months)
        k = self.kind
        if play == CALL:
            works = np.where((k == PERSUADABLE) & self.trouble, _CALL_WORKS, 0.0)
            return np.asarray(self.fee * works * (pays[k, 0] - pays[k, 1]), np.float64)
        now = pays[k, self.trouble.astype(np.int64)]
        if play == OFFER:
            free = (self.rests == 0) * _OFFER_ADDS[k]
            return np.asarray(self.fee * SEATS * free * np.maximum(now - 1, 0), np.float64)
        if play == REMINDER:
            return np.asarray(-self.fee * _REMINDER_HARMS[k] * now, np.float64)
        return np.zeros(self.n)


def expected_months(months: int) -> Floats:
    """Give how many of the next months an account pays for, by kind, without and in trouble.

    Examples
    --------
    >>> found = expected_months(12)
    >>> bool(found[PERSUADABLE, 0] > found[PERSUADABLE, 1] > found[LOST, 1])
    True
    """
    pays = np.zeros((len(KINDS), 2))
    for _ in range(months):
        well = (1 - _FALLS) * pays[:, 0] + _FALLS * pays[:, 1]
        badly = _RISES * pays[:, 0] + (1 - _RISES) * pays[:, 1]
        pays = (1 - _LEAVES) * (1 + np.column_stack([well, badly]))
    return pays
