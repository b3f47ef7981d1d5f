"""trod.yml: one section per room, read and checked together, everything wrong said at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar, get_args

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from trod.errors import DefinitionError, unknown
from trod.events.spec import EventsSpec, SourceSpec
from trod.identity.spec import IdentitySpec
from trod.journeys.spec import JourneySpec
from trod.sources.spec import Spec

FILE: Final = "trod.yml"

Place = tuple[str | int, ...]
SpecT = TypeVar("SpecT", bound=Spec)


class Sections(Spec):
    """What may stand in trod.yml."""

    sources: tuple[SourceSpec, ...] = ()
    events: EventsSpec = EventsSpec()
    identity: IdentitySpec = IdentitySpec()
    journeys: tuple[JourneySpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """A checked project: the folder it stands in, and one spec per section."""

    root: Path
    sources: tuple[SourceSpec, ...]
    events: EventsSpec
    identity: IdentitySpec
    journeys: tuple[JourneySpec, ...]

    def journey(self, name: str | None = None) -> JourneySpec | None:
        """Give a journey by name; the first one without a name; None where none is declared.

        Raises
        ------
        DefinitionError
            If no journey has this name.
        """
        if name is None:
            return self.journeys[0] if self.journeys else None
        for spec in self.journeys:
            if spec.name == name:
                return spec
        raise DefinitionError([unknown("journey", name, [s.name for s in self.journeys])])


class _Problem(NamedTuple):
    line: int
    place: Place
    text: str


class _Document(NamedTuple):
    """One YAML file as plain data, with the line of every place in it."""

    data: Any
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """Give the line of a place, or of the nearest thing that holds it."""
        for end in range(len(place), 0, -1):
            if (found := self.lines.get(place[:end])) is not None:
                return found
        return 1

    def holds(self, place: Place) -> bool:
        return not place or place in self.lines


def load(path: Path | str) -> Project:
    """Read trod.yml, and journeys/*.yml beside it.

    Parameters
    ----------
    path
        The file, or the folder it stands in.

    Returns
    -------
    Project
        With defaults for what the file does not say.

    Raises
    ------
    DefinitionError
        With every problem of every file, each starting ``file:line: key``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text = "journeys:\\n- name: Trial\\n  converts_within: soon\\n  stages: []\\n"
    ...     _ = Path(folder, "trod.yml").write_text(text)
    ...     load(Path(folder))
    Traceback (most recent call last):
    ...
    trod.errors.DefinitionError: trod.yml:3: journeys.0.converts_within: 'soon' is not a duration...
    trod.yml:4: journeys.0.stages: the list has 0 entries. Write 1 or more.
    """
    given = Path(path)
    file = given / FILE if given.is_dir() else given
    if not file.is_file():
        raise DefinitionError([f"{file.name}: no such file. Run `trod init` to write one."])
    problems: list[str] = []
    sections = Sections()
    journeys: list[JourneySpec] = []
    names: dict[str, str] = {}
    for part in (file, *sorted((file.parent / "journeys").glob("*.y*ml"))):
        shown = part.name if part is file else f"journeys/{part.name}"
        document, broken = _read(part)
        wrong = [broken] if broken else []
        if document is not None and part is file:
            made, wrong = _checked(document, Sections, ())
            sections = made or sections
            journeys.extend(sections.journeys)
        elif document is not None:
            made_here, wrong = _journeys_in(document)
            journeys.extend(made_here)
        if document is not None:
            wrong += list(_repeated(document, names, shown))
        problems += [
            f"{shown}:{p.line}: {'.'.join(map(str, p.place)) + ': ' if p.place else ''}{p.text}"
            for p in sorted(wrong, key=lambda p: p.line)
        ]
    if problems:
        raise DefinitionError(problems)
    return Project(
        file.resolve().parent,
        sections.sources,
        sections.events,
        sections.identity,
        tuple(journeys),
    )


def _read(file: Path) -> tuple[_Document | None, _Problem | None]:
    """Read one YAML file; a syntax error becomes a problem with its line."""
    try:
        tree = YAML(typ="rt").load(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as exc:
        return None, _Problem(1, (), f"byte {exc.start} is not UTF-8. Save the file as UTF-8.")
    except MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        said = " ".join((exc.problem or exc.context or "cannot be read").split())
        return None, _Problem(
            mark.line + 1 if mark else 1,
            (),
            f"not YAML: {said}. Check indentation, colons and quotes on this line.",
        )
    except YAMLError as exc:
        return None, _Problem(1, (), f"not YAML: {' '.join(str(exc).split())}.")
    lines: dict[Place, int] = {}
    return _Document({} if tree is None else _plain(tree, (), lines), lines), None


def _plain(node: Any, place: Place, lines: dict[Place, int]) -> Any:
    """Turn ruamel's nodes into plain data, noting where each stood."""
    if isinstance(node, dict):
        marks = getattr(getattr(node, "lc", None), "data", None) or {}
        made = {}
        for key, value in node.items():
            inner = (*place, str(key))
            lines[inner] = (marks[key][0] if key in marks else 0) + 1
            made[str(key)] = _plain(value, inner, lines)
        return made
    if isinstance(node, list):
        marks = getattr(getattr(node, "lc", None), "data", None) or {}
        for i in range(len(node)):
            lines[(*place, i)] = (marks[i][0] if i in marks else 0) + 1
        return [_plain(value, (*place, i), lines) for i, value in enumerate(node)]
    return node if isinstance(node, bool | int | float | type(None)) else str(node)


def _journeys_in(document: _Document) -> tuple[list[JourneySpec], list[_Problem]]:
    """Read a file of journeys/: one journey, a list of them, or a `journeys:` section."""
    data = document.data
    place: Place = ("journeys",) if isinstance(data, dict) and set(data) == {"journeys"} else ()
    inside = data["journeys"] if place else data
    places = [(*place, i) for i in range(len(inside))] if isinstance(inside, list) else [place]
    found: list[JourneySpec] = []
    wrong: list[_Problem] = []
    for each in places:
        made, more = _checked(document, JourneySpec, each)
        found += [made] if made else []
        wrong += more
    return found, wrong


def _checked(
    document: _Document, model: type[SpecT], base: Place
) -> tuple[SpecT | None, list[_Problem]]:
    """Check the data at a place against its spec."""
    data = document.data
    for key in base:
        data = data[key]
    if not isinstance(data, dict):
        text = f"{data!r} where keys are expected: {', '.join(_keys([model]))}."
        return None, [_Problem(document.line(base), base, text)]
    try:
        # JSON mode is strict about values but takes a list where the spec says tuple.
        return model.model_validate_json(json.dumps(data)), []
    except ValidationError as exc:
        return None, _problems(exc, document, model, base)


def _problems(
    exc: ValidationError, document: _Document, model: type[Spec], base: Place
) -> list[_Problem]:
    found: dict[tuple[Place, str], _Problem] = {}
    for error in exc.errors(include_url=False):
        place: Place = base
        for part in error["loc"]:
            if not document.holds((*place, part)) and error["type"] != "missing":
                break  # the rest names a branch of a union, not a place in the file
            place = (*place, part)
        text = _said(dict(error), _models_at(model, place[len(base) : -1]))
        found.setdefault((place, text), _Problem(document.line(place), place, text))
    return list(found.values())


def _said(error: Mapping[str, Any], models: Sequence[type[Spec]]) -> str:
    """Say a pydantic error the way trod speaks."""
    kind, given, context = error["type"], error.get("input"), error.get("ctx", {})
    if kind == "extra_forbidden":
        known = _keys(models)
        close = get_close_matches(str(error["loc"][-1]), known, n=1, cutoff=0.5)
        hint = f"Did you mean {close[0]!r}?" if close else f"Known keys: {', '.join(known)}."
        return f"no such key. {hint}"
    if kind == "missing":
        return "is missing. Write it."
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    if kind == "literal_error":
        return f"{given!r} is not known. Write {context.get('expected')}."
    if kind in {"too_short", "too_long"}:
        n = context.get("actual_length")
        limit = context.get("min_length") or context.get("max_length")
        return f"the list has {n} entries. Write {limit} or {'more' if 'short' in kind else 'fewer'}."
    if kind == "string_too_short":
        return "is empty. Write a name."
    wanted = str(error["msg"]).removeprefix("Input should be ").removeprefix("a valid ")
    return f"{_shown(given)} is not {wanted}."


def _shown(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _keys(models: Sequence[type[Spec]]) -> list[str]:
    return [f.alias or name for m in models for name, f in m.model_fields.items()]


def _models_at(model: type[Spec], place: Place) -> list[type[Spec]]:
    """Give the specs that may stand at a place, so that a wrong key can be named after them."""
    models = [model]
    for part in place:
        if isinstance(part, str):
            models = [
                inner
                for each in models
                for name, field in each.model_fields.items()
                if part in {name, field.alias}
                for inner in _specs_of(field.annotation)
            ]
    return models


def _specs_of(annotation: Any) -> Iterator[type[Spec]]:
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        yield annotation
    for inner in get_args(annotation):
        yield from _specs_of(inner)


def _repeated(document: _Document, names: dict[str, str], shown: str) -> Iterator[_Problem]:
    """Find names given twice: sources, journeys (over all files), stages of one journey."""
    data = document.data if isinstance(document.data, dict) else {"journeys": document.data}
    if shown != FILE and "journeys" not in data:
        data = {"journeys": [data]}
    for section in ("sources", "journeys"):
        entries = data.get(section)
        for i, entry in enumerate(entries if isinstance(entries, list) else []):
            if not isinstance(entry, dict):
                continue
            place: Place = (section, i) if document.holds((section, i)) else (i,)
            place = place if document.holds(place) else ()
            yield from _twice(document, entry, (section,), place, names, shown)
            stages = entry.get("stages")
            inside: dict[str, str] = {}
            for j, stage in enumerate(stages if isinstance(stages, list) else []):
                if isinstance(stage, dict):
                    here = (*place, "stages", j)
                    yield from _twice(document, stage, ("stages",), here, inside, shown)


def _twice(
    document: _Document,
    entry: Mapping[str, Any],
    kind: Place,
    place: Place,
    seen: dict[str, str],
    shown: str,
) -> Iterator[_Problem]:
    key = f"{kind[0]}:{entry.get('name')}"
    line = document.line((*place, "name"))
    if entry.get("name") is None:
        return
    if key in seen:
        word = str(kind[0]).removesuffix("s")
        text = f"a {word} named {entry['name']!r} stands at {seen[key]}. Rename one of them."
        yield _Problem(line, (*place, "name"), text)
    else:
        seen[key] = f"{shown}:{line}"
