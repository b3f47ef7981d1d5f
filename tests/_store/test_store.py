import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from tests.company import copied
from trod._store.fs import LocalFile, LocalFiles
from trod._store.store import Store
from trod.errors import StoreError
from trod.workspace.fitting import fit
from trod.workspace.progress import Silent


def put(store: Store, text: bytes, kind: str = "notes") -> None:
    with store.write() as tx:
        tx.add(kind, "txt", lambda file: file.write(text), rows=1)
        tx.commit()


def contents(store: Store, kind: str = "notes") -> list[bytes]:
    return [bytes(store.map(part)) for part in store.manifest.of(kind)]


@pytest.fixture
def store(tmp_path):
    return Store.create(tmp_path / ".trod")


def test_what_is_committed_is_there_after_opening_again(store):
    put(store, b"one")
    put(store, b"two")
    assert contents(Store.open(store.folder)) == [b"one", b"two"]


def test_what_is_not_committed_is_not_there_and_leaves_no_file(store):
    with store.write() as tx:
        tx.add("notes", "txt", lambda file: file.write(b"lost"), rows=1)
    assert contents(Store.open(store.folder)) == []
    assert not list((store.folder / "notes").iterdir())


def test_an_empty_part_can_be_mapped(store):
    put(store, b"")
    assert contents(store) == [b""]


def test_creating_a_store_that_is_there_keeps_it(store):
    put(store, b"one")
    assert contents(Store.create(store.folder)) == [b"one"]


def test_a_folder_without_manifest_is_not_a_store(tmp_path):
    with pytest.raises(StoreError, match="not a trod store: it has no MANIFEST"):
        Store.open(tmp_path)


def test_a_damaged_manifest_is_said_to_be_damaged(store):
    (store.folder / "MANIFEST").write_text('{"format": 1, "parts"')
    with pytest.raises(StoreError, match="damaged manifest"):
        Store.open(store.folder)


def test_a_manifest_of_a_newer_trod_is_refused(store):
    (store.folder / "MANIFEST").write_text('{"format": 99, "parts": [], "serial": 1}')
    with pytest.raises(StoreError, match="newer trod"):
        Store.open(store.folder)


@pytest.mark.parametrize("at", [0, 3, 9])
def test_R4_verify_names_the_file_with_a_flipped_bit(store, at):
    put(store, b"healthy")
    put(store, b"0123456789")
    path = store.path(store.manifest.parts[1])
    content = bytearray(path.read_bytes())
    content[at] ^= 4
    path.write_bytes(content)
    with pytest.raises(StoreError, match=f"{path.name}: damaged: wrong checksum") as found:
        store.verify()
    assert str(found.value).count("damaged") == 1


def test_R4_a_cut_file_is_found_when_it_is_read(store):
    put(store, b"0123456789")
    os.truncate(store.path(store.manifest.parts[0]), 4)
    with pytest.raises(StoreError, match="damaged: 4 bytes where the manifest says 10"):
        store.map(store.manifest.parts[0])


def test_R4_a_missing_file_is_named(store):
    put(store, b"0123456789")
    store.path(store.manifest.parts[0]).unlink()
    with pytest.raises(StoreError, match=r"notes/.*missing"):
        store.verify()


def test_a_second_writer_is_told_who_writes(store):
    code = (
        "import sys; from pathlib import Path; from trod._store.store import Store\n"
        "from trod.errors import StoreError\n"
        "try:\n"
        "    with Store.open(Path(sys.argv[1])).write(): print('wrote')\n"
        "except StoreError as problem: print(problem)\n"
    )
    command = [sys.executable, "-c", code, str(store.folder)]
    with store.write():
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert f"is being written by process {os.getpid()}" in said
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "wrote\n"


def test_readers_need_no_lock(store):
    put(store, b"one")
    with store.write():
        assert contents(Store.open(store.folder)) == [b"one"]
        assert contents(Store.create(store.folder)) == [b"one"]


def test_readers_keep_what_they_opened_while_a_writer_replaces_it(store):
    put(store, b"old")
    reader = Store.open(store.folder)
    with store.write() as tx:
        tx.drop("notes")
        tx.add("notes", "txt", lambda file: file.write(b"new"), rows=1)
        tx.commit()
    put(store, b"newer", kind="other")
    assert contents(reader) == [b"old"]
    assert contents(Store.open(store.folder)) == [b"new"]


def test_files_that_no_manifest_names_go_with_the_next_write_after_the_grace_time(store):
    put(store, b"old")
    old = store.path(store.manifest.parts[0])
    with store.write() as tx:
        tx.drop("notes")
        tx.commit()
    put(store, b"a", kind="other")
    assert old.exists()
    store.grace_seconds = 0.0
    put(store, b"b", kind="other")
    assert not old.exists()
    assert contents(store, "other") == [b"a", b"b"]


def test_parts_lie_in_the_order_of_their_numbers_not_of_their_writing(store):
    with store.write() as tx:
        first, second = tx.reserve(), tx.reserve()
        tx.add("notes", "txt", lambda file: file.write(b"2"), rows=1, number=second)
        tx.add("notes", "txt", lambda file: file.write(b"1"), rows=1, number=first)
        assert len(tx.parts("notes")) == 2
        tx.commit()
    assert contents(store) == [b"1", b"2"]


def test_an_arrow_file_is_mapped_not_copied(store):
    rows = pa.record_batch({"a": pa.array(range(1000), pa.int64())})

    def content(file):
        with pa.ipc.new_file(file, rows.schema) as out:
            out.write_batch(rows)

    with store.write() as tx:
        tx.add("notes", "arrow", content, rows=1000)
        tx.commit()
    before = pa.total_allocated_bytes()
    column = pa.ipc.open_file(store.map(store.manifest.parts[0])).get_batch(0)["a"]
    assert column.to_numpy()[999] == 999
    assert pa.total_allocated_bytes() - before < 1000


def test_R4_every_flipped_bit_of_the_manifest_is_found(store):
    put(store, b"0123456789")
    path = store.folder / "MANIFEST"
    whole = path.read_bytes()
    for bit in range(8 * len(whole)):
        content = bytearray(whole)
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
        with pytest.raises(StoreError, match="MANIFEST: damaged"):
            Store.open(store.folder)


def test_a_manifest_that_was_written_before_there_were_checksums_is_read(store):
    put(store, b"one")
    path = store.folder / "MANIFEST"
    told = json.loads(path.read_text())
    del told["checksum"]
    path.write_text(json.dumps(told, sort_keys=True, indent=1) + "\n")
    assert contents(Store.open(store.folder)) == [b"one"]
    put(store, b"two")
    assert "checksum" in path.read_text()


def test_R3_a_disk_that_fails_at_the_last_step_is_said_to_leave_it_open(store):
    class Failing(LocalFiles):
        def rename(self, old, new):
            raise OSError(errno.EIO, "Input/output error")

    put(store, b"old")
    with pytest.raises(StoreError, match=r"Whether it was kept is not known"):
        put(Store(store.folder, store.manifest, Failing()), b"new")
    assert contents(Store.open(store.folder)) == [b"old"]
    put(store, b"next")
    assert contents(store) == [b"old", b"next"]


def test_a_transaction_that_failed_cannot_be_used_again(store):
    class Full(LocalFiles):
        def create(self, path):
            raise OSError(errno.ENOSPC, "No space left on device")

    full = Store.open(store.folder, files=Full())
    with full.write() as tx:
        with pytest.raises(StoreError, match=r"No space left on device.*as it was before"):
            tx.commit()
        with pytest.raises(StoreError, match="this transaction failed"):
            tx.commit()


def test_what_a_stopped_writer_left_goes_with_the_next_write(store):
    put(store, b"one")
    left = [store.folder / name for name in ("notes/000002-000001.txt", "scratch/0.arrow")]
    for path in (*left, store.folder / "MANIFEST.new"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half")
    with store.write():
        assert sorted(path.name for path in store.folder.rglob("*") if path.is_file()) == [
            "000001-000001.txt",
            "LOCK",
            "MANIFEST",
        ]


def test_a_store_beside_another_has_its_parts_and_what_is_written_to_it_is_its_own(store, tmp_path):
    put(store, b"one")
    beside = store.beside(tmp_path / "beside")
    assert contents(beside) == [b"one"]
    with beside.write() as tx:
        tx.drop("notes")
        tx.commit()
    put(beside, b"two")
    assert contents(beside) == [b"two"]
    assert contents(Store.open(store.folder)) == [b"one"]
    store.verify()


class ReadOnly(LocalFiles):
    """A disk that was mounted to be read."""

    def create(self, path: Path) -> LocalFile:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))


def test_M1_nothing_is_fitted_that_could_not_be_kept(tmp_path: Path) -> None:
    space = copied(tmp_path / "acme", 100)
    space.store.files = ReadOnly()
    said: list[str] = []
    space.progress = Said(said)
    with pytest.raises(StoreError, match=r"cannot be written to: read-only file system\. Nothing"):
        fit(space, ["next"])
    assert said == []


def test_whether_anything_can_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store.create(tmp_path / ".trod")
    before = sorted(store.folder.iterdir())
    store.demand_room()
    assert sorted(store.folder.iterdir()) == before


class Said(Silent):
    """Writes down what is being done."""

    def __init__(self, said: list[str]) -> None:
        self.said = said

    def stage(self, name: str) -> None:
        self.said.append(name)
