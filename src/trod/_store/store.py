"""A folder of immutable parts and the manifest that names them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Final

import pyarrow as pa

from trod._store.fs import FileSystem, LocalFiles, Write
from trod._store.lock import NAME as LOCK_NAME
from trod._store.lock import writer_lock
from trod._store.manifest import NAME as MANIFEST_NAME
from trod._store.manifest import Manifest, Part, read_manifest, swap_manifest
from trod._store.watched import Watched
from trod.errors import StoreError

GRACE_SECONDS: Final = 600.0
"""How long a file that no manifest names any more is kept for readers who may still open it."""


@dataclass(slots=True)
class Store:
    """A store on disk: readers see one manifest, one writer at a time makes the next.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> store = Store.create(pathlib.Path(tempfile.mkdtemp()) / ".trod")
    >>> with store.write() as tx:
    ...     part = tx.add("notes", "txt", lambda file: file.write(b"hello"), rows=1)
    ...     tx.commit()
    >>> [part.kind for part in store.manifest.parts]
    ['notes']
    >>> bytes(store.map(store.manifest.parts[0]))
    b'hello'
    """

    folder: Path
    manifest: Manifest
    files: FileSystem = field(default_factory=LocalFiles)
    grace_seconds: float = GRACE_SECONDS

    @classmethod
    def create(cls, folder: Path, *, files: FileSystem | None = None) -> Store:
        """Make an empty store of a folder, such as ``acme/.trod``; keep the one that is there."""
        disk = files or LocalFiles()
        if not (folder / MANIFEST_NAME).exists():
            disk.make_folder(folder)
            with writer_lock(folder):
                if not (folder / MANIFEST_NAME).exists():
                    swap_manifest(disk, folder, Manifest())
        return cls.open(folder, files=disk)

    @classmethod
    def open(cls, folder: Path, *, files: FileSystem | None = None) -> Store:
        """Open a store at its latest manifest, which this object keeps until `refresh`."""
        disk = files or LocalFiles()
        return cls(folder, read_manifest(disk, folder), disk)

    def refresh(self) -> None:
        """Take the latest manifest."""
        self.manifest = read_manifest(self.files, self.folder)

    def path(self, part: Part) -> Path:
        """Say where a part lies."""
        return self.folder / part.path

    def map(self, part: Part) -> pa.Buffer:
        """Give the bytes of a part, read from disk when touched."""
        try:
            content = self.files.map(self.path(part))
        except FileNotFoundError as problem:
            raise StoreError(f"{self.path(part)}: missing. {_REBUILD}") from problem
        if content.size != part.bytes:
            raise StoreError(
                f"{self.path(part)}: damaged: {content.size} bytes where the manifest says "
                f"{part.bytes}. {_REBUILD}"
            )
        return content

    def checked(self, part: Part) -> pa.Buffer:
        """Give the bytes of a part after comparing all of them with the checksum."""
        content = self.map(part)
        if hashlib.sha256(content).hexdigest() != part.sha256:
            raise StoreError(f"{self.path(part)}: damaged: wrong checksum. {_REBUILD}")
        return content

    @contextmanager
    def damage_named(self, part: Part) -> Iterator[None]:
        """Name the part where reading its content fails."""
        try:
            yield
        except (OSError, pa.ArrowException) as problem:
            raise StoreError(f"{self.path(part)}: damaged: {problem}. {_REBUILD}") from problem

    def verify(self) -> None:
        """Compare every part with its checksum; raise StoreError naming all damaged files."""
        problems = []
        for part in self.manifest.parts:
            try:
                self.checked(part)
            except StoreError as problem:
                problems.append(str(problem))
        if problems:
            raise StoreError("\n".join(problems))

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Hold the writer lock and collect parts; nothing is seen by readers before `commit`."""
        with writer_lock(self.folder):
            self.refresh()
            self._sweep()
            transaction = Transaction(self)
            try:
                yield transaction
            finally:
                transaction.discard()

    def _sweep(self) -> None:
        """Remove files that no manifest names and that no reader can still want."""
        named = {part.path for part in self.manifest.parts} | {MANIFEST_NAME, LOCK_NAME}
        latest = time.time() - self.grace_seconds
        for path in self.files.list(self.folder):
            unnamed = path.relative_to(self.folder).as_posix() not in named
            if unnamed and self.files.modified(path) <= latest:
                self.files.remove(path)


_REBUILD: Final = "Restore it from a backup, or remove the store and ingest again."


@dataclass(slots=True)
class Transaction:
    """Parts on their way into the next manifest."""

    store: Store
    added: list[Part] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)
    _number: int = 0

    @property
    def _serial(self) -> int:
        """The serial number of the manifest that `commit` will write."""
        return self.store.manifest.serial + 1

    def add(
        self,
        kind: str,
        suffix: str,
        content: Write,
        *,
        rows: int,
        facts: Mapping[str, Any] | None = None,
        number: int | None = None,
    ) -> Part:
        """Write a part to disk; `commit` makes it part of the store.

        Threads may call this; a `number` from `reserve` then keeps the parts in order.
        """
        path = f"{kind}/{self._serial:06d}-{number or self.reserve():06d}.{suffix}"
        where = self.store.folder / path
        watched = Watched()

        def fill(file: BinaryIO) -> None:
            watched.file = file
            content(watched)

        try:
            self.store.files.make_folder(where.parent)
            self.store.files.write(where, fill)
        except OSError as problem:
            raise StoreError(
                f"{where} could not be written: {problem}. The store is as it was before."
            ) from problem
        part = Part(kind, path, watched.sha256.hexdigest(), watched.size, rows, dict(facts or {}))
        with self._lock:
            self.added.append(part)
        return part

    def reserve(self) -> int:
        """Give the next free number of a part."""
        with self._lock:
            self._number += 1
            return self._number

    def parts(self, kind: str) -> tuple[Part, ...]:
        """Give the parts of a kind as they will be after the commit."""
        before = () if kind in self.dropped else self.store.manifest.of(kind)
        return before + tuple(part for part in self.added if part.kind == kind)

    def drop(self, kind: str) -> None:
        """Leave out all parts of a kind that were there before."""
        self.dropped.add(kind)

    def commit(self) -> None:
        """Make what was added and dropped the state of the store, at once or not at all."""
        store = self.store
        before = store.manifest
        kept = tuple(part for part in before.parts if part.kind not in self.dropped)
        added = tuple(sorted(self.added, key=lambda part: part.path))
        manifest = Manifest(self._serial, kept + added)
        for folder in sorted({store.path(part).parent for part in added}):
            store.files.sync_folder(folder)
        # From here on the new manifest may be the one on disk, even if the swap reports a fault.
        self.added.clear()
        swap_manifest(store.files, store.folder, manifest)
        self.dropped.clear()
        store.manifest = manifest

    def discard(self) -> None:
        """Remove what was added and not committed."""
        while self.added:
            self.store.files.remove(self.store.path(self.added.pop()))
