"""Who there is: leads, the colleagues they invite, the companies they work for, and their ids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trod.sample.accounts import Accounts
from trod.sample.calendar import DAY, END_S, NEVER, Seconds
from trod.sample.draws import Rng
from trod.sample.passage import Passages
from trod.sample.sharing import Sharing, sharing


def _words(text: str) -> list[str]:
    return text.split()


_FIRST = _words(
    "Ada Anouk Bela Bram Caro Cleo Dara Davi Edda Elio Fenna Finn Gita Hale Ida Ilja Jara Joris "
    "Kaia Kees Lene Luan Mara Milo Nadia Niek Oona Otis Petra Pim Quin Rhea Ruben Sanne Silas "
    "Tova Tuur Uma Vera Wim Xenia Yara Yorick Zita"
)
_LAST_HEAD = _words("Alver Brann Cord Dunmar Esk Fallow Garn Hest Ivar Korr Lind Merr Nordel Osk")
_LAST_TAIL = _words("aby alt berg dale enga hurst kamp land mere ova quist rup sted vik")
N_MAILBOX_LEADS = 12


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Leads first, then colleagues. `None` or "" in an id means that the person has none."""

    n_leads: int
    account: NDArray[np.int64]  # (n_people,) index into `accounts`
    host: NDArray[np.int64]  # (n_people,) the lead who invited them; a lead hosts themself
    joined_s: Seconds  # (n_people,) sign-up or first login; NEVER for those who only looked
    where: Accounts
    user: list[str]  # (n_people,) login, "" without one
    email: list[str]  # (n_people,) "" where nobody ever learned it
    phone: list[str]  # (n_people,) "" without one
    devices: list[list[str]]  # (n_people,) anonymous ids of their own
    sharing: Sharing
    in_mailbox: NDArray[np.bool_]  # (n_people,) writes from the shared mailbox
    linked: NDArray[np.bool_]  # (n_people,) the CRM knows their login

    @property
    def n(self) -> int:
        """How many people there are."""
        return self.account.size


def _colleagues(rng: Rng, passages: Passages) -> tuple[NDArray[np.int64], Seconds]:
    """Draw who was invited by whom, and when they first came. Most teams are small."""
    hosts = np.flatnonzero(passages.invited_s != NEVER)
    size = np.minimum((1.2 / (1 - rng.random(hosts.size)) ** 0.62).astype(np.int64), 14)
    host = np.repeat(hosts, size)
    wait = (rng.random(host.size) ** 2 * 9 * DAY).astype(np.int64) + 1_800
    return host, passages.invited_s[host] + wait


def _names(rng: Rng, n: int) -> list[str]:
    """Draw first.last for each person; a number is added where a name comes twice."""
    first = rng.integers(len(_FIRST), size=n).tolist()
    head = rng.integers(len(_LAST_HEAD), size=n).tolist()
    tail = rng.integers(len(_LAST_TAIL), size=n).tolist()
    seen: dict[str, int] = {}
    names = []
    first[0], head[0], tail[0] = 0, 1, 5  # the documents name her
    for a, b, c in zip(first, head, tail, strict=True):
        name = f"{_FIRST[a]}.{_LAST_HEAD[b]}{_LAST_TAIL[c]}".lower()
        seen[name] = count = seen.get(name, 0) + 1
        names.append(name if count == 1 else f"{name}{count}")
    return names


def _devices(rng: Rng, owners: int, several: NDArray[np.bool_]) -> list[list[str]]:
    """Draw 1 to 5 anonymous ids a person; one for nearly all of those who never logged in."""
    count = np.minimum((1 / (1 - rng.random(owners)) ** 0.55).astype(np.int64), 5)
    count = np.where(several, count, 1 + (rng.random(owners) < 0.04))
    ends = np.cumsum(count)
    raw = rng.integers(0, 2**62, size=int(ends[-1]), dtype=np.int64).tolist()
    ids = [f"{value:016x}" for value in raw]
    return [ids[end - size : end] for end, size in zip(ends.tolist(), count.tolist(), strict=True)]


def people(rng: Rng, passages: Passages, where: Accounts) -> People:
    """Draw everyone, with ids of each kind."""
    n_leads = passages.n
    host, first_login = _colleagues(rng, passages)
    n = n_leads + host.size
    host = np.concatenate([np.arange(n_leads), host])
    joined = np.concatenate([passages.entered_s[:, 1], first_login])
    has_login = joined != NEVER
    is_lead = np.arange(n) < n_leads

    numbers = rng.permutation(n).tolist()
    in_mailbox = is_lead & has_login & (passages.left_in[host] > 2) & (np.arange(n) > 0)
    in_mailbox &= np.cumsum(in_mailbox) <= min(N_MAILBOX_LEADS, n_leads // 100)
    known = is_lead & (has_login | np.append(passages.asks_demo, np.zeros(n - n_leads, bool)))
    has_phone = known & (rng.random(n) < 0.9)
    linked = rng.random(n) >= 0.015
    account = where.of_lead[host]
    domain = where.domains
    mail = [f"{name}@{domain[a]}" for name, a in zip(_names(rng, n), account.tolist(), strict=True)]
    shares = sharing(
        rng,
        account=account,
        host=host,
        joined_s=joined,
        n_leads=n_leads,
        domains=domain,
        fit=np.flatnonzero(has_phone & linked & has_login & ~in_mailbox & (joined < END_S)),
    )
    return People(
        n_leads=n_leads,
        account=account,
        host=host,
        joined_s=joined,
        where=where,
        user=[
            f"u_{i + 100_000}" if login else "" for i, login in zip(numbers, has_login, strict=True)
        ],
        email=[m if yes else "" for m, yes in zip(mail, known & ~in_mailbox, strict=True)],
        phone=[
            f"+999 20 {i:07d}" if yes and not at_home else ""
            for i, yes, at_home in zip(numbers, has_phone, shares.phone, strict=True)
        ],
        devices=_devices(rng, n, has_login),
        sharing=shares,
        in_mailbox=in_mailbox,
        linked=linked,
    )
