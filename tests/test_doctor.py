"""D13: what reading files will take, and what the data of a workspace support."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from pyarrow.csv import read_csv

from tests.app.terminal import told, trod
from trod.errors import DataError
from trod.workspace import Workspace
from trod.workspace.holding import holding
from trod.workspace.samples import Sample, sample
from trod.workspace.sizing import AT_ONCE_ROWS, SORTED_BYTES, SORTED_ROWS, Took, expected, size_of

ROWS = [f"c{at % 50},visit,2026-01-{1 + at % 28:02d} 10:00:00" for at in range(400)]
HEADER = "user_id,event,timestamp"


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    file = tmp_path / "events.csv"
    file.write_text("\n".join([HEADER, *ROWS, ""]))
    return file


def test_D13_what_rows_take_beyond_the_samples_grows_with_the_rows() -> None:
    small = Took(10, 4.0, 2.0, 1_000, 100)
    large = Took(30, 8.0, 4.0, 3_000, 500)
    # 0.1 s of the processor and 20 bytes a row; two seconds pass for one of the processor.
    assert expected(small, large, 130) == (2 * (4.0 + 100 * 0.1), 13_000, 2_500)
    assert expected(small, large, 30) == (8.0, 3_000, 500)
    assert expected(large, large, 15) == (8.0, 3_000, 250)


def test_D13_memory_grows_by_what_is_read_at_once_and_then_by_what_is_sorted() -> None:
    small, large = Took(10, 1.0, 1.0, 1_000, 0), Took(20, 1.0, 1.0, 2_000, 0)
    held = 2_000 + 100 * (AT_ONCE_ROWS - 20)
    assert expected(small, large, AT_ONCE_ROWS)[1] == held
    assert expected(small, large, AT_ONCE_ROWS + 7)[1] == held + 7 * SORTED_BYTES
    most = held + (SORTED_ROWS - AT_ONCE_ROWS) * SORTED_BYTES
    assert expected(small, large, 100 * SORTED_ROWS)[1] == most


def test_D13_a_sample_is_the_first_rows_and_tells_how_many_there_are(csv: Path) -> None:
    room = csv.parent / "room"
    room.mkdir()
    some = sample(csv, room / "events.csv", 100)
    assert isinstance(some, Sample)
    assert (room / "events.csv").read_text().splitlines() == [HEADER, *ROWS[:100]]
    assert some.rows == 100
    assert 350 <= some.of_rows <= 450
    every = sample(csv, room / "events.csv", 1_000)
    assert every == Sample(room / "events.csv", 400, 400, True)
    packed = csv.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(csv.read_bytes()))
    assert sample(packed, room / packed.name, 1_000) == Sample(room / packed.name, 400, 400, True)
    table = csv.with_suffix(".parquet")
    pq.write_table(pa.table({"at": list(range(500))}), table, row_group_size=60)
    assert sample(table, room / table.name, 130) == Sample(room / table.name, 130, 500, True)
    assert pq.read_table(room / table.name)["at"].to_pylist() == list(range(130))
    assert "can be cut" in str(sample(Path("notes.xlsx"), room / "notes.xlsx", 9))


def test_D13_doctor_predicts_before_it_reads(csv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(csv.parent)
    csv.rename("events.csv")
    pq.write_table(read_csv("events.csv"), "crm.parquet")
    Path("more.xlsx").write_bytes(b"PK")
    found = told("doctor", "events.csv", "crm.parquet", "more.xlsx")  # as the help says it
    assert found["rows"] == 800
    assert found["rows_exact"]
    assert found["seconds"] > 0
    assert found["memory_bytes"] > 50_000_000
    assert found["disk_bytes"] > 5_000
    assert [one["rows"] for one in found["measured"]] == [800, 800]
    assert found["not_sampled"][0].startswith("more.xlsx")


def test_D13_files_that_no_sample_comes_from_are_said_to_be_such(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    with pytest.raises(DataError, match=r"no file can be cut into a sample\.\na\.xlsx"):
        size_of([tmp_path / "a.xlsx"])


def test_D13_doctor_says_what_the_data_of_a_workspace_support(csv: Path) -> None:
    folder = csv.parent
    trod("-C", folder, "init", csv)
    found = told("-C", folder, "doctor")
    assert found["touchpoints"] == 400
    held = holding(Workspace.open(folder))
    assert (
        found["disk_bytes"]
        == held.disk_bytes
        == sum(
            (folder / ".trod" / part.path).stat().st_size
            for part in Workspace.open(folder).store.manifest.parts
        )
    )
    assert {"question", "verdict", "why"} <= found["supports"][0].keys()
    said = trod("-C", folder, "doctor").stdout
    assert "What the data support" in said
    assert "Journey map" in said


@pytest.mark.skipif(os.name != "posix", reason="rights of files as POSIX has them")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_D8_what_is_kept_of_people_is_made_for_its_owner_alone(csv: Path, umask: int) -> None:
    folder = csv.parent
    before = os.umask(umask)
    try:
        trod("-C", folder, "init", csv)
        space = Workspace.open(folder)
        with space.state() as state, state.write() as con:
            con.execute(sa.text("CREATE TABLE some (thing TEXT)"))
            modes = {p.name: _mode(p) for p in (folder / ".trod").glob("state.db*")}
        trod("-C", folder, "activate", "--where", "all", "--out", folder / "all.csv")
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("state.db", "state.db-wal", "state.db-shm"), "600")
    assert _mode(folder / ".trod") == "700"
    assert all(_mode(p) == "700" for p in (folder / ".trod").rglob("*") if p.is_dir())
    assert _mode(folder / "all.csv") == "600"
    assert told("-C", folder, "doctor")["open_to_others"] == []


@pytest.mark.skipif(os.name != "posix", reason="rights of files as POSIX has them")
def test_D8_wider_rights_stay_and_doctor_says_so(csv: Path) -> None:
    folder = csv.parent
    trod("-C", folder, "init", csv)
    with Workspace.open(folder).state():
        pass
    (folder / ".trod").chmod(0o755)
    (folder / ".trod" / "state.db").chmod(0o644)
    (folder / "all.csv").touch()
    (folder / "all.csv").chmod(0o640)
    with Workspace.open(folder).state():
        trod("-C", folder, "activate", "--where", "all", "--out", folder / "all.csv")
    assert (folder / "all.csv").read_text()
    assert [_mode(folder / name) for name in (".trod", ".trod/state.db", "all.csv")] == [
        "755", "644", "640",
    ]  # fmt: skip
    found = told("-C", folder, "doctor")["open_to_others"]
    assert [(Path(one["path"]).name, one["mode"]) for one in found] == [
        (".trod", "755"), ("state.db", "644"),
    ]  # fmt: skip
    assert "chmod 600" in trod("-C", folder, "doctor").stdout


def _mode(path: Path) -> str:
    return f"{path.stat().st_mode & 0o777:o}"
