"""Exports of real tools, as small files, and what must be found in each: written by hand beside it.

`exports/<mapping>.<ending>` is the export, `exports/<mapping>.expected.yml` what it says. Add both
to hold a mapping; no code is needed. A touchpoint that is listed must be in the log with exactly
what is listed: a key that is left out must be empty. Only the score of a touchpoint with a text may
be left out: it is then the mood of the text, which is no matter of the mapping.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from ruamel.yaml import YAML

from trod.workspace import Workspace

FOLDER = Path(__file__).parent / "exports"
ENDING = ".expected.yml"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Found = dict[str, Any]


@dataclass(frozen=True)
class Export:
    """One export and what is expected of it."""

    name: str
    file: Path
    events: dict[str, str]  # the `events:` section that the company has beside
    account: dict[str, Any]  # received, stored, duplicate; dropped and quarantined by reason
    touchpoints: list[Found]


def exports() -> list[Export]:
    """List the exports, in order of their names."""
    return [_export(path) for path in sorted(FOLDER.glob(f"*{ENDING}"))]


def _export(path: Path) -> Export:
    name = path.name.removesuffix(ENDING)
    (file,) = [other for other in FOLDER.glob(f"{name}.*") if not other.name.endswith(ENDING)]
    said = YAML(typ="base").load(path.read_text("utf-8"))  # everything as text
    account = {"duplicate": 0, "dropped": {}, "quarantined": {}} | {
        key: {why: int(each) for why, each in n.items()} if isinstance(n, dict) else int(n)
        for key, n in said["account"].items()
    }
    touchpoints = [_read(each) for each in said["touchpoints"]]
    return Export(name, file, said.get("events") or {}, account, touchpoints)


def _read(said: Found) -> Found:
    """Read an expected touchpoint: times in UTC, money and moods as numbers."""
    found = dict(said)
    found["time"] = datetime.fromisoformat(said["time"].replace("Z", "+00:00")).isoformat()
    if "value" in said:
        found["value"] = str(Decimal(said["value"]).normalize())
    if "score" in said:
        found["score"] = int(said["score"])
    return found


def company(folder: Path, some: list[Export], *, events: dict[str, str]) -> Path:
    """Write a trod.yml whose sources say nothing but what they are like."""
    sources = [
        {"name": one.name, "files": str(one.file.resolve()), "like": one.name} for one in some
    ]
    with (folder / "trod.yml").open("w", encoding="utf-8") as file:
        YAML().dump({"sources": sources, **({"events": events} if events else {})}, file)
    return folder


def stored(folder: Path) -> list[Found]:
    """Give what is in the log, in the words of the expected files, in order of time."""
    store = Workspace.open(folder).store
    tables = [
        pq.read_table(pa.BufferReader(store.map(part))) for part in store.manifest.of("touchpoints")
    ]
    rows = [row for table in tables for row in table.to_pylist()]
    return in_order([_found(row) for row in rows])


def _found(row: dict[str, Any]) -> Found:
    out: Found = {"time": (EPOCH + timedelta(microseconds=row["time_us"])).isoformat()}
    out |= {key: row[key] for key in ("touchpoint", "channel", "text", "score") if row.get(key)}
    if row["score"] is not None:
        out["score"] = row["score"]
    if row["value"] is not None:
        out["value"] = str((Decimal(row["value"]) / 1_000_000).normalize())
    for prefix, name in (("id.", "ids"), ("state.", "states")):
        inner = {k.removeprefix(prefix): v for k, v in row.items() if k.startswith(prefix) and v}
        out |= {name: inner} if inner else {}
    return out


def in_order(found: list[Found]) -> list[Found]:
    """Put touchpoints in order of time, then of everything else."""
    return sorted(found, key=lambda one: (one["time"], json.dumps(one, sort_keys=True)))


def as_expected(found: list[Found], expected: list[Found]) -> list[Found]:
    """Leave out moods that were read from texts, so that what was said can be compared."""
    said = {_whole(one) for one in expected if "text" in one and "score" not in one}
    return in_order([_without_score(one) if _whole(one) in said else one for one in found])


def _without_score(one: Found) -> Found:
    return {key: value for key, value in one.items() if key != "score"}


def _whole(one: Found) -> str:
    return json.dumps(_without_score(one), sort_keys=True)
