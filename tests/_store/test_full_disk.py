"""Real disks that are full, and real limits on the size of a file."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests._store.kill import Company, page
from trod._store.fs import LocalFiles
from trod._store.store import Store
from trod.errors import StoreError
from trod.workspace import Workspace
from trod.workspace.verify import verify


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of 1 MB."""
    at = tmp_path / "disk"
    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(at)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield at
    subprocess.run(["umount", "--lazy", str(at)], check=True)


def trod(folder: Path, *words: str, most_bytes: int = -1) -> tuple[int, str]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    done = subprocess.run(
        [sys.executable, "-m", "trod", "-C", str(folder), *words],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit if most_bytes > 0 else None,
    )
    return done.returncode, " ".join(done.stderr.split())


def company(at: Path, rows: int) -> Company:
    made = Company(at, Random(1), rows)
    made.begin()
    made.next_file(0)
    made.next_file(1)
    return made


def test_R3_a_full_disk_is_said_in_words_and_loses_nothing(small_disk, tmp_path):
    few = company(small_disk, 20)
    space = Workspace.open(small_disk)
    space.ingest()
    before = page(space)
    few.next_file(2)
    fill(small_disk, but=8_000)
    code, said = trod(small_disk, "ingest")
    assert code == 1, said
    assert "No space left on device. The store is as it was before." in said
    assert "Traceback" not in said
    assert page(Workspace.open(small_disk)) == before
    assert verify(Workspace.open(small_disk).store).faults == ()
    (small_disk / "ballast").unlink()
    Workspace.open(small_disk).ingest()
    assert page(Workspace.open(small_disk)) == page(calm(small_disk, tmp_path))


def test_R3_where_the_disk_is_full_after_the_rows_are_stored_that_is_said(small_disk, tmp_path):
    few = company(small_disk, 20)
    Workspace.open(small_disk).ingest()
    few.next_file(2)
    fill(small_disk, but=40_000)
    code, said = trod(small_disk, "ingest")
    assert code == 1, said
    assert "What was read is stored" in said
    assert verify(Workspace.open(small_disk).store).faults == ()
    (small_disk / "ballast").unlink()
    assert page(Workspace.open(small_disk)) == page(calm(small_disk, tmp_path))


def fill(disk: Path, *, but: int) -> None:
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    (disk / "ballast").write_bytes(b"x" * (free - but))


def calm(disk: Path, at: Path) -> Workspace:
    """The same files on a disk with room."""
    shutil.copytree(disk, at / "calm", ignore=shutil.ignore_patterns(".trod"))
    space = Workspace.open(at / "calm")
    space.ingest()
    return space


def test_R3_a_limit_on_the_size_of_files_is_said_in_words_and_loses_nothing(tmp_path):
    company(tmp_path, 2000)
    code, said = trod(tmp_path, "ingest", most_bytes=20_000)
    assert code == 1, said
    assert "File too large" in said or "grows larger than a file may be here" in said
    assert "Traceback" not in said
    assert Store.open(tmp_path / ".trod").manifest.parts == ()
    Workspace.open(tmp_path).ingest()
    assert verify(Workspace.open(tmp_path).store).faults == ()


def test_a_lock_is_not_handed_down_to_children_that_outlive_the_writer(tmp_path):
    store = Store.create(tmp_path / ".trod")
    with store.write():
        child = subprocess.Popen(["sleep", "30"])
    try:
        with Store.open(store.folder).write() as tx:
            tx.commit()
    finally:
        child.kill()
        child.wait()


def test_a_forked_child_does_not_let_go_of_the_lock_of_its_parent(tmp_path):
    store = Store.create(tmp_path / ".trod")
    code = (
        "import os, sys; from pathlib import Path; from trod._store.store import Store\n"
        "with Store.open(Path(sys.argv[1])).write() as tx:\n"
        "    if os.fork() == 0: os._exit(0)\n"
        "    os.wait(); print('held', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, str(store.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(StoreError, match=f"is being written by process {holder.pid}"),
            Store.open(store.folder).write(),
        ):
            pass
        holder.communicate()


def test_every_byte_is_written_where_a_signal_comes_in_between(tmp_path):
    """Python begins a call again that a signal interrupted; so does what is written here."""
    code = (
        "import signal, sys; from pathlib import Path\n"
        "from trod._store.durable import write_file; from trod._store.fs import LocalFiles\n"
        "signal.signal(signal.SIGALRM, lambda *_: None)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)\n"
        "block = bytes(range(256)) * 4096\n"
        "fill = lambda file: [file.write(block) for _ in range(20)]\n"
        "told = write_file(LocalFiles(), Path(sys.argv[1]), fill)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0); print(told.bytes)\n"
    )
    path = tmp_path / "big"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=True)
    assert int(done.stdout) == 20 << 20
    assert LocalFiles().read(path) == bytes(range(256)) * 4096 * 20
