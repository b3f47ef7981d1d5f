"""Reading the sources of a workspace into its store, in one commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from traceback import clear_frames
from typing import TYPE_CHECKING, Any

from trod._store.store import Transaction
from trod.errors import DataError, DefinitionError, of_name
from trod.events.log import Account, append
from trod.events.mapping import Delivery, deliveries, rows_delivered
from trod.events.opened import File, Follow
from trod.events.places import NO_MARKS
from trod.events.report import SourceReport
from trod.project import FILE
from trod.sources import cursors
from trod.sources.find import find
from trod.workspace import ledger
from trod.workspace.inputs import checked
from trod.workspace.progress import told
from trod.workspace.target import own_patterns

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace


def read_in(
    space: Workspace, files: Sequence[Path | str] | None, *, whole: bool = False
) -> tuple[tuple[SourceReport, ...], Broken]:
    """Read sources into the store; `whole` reads those from the beginning that have a cursor.

    Files that cannot be read stop no others: they are given beside the accounts.
    """
    broken = Broken()
    return store(space, offered(space, files, broken, whole=whole), broken), broken


class Broken:
    """Files that cannot be read, and why: of each the first problem."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], DataError] = {}

    def put(self, source: str, file: str, problem: DataError) -> None:
        """Remember a file, and nothing of what was read of it."""
        _let_go(problem)
        self.found.setdefault((source, file), problem)

    def tell(self, *, others: bool) -> None:
        """Raise what was found, if anything; say so where other files were read."""
        if not self.found:
            return
        lines = [
            f"{problem}" if file in f"{problem}" else f"source {source!r}, {file}: {problem}"
            for (source, file), problem in self.found.items()
        ]
        if others:
            lines.append("All other files were read, and what they hold is stored.")
        raise DataError("\n".join(lines)) from next(iter(self.found.values()))


def _let_go(problem: BaseException | None) -> None:
    """Empty the frames that a problem went through: they hold rows, and it is kept for long."""
    while problem is not None:
        clear_frames(problem.__traceback__)
        problem = problem.__cause__ or problem.__context__


def offered(
    space: Workspace,
    files: Sequence[Path | str] | None,
    broken: Broken,
    *,
    whole: bool = False,
) -> Iterator[Delivery]:
    """Give what the sources hold, or some files of them."""
    sources = space.project.sources
    if not sources:
        raise DefinitionError(
            [f"{FILE}: no source is declared. Run `trod init FILE...` to write them."]
        )
    root = space.project.root
    among = None if files is None else [checked(Path(file)) for file in files]
    if among is not None:
        if strange := space.unread(among):
            raise DefinitionError(
                f"{path.name}: no source of {FILE} reads it. Add it under `files:` of a source."
                for path in strange
            )
        sources = tuple(
            spec for spec in sources if find([*own_patterns(spec)], root=root, among=among)
        )
    return deliveries(
        sources,
        root=root,
        zone=space.zone,
        rules=space.rules,
        files=among,
        marks=NO_MARKS if whole else lambda: cursors.read(space.store),
        broken=broken.put,
    )


def of_program(space: Workspace, name: str, rows: Iterable[Any]) -> Iterator[Delivery]:
    """Give rows of a program as a delivery of a source."""
    spec = of_name("source", name, space.project.sources)
    root = space.project.root
    return rows_delivered(spec, rows, File(root, root, space.zone, space.rules))


def followed(space: Workspace, files: frozenset[Path]) -> Iterator[Delivery]:
    """Give what was added to files that may be being written: no line that is not complete."""
    return deliveries(
        space.project.sources,
        root=space.project.root,
        zone=space.zone,
        rules=space.rules,
        marks=lambda: cursors.read(space.store),
        follow=Follow(files),
    )


def store(
    space: Workspace, offered: Iterator[Delivery], broken: Broken | None = None
) -> tuple[SourceReport, ...]:
    """Write what is new in some deliveries, with its account and how far sources were read."""
    taken: list[Delivery] = []
    declared = space.project.events.zone is not None
    both = _both(ledger.accounting(taken, declared=declared), _marking(space, taken))

    def account(tx: Transaction, reports: tuple[SourceReport, ...]) -> None:
        if reports or broken is None or not broken.found:  # who reads nothing leaves no trace
            both(tx, reports)

    def lose(lost: Delivery, problem: DataError) -> None:
        if broken is None:
            raise problem
        taken[:] = [o for o in taken if (o.source, o.path) != (lost.source, lost.path)]
        broken.put(lost.source, lost.file, problem)

    deliveries = told(_kept(offered, taken), space.progress)
    return append(space.store, deliveries, account=account, broken=lose)


def _marking(space: Workspace, taken: Sequence[Delivery]) -> Account:
    """Give what keeps how far the sources of some deliveries were read."""

    def mark(tx: Transaction, _: tuple[SourceReport, ...]) -> None:
        reached = [one.reached for one in taken if one.reached is not None]
        cursors.write(tx, cursors.read(space.store), reached)

    return mark


def _both(one: Account, other: Account) -> Account:
    def account(tx: Transaction, reports: tuple[SourceReport, ...]) -> None:
        one(tx, reports)
        other(tx, reports)

    return account


def _kept(offered: Iterator[Delivery], into: list[Delivery]) -> Iterator[Delivery]:
    """Give the deliveries, and remember them: their reports fill while they are read."""
    for delivery in offered:
        into.append(delivery)
        yield delivery
