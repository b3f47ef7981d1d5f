"""Cut the power after every call of a program that uses the store, and look at what is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests._store.simfs import Fault, File, Folder, Kill, Luck, SimFS
from trod._store.manifest import NAME as MANIFEST
from trod._store.store import Store
from trod.errors import StoreError

HOME = Path("/acme/.trod")
State = tuple[tuple[str, bytes], ...]
"""What a store holds: the kind and the content of each part, in order."""


def disk(*, most: int = 1 << 30) -> SimFS:
    """An empty disk with the folder of a project."""
    root = Folder()
    root.cache["acme"] = Folder()
    root.settle()
    return SimFS(root, most=most)


def holds(store: Store) -> State:
    return tuple((part.kind, bytes(store.checked(part))) for part in store.manifest.parts)


@dataclass(frozen=True, slots=True)
class Step:
    """What one process does to the store: leave kinds out, add parts, and commit or not."""

    add: Sequence[tuple[str, bytes]] = ()
    drop: frozenset[str] = frozenset()
    commits: bool = True

    def after(self, before: State) -> State:
        kept = tuple(part for part in before if part[0] not in self.drop)
        return kept + tuple(sorted(self.add, key=lambda part: part[0]))

    def do(self, disk: SimFS) -> None:
        store = Store.open(HOME, files=disk)
        store.grace_seconds = 0.0
        with store.write() as tx:
            for kind in self.drop:
                tx.drop(kind)
            for kind, content in self.add:
                tx.add(kind, "bin", lambda file, content=content: file.write(content), rows=1)
            if self.commits:
                tx.commit()


@dataclass(slots=True)
class Outage:
    """Power cuts at random, and what the store may hold after one."""

    disk: SimFS
    random: Random
    cuts: float = 1.0  # after each call; less than 1 is a chance
    made: bool = False  # whether it was promised that there is a store
    may: set[State] = field(default_factory=lambda: {()})
    cases: int = 0
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.disk.after_call = self.look

    def look(self, call: str) -> None:
        """Cut the power here, some times over."""
        for _ in range(int(self.cuts + self.random.random())):
            self.cases += 1
            self.judge(f"after call {call}", self.problem)
            if self.found:
                self.disk.after_call = None
                return

    def judge(self, where: str, problem: object) -> None:
        try:
            said = problem(self.disk.power_cut(self.random))  # type: ignore[operator]
        except Exception as raised:
            said = f"{type(raised).__name__}: {raised}"
        if said is not None:
            self.found.append(f"{where}: {said}")

    def problem(self, left: SimFS) -> str | None:
        """Say what is wrong with a disk that a power cut has left, if anything is."""
        if not self.made:
            Store.create(HOME, files=left)
        store = Store.open(HOME, files=left)
        state = holds(store)
        if state not in self.may:
            return f"the store holds {told(state)}, not one of {[told(s) for s in self.may]}"
        if self.cases % 8 == 0 and (said := unnoticed(left, store, self.random)):
            return said
        return goes_on(left, state) if self.cases % 2 else None

    def step(self, step: Step) -> bool:
        """Let one process do a step, and keep account of what it was promised."""
        try:
            there = self.disk.exists(HOME / MANIFEST)
            store = Store.create(HOME, files=self.disk)
            self.made |= not there
            before = holds(store)
            if before not in self.may:
                self.found.append(f"a process sees {told(before)}")
            after = step.after(before) if step.commits else before
            known, self.may = self.may, self.may | {after}
            step.do(self.disk)
        except StoreError as problem:
            if "as it was before" in str(problem):
                self.may = known
            return False
        self.may, self.made = {after}, True
        return True


def told(state: State) -> str:
    return " ".join(f"{kind}:{content[:3].decode()}*{len(content)}" for kind, content in state)


def goes_on(left: SimFS, state: State) -> str | None:
    """After a power cut the next process works, is safe, and leaves no file that nobody names."""
    Step([("next", b"next")]).do(left)
    safe = left.power_cut(Luck(Random(0)))
    store = Store.open(HOME, files=safe)
    if holds(store) != (*state, ("next", b"next")):
        return f"a commit after it holds {told(holds(store))}"
    named = {store.path(part) for part in store.manifest.parts} | {HOME / MANIFEST}
    if unnamed := set(left.list(HOME)) - named:
        return f"files that nobody names: {sorted(path.name for path in unnamed)}"
    return None


def unnoticed(left: SimFS, store: Store, random: Random) -> str | None:
    """Flip one bit of one file. It must be found, and named; nothing else may be."""
    if store.damaged():
        return "verify finds damage"
    paths = [HOME / MANIFEST, *map(store.path, store.manifest.parts)]
    path = random.choice([path for path in paths if left.read(path)])
    file = left._file(path)
    whole = file.cache
    flip(file, random.randrange(8 * len(whole)))
    try:
        holds(Store.open(HOME, files=left))
        return f"a flipped bit of {path.name} is not noticed"
    except StoreError as problem:
        if path.name not in str(problem):
            return f"a flipped bit of {path.name} is not named: {problem}"
    finally:
        file.cache = whole
    return None


def flip(file: File, bit: int) -> None:
    content = bytearray(file.cache)
    content[bit // 8] ^= 1 << bit % 8
    file.cache = bytes(content)


LOOK = Step(commits=False)
STEPS = (
    Step([("notes", b"a" * 40), ("notes", b"b" * 1500)]),
    Step([("journeys/person", b"c" * 700)]),
    Step([("notes", b"d" * 90)], drop=frozenset({"notes"})),
    Step([("notes", b"e" * 600)], commits=False),
    LOOK,
    Step([("notes", b"f" * 513), ("journeys/person", b"")], drop=frozenset({"journeys/person"})),
    Step([("who", b"g" * 30)], drop=frozenset({"who", "notes"})),
)


def play(outage: Outage, steps: Sequence[Step] = STEPS) -> Outage:
    """Let one process after the other do its step; one that is killed is started again.

    In between another one may look, and tell what is on record without writing anything.
    """
    for step in steps:
        try:
            outage.step(step)
        except Kill:
            outage.disk.restart()
            if outage.random.random() < 0.5:
                outage.step(LOOK)
            outage.step(step)
        if outage.found:
            break
    return outage


def calls_of(steps: Sequence[Step] = STEPS, *, most: int = 400) -> int:
    """How many calls a disk gets where nothing goes wrong."""
    plain = disk(most=most)
    outage = Outage(plain, Random(0), cuts=0)
    assert not play(outage, steps).found
    return plain.calls


def undisturbed(seed: int, *, cuts: float) -> Outage:
    """Power cuts only."""
    return play(Outage(disk(most=400), Random(seed), cuts))


def killed(seed: int, *, cuts: float) -> Iterator[Outage]:
    """A process is killed at a call, the next one goes on with its cache, the power is cut."""
    for at in range(1, calls_of() + 1):
        bad = disk(most=400)
        bad.kill_at = at
        yield play(Outage(bad, Random(seed + at), cuts))


def faulty(seed: int, *, cuts: float, share: float = 1.0) -> Iterator[Outage]:
    """A call fails, or several in a row; some are short; then the power is cut."""
    random = Random(seed)
    for at in range(1, calls_of() + 1):
        for what in ("short", "ENOSPC", "EIO", "EINTR"):
            if random.random() < share:
                bad = disk(most=400)
                bad.fault = Fault(at, what, until=random.choice((at, at, at + 3, at + 30)))
                yield play(Outage(bad, Random(seed + at), cuts))


def campaign(seed: int, *, size: float = 1.0) -> Iterator[Outage]:
    """All kinds of outages, about 15,000 power cuts at size 1."""
    yield undisturbed(seed, cuts=40 * size)
    yield from killed(seed, cuts=0.6 * size)
    yield from faulty(seed, cuts=0.4 * size, share=0.4)
