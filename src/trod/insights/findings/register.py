"""The register of findings: what is found again keeps its id, its history and its decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from trod.insights.findings.finding import Finding, Kind
from trod.insights.findings.plain import plain
from trod.insights.findings.registered import Event, add_events
from trod.insights.findings.tables import FINDING

TROD: Final = "trod"
"""Who finds; people decide."""
_TIMES: Final = 2.0
_FEWEST: Final = 5


class Looked(NamedTuple):
    """A sort of finding that was looked for, whether or not there was any."""

    kind: Kind
    journey: str
    unit: str


class Recorded(NamedTuple):
    """Ids of findings by what became of them."""

    new: tuple[str, ...]
    again: tuple[str, ...]
    back: tuple[str, ...]  # found again after they were not
    gone: tuple[str, ...]  # no longer found
    grown: tuple[str, ...]  # dismissed, and materially larger since


def record(
    con: sa.Connection, found: Sequence[Finding], looked: Collection[Looked], now_us: int
) -> Recorded:
    """Write down what was found, within one transaction.

    What is new is open. What is found again keeps status, owner and history, and tells its figures
    of today; an event is added only where the statement has changed. A dismissed finding stays
    dismissed: where it is materially larger than then (twice the impact, or twice the customers and
    five more of them at least) it is marked. What was looked for and is not found any more is
    marked with the date, and never deleted.

    Parameters
    ----------
    con
        Of ``state.write()``.
    found
        All that was found.
    looked
        Sorts that were looked for: only of these can anything be no longer found.
    now_us
        The moment, in microseconds.

    Notes
    -----
    The same findings in any order leave the same rows.
    """
    changes = _Changes(con, now_us, _rows(con))
    by_id = {each.id: each for each in found}
    for each in sorted(by_id.values(), key=lambda f: f.id):
        changes.meet(each)
    changes.miss(set(by_id), set(looked))
    add_events(con, changes.events)
    return Recorded(*(tuple(changes.met[name]) for name in Recorded._fields))


def _rows(con: sa.Connection) -> dict[str, Mapping[str, Any]]:
    return {row["id"]: dict(row) for row in con.execute(sa.select(FINDING)).mappings()}


@dataclass
class _Changes:
    """What one look at the data changes."""

    con: sa.Connection
    now_us: int
    rows: dict[str, Mapping[str, Any]]

    def __post_init__(self) -> None:
        self.events: list[tuple[str, Event]] = []
        self.met: dict[str, list[str]] = {name: [] for name in Recorded._fields}

    def meet(self, finding: Finding) -> None:
        """Write down one that was found."""
        row = self.rows.get(finding.id)
        if row is None:
            self._insert(finding)
            return
        values: dict[str, Any] = {
            "told": plain(finding),
            "last_us": self.now_us,
            "times": row["times"] + 1,
            "gone_us": None,
        }
        back = row["gone_us"] is not None
        self.met["back" if back else "again"].append(finding.id)
        if back:
            self._event(finding.id, "found again", _told(finding))
        elif row["told"]["statement"] != finding.statement:
            self._event(finding.id, "found", _told(finding))
        if row["status"] == "dismissed" and row["grown_us"] is None and _grown(row, finding):
            values["grown_us"] = self.now_us
            self.met["grown"].append(finding.id)
            self._event(finding.id, "grown", {**_told(finding), "was": row["basis"]})
        self._update(finding.id, values)

    def miss(self, found: Collection[str], looked: Collection[Looked]) -> None:
        """Mark those that were looked for and are no longer found."""
        for id_, row in sorted(self.rows.items()):
            sort = Looked(row["kind"], row["journey"], row["unit"])
            if id_ in found or sort not in looked or row["gone_us"] is not None:
                continue
            self.met["gone"].append(id_)
            self._update(id_, {"gone_us": self.now_us})
            self._event(id_, "not found", {})

    def _insert(self, finding: Finding) -> None:
        self.met["new"].append(finding.id)
        row = {
            "id": finding.id,
            "kind": finding.kind,
            "journey": finding.journey,
            "unit": finding.unit,
            "about": finding.about,
            "told": plain(finding),
            "first_us": self.now_us,
            "last_us": self.now_us,
            "times": 1,
            "status": "open",
        }
        self.con.execute(sa.insert(FINDING), [row])
        self._event(finding.id, "found", _told(finding))

    def _update(self, id_: str, values: Mapping[str, Any]) -> None:
        self.con.execute(sa.update(FINDING).where(FINDING.c.id == id_).values(**values))

    def _event(self, id_: str, what: str, told: Mapping[str, Any]) -> None:
        self.events.append((id_, Event(self.now_us, TROD, what, told)))


def _told(finding: Finding) -> dict[str, Any]:
    return {"statement": finding.statement, "as_of": finding.as_of}


def size(finding: Finding) -> dict[str, float | None]:
    """Say how large a finding is: customers, and the middle of its expected impact."""
    impact = finding.impact
    middle = None if impact is None else (impact.low + impact.high) / 2
    return {"customers": finding.population.n, "impact": middle}


def _grown(row: Mapping[str, Any], finding: Finding) -> bool:
    """Say whether a finding is materially larger than when it was dismissed."""
    then, now = row["basis"] or {}, size(finding)
    before, customers = then.get("customers"), now["customers"] or 0
    if before is not None and customers >= max(_TIMES * before, before + _FEWEST):
        return True
    worth, worth_now = then.get("impact"), now["impact"]
    return bool(worth and worth_now and worth_now >= _TIMES * worth)
