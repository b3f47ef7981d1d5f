"""Writing a first trod.yml, and holding one against the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from trod.errors import DefinitionError

if TYPE_CHECKING:
    from trod.events.infer import Guess
    from trod.journeys.spec import JourneySpec
    from trod.project import Project
    from trod.workspace import Progress, Workspace

FILE: Final = "trod.yml"
_TEMPLATE: Final = """\
# Where touchpoints come from. `trod init FILE...` writes this part from the files.
sources:
  - name: visits
    files: exports/visits.csv
    customer: user_id
    time: timestamp
    touchpoint: event

events:
  zone: UTC

# The journey. Leave it out, and stages are suggested from the data.
# journeys:
#   - name: From visit to purchase
#     stages:
#       - {name: Look, enter_on: visit}
#       - {name: Buy, enter_on: purchase}
"""


@dataclass(frozen=True, slots=True)
class Written:
    """A trod.yml that was written, and what it was written from."""

    file: Path
    words: tuple[str, ...]
    complete: bool  # it can be mapped as it is


class Findings(NamedTuple):
    """What is wrong with sources and journeys, and what is worth a thought."""

    wrong: tuple[str, ...]
    warned: tuple[tuple[str, str], ...]  # level, line
    unseen: tuple[str, ...]  # files that could not be looked at


def start(folder: Path, files: Sequence[Path], *, progress: Progress) -> Written:
    """Write a trod.yml: sources guessed from files, stages suggested from what is in them.

    Raises
    ------
    DefinitionError
        If there is a trod.yml already.
    DataError
        If a file cannot be read.
    """
    target = folder / FILE
    if target.exists():
        raise DefinitionError([f"{target} is there already. Edit it, or remove it first."])
    if not files:
        _save(target, _TEMPLATE)
        return Written(target, (), False)
    from trod.events.infer import guess
    from trod.project import starting_text
    from trod.workspace.inputs import checked

    paths = [checked(file) for file in files]
    progress.stage("Looking at the files")
    found = guess(paths)
    spec = _suggested(found, progress) if found.sources else None
    progress.done()
    _save(target, starting_text(found, spec, root=folder))
    return Written(target, found.words(), bool(found.sources))


def _suggested(found: Guess, progress: Progress) -> JourneySpec:
    """Read the files as guessed, and suggest stages from what is in them."""
    from trod.events.spec import EventsSpec
    from trod.identity.spec import IdentitySpec
    from trod.journeys.suggest import suggest
    from trod.project import Project
    from trod.workspace.quick import read_prepared

    project = Project(Path.cwd(), found.sources, EventsSpec(), IdentitySpec(), ())
    return suggest(read_prepared(project, found, (), progress=progress).journeys())


def _save(target: Path, text: str) -> None:
    from trod.workspace.output import save_text

    target.parent.mkdir(parents=True, exist_ok=True)
    save_text(target, text)


def findings(file: Path, project: Project, workspace: Workspace | None) -> Findings:
    """Hold sources against their files, and journeys against themselves and what was read."""
    from trod.app.columns import missing
    from trod.journeys.check import check
    from trod.project import Places

    places = Places(file)
    headers = missing(file, project)
    wrong = list(headers.wrong)
    warned: list[tuple[str, str]] = []
    for spec in project.journeys:
        journeys = workspace.journeys(spec.unit) if workspace is not None else None
        for found in check(spec, journeys):
            line = f"{places.of(spec.name, found.place)}: {found.place}: {found.text}"
            if found.level == "error":
                wrong.append(line)
            else:
                warned.append((found.level, line))
    return Findings(tuple(wrong), tuple(warned), headers.unseen)
