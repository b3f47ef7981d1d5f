"""Who is who: what the ids of the log led to, kept beside the journeys so that asking is quick."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trod._store.store import Store, Transaction
from trod.events.counted import count
from trod.identity.spec import normal
from trod.workspace.nobody import reasons

if TYPE_CHECKING:
    from trod.identity.resolve import People, Reported

KIND: Final = "who"
_TOLD: Final = b"trod"
_REPORTED: Final = {
    "refused": "{ids} refused: what programs write where an id is missing",
    "unused": "{ids} used for nobody: seen with too many people",
    "ambiguous": "{ids} seen with several people, so joining none of them",
    "shared": "{ids} shared by name, such as the mailbox of a role: joining nobody",
    "tests": "{ids} of test accounts: their touchpoints are nobody's",
    "split": "{ids} kept apart although something seen with both would have merged them",
}


class Group(NamedTuple):
    """Ids that were not taken for what they seem."""

    n_ids: int
    n_rows: int
    examples: tuple[tuple[str, str, int], ...]  # kind, id, rows


@dataclass(frozen=True, slots=True)
class Summary:
    """How many people and accounts there are, and which ids led nowhere."""

    people: int
    accounts: int
    ids: Mapping[str, int]  # by kind
    refused: Group
    unused: Group
    ambiguous: Group
    shared: Group
    tests: Group
    split: Group
    crowded: tuple[tuple[str, int], ...]
    nobody: Mapping[str, Mapping[str, int]]  # by unit and reason: rows in no journey

    def words(self) -> tuple[str, ...]:
        """Say it in lines for people, with an example for whatever was left out."""
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in self.ids.items() if n)
        some = count(sum(self.ids.values()), "id")
        lines = [f"{count(self.people, 'person', 'people')} from {some} ({kinds})."]
        if self.accounts:
            lines = [f"{lines[0][:-1]}, in {count(self.accounts, 'account')}."]
        for name, text in _REPORTED.items():
            group: Group = getattr(self, name)
            if group.n_ids:
                kind, value, rows = group.examples[0]
                lines.append(
                    f"{text.format(ids=count(group.n_ids, 'id'))}; in "
                    f"{count(group.n_rows, 'row')}, such as {kind} {value!r} "
                    f"({count(rows, 'row')})."
                )
        if self.crowded:
            who, n = self.crowded[0]
            many = count(len(self.crowded), "person has", "people have")
            lines.append(f"{many} more than 50 ids, such as {who} ({n:,}): look at them.")
        return tuple(lines)


@dataclass(frozen=True, slots=True)
class Directory:
    """Every id of the log, whose it is, and how that came out as a whole."""

    summary: Summary
    table: pa.Table  # kind, id, person (null where it is nobody's)

    def person(self, given: str) -> str | None:
        """Give the canonical id of the person whom any kind of id means."""
        for kind, ids in self.kinds():
            wanted = normal(kind, pa.array([given], pa.string()))[0]
            at = pc.index(ids["id"], wanted).as_py() if wanted.is_valid else -1
            if at >= 0 and (found := ids["person"][at].as_py()) is not None:
                return str(found)
        return None

    def holds(self, given: str) -> bool:
        """Say whether an id stands in the log at all."""
        return bool(pc.index(self.table["id"], given).as_py() >= 0)

    def ids_of(self, person: str) -> tuple[tuple[str, str], ...]:
        """List every id that leads to a person."""
        mine = self.table.filter(pc.equal(self.table["person"], person))
        return tuple(zip(mine["kind"].to_pylist(), mine["id"].to_pylist(), strict=True))

    def kinds(self) -> list[tuple[str, pa.Table]]:
        """Give the ids of each kind, the most telling kind first."""
        starts = [0]
        for n in self.summary.ids.values():
            starts.append(starts[-1] + n)
        return [
            (kind, self.table.slice(start, n))
            for (kind, n), start in zip(self.summary.ids.items(), starts, strict=False)
        ]


def write(tx: Transaction, people: People) -> None:
    """Keep whose every id is."""
    kinds = people.ids.kinds
    counts = dict(zip(kinds, np.diff(people.ids.first).tolist(), strict=True))
    summary = Summary(
        len(people.persons),
        len(people.accounts),
        counts,
        _group(people.refused),
        _group(people.unused),
        _group(people.ambiguous),
        _group(people.shared),
        _group(people.tests),
        _group(people.split),
        people.crowded[:10],
        reasons(tx.store, people),
    )
    table = pa.table(
        {
            "kind": [kind for kind in kinds for _ in range(counts[kind])],
            "id": people.ids.values,
            "person": people.names_of_ids(),
        },
        schema=pa.schema(
            [("kind", pa.string()), ("id", pa.string()), ("person", pa.string())],
            {_TOLD: json.dumps(asdict(summary), ensure_ascii=False).encode()},
        ),
    )
    tx.drop(KIND)
    tx.add(KIND, "arrow", lambda file: _save(table, file), rows=table.num_rows)


def read(store: Store) -> Directory:
    """Give what was kept."""
    (part,) = store.manifest.of(KIND)
    table = pa.ipc.open_file(pa.BufferReader(store.checked(part))).read_all()
    told = json.loads(table.schema.metadata[_TOLD])
    groups = {name: _told_group(told.get(name, [0, 0, []])) for name in _REPORTED}
    crowded = tuple((str(who), int(n)) for who, n in told["crowded"])
    summary = Summary(
        told["people"],
        told["accounts"],
        told["ids"],
        crowded=crowded,
        nobody=told.get("nobody", {}),
        **groups,
    )
    return Directory(summary, table)


def _save(table: pa.Table, file: object) -> None:
    with pa.ipc.new_file(file, table.schema) as out:
        out.write_table(table)


def _group(found: Reported) -> Group:
    return Group(found.n_ids, found.n_rows, found.examples[:3])


def _told_group(told: list[object]) -> Group:
    n_ids, n_rows, examples = told
    assert isinstance(examples, list)
    return Group(
        int(str(n_ids)),
        int(str(n_rows)),
        tuple((str(kind), str(value), int(rows)) for kind, value, rows in examples),
    )
