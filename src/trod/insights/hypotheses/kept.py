"""Hypotheses with their history: a test keeps the id, and a verdict that flips is told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from trod.insights.hypotheses.judged import VERDICTS, Judged
from trod.insights.hypotheses.spec import HypothesisSpec
from trod.insights.hypotheses.tables import HYPOTHESIS, HYPOTHESIS_EVENT
from trod.insights.journey_map import Count


class Change(NamedTuple):
    """Something that happened to a hypothesis."""

    time_us: int
    who: str
    what: str  # stated, test changed, verdict
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A hypothesis as it stands."""

    id: str
    journey: str
    unit: str
    statement: str
    source: str
    owner: str | None
    test: Mapping[str, Any]
    judged: Judged
    as_of: str  # ISO date of the data it was tested on
    first_us: int
    last_us: int
    was: str | None  # the verdict before, where it flipped at the last test
    changes: tuple[Change, ...]


def id_of(statement: str, journey: str, unit: str) -> str:
    """Name a hypothesis by what it says of which journey, not by how it is tested.

    Examples
    --------
    >>> id_of("Who works alone leaves.", "Trial", "account")
    'hy-c65733a7'
    >>> id_of(" who works  alone leaves.", "Trial", "account")
    'hy-c65733a7'
    """
    said = "\x1f".join((" ".join(statement.split()).casefold(), journey, unit))
    return f"hy-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def keep(
    con: sa.Connection,
    spec: HypothesisSpec,
    judged: Judged,
    *,
    journey: str,
    unit: str,
    as_of: str,
    who: str,
    now_us: int,
) -> str:
    """Write down what a hypothesis was tested to be; give its id."""
    id_ = id_of(spec.statement, journey, unit)
    test = spec.test.model_dump(mode="json", by_alias=True, exclude_none=True)
    told = {**asdict(judged), "as_of": as_of, "was": None}
    row = con.execute(sa.select(HYPOTHESIS).where(HYPOTHESIS.c.id == id_)).mappings().first()
    values = {
        "statement": spec.statement,
        "source": spec.source,
        "owner": spec.owner,
        "test": test,
        "told": told,
        "verdict": judged.verdict,
        "last_us": now_us,
    }
    if row is None:
        values |= {"id": id_, "journey": journey, "unit": unit, "first_us": now_us}
        con.execute(sa.insert(HYPOTHESIS), [values])
        _event(con, id_, now_us, who, "stated", {"source": spec.source, "test": test})
        _event(con, id_, now_us, who, "verdict", _short(judged, as_of, None))
        return id_
    if row["test"] != test:
        _event(con, id_, now_us, who, "test changed", {"test": test, "was": row["test"]})
    if row["verdict"] != judged.verdict:
        # Another question may have another answer: only of the same test it is a flip.
        told["was"] = row["verdict"] if row["test"] == test else None
        _event(con, id_, now_us, who, "verdict", _short(judged, as_of, row["verdict"]))
    con.execute(sa.update(HYPOTHESIS).where(HYPOTHESIS.c.id == id_).values(**values))
    return id_


def _short(judged: Judged, as_of: str, was: str | None) -> dict[str, Any]:
    return {
        "verdict": judged.verdict,
        "was": was,
        "why": judged.why,
        "n": judged.n,
        "as_of": as_of,
    }


def _event(
    con: sa.Connection, id_: str, now_us: int, who: str, what: str, told: Mapping[str, Any]
) -> None:
    row = {"hypothesis": id_, "time_us": now_us, "who": who, "what": what, "told": dict(told)}
    con.execute(sa.insert(HYPOTHESIS_EVENT), [row])


def everything(con: sa.Connection) -> tuple[Kept, ...]:
    """Give all hypotheses: those that are decided first, then by their statements."""
    events: dict[str, list[Change]] = {}
    asked = sa.select(HYPOTHESIS_EVENT).order_by(HYPOTHESIS_EVENT.c.number)
    for row in con.execute(asked).mappings():
        change = Change(row["time_us"], row["who"], row["what"], row["told"])
        events.setdefault(row["hypothesis"], []).append(change)
    rows = con.execute(sa.select(HYPOTHESIS).order_by(HYPOTHESIS.c.id)).mappings()
    found = [_of(row, tuple(events.get(row["id"], ()))) for row in rows]
    return tuple(sorted(found, key=lambda k: (VERDICTS.index(k.judged.verdict), k.statement, k.id)))


def _of(row: Mapping[Any, Any], changes: tuple[Change, ...]) -> Kept:
    told = {name: value for name, value in row["told"].items() if name not in ("as_of", "was")}
    told["counts"] = tuple(Count(**each) for each in told["counts"])
    told["remarks"] = tuple(told["remarks"])
    return Kept(
        row["id"],
        row["journey"],
        row["unit"],
        row["statement"],
        row["source"],
        row["owner"],
        row["test"],
        Judged(**told),
        row["told"]["as_of"],
        row["first_us"],
        row["last_us"],
        row["told"]["was"],
        changes,
    )
