"""A crash at any call to the disk leaves the old state or the new, never one between."""

import errno
from pathlib import Path

import pytest

from trod._store.fs import LocalFiles
from trod._store.store import Store
from trod.errors import StoreError


class Crash(BaseException):
    """The process is gone: nothing after this runs, not even what cleans up."""


class FailingFiles(LocalFiles):
    """A disk that stops at one call, before it, in the middle of it, or just after it."""

    def __init__(self, at: int, when: str) -> None:
        self.calls = 0
        self.at = at
        self.when = when

    def _call(self, work, *, half=None):
        self.calls += 1
        if self.calls > self.at:
            raise Crash
        if self.calls == self.at and self.when == "before":
            raise Crash
        if self.calls == self.at and self.when == "half" and half is not None:
            half()
            raise Crash
        found = work()
        if self.calls == self.at:
            raise Crash
        return found

    def write(self, path, content):
        self._call(
            lambda: LocalFiles.write(self, path, content),
            half=lambda: Path(path).write_bytes(b"torn"),
        )

    def rename(self, old, new):
        self._call(lambda: LocalFiles.rename(self, old, new))

    def remove(self, path):
        self._call(lambda: LocalFiles.remove(self, path))

    def sync_folder(self, folder):
        self._call(lambda: LocalFiles.sync_folder(self, folder))


def put(store: Store, text: bytes) -> None:
    with store.write() as tx:
        tx.drop("notes")
        tx.add("notes", "txt", lambda file: file.write(text), rows=1)
        tx.add("notes", "txt", lambda file: file.write(text * 2), rows=1)
        tx.commit()


def contents(folder: Path) -> list[bytes]:
    store = Store.open(folder)
    store.verify()
    return [bytes(store.map(part)) for part in store.manifest.of("notes")]


OLD, NEW, NEXT = [b"old", b"oldold"], [b"new", b"newnew"], [b"next", b"nextnext"]


@pytest.mark.parametrize("when", ["before", "half", "after"])
def test_R2_a_crash_at_any_call_leaves_the_old_state_or_the_new(tmp_path, when):
    seen = []
    for at in range(1, 100):
        folder = tmp_path / f"{when}{at}" / ".trod"
        put(Store.create(folder), b"old")
        files = FailingFiles(at, when)
        try:
            put(Store.open(folder, files=files), b"new")
            crashed = False
        except Crash:
            crashed = True
        found = contents(folder)
        assert found in (OLD, NEW)
        seen.append(found)
        put(Store.open(folder), b"next")  # and life goes on
        assert contents(folder) == NEXT
        if not crashed:
            break
    assert not crashed
    assert seen == sorted(seen, reverse=True), "once new, always new"
    assert OLD in seen
    assert NEW in seen


class FullDisk(LocalFiles):
    """A disk on which there is no room for parts."""

    def write(self, path, content):
        if "notes" in str(path):
            raise OSError(errno.ENOSPC, "No space left on device")
        LocalFiles.write(self, path, content)


def test_R3_a_full_disk_changes_nothing_and_is_said_in_words(tmp_path):
    folder = tmp_path / ".trod"
    put(Store.create(folder), b"old")
    with pytest.raises(StoreError, match=r"No space left on device.*as it was before"):
        put(Store.open(folder, files=FullDisk()), b"new")
    assert contents(folder) == OLD
    put(Store.open(folder), b"new")
    assert contents(folder) == NEW


@pytest.mark.parametrize("when", ["before", "half", "after"])
def test_R2_a_crash_while_a_store_is_made_leaves_none_or_an_empty_one(tmp_path, when):
    for at in range(1, 100):
        folder = tmp_path / f"{when}{at}" / ".trod"
        try:
            Store.create(folder, files=FailingFiles(at, when))
            crashed = False
        except Crash:
            crashed = True
        if (folder / "MANIFEST").exists():
            assert Store.open(folder).manifest.parts == ()
        else:
            with pytest.raises(StoreError, match="not a trod store"):
                Store.open(folder)
        assert Store.create(folder).manifest.parts == ()
        if not crashed:
            return
    pytest.fail("never ran to its end")
