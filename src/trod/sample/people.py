"""Who there is: leads, the colleagues they invite, the companies they work for, and their ids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trod.sample.calendar import DAY, NEVER, Seconds
from trod.sample.passage import Passages, Rng


def _words(text: str) -> list[str]:
    return text.split()


_FIRST = _words(
    "Ada Anouk Bela Bram Caro Cleo Dara Davi Edda Elio Fenna Finn Gita Hale Ida Ilja Jara Joris "
    "Kaia Kees Lene Luan Mara Milo Nadia Niek Oona Otis Petra Pim Quin Rhea Ruben Sanne Silas "
    "Tova Tuur Uma Vera Wim Xenia Yara Yorick Zita"
)
_LAST_HEAD = _words("Alver Brann Cord Dunmar Esk Fallow Garn Hest Ivar Korr Lind Merr Nordel Osk")
_LAST_TAIL = _words("aby alt berg dale enga hurst kamp land mere ova quist rup sted vik")
_FIRM_HEAD = _words(
    "Amberwell Bluefinch Copperlane Driftmoor Elmstead Farrowby Glasswater Hollowbrook Inkfield "
    "Juniper Kestrel Larkhill Millrace Nettle Oakenford Pebble Quillon Redstart Saltmarsh Thistle "
    "Umberton Vellum Wickerby Yarrow Zephyrine"
)
_FIRM_TAIL = _words(
    "Logistics Foods Labs Textiles Clinics Energy Optics Retail Studios Farms Bikes Freight Paper "
    "Systems Travel Works"
)
SIZES = ("small", "small", "small", "medium", "medium", "large")
COUNTRIES = ("NL", "DE", "BE", "FR", "DK", "SE", "IE", "PL")

SHARED_MAILBOX = "hello@tandem-agency.example"
N_MAILBOX_LEADS = 12


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Leads first, then colleagues. `None` or "" in an id means that the person has none."""

    n_leads: int
    account: NDArray[np.int64]  # (n_people,) index into `accounts`
    host: NDArray[np.int64]  # (n_people,) the lead who invited them; a lead hosts themself
    joined_s: Seconds  # (n_people,) sign-up or first login; NEVER for those who only looked
    accounts: list[str]  # (n_accounts,) account ids
    firms: list[str]  # (n_accounts,) company names
    user: list[str]  # (n_people,) login, "" without one
    email: list[str]  # (n_people,) "" where nobody ever learned it
    phone: list[str]  # (n_people,) "" without one
    devices: list[list[str]]  # (n_people,) anonymous ids of their own
    office_device: list[str]  # (n_people,) anonymous id shared with colleagues, "" without one
    in_mailbox: NDArray[np.bool_]  # (n_people,) writes from the shared mailbox
    linked: NDArray[np.bool_]  # (n_people,) the CRM knows their login

    @property
    def n(self) -> int:
        """How many people there are."""
        return self.account.size


def _accounts(rng: Rng, n_leads: int) -> NDArray[np.int64]:
    """Give each lead an account; about one in twelve shares one with an earlier lead."""
    alone = rng.random(n_leads) >= 1 / 12
    alone[0] = True
    own = np.cumsum(alone) - 1
    other = (rng.random(n_leads) * (own + 1)).astype(np.int64)
    return np.where(alone, own, other)


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


def _firms(n: int) -> list[str]:
    """Name the companies; after all pairs are used a numeral is added."""
    pairs = len(_FIRM_HEAD) * len(_FIRM_TAIL)
    names = []
    for i in range(n):
        turn, place = divmod(i, pairs)
        head = _FIRM_HEAD[place % len(_FIRM_HEAD)]
        tail = _FIRM_TAIL[(place * 7 + place // len(_FIRM_HEAD)) % len(_FIRM_TAIL)]
        names.append(f"{head} {tail}" + (f" {turn + 1}" if turn else ""))
    return names


def people(rng: Rng, passages: Passages) -> People:
    """Draw everyone, with ids of each kind."""
    n_leads = passages.n
    host, first_login = _colleagues(rng, passages)
    n = n_leads + host.size
    account = _accounts(rng, n_leads)
    host = np.concatenate([np.arange(n_leads), host])
    joined = np.concatenate([passages.entered_s[:, 1], first_login])
    has_login = joined != NEVER
    is_lead = np.arange(n) < n_leads

    numbers = rng.permutation(n).tolist()
    in_mailbox = is_lead & has_login & (passages.left_in[host] > 2)
    in_mailbox &= np.cumsum(in_mailbox) <= min(N_MAILBOX_LEADS, n_leads // 100)
    known = is_lead & (
        has_login | np.append(passages.asks_demo, np.zeros(host.size - n_leads, bool))
    )
    accounts = [f"ACC-{i + 1:05d}" for i in range(int(account.max()) + 1)]
    firms = _firms(len(accounts))
    who = _names(rng, n)
    domain = [f"{'-'.join(firm.lower().split())}.example" for firm in firms]
    account = account[host]
    mail = [f"{name}@{domain[a]}" for name, a in zip(who, account.tolist(), strict=True)]

    team = np.bincount(host, minlength=n)[host]
    shares = (team > 1) & has_login & (rng.random(n_leads)[host] < 0.12)
    return People(
        n_leads=n_leads,
        account=account,
        host=host,
        joined_s=joined,
        accounts=accounts,
        firms=firms,
        user=[
            f"u_{i + 100_000}" if login else "" for i, login in zip(numbers, has_login, strict=True)
        ],
        email=[m if yes else "" for m, yes in zip(mail, known & ~in_mailbox, strict=True)],
        phone=[
            f"+999 20 {i:07d}" if yes else ""
            for i, yes in zip(numbers, known & (rng.random(n) < 0.9), strict=True)
        ],
        devices=_devices(rng, n, has_login),
        office_device=[
            f"0ff1ce{h:010x}" if yes else "" for h, yes in zip(host.tolist(), shares, strict=True)
        ],
        in_mailbox=in_mailbox,
        linked=rng.random(n) >= 0.015,
    )
