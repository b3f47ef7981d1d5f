"""A folder of immutable parts and the manifest that names them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple

import pyarrow as pa

from trod._store.durable import Write, between, make_folders, write_file
from trod._store.fs import FileSystem, LocalFiles
from trod._store.manifest import NAME as MANIFEST
from trod._store.manifest import Manifest, Part, read_manifest, swap_manifest, write_manifest
from trod._store.sweep import GRACE_SECONDS, PROBE, sweep
from trod._store.threads import in_parallel
from trod.errors import StoreError


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
        if not disk.exists(folder / MANIFEST):
            try:
                _make(disk, folder)
            except OSError as problem:
                raise StoreError(f"{folder} could not be made: {problem}.") from problem
        return cls.open(folder, files=disk)

    @classmethod
    def open(cls, folder: Path, *, files: FileSystem | None = None) -> Store:
        """Open a store at its latest manifest, which this object keeps until `refresh`."""
        disk = files or LocalFiles()
        return cls(folder, read_manifest(disk, folder), disk)

    def refresh(self) -> None:
        """Take the latest manifest."""
        self.manifest = read_manifest(self.files, self.folder)

    def beside(self, folder: Path) -> Store:
        """Make a store of the same parts in another folder of this disk, by links to their files.

        It can be written to, and nothing of that reaches this one. It lasts no longer than this
        one keeps the parts.
        """
        disk = LocalFiles()
        for part in self.manifest.parts:
            place = folder / part.path
            make_folders(disk, place.parent)
            place.symlink_to(self.path(part).resolve())
        write_manifest(disk, folder, self.manifest)
        swap_manifest(disk, folder)
        return Store.open(folder, files=disk)

    def path(self, part: Part) -> Path:
        """Say where a part lies."""
        return self.folder / part.path

    def map(self, part: Part) -> pa.Buffer:
        """Give the bytes of a part, read from disk when touched."""
        try:
            content = self.files.map(self.path(part))
        except OSError as problem:
            raise self._error(part, _unreadable(problem)) from problem
        if content.size != part.bytes:
            raise self._error(part, _size_differs(part, content.size))
        return content

    def checked(self, part: Part) -> pa.Buffer:
        """Give the bytes of a part after comparing all of them with the checksum."""
        content = self.map(part)
        if not _is_true(part, content):
            raise self._error(part, _WRONG)
        return content

    @contextmanager
    def damage_named(self, part: Part) -> Iterator[None]:
        """Name the part where reading its content fails."""
        try:
            yield
        except (OSError, pa.ArrowException) as problem:
            raise self._error(part, f"damaged: {problem}") from problem

    def _error(self, part: Part, what: str) -> StoreError:
        return StoreError(f"{self.path(part)}: {what}. {_VERIFY}")

    def damaged(self) -> tuple[Damage, ...]:
        """Compare every part with its checksum, and list those that differ or are missing."""
        found = in_parallel(self._damage, self.manifest.parts)
        return tuple(damage for damage in found if damage is not None)

    def verify(self) -> None:
        """Compare every part with its checksum; raise StoreError naming all damaged files."""
        if found := self.damaged():
            raise StoreError("\n".join(str(self._error(*damage)) for damage in found))

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a folder for what need not survive; only the writer may ask for it."""
        with self.files.scratch(self.folder) as room:
            yield room

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Hold the writer lock and collect parts; nothing is seen by readers before `commit`."""
        with self.files.lock(self.folder):
            self.refresh()
            self._hold()
            sweep(self.files, self.folder, self.manifest)
            transaction = Transaction(self)
            try:
                yield transaction
            finally:
                transaction.discard()

    def demand_room(self) -> None:
        """Refuse at once where nothing can be written, before long work is done for it.

        Raises
        ------
        StoreError
            If a file cannot be made in the folder. Who else writes to it is not asked.
        """
        probe = self.folder / f"{PROBE}{os.getpid()}"
        try:
            self.files.create(probe).close()
            self.files.remove(probe)
        except OSError as problem:
            raise StoreError(
                f"{self.folder} cannot be written to: {_reason(problem)}. Nothing was done. Work "
                "on a copy of the workspace that you may write to."
            ) from problem

    def _hold(self) -> None:
        """Make sure that the disk has the manifest that was read.

        Whoever swapped it may have been killed before its name was synced. Nothing may be built
        on it, nor told to be on record, while a power cut can still bring back the one before.
        """
        try:
            self.files.sync_folder(self.folder)
        except OSError as problem:
            raise StoreError(f"{self.folder} cannot be synced: {problem}.") from problem

    def _damage(self, part: Part) -> Damage | None:
        """Compare a part with its checksum. It is read, not mapped: a bad sector is no signal."""
        try:
            content = self.files.read(self.path(part))
        except OSError as problem:
            return Damage(part, _unreadable(problem))
        if len(content) != part.bytes:
            return Damage(part, _size_differs(part, len(content)))
        return None if _is_true(part, content) else Damage(part, _WRONG)


class Damage(NamedTuple):
    """A part that is not what was written."""

    part: Part
    what: str  # is wrong with it, such as "missing"


def _reason(problem: OSError) -> str:
    return (problem.strerror or str(problem)).lower()


def _unreadable(problem: OSError) -> str:
    return "missing" if isinstance(problem, FileNotFoundError) else f"cannot be read: {problem}"


def _size_differs(part: Part, size: int) -> str:
    return f"damaged: {size} bytes where the manifest says {part.bytes}"


def _is_true(part: Part, content: pa.Buffer | bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == part.sha256


def _make(files: FileSystem, folder: Path) -> None:
    """Make an empty store; one that was begun and not finished is finished."""
    for parent in {*make_folders(files, folder), folder.parent}:
        files.sync_folder(parent)
    with files.lock(folder):
        if not files.exists(folder / MANIFEST):
            write_manifest(files, folder, Manifest())
            swap_manifest(files, folder)


_WRONG: Final = "damaged: wrong checksum"
_VERIFY: Final = "Run `trod verify` to see what can be made again and what needs a backup."
_BEFORE: Final = "The store is as it was before."
_UNSURE: Final = "Whether it was kept is not known: run it again, nothing is stored twice."


@dataclass(slots=True)
class Transaction:
    """Parts on their way into the next manifest."""

    store: Store
    added: list[Part] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)
    _number: int = 0
    _failed: bool = False

    @property
    def serial(self) -> int:
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
        self._still_open()
        path = f"{kind}/{self.serial:06d}-{number or self.reserve():06d}.{suffix}"
        where = self.store.folder / path
        try:
            make_folders(self.store.files, where.parent)
            written = write_file(self.store.files, where, content)
        except OSError as problem:
            raise StoreError(f"{where} could not be written: {problem}. {_BEFORE}") from problem
        part = Part(kind, path, written.sha256, written.bytes, rows, dict(facts or {}))
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
        before = self.store.manifest.of(kind)
        kept = tuple(part for part in before if not {kind, part.path} & self.dropped)
        return kept + tuple(part for part in self.added if part.kind == kind)

    def drop(self, what: str) -> None:
        """Leave out parts that were there before: all of a kind, or the one with this path."""
        self.dropped.add(what)

    def commit(self) -> None:
        """Make what was added and dropped the state of the store, at once or not at all.

        Raises
        ------
        StoreError
            If the disk fails. Before the last step the store is as it was; in the last step
            nobody can know, and the next reader sees one state or the other.
        """
        self._still_open()
        store = self.store
        parts = store.manifest.parts
        kept = tuple(part for part in parts if not {part.kind, part.path} & self.dropped)
        added = tuple(sorted(self.added, key=lambda part: part.path))
        manifest = Manifest(self.serial, kept + added)
        self._failed = True
        try:
            for folder in self._folders():
                store.files.sync_folder(folder)
            write_manifest(store.files, store.folder, manifest)
        except OSError as problem:
            raise StoreError(
                f"{store.folder} could not be written: {problem}. {_BEFORE}"
            ) from problem
        # From here on the new manifest may be the one on disk, even if the swap reports a fault.
        self.added.clear()
        try:
            swap_manifest(store.files, store.folder)
        except OSError as problem:
            raise StoreError(
                f"{store.folder} could not be written: {problem}. {_UNSURE}"
            ) from problem
        self._failed = False
        self.dropped.clear()
        store.manifest = manifest
        sweep(store.files, store.folder, manifest, grace_seconds=store.grace_seconds)

    def _folders(self) -> list[Path]:
        """List the folders whose names the new manifest relies on, the deepest first.

        All of them up to the store: one that is there may have been made by a process that was
        killed before it could sync the name.
        """
        top = self.store.folder
        parents = {self.store.path(part).parent for part in self.added}
        found = {folder for parent in parents for folder in between(parent, top)}
        return sorted(found, key=lambda folder: (-len(folder.parts), folder))

    def _still_open(self) -> None:
        if self._failed:
            raise StoreError(f"{self.store.folder}: this transaction failed. Begin another one.")

    def discard(self, after: int = 0) -> None:
        """Remove what was added after so many parts; what cannot be removed is swept later."""
        while len(self.added) > after:
            with suppress(OSError):
                self.store.files.remove(self.store.path(self.added.pop()))
