"""From bare files to a map in one call."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from trod import project as projects
from trod._store.store import Store
from trod.errors import DataError, DefinitionError
from trod.events.spec import EventsSpec, check_zone
from trod.identity.spec import IdentitySpec
from trod.project import Project
from trod.workspace.folder import Workspace
from trod.workspace.inputs import checked
from trod.workspace.progress import Progress, Silent
from trod.workspace.target import STORE

if TYPE_CHECKING:
    from trod.events.infer import Guess
    from trod.workspace.picture import Map


class _Home:
    """A folder that goes when nothing holds this object any more, or when Python ends."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="trod-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def map_files(
    *files: Path | str,
    config: Path | str | None = None,
    zone: str | None = None,
    unit: str | None = None,
    as_of: str | None = None,
    since: str | None = None,
    progress: Progress | None = None,
) -> Map:
    r"""Draw a map of bare files: find their columns, read them, suggest stages.

    Parameters
    ----------
    *files
        CSV, JSON lines, JSON or Parquet. Each is a source; together they are one company.
    config
        A trod.yml whose sources, identity and journeys are used in place of the guess. Its
        patterns choose from `files`, or from its own folder where no files are given.
    zone
        IANA zone of times that name none, and of the dates shown. Default: UTC, which is then
        stated on the map.
    unit
        "person" or "account".
    as_of, since
        Days as "2026-06-30": the map as it stood at the end of one; what changed since one.
    progress
        Listens while files are read.

    Returns
    -------
    Map
        With the guess in ``map.source.guess``.

    Raises
    ------
    DataError
        If a file is missing or cannot be read, or if no file has customers and times.
    DefinitionError
        If `config` is wrong.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> rows = ["user_id,event,timestamp"]
    >>> rows += [f"{c},visit,2026-01-01\n{c},buy,2026-01-02" for c in range(1, 31)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "events.csv")
    ...     _ = file.write_text("\n".join(rows))
    ...     print(map_files(file).data.population.n)
    30
    """
    paths = [checked(Path(file)) for file in files]
    project, guess = prepared(paths, config=config, zone=zone, progress=progress)
    return read_prepared(project, guess, paths, progress=progress).map(
        unit=unit, as_of=as_of, since=since
    )


def read_prepared(
    project: Project,
    guess: Guess | None,
    paths: Sequence[Path],
    *,
    progress: Progress | None = None,
) -> Workspace:
    """Read files into a temporary workspace, which goes when it is no longer used."""
    home = _Home()
    store = Store.create(home.path / STORE)
    workspace = Workspace(
        project, store, progress or Silent(), guess, files=tuple(paths), home=home
    )
    if guess is not None or not paths:  # a guess names its own files
        workspace.ingest()
        return workspace
    strange = workspace.unread(paths)
    read = [path for path in paths if path not in strange]
    if read:
        workspace.strangers = tuple(path.name for path in strange)
    workspace.ingest(read or paths)
    return workspace


def prepared(
    paths: Sequence[Path],
    *,
    config: Path | str | None = None,
    zone: str | None = None,
    progress: Progress | None = None,
) -> tuple[Project, Guess | None]:
    """Give the project for some files: as declared in `config`, or as guessed."""
    try:
        check_zone(zone)
    except ValueError as exc:
        raise DefinitionError([str(exc)]) from None
    if config is not None:
        project = projects.load(Path(config))
        events = project.events.model_copy(update={"zone": zone}) if zone else project.events
        return replace(project, events=events), None
    if not paths:
        raise DataError("no files. Name the files to map, or a trod.yml with --config.")
    from trod.events.infer import guess

    if progress is not None:
        progress.stage("Looking at the files")
    found = guess(paths, zone=zone)
    if not found.sources:
        raise DataError(nothing_found(found, paths))
    return Project(Path.cwd(), found.sources, EventsSpec(zone=zone), IdentitySpec(), ()), found


def nothing_found(guess: Guess, paths: Sequence[Path]) -> str:
    """Say file by file why nothing can be mapped, and what to do about it."""
    reasons = [f"  {name}: {why.removesuffix('.')}." for name, why in guess.left_aside]
    named = " ".join(_shown(path) for path in paths)
    return "\n".join(
        [
            "no file says who, when and what by itself.",
            *reasons,
            f"Next: trod init {named}",
            "It writes a trod.yml that has a start for each file, to be finished by hand.",
        ]
    )


def _shown(path: Path) -> str:
    """Show a path as one would type it from here."""
    typed = os.path.relpath(path)
    return shlex.quote(typed if len(typed) < len(str(path)) else str(path))
