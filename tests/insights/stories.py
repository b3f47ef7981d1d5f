"""Small companies told customer by customer, with planted friction."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod.journeys.batch import NO_SCORE, NO_VALUE, JourneyBatch, Journeys, Vocabulary
from trod.journeys.spec import JourneySpec, Stage

DAY = 86_400_000_000

Moment = tuple[str, int] | tuple[str, int, int] | tuple[str, int, int, str]
"""Touchpoint and time; score; text."""


def told(
    customers: Mapping[str, Sequence[Moment]],
    *,
    batches: int = 2,
    spent: Mapping[str, int] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Journeys:
    """Lay customers out in batches; `spent` is money by touchpoint."""
    names = tuple(sorted({m[0] for moments in customers.values() for m in moments}))
    known = vocabulary or Vocabulary(names, ("unknown",))
    texts: list[str | None] = []
    made = []
    for part in np.array_split(np.array(sorted(customers), object), batches):
        rows = [m for c in part for m in sorted(customers[c], key=lambda m: (m[1], m[0]))]
        first = len(texts)
        texts += [m[3] if len(m) > 3 else None for m in rows]
        made.append(
            JourneyBatch(
                vocabulary=known,
                customer=pa.array(list(part), pa.string()),
                offsets=np.cumsum([0, *(len(customers[c]) for c in part)], dtype=np.int64),
                code=np.array([known.touchpoints.index(m[0]) for m in rows], np.uint16),
                time_us=np.array([m[1] for m in rows], np.int64),
                channel=np.zeros(len(rows), np.uint8),
                value=np.array([(spent or {}).get(m[0], NO_VALUE) for m in rows], np.int64),
                score=np.array([m[2] if len(m) > 2 else NO_SCORE for m in rows], np.int16),
                row=np.arange(first, first + len(rows), dtype=np.int64),
            )
        )

    def text(rows: NDArray[np.int64]) -> list[str | None]:
        return [texts[i] for i in rows.tolist()]

    return Journeys(made, known, "person", "UTC", text=text)


ONBOARDING = JourneySpec(
    name="Onboarding",
    stages=(
        Stage(name="Sign up", enter_on=("sign_up",)),
        Stage(name="Connect", enter_on=("connect_source",)),
        Stage(name="Use", enter_on=("first_report",)),
    ),
    success=("renewed",),
    failure=("cancelled",),
)


def onboarding(
    n: int = 3_000, *, seed: int = 1, batches: int = 2, elsewhere: float = 0.05
) -> Journeys:
    """Tell of a company that loses customers who open a ticket while connecting a source.

    Planted: at Connect 50 % leave after a ticket, 10 % otherwise, from day 360 on 65 %; the words
    in tickets are sad. Everywhere else 5 % leave, or as told.
    """
    chance = random.Random(seed)
    customers: dict[str, list[Moment]] = {}
    for i in range(n):
        start = chance.randrange(720) * DAY
        at, moments = start, customers.setdefault(f"c{i:05d}", [])
        for step in ("sign_up", "connect_source", "first_report", "renewed"):
            moments.append((step, at))
            leaves = elsewhere
            if step == "connect_source":
                leaves = 0.1
                if chance.random() < 0.3:
                    said = f"Permission error {i}. Write to me at c{i}@mail.example please."
                    moments.append(("support_ticket", at + DAY // 2, -600, said))
                    leaves = 0.65 if start >= 360 * DAY else 0.35
            if chance.random() < leaves:
                if chance.random() < 0.5:
                    moments.append(("cancelled", at + DAY))
                break
            at += chance.randrange(2, 9) * DAY
    return told(customers, batches=batches, spent={"renewed": 50_000_000, "sign_up": 1_000_000})
