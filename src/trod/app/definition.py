"""Writing a first trod.yml, and holding one against the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from trod.errors import DataError, DefinitionError

if TYPE_CHECKING:
    from trod.events.infer import Guess
    from trod.journeys.batch import Journeys
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
    places: Mapping[str, list[dict[str, Any]]]  # of every touchpoint in each journey, where asked


def start(
    folder: Path, files: Sequence[Path], *, progress: Progress, template: str | None = None
) -> Written:
    """Write a trod.yml: sources guessed from files, stages from a template or from what is there.

    Raises
    ------
    DefinitionError
        If there is a trod.yml already, or no template of this name.
    DataError
        If a file cannot be read.
    """
    target = folder / FILE
    if target.exists():
        raise DefinitionError([f"{target} is there already. Edit it, or remove it first."])
    if template is not None:
        from trod.journeys.template import template as known

        known(template)
        if not files:
            text = f"a template is filled from data: `trod init --template {template} FILE...`"
            raise DefinitionError([text])
    if not files:
        _save(target, _TEMPLATE)
        return Written(target, (), False)
    from trod.events.infer import guess
    from trod.project import starting_text
    from trod.workspace.inputs import checked

    paths = [checked(file) for file in files]
    progress.stage("Looking at the files")
    found = guess(paths)
    section = _journey(found, template, progress) if found.sources else ""
    progress.done()
    _save(target, starting_text(found, root=folder) + section)
    return Written(target, found.words(), bool(found.sources))


def _journey(found: Guess, template: str | None, progress: Progress) -> str:
    """Read the files as guessed, and write stages: of a template, or suggested."""
    from trod.events.spec import EventsSpec
    from trod.identity.spec import IdentitySpec
    from trod.journeys.filled import fill
    from trod.journeys.suggest import suggest
    from trod.journeys.template import template as known
    from trod.journeys.written import to_yaml
    from trod.project import Project
    from trod.project.start import SUGGESTED
    from trod.workspace.quick import read_prepared

    project = Project(Path.cwd(), found.sources, EventsSpec(), IdentitySpec(), ())
    space = read_prepared(project, found, (), progress=progress)
    if template is None:
        return f"\n{SUGGESTED}{to_yaml(suggest(space.journeys()))}"
    chosen = known(template)
    return f"\n{fill(chosen, of_unit(space, chosen.unit)).to_yaml()}"


def of_unit(space: Workspace, unit: str) -> Journeys:
    """Give the journeys of a unit; of people where no touchpoint names an account."""
    try:
        return space.journeys(unit)
    except DataError:
        return space.journeys("person")


def _save(target: Path, text: str) -> None:
    from trod.workspace.output import save_text

    target.parent.mkdir(parents=True, exist_ok=True)
    save_text(target, text)


def findings(
    file: Path, project: Project, workspace: Workspace | None, *, placed: bool = False
) -> Findings:
    """Hold sources against their files, and journeys against themselves and what was read.

    With `placed` the place of every touchpoint of the data in each journey is listed, too.
    """
    from trod.app.columns import missing
    from trod.journeys.check import check, endless
    from trod.journeys.mapped import mapped
    from trod.project import Places
    from trod.workspace.acting.checking import checked
    from trod.workspace.unnamed import unnamed

    at = Places(file)
    headers = missing(file, project)
    wrong = list(headers.wrong)
    warned = [("warning", line) for line in unnamed(workspace)] if workspace is not None else []
    places: dict[str, list[dict[str, Any]]] = {}

    def tell(level: str, where: str, place: str, text: str) -> None:
        line = f"{where}: {place}: {text}"
        if level == "error":
            wrong.append(line)
        else:
            warned.append((level, line))

    for spec in project.journeys:
        journeys = workspace.journeys(spec.unit) if workspace is not None else None
        for found in (*check(spec, journeys), *endless(spec)):
            tell(found.level, at.of(spec.name, found.place), found.place, found.text)
        if placed and journeys is not None and not wrong:
            places[spec.name] = [one._asdict() for one in mapped(spec, journeys)]
    for playbook, problem in checked(project, None if wrong else workspace):
        where = at.of_playbook(playbook, problem.place) if playbook else file.name
        tell(problem.level, where, f"{playbook}: {problem.place}".removeprefix(": "), problem.text)
    if workspace is not None and not wrong:
        wrong += _outcomes(file, workspace)
    return Findings(tuple(wrong), tuple(warned), headers.unseen, {} if wrong else places)


def _outcomes(file: Path, workspace: Workspace) -> Iterator[str]:
    """Say which outcomes name what is not there, each with its line."""
    from trod.project.document import read
    from trod.workspace.outcomes_named import unknown_in_outcomes

    document, _ = read(file)
    for at, text in unknown_in_outcomes(workspace):
        line = document.line(("models", "outcomes", at)) if document is not None else 1
        yield f"{file.name}:{line}: models.outcomes.{at}: {text}"
