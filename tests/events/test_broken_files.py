"""R7: a file that cannot be read costs itself, and rows that cannot be read stay rows."""

from __future__ import annotations

import gc
import gzip
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import trod
from tests.badinput.bad_sheets import DIRECTORY_LOST
from trod import Workspace
from trod.errors import DataError, NotEnoughDataError
from trod.events.quarantined import rows
from trod.events.spool import Spool
from trod.workspace.ingesting import read_in

CUT_OFF = '{"who":"c","at":"2025-01-'
FINE = "who,at,what\nann,2025-01-01,visit\n"


def workspace(root: Path, *patterns: str, **keys: object) -> Workspace:
    common = {"customer": "who", "time": "at", "touchpoint": "what", **keys}
    sources = [{"name": each.split(".")[0], "files": each, **common} for each in patterns]
    (root / "trod.yml").write_text(json.dumps({"sources": sources}))
    return Workspace.open(root)


def held(space: Workspace) -> list[tuple[str, int | None, bytes]]:
    return [(row.code, row.line, row.original) for row in rows(space.store)]


def stored(space: Workspace) -> int:
    return sum(part.rows for part in space.store.manifest.of("touchpoints"))


def test_R8_a_replay_leaves_a_cut_off_line_where_it_is(tmp_path: Path):
    fine = [json.dumps({"who": who, "at": "2025-01-01", "what": "visit"}) for who in "ab"]
    (tmp_path / "f.jsonl").write_text("\n".join([*fine, CUT_OFF]))
    space = workspace(tmp_path, "f.jsonl", where="plan IS NULL OR plan <> 'test'", may_lack="plan")
    space.ingest()
    before = held(space)
    assert before == [("json_cut_off", 3, CUT_OFF.encode())]
    (report,) = space.replay()
    assert (report.total.received, report.total.n_quarantined) == (1, 1)
    assert held(space) == before


@pytest.mark.parametrize("where", [None, "Plan <> 'test'", "\"at\" > '2024'"])
def test_R8_a_replay_knows_columns_that_only_rows_on_record_have(tmp_path: Path, where: str | None):
    fine = {"who": "a", "at": "2025-01-01", "what": "visit", "plan": "pro"}
    timeless = {"who": "b"}
    (tmp_path / "f.jsonl").write_text(f"{json.dumps(fine)}\n{json.dumps(timeless)}\n")
    space = workspace(tmp_path, "f.jsonl", **({"where": where} if where else {}))
    space.ingest()
    before = held(space)
    space.replay()
    assert held(space) == before
    assert stored(space) == 1


@pytest.mark.parametrize("attributes", [(), ["plan"], "*"])
def test_R7_a_file_without_one_readable_record_is_quarantined_by_record(
    tmp_path: Path, attributes: object
):
    (tmp_path / "a.jsonl").write_text(CUT_OFF)
    (tmp_path / "b.csv").write_text(FINE)
    space = workspace(tmp_path, "a.jsonl", "b.csv")
    told = json.loads((tmp_path / "trod.yml").read_text())
    told["sources"][0]["attributes"] = attributes
    (tmp_path / "trod.yml").write_text(json.dumps(told))
    space = Workspace.open(tmp_path)
    space.ingest()
    assert set(held(space)) == {("json_cut_off", 1, CUT_OFF.encode())}
    assert stored(space) == 1
    before = held(space)
    space.replay()
    assert sorted(held(space)) == sorted(before)


def damaged() -> bytes:
    """Give a gzip file whose rows begin well and whose end is missing."""
    many = "".join(f"p{i},2025-01-01,visit {i * 7919 % 10007}\n" for i in range(20_000))
    return gzip.compress(f"who,at,what\n{many}".encode())[:-2_000]


BROKEN = {"gz": damaged(), "parquet": b"PAR1 and nothing more", "empty": b"", "array": b'[{"who":'}


@pytest.mark.parametrize("kind", BROKEN)
def test_R7_a_file_that_cannot_be_read_stops_no_other_and_leaves_nothing(tmp_path: Path, kind: str):
    (tmp_path / "a.csv").write_bytes(BROKEN[kind])
    (tmp_path / "b.csv").write_text(FINE)
    (tmp_path / "c.csv").write_bytes(BROKEN[kind])
    space = workspace(tmp_path, "a.csv", "b.csv", "c.csv")
    with pytest.raises(DataError) as caught:
        space.ingest()
    *problems, rest = str(caught.value).splitlines()
    assert [name in line for name, line in zip("ac", problems, strict=True)] == [True, True]
    assert "a.csv" in problems[0]
    assert "c.csv" in problems[1]
    assert rest == "All other files were read, and what they hold is stored."
    assert (stored(space), held(space)) == (1, [])
    assert [report.source for report in space.reports()] == ["b"]
    assert Workspace.open(tmp_path).journeys().n_customers == 1
    for name in "ac":
        (tmp_path / f"{name}.csv").write_text(FINE.replace("ann", name))
    space.ingest()
    assert stored(space) == 3


def test_R7_a_workbook_whose_list_of_parts_is_damaged_stops_no_other_file(tmp_path: Path):
    (tmp_path / "a.xlsx").write_bytes(DIRECTORY_LOST)
    (tmp_path / "b.csv").write_text(FINE)
    space = workspace(tmp_path, "a.xlsx", "b.csv")
    with pytest.raises(DataError, match=r"a\.xlsx: the workbook is damaged or cut off"):
        space.ingest()
    assert stored(space) == 1


def rows_held() -> int:
    return sum(one.num_rows for one in gc.get_objects() if type(one) in (pa.RecordBatch, pa.Table))


def test_R7_what_was_read_of_a_file_before_it_broke_is_let_go(tmp_path: Path):
    names = [f"c{i}" for i in range(600_000)]
    rows = pa.table({"who": names, "at": ["2025-01-01"] * len(names), "what": names})
    file = tmp_path / "a.parquet"
    pq.write_table(rows, file, row_group_size=1 << 17, compression="none", use_dictionary=False)
    whole = bytearray(file.read_bytes())
    at = pq.ParquetFile(file).metadata.row_group(4).column(0).data_page_offset
    whole[at : at + 40] = b"\xff" * 40
    file.write_bytes(whole)
    before = rows_held()
    _, broken = read_in(workspace(tmp_path, "a.parquet"), None)
    assert [file for _, file in broken.found] == ["a.parquet"]
    assert rows_held() == before


def test_R7_tables_that_nobody_took_are_gone_with_their_spool(tmp_path: Path):
    rows = pa.table({"n": pa.array(np.arange(1_000_000))})
    before, spool = pa.total_allocated_bytes(), Spool(1 << 30)
    spool.kept(pa.concat_tables([rows, rows]).combine_chunks())
    del rows
    assert pa.total_allocated_bytes() > before
    spool.close()
    assert pa.total_allocated_bytes() <= before


def test_R7_an_ingest_that_could_read_nothing_leaves_no_trace(tmp_path: Path):
    (tmp_path / "a.csv").write_bytes(b"")
    space = workspace(tmp_path, "a.csv")
    with pytest.raises(DataError, match=r"a\.csv: the file is empty\.$"):
        space.ingest()
    assert not space.store.manifest.parts


def test_D1_files_of_profiles_alone_are_said_to_hold_no_touchpoint(tmp_path: Path):
    file = tmp_path / "profiles.csv"
    file.write_text("customer_id,plan\n" + "".join(f"c{i},pro\n" for i in range(9)))
    with pytest.raises(DataError, match=r"only attributes of customers .* under `time:`"):
        trod.map(file)


def test_D1_files_of_accounts_alone_are_mapped_by_account(tmp_path: Path):
    file = tmp_path / "log.csv"
    days = [
        f"{who},2025-01-0{i},{what}" for who in ("acme", "bolt") for i, what in enumerate("ab", 1)
    ]
    file.write_text("\n".join(["account_id,time,event", *days]))
    made = trod.map(file)
    assert (made.journeys.unit, made.data.population.n) == ("account", 2)
    with pytest.raises(NotEnoughDataError, match="use unit account"):
        trod.map(file, unit="person")
