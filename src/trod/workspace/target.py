"""Where output may go: never over what it is made of."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from trod.errors import DataError, DefinitionError
from trod.project import FILE
from trod.project.places import beside
from trod.sources.address import address
from trod.sources.find import find

if TYPE_CHECKING:
    from trod.events.spec import SourceSpec
    from trod.project import Project

STORE: Final = ".trod"


def check_target(target: Path, project: Project | None = None, files: Iterable[Path] = ()) -> None:
    """Refuse to write a file where it would replace what a map is made of.

    Parameters
    ----------
    target
        The file to write. Links count as what they lead to.
    project
        Whose trod.yml, journeys, playbooks, store and files of sources are kept.
    files
        More files to keep: those named on a command line.

    Raises
    ------
    DefinitionError
        If the file is one of those that are read.
    DataError
        If its folder is not there, or if it is a folder itself.
    """
    if target.is_dir():
        raise DataError(f"{target} is a folder. Name a file in it, such as {target / 'map.html'}.")
    real = target.resolve()
    if not real.parent.is_dir():
        raise DataError(f"{target}: there is no folder {target.parent}. Make it first.")
    what: str | None = None
    if any(_same(real, kept) for kept in files):
        what = "it is one of the files to read"
    elif any(parent.name == STORE for parent in real.parents):
        what = f"{STORE} holds what trod has read"
    elif project is not None:
        what = _kept(real, project)
    if what is not None:
        raise DefinitionError([f"{target} is not written: {what}. Name another file with --out."])


def _kept(real: Path, project: Project) -> str | None:
    """Say what a project needs a file for; None where it does not."""
    root = project.root.resolve()
    own = [root / FILE, *beside(root / FILE, "journeys"), *beside(root / FILE, "playbooks")]
    if any(_same(real, file) for file in own):
        return "it defines this project"
    costs = project.insights.attribution.costs
    if costs is not None and _same(real, root / costs):
        return f"attribution reads it ({costs})"
    for spec in project.sources:
        for pattern in patterns(spec):
            found = find([pattern], root=root)
            if _fits(real, pattern, root) or any(_same(real, file) for file in found):
                return f"source {spec.name!r} reads it ({pattern})"
    return None


def patterns(spec: SourceSpec) -> Iterator[str]:
    """Give what a source reads: its own files or database, and files joined to them."""
    yield from own_patterns(spec)
    yield from (join.file for join in spec.join)


def own_patterns(spec: SourceSpec) -> Iterator[str]:
    """Give the files whose rows a source reads: a SQLite database is one."""
    yield from spec.files
    if spec.database is not None and (where := address(spec.database)).kind == "sqlite":
        yield where.name


def _fits(real: Path, pattern: str, root: Path) -> bool:
    """Say whether a source would read a file that may not be there yet."""
    wanted = PurePath(os.path.normpath(root / pattern)).parts
    if "**" in wanted:
        return fnmatchcase(str(real), str(PurePath(*wanted)).replace(f"**{os.sep}", "*"))
    return len(wanted) == len(real.parts) and all(map(fnmatchcase, real.parts, wanted))


def _same(real: Path, kept: Path) -> bool:
    """Say whether two paths mean one file, by whatever names and links."""
    return real == kept.resolve() or (
        real.exists() and kept.exists() and os.path.samefile(real, kept)
    )
