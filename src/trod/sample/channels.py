"""Channels beside the product: chat, community, events in person, the till, voicemail, news."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.sample import segments
from trod.sample.calendar import DAY, END_S, HOUR, NEVER, START_S, Seconds, at
from trod.sample.draws import Index, Rng, moods, spread
from trod.sample.passage import Passages
from trod.sample.people import People
from trod.sample.tape import Tape

FOLD_NIGHT: Final = "2025-10-26"
GAP_NIGHT: Final = "2026-03-29"
Floats = NDArray[np.float64]
_FAIRS: Final = tuple(
    f"{day}T10:00"
    for day in (
        "2025-01-15",
        "2025-02-12",
        "2025-03-20",
        "2025-04-09",
        "2025-05-14",
        "2025-06-18",
        "2025-07-09",
        "2025-08-20",
        "2025-09-17",
        "2025-10-15",
        "2025-11-12",
        "2025-12-10",
    )
)
_CUSTOMER_DAYS: Final = ("2025-10-09T11:00", "2026-02-05T11:00", "2026-05-21T11:00")


def _active(passages: Passages) -> tuple[Index, Seconds, Seconds]:
    """Give the leads who ever had a dashboard, from when, and until when."""
    begin, end = passages.entered_s[:, 2], np.minimum(passages.gone_s, END_S)
    who = np.flatnonzero(begin < end)
    return who, begin[who], end[who]


def _often(rng: Rng, begin: Seconds, end: Seconds, a_month: float | Floats) -> Index:
    """Draw how often something happens that comes at an even pace, so that it tells of nothing."""
    months = (end - begin) / (30 * DAY)
    return rng.poisson(np.minimum(months * a_month, 12)).astype(np.int64)


def chat(tape: Tape, rng: Rng, passages: Passages, everyone: People) -> None:
    """Conversations of those who write, around connecting and later, and of colleagues."""
    writes = segments.WRITES[passages.segment]
    new = np.flatnonzero(writes & (passages.left_in >= 1) & (rng.random(passages.n) < 0.1))
    begin = passages.entered_s[new, 1]
    end = np.minimum(passages.entered_s[new, 2], passages.gone_s[new])
    tape.add(*spread(rng, new, np.ones(new.size, np.int64), begin, end), "Chat", 0)
    who, begin, end = _active(passages)
    count = _often(rng, begin, end, 0.1 * writes[who])
    chats, when = spread(rng, who, count, begin, end)
    tape.add(chats, when, "Chat", moods(rng, 0.3, chats.size))
    guests = np.arange(everyone.n_leads, everyone.n)
    end = np.minimum(passages.gone_s[everyone.host[guests]], END_S)
    guests, end = (some[everyone.joined_s[guests] < end] for some in (guests, end))
    begin = everyone.joined_s[guests]
    chats, when = spread(rng, guests, _often(rng, begin, end, 0.03), begin, end)
    tape.add(chats, when, "Chat", moods(rng, 0.2, chats.size))


def community(tape: Tape, rng: Rng, passages: Passages) -> None:
    """Questions and answers, most from those who teach themselves."""
    who, begin, end = _active(passages)
    share = segments.column("posts")[passages.segment[who]]
    for name, part, middle in (("Community question", 1.0, -0.2), ("Community answer", 0.4, 0.8)):
        posts, when = spread(rng, who, _often(rng, begin, end, 0.15 * share * part), begin, end)
        tape.add(posts, when, name, moods(rng, middle, posts.size))


def _next(days: tuple[str, ...], after_s: Seconds) -> Seconds:
    """Give the first of the days after each moment; NEVER where there is none."""
    moments = np.array([*map(at, days), NEVER], np.int64)
    return moments[np.searchsorted(moments[:-1], after_s, side="right")]


def _workshops() -> tuple[str, ...]:
    """Give the days of workshops: every other Thursday."""
    first = np.datetime64("2025-01-09")
    return tuple(f"{first + 14 * i}T13:00" for i in range(39))


def in_person(visits: Tape, till: Tape, rng: Rng, passages: Passages, everyone: People) -> None:
    """Fairs before, workshops and customer days after; the till sells kits at each."""
    known = np.flatnonzero(
        (np.array(everyone.email, object)[: passages.n] != "")
        & (passages.segment != segments.EMERGING)
    )
    fairs = np.array([START_S - DAY, *map(at, _FAIRS)], np.int64)
    came = known[rng.random(known.size) < 0.1]
    last = fairs[np.searchsorted(fairs, passages.entered_s[came, 0]) - 1]
    came, last = came[last > START_S], last[last > START_S]
    who, begin, end = _active(passages)
    share = segments.column("workshops")[passages.segment[who]]
    learns = rng.random(who.size) < share
    paying = np.flatnonzero(passages.entered_s[:, 3] < END_S)
    meets = paying[rng.random(paying.size) < 0.2]
    places = (
        ("Trade fair", came, last, 0.4),
        ("Workshop", who[learns], _next(_workshops(), begin[learns] + 3 * DAY), 1.1),
        ("Customer day", meets, _next(_CUSTOMER_DAYS, passages.entered_s[meets, 3]), 0.9),
    )
    for name, people, day, middle in places:
        when = np.where(day == NEVER, NEVER, day + (rng.random(people.size) * 3 * HOUR).astype(int))
        visits.add(people, when, name, moods(rng, middle, people.size), exact=True)
        buys = (rng.random(people.size) < 0.35) & (day != NEVER)
        later = when[buys] + (rng.random(int(buys.sum())) * 4 * HOUR).astype(np.int64)
        till.add(people[buys], later, "Shop purchase", 0, detail=name, exact=True)
    buyers, when = spread(rng, who, _often(rng, begin, end, 0.06), begin, end)
    till.add(buyers, when, "Shop purchase", 0, detail="Showroom")


def voicemail(tape: Tape, rng: Rng, passages: Passages, everyone: People) -> None:
    """Messages on the answering machine; two Sunday nights hold the hours that clocks change."""
    who, begin, end = _active(passages)
    dials = (np.array(everyone.phone, object) != "")[who]
    who, begin, end = who[dials], begin[dials], end[dials]
    count = _often(rng, begin, end, 0.015)
    calls, when = spread(rng, who, count, begin, end)
    tape.add(calls, when, "Voicemail", moods(rng, -0.4, calls.size))
    for night, first in ((FOLD_NIGHT, 5 * 60), (GAP_NIGHT, 65 * 60)):
        there = np.flatnonzero((begin < at(night)) & (end > at(night) + DAY))
        some = rng.permutation(there)[: max(there.size // 60, 4)]
        # The clock shows 2:05 to 2:55: in autumn twice an hour that exists, in spring one that
        # does not.
        length = 50 * 60
        moment = at(night) + first + (rng.random(some.size) * length).astype(np.int64)
        if night == FOLD_NIGHT:
            moment += np.arange(some.size) % 2 * HOUR
        tape.add(some, moment, "Voicemail", moods(rng, -0.4, some.size), exact=True)


def news(tape: Tape, rng: Rng, passages: Passages) -> None:
    """Customers read about the product on the website, so that it is never quiet for long."""
    who, begin, end = _active(passages)
    readers, when = spread(rng, who, _often(rng, begin, end, 0.6), begin, end)
    tape.add(readers, when, "Product news", 0)
