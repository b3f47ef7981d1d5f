"""A disk in memory that promises no more than POSIX does, and can lose power after any call.

What a program reads is the cache. What is there after a power cut is what was synced, and of
everything else a random part:

- written bytes are safe after `sync` of their file: before, each write may be kept, cut anywhere,
  or lose some of its sectors of 512 bytes or 4 KiB, which are then missing or zero;
- names (of new files and folders, of renamed and of removed ones) are safe after `sync_folder` of
  their folder: before, each may be there or not, whatever happened to the others;
- bytes that a failed sync was asked for may be lost even if a later one succeeds. Names are safe
  once a later sync of their folder succeeds: a journal that lost a change takes no later one.

A kill is milder: the cache stays, and the process is gone in the middle of a call.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import RLock

import pyarrow as pa

from trod.errors import StoreError


class Kill(BaseException):
    """The process is gone: nothing after this runs, not even what cleans up."""


@dataclass(slots=True)
class Change:
    """One change of a file or folder that a power cut may undo."""

    what: object  # of a file: (offset, bytes) or a size; of a folder: (name, what it leads to)
    doomed: bool = False  # a sync that should have kept it failed
    safe: bool = False  # a later sync kept it, though something before it is doomed


class Node:
    """What files and folders share: changes that are in the cache and not on the disk."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def sync(self) -> None:
        """The disk has it now, apart from what a failed sync has lost sight of."""
        for change in self.changes:
            change.safe = not change.doomed
        if all(change.safe for change in self.changes):
            self.changes = []
            self.settle()

    def settle(self) -> None:
        """Take what is in the cache for what is on the disk."""


class File(Node):
    """Bytes on the disk, and bytes in the cache."""

    def __init__(self, content: bytes = b"") -> None:
        super().__init__()
        self.disk = content
        self.cache: bytes | bytearray = content

    def settle(self) -> None:
        self.disk = self.cache = bytes(self.cache)

    def put(self, block: bytes) -> None:
        self.changes.append(Change((len(self.cache), block)))
        self.cache = bytearray(self.cache)
        self.cache += block

    def empty(self) -> None:
        self.changes.append(Change(0))
        self.cache = b""

    def fail(self) -> None:
        """A sync failed: the kernel forgets that these changes are not on the disk."""
        for change in self.changes:
            change.doomed = not change.safe

    def after(self, luck: Luck) -> bytes:
        """What a power cut leaves."""
        if not self.changes:
            return self.disk
        found = bytearray(self.disk)
        how = luck.how()
        for change in self.changes:
            if change.safe:
                apply(found, change.what)
            elif isinstance(change.what, int):
                if how != "nothing" and luck.keeps():
                    apply(found, change.what)
            else:
                offset, block = change.what
                luck.torn(found, offset, block, how)
        return bytes(found)


def apply(found: bytearray, what: object) -> None:
    if isinstance(what, int):
        del found[what:]
    else:
        offset, block = what
        found.extend(bytes(max(0, offset - len(found))))
        found[offset : offset + len(block)] = block


class Folder(Node):
    """Names on the disk, and names in the cache."""

    def __init__(self) -> None:
        super().__init__()
        self.disk: dict[str, Node] = {}
        self.cache: dict[str, Node] = {}

    def settle(self) -> None:
        self.disk = dict(self.cache)

    def name(self, name: str, node: Node | None) -> None:
        self.changes.append(Change((name, node)))
        if node is None:
            del self.cache[name]
        else:
            self.cache[name] = node

    def after(self, luck: Luck) -> Folder:
        """What a power cut leaves, of this folder and all below it."""
        names = dict(self.disk)
        for change in self.changes:
            name, node = change.what
            if change.safe or luck.names():
                names[name] = node
        made = Folder()
        for name, node in names.items():
            if node is not None:
                made.disk[name] = luck.once(node)
        made.cache = dict(made.disk)
        return made


@dataclass(slots=True)
class Luck:
    """What a power cut keeps, decided by chance: often all or none of a sort, sometimes a mix."""

    random: Random
    of_names: float = 0.0
    of_bytes: float = 0.0
    made: dict[int, Node] = field(default_factory=dict)

    @classmethod
    def of(cls, random: Random) -> Luck:
        shares = (0.0, 0.5, 1.0)
        return cls(random, random.choice(shares), random.choice(shares))

    def names(self) -> bool:
        return self.random.random() < self.of_names

    def keeps(self) -> bool:
        return self.random.random() < self.of_bytes

    def how(self) -> str:
        if self.of_bytes in {0.0, 1.0}:
            return "nothing" if self.of_bytes == 0.0 else "all"
        return self.random.choice(("cut", "512", "4096"))

    def once(self, node: Node) -> Node:
        """A file with two names is one file."""
        if id(node) not in self.made:
            left = node.after(self)  # type: ignore[attr-defined]
            self.made[id(node)] = File(left) if isinstance(left, bytes) else left
        return self.made[id(node)]

    def torn(self, found: bytearray, offset: int, block: bytes, how: str) -> None:
        """Keep some of a write."""
        if how == "all":
            apply(found, (offset, block))
        elif how == "cut":
            if self.keeps():
                apply(found, (offset, block[: self.random.randint(0, len(block))]))
        elif how != "nothing":
            size = int(how)
            for start in range(0, len(block), size):
                sector = block[start : start + size]
                fate = self.random.random()
                if fate < 0.5:
                    apply(found, (offset + start, sector))
                elif fate < 0.75:
                    apply(found, (offset + start, bytes(len(sector))))


@dataclass(slots=True)
class Fault:
    """Something that goes wrong at call `at`, and at those after it up to `until`."""

    at: int
    what: str  # "short", or the name of an error number
    until: int = 0

    def strikes(self, call: int) -> bool:
        return self.at <= call <= max(self.at, self.until)


@dataclass(slots=True)
class SimFile:
    """A file open for writing."""

    disk: SimFS
    file: File
    path: Path

    def write(self, block: memoryview) -> int:
        return self.disk._write(self, bytes(block))

    def sync(self) -> None:
        try:
            with self.disk._called("sync", self.path):
                self.file.sync()
        except OSError:
            self.file.fail()
            raise

    def close(self) -> None:
        pass


class SimFS:
    """A file system in memory. `after_call` runs after each call that may change something."""

    def __init__(self, root: Folder | None = None, *, most: int = 1 << 30) -> None:
        self.root = root or Folder()
        self.most = most  # bytes that one write takes
        self.calls = 0
        self.fault: Fault | None = None
        self.kill_at = 0
        self.after_call: Callable[[str], None] | None = None
        self.struck = ""
        self._dead = False
        self._locked = False
        self._one = RLock()

    # What happens to it

    def power_cut(self, random: Random | Luck) -> SimFS:
        """Give the disk as a power cut at this moment may leave it."""
        luck = random if isinstance(random, Luck) else Luck.of(random)
        return SimFS(self.root.after(luck), most=self.most)

    def restart(self) -> None:
        """Start a new process after a kill; the cache is as it was."""
        self.kill_at, self._dead, self._locked = 0, False, False

    # The calls of a file system

    def create(self, path: Path) -> SimFile:
        with self._called("create", path):
            folder = self._folder(path.parent)
            file = folder.cache.get(path.name)
            if isinstance(file, File):
                file.empty()
            else:
                file = File()
                folder.name(path.name, file)
        return SimFile(self, file, path)

    def _write(self, to: SimFile, block: bytes) -> int:
        with self._one:
            self._alive()
            some = block[: self.most]
            half = self._next_kills() or self._next_fails()
            if half:  # what goes wrong goes wrong half-way
                some = some[: len(some) // 2]
                to.file.put(some)
            with self._called("write", to.path):
                if not half:
                    to.file.put(some)
        return len(some)

    def read(self, path: Path) -> bytes:
        with self._one:
            self._alive()
            return bytes(self._file(path).cache)

    def map(self, path: Path) -> pa.Buffer:
        return pa.py_buffer(self.read(path))

    def exists(self, path: Path) -> bool:
        return self._find(path) is not None

    def rename(self, old: Path, new: Path) -> None:
        with self._called("rename", new):
            file = self._file(old)
            self._folder(new.parent).name(new.name, file)
            self._folder(old.parent).name(old.name, None)

    def remove(self, path: Path) -> None:
        with self._called("remove", path):
            folder = self._folder(path.parent)
            if path.name in folder.cache:
                folder.name(path.name, None)

    def list(self, folder: Path) -> list[Path]:
        with self._one:
            self._alive()
            return sorted(self._below(folder, self._folder(folder)))

    def modified(self, path: Path) -> float:
        return 0.0

    def make_folder(self, folder: Path) -> None:
        with self._called("make_folder", folder):
            above = self._folder(folder.parent)
            if folder.name not in above.cache:
                above.name(folder.name, Folder())

    def sync_folder(self, folder: Path) -> None:
        with self._called("sync_folder", folder):
            self._folder(folder).sync()

    @contextmanager
    def lock(self, folder: Path) -> Iterator[None]:
        if self._locked:
            raise StoreError("is being written by another process")
        self._locked = True
        try:
            yield
        finally:
            self._locked = False

    @contextmanager
    def scratch(self, folder: Path) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as room:
            yield Path(room)

    # How they are done

    def _alive(self) -> None:
        if self._dead:
            raise Kill

    def _next_kills(self) -> bool:
        return bool(self.kill_at) and self.calls + 1 >= self.kill_at

    def _next_fails(self) -> bool:
        return self.fault is not None and self.fault.strikes(self.calls + 1)

    @contextmanager
    def _called(self, call: str, path: Path) -> Iterator[None]:
        with self._one:
            self._alive()
            if self._next_kills():
                self._dead = True
                raise Kill
            fails = self._next_fails()
            self.calls += 1
            if fails and self.fault.what != "short":  # type: ignore[union-attr]
                self._strike(call, path)
            yield
            if self.after_call is not None:
                self.after_call(f"{self.calls} {call} {path.name}")

    def _strike(self, call: str, path: Path) -> None:
        number = getattr(errno, self.fault.what)  # type: ignore[union-attr]
        if number == errno.ENOSPC and call in {"remove", "sync", "sync_folder"}:
            return
        self.struck = f"{call} {path.name}"
        raise OSError(number, os.strerror(number), str(path))

    def _find(self, path: Path) -> Node | None:
        node: Node | None = self.root
        for name in path.parts[1:]:
            if not isinstance(node, Folder):
                return None
            node = node.cache.get(name)
        return node

    def _file(self, path: Path) -> File:
        if isinstance(node := self._find(path), File):
            return node
        raise FileNotFoundError(errno.ENOENT, "No such file", str(path))

    def _folder(self, path: Path) -> Folder:
        if isinstance(node := self._find(path), Folder):
            return node
        raise FileNotFoundError(errno.ENOENT, "No such folder", str(path))

    def _below(self, path: Path, folder: Folder) -> Iterator[Path]:
        for name, node in folder.cache.items():
            if isinstance(node, Folder):
                yield from self._below(path / name, node)
            else:
                yield path / name
