"""Ids that belong to nobody alone, and accounts that are no customer's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from trod.sample.calendar import DAY, END_S, NEVER, Seconds, iso
from trod.sample.draws import Index, Rng

SHARED_MAILBOX: Final = "hello@tandem-agency.example"
HOW: Final = ("office device", "household", "handed over", "kiosk", "shared mailbox")
OFFICE, HOUSEHOLD, HANDED, KIOSK, MAILBOX = HOW
STAFF_DOMAIN: Final = "tallyfern.example"


@dataclass(frozen=True, slots=True)
class SharedId:
    """An id that several people use."""

    kind: str
    id: str
    how: str  # one of HOW
    people: tuple[str, ...]  # their logins; those who stand in a file with it
    since: str | None  # day on which a device was handed over


@dataclass(frozen=True, slots=True)
class TestAccount:
    """A login that is no customer's: staff, or a test."""

    __test__ = False  # pytest collects classes of this name

    customer: str
    email: str
    anonymous: str
    what: str  # staff or test


@dataclass(frozen=True, slots=True, eq=False)
class Sharing:
    """Which shared ids each person may use; "" for none."""

    office: list[str]  # (n_people,) device of their team
    home: list[str]  # (n_people,) device of their household
    phone: list[str]  # (n_people,) number of their household
    handed: list[str]  # (n_people,) device that changes hands
    handed_s: Seconds  # (n_people,) moment it does; the first owner before, the second after
    first_owner: np.ndarray  # (n_people,) whether they have it before
    kiosk: list[str]  # (n_people,) device at an event
    mailbox: list[str]  # (n_people,) address of their team


@dataclass(slots=True)
class Used:
    """Notes who truly stands in a file with a shared id."""

    by: dict[tuple[str, str], dict[str, set[int]]] = field(default_factory=dict)

    def note(self, kind: str, how: str, ids: Iterable[str], people: Iterable[int]) -> None:
        """Note pairs of an id and a person."""
        for one, person in zip(ids, people, strict=True):
            self.by.setdefault((kind, one), {}).setdefault(how, set()).add(person)

    def owners(self) -> dict[tuple[str, str], int]:
        """Give the ids that only one person turned out to use."""
        return {
            key: next(iter(*how.values()))
            for key, how in self.by.items()
            if sum(map(len, how.values())) == 1
        }

    def shared(self, login: list[str], sharing: Sharing) -> tuple[SharedId, ...]:
        """Give the ids that several people used, in order."""
        day = {
            one: iso(np.array([at]))[0][:10]
            for one, at in zip(sharing.handed, sharing.handed_s.tolist(), strict=True)
            if one
        }
        return tuple(
            SharedId(kind, one, how, tuple(sorted(login[p] or "" for p in people)), day.get(one))
            for (kind, one), ways in sorted(self.by.items())
            for how, people in ways.items()
            if len(people) > 1
        )


def _pairs(rng: Rng, fit: Index, account: Index, n: int, taken: set[int]) -> list[tuple[int, int]]:
    """Draw pairs of people who work for different accounts; nobody is in two."""
    left = [i for i in rng.permutation(fit).tolist() if i not in taken]
    pairs: list[tuple[int, int]] = []
    while len(pairs) < n and len(left) > 1:
        one = left.pop()
        other = next((i for i in left if account[i] != account[one]), None)
        if other is None:
            break
        left.remove(other)
        pairs.append((one, other))
        taken.update((one, other))
    return pairs


def sharing(
    rng: Rng,
    *,
    account: Index,
    host: Index,
    joined_s: Seconds,
    n_leads: int,
    domains: list[str],
    fit: Index,
) -> Sharing:
    """Draw who shares what. `fit` are leads with a login and a number, who may share a home."""
    n = account.size
    team = np.bincount(host, minlength=n)[host]
    has_login = joined_s != NEVER
    office = (team > 1) & has_login & (rng.random(n_leads)[host] < 0.12)
    mailbox = (team > 2) & has_login & (rng.random(n_leads)[host] < 0.08)
    home, phone, handed, kiosk = (np.full(n, "", object) for _ in range(4))
    handed_s, first = np.full(n, NEVER, np.int64), np.zeros(n, bool)
    taken: set[int] = set()
    for i, (a, b) in enumerate(_pairs(rng, fit, account, max(n_leads // 100, 2), taken)):
        home[[a, b]] = f"h0me{i:012x}"
        phone[[a, b]] = f"+999 30 {i:07d}"
    for i, pair in enumerate(_pairs(rng, fit, account, max(n_leads // 200, 1), taken)):
        a, b = sorted(pair, key=lambda p: int(joined_s[p]))
        handed[[a, b]] = f"cafe{i:012x}"
        first[a] = True
        handed_s[[a, b]] = min(int(joined_s[b]) + 5 * DAY, END_S - 20 * DAY)
    at_event = fit[rng.random(fit.size) < 0.05]
    kiosk[at_event] = "k105c00000000001"
    return Sharing(
        [f"0ff1ce{h:010x}" if yes else "" for h, yes in zip(host.tolist(), office, strict=True)],
        home.tolist(),
        phone.tolist(),
        handed.tolist(),
        handed_s,
        first,
        kiosk.tolist(),
        [
            f"info@{domains[a]}" if yes else ""
            for a, yes in zip(account.tolist(), mailbox, strict=True)
        ],
    )


def test_accounts() -> tuple[TestAccount, ...]:
    """Give the logins of Tallyfern's own people, and those they test with."""
    staff = [
        TestAccount(f"staff_{i + 1}", f"{name}@{STAFF_DOMAIN}", f"57aff{i:011x}", "staff")
        for i, name in enumerate(("ines.vale", "jon.oskamp", "mika.alberg", "rosa.cordova"))
    ]
    tests = [
        TestAccount(f"qa_{i + 1}", f"qa+test{i + 1}@{STAFF_DOMAIN}", f"7e57{i:012x}", "test")
        for i in range(5)
    ]
    return (*staff, *tests)
