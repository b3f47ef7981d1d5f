"""Writing a first trod.yml, and holding one against the data."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from trod.errors import DefinitionError

if TYPE_CHECKING:
    from trod.events.spec import SourceSpec
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
        return Written(target, ())
    from trod.journeys.suggest import suggest, to_yaml
    from trod.workspace.inputs import checked
    from trod.workspace.quick import prepared, read_prepared

    paths = [checked(file) for file in files]
    project, guess = prepared(paths, progress=progress)
    space = read_prepared(project, guess, paths, progress=progress)
    spec = suggest(space.journeys())
    progress.done()
    text = "\n".join(
        [
            "# Guessed from the files: look through it, and correct what is wrong.",
            sources_yaml(project.sources, folder.resolve()),
            "# Suggested from the data: rename the stages, move what enters them.",
            to_yaml(spec),
        ]
    )
    _save(target, text)
    return Written(target, guess.words() if guess else ())


def _save(target: Path, text: str) -> None:
    from trod.workspace.output import save_text

    save_text(target, text)


def sources_yaml(sources: Sequence[SourceSpec], root: Path) -> str:
    """Write sources the way a person would."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 96
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    told = [
        {
            "name": spec.name,
            "files": _few([_relative(file, root) for file in spec.files]),
            **{
                key: _short(value)
                for key, value in spec.model_dump(mode="json", exclude_defaults=True).items()
                if key not in {"name", "files"}
            },
        }
        for spec in sources
    ]
    yaml.dump({"sources": told}, out)
    return out.getvalue()


def _relative(file: str, root: Path) -> str:
    path = Path(file)
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def _few(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _short(value: Any) -> Any:
    """Write the short form where there is one: a bare name for a column."""
    if isinstance(value, list):
        return value[0] if len(value) == 1 and isinstance(value[0], str) else [*map(_short, value)]
    if not isinstance(value, dict):
        return value
    inner = {key: _short(each) for key, each in value.items()}
    for key in ("columns", "column"):
        only = inner.get(key)
        if set(inner) == {key} and isinstance(only, list | str):
            return _few(only) if isinstance(only, list) else only
        if isinstance(only, list) and len(only) == 1:
            inner[key] = only[0]
    if "columns" in inner:
        return {"column": inner.pop("columns"), **inner}
    return inner


def findings(workspace: Workspace) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Hold every journey against the data: what is wrong, and what is worth a thought."""
    from trod.journeys.check import check

    found = [
        (spec.name, finding)
        for spec in workspace.project.journeys
        for finding in check(spec, workspace.journeys(spec.unit))
    ]
    return (
        tuple(f"{name}: {f.place}: {f.text}" for name, f in found if f.level == "error"),
        tuple(f"{name}: {f.place}: {f.text}" for name, f in found if f.level != "error"),
    )
