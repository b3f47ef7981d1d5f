"""The companies that Tallyfern sells to: how large they are, and where they sit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from trod.sample.draws import Index, Rng

SIZES: Final = ("small", "medium", "large")
_SIZE_SHARE: Final = (0.5, 0.33, 0.17)
COUNTRIES: Final = ("NL", "DE", "BE", "FR", "DK", "SE", "IE", "PL")


def _words(text: str) -> list[str]:
    return text.split()


_FIRM_HEAD: Final = _words(
    "Amberwell Bluefinch Copperlane Driftmoor Elmstead Farrowby Glasswater Hollowbrook Inkfield "
    "Juniper Kestrel Larkhill Millrace Nettle Oakenford Pebble Quillon Redstart Saltmarsh Thistle "
    "Umberton Vellum Wickerby Yarrow Zephyrine"
)
_FIRM_TAIL: Final = _words(
    "Logistics Foods Labs Textiles Clinics Energy Optics Retail Studios Farms Bikes Freight Paper "
    "Systems Travel Works"
)


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """One entry per company; `of_lead` says for which of them each lead works."""

    of_lead: Index  # (n_leads,)
    ids: list[str]  # (n_accounts,)
    firms: list[str]  # (n_accounts,)
    size: Index  # (n_accounts,) index into SIZES
    country: Index  # (n_accounts,) index into COUNTRIES

    @property
    def domains(self) -> list[str]:
        """Give the domain of each company's addresses."""
        return [f"{'-'.join(firm.lower().split())}.example" for firm in self.firms]


def _of_leads(rng: Rng, n_leads: int) -> Index:
    """Give each lead an account; about one in twelve shares one with an earlier lead."""
    alone = rng.random(n_leads) >= 1 / 12
    alone[0] = True
    own = np.cumsum(alone) - 1
    other = (rng.random(n_leads) * (own + 1)).astype(np.int64)
    return np.where(alone, own, other)


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


def accounts(rng: Rng, n_leads: int) -> Accounts:
    """Draw the companies of `n_leads` leads."""
    of_lead = _of_leads(rng, n_leads)
    n = int(of_lead.max()) + 1
    return Accounts(
        of_lead,
        [f"ACC-{i + 1:05d}" for i in range(n)],
        _firms(n),
        np.searchsorted(np.cumsum(_SIZE_SHARE)[:-1], rng.random(n), side="right").astype(np.int64),
        rng.integers(len(COUNTRIES), size=n),
    )
