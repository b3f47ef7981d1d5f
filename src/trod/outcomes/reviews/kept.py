"""Reviews that were kept: what was shown, when, to whom it was sent, and what was said about it.

A review is never changed once it is kept; comments and who it was sent to are added to it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from trod.errors import DefinitionError
from trod.outcomes.reviews.review import Decision, Review, decisions_of
from trod.outcomes.reviews.tables import REVIEW, REVIEW_EVENT


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a review that was kept."""

    time_us: int
    who: str
    what: str  # kept, sent, comment
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A review as it was shown."""

    id: str
    pack: str
    journey: str
    unit: str
    period: str
    as_of: str
    kept_us: int
    who: str
    told: Mapping[str, Any]
    events: tuple[Event, ...]

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What was decided when it was shown."""
        return decisions_of(self.told)


def id_of(review: Review) -> str:
    """Name a review by what it shows: what is kept twice is kept once."""
    told = json.dumps(review.told(), sort_keys=True, ensure_ascii=False)
    return f"rv-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def keep(con: sa.Connection, review: Review, *, who: str, now_us: int) -> str:
    """Keep a review as it is shown now; give its id."""
    id_ = id_of(review)
    known = con.execute(sa.select(REVIEW.c.id).where(REVIEW.c.id == id_)).first()
    if known is None:
        row = {
            "id": id_,
            "pack": review.pack,
            "journey": review.journey,
            "unit": review.unit,
            "period": review.period,
            "as_of": review.as_of,
            "kept_us": now_us,
            "who": who,
            "told": review.told(),
        }
        con.execute(sa.insert(REVIEW), [row])
        _event(con, id_, "kept", who, now_us, {})
    return id_


def sent(con: sa.Connection, id_: str, to: str, *, who: str, now_us: int) -> None:
    """Note to whom a review was sent."""
    _event(con, id_, "sent", who, now_us, {"to": to})


def comment(con: sa.Connection, given: str, said: str, *, who: str, now_us: int) -> Kept:
    """Add a comment to a review that was kept.

    Raises
    ------
    DefinitionError
        Without words, or if no review, or several, begin so.
    """
    text = " ".join(said.split())
    if not text:
        raise DefinitionError(["a comment needs words. Write --comment TEXT."])
    it = one(con, given)
    _event(con, it.id, "comment", who, now_us, {"text": text})
    return one(con, it.id)


def _event(
    con: sa.Connection, id_: str, what: str, who: str, now_us: int, told: Mapping[str, Any]
) -> None:
    row = {"review": id_, "time_us": now_us, "who": who, "what": what, "told": dict(told)}
    con.execute(sa.insert(REVIEW_EVENT), [row])


def one(con: sa.Connection, given: str) -> Kept:
    """Give a review by its id, or by the beginning of it.

    Raises
    ------
    DefinitionError
        If none or several begin so.
    """
    wanted = REVIEW.c.id.startswith(given.strip().lower(), autoescape=True)
    rows = con.execute(sa.select(REVIEW).where(wanted).order_by(REVIEW.c.id)).mappings().all()
    if len(rows) == 1:
        return _of(con, rows[0])
    if rows:
        ids = ", ".join(row["id"] for row in rows[:6])
        raise DefinitionError([f"{given!r} begins several reviews: {ids}. Write more of it."])
    raise DefinitionError([f"no review {given!r} was kept. `trod review --list` lists them."])


def listed(con: sa.Connection) -> tuple[Kept, ...]:
    """Give all reviews that were kept, the latest first."""
    asked = sa.select(REVIEW).order_by(REVIEW.c.kept_us.desc(), REVIEW.c.id)
    return tuple(_of(con, row) for row in con.execute(asked).mappings().all())


def last(con: sa.Connection, pack: str, journey: str, *, before_us: int) -> Kept | None:
    """Give the last review of a pack that was kept before a moment; None where there is none."""
    asked = (
        sa.select(REVIEW)
        .where(REVIEW.c.pack == pack, REVIEW.c.journey == journey, REVIEW.c.kept_us < before_us)
        .order_by(REVIEW.c.kept_us.desc(), REVIEW.c.id)
        .limit(1)
    )
    row = con.execute(asked).mappings().first()
    return None if row is None else _of(con, row)


def _of(con: sa.Connection, row: Mapping[Any, Any]) -> Kept:
    asked = (
        sa.select(REVIEW_EVENT)
        .where(REVIEW_EVENT.c.review == row["id"])
        .order_by(REVIEW_EVENT.c.number)
    )
    events = tuple(
        Event(each["time_us"], each["who"], each["what"], each["told"])
        for each in con.execute(asked).mappings()
    )
    return Kept(
        row["id"], row["pack"], row["journey"], row["unit"], row["period"], row["as_of"],
        row["kept_us"], row["who"], row["told"], events,
    )  # fmt: skip
