"""What pydantic found wrong, said the way trod speaks: where, what, and what to write instead."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

from pydantic import ValidationError

from trod.project.document import Document, Place, Problem
from trod.sources.spec import Spec

_KINDS: Final = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "keys with values",
    "mapping_type": "keys with values",
    "model_type": "keys with values",
}

SpecT = TypeVar("SpecT", bound=Spec)


def checked(
    document: Document, model: type[SpecT], base: Place, *, root: Path = Path()
) -> tuple[SpecT | None, list[Problem]]:
    """Check the data at a place against its spec; paths in it start from `root`."""
    data = document.data
    for key in base:
        data = data[key]
    if not isinstance(data, dict):
        text = f"{data!r} where keys are expected: {', '.join(_keys([model]))}."
        return None, [Problem(document.line(base), base, text)]
    try:
        # JSON mode is strict about values but takes a list where the spec says tuple.
        return model.model_validate_json(json.dumps(data), context={"root": root}), []
    except ValidationError as exc:
        return None, _problems(exc, document, model, base)


def _problems(
    exc: ValidationError, document: Document, model: type[Spec], base: Place
) -> list[Problem]:
    found: dict[tuple[Place, str], Problem] = {}
    errors = exc.errors(include_url=False)
    for error in errors:
        if error["type"] == "too_short" and any(
            _inside(each["loc"], error["loc"]) for each in errors
        ):
            continue  # entries with problems were not counted
        place: Place = base
        for part in error["loc"]:
            if not document.holds((*place, part)) and error["type"] != "missing":
                break  # the rest names a branch of a union, not a place in the file
            place = (*place, part)
        text = _said(dict(error), _models_at(model, place[len(base) : -1]))
        found.setdefault((place, text), Problem(document.line(place), place, text))
    return list(found.values())


def _inside(place: Place, other: Place) -> bool:
    return len(place) > len(other) and place[: len(other)] == other


def _said(error: Mapping[str, Any], models: Sequence[type[Spec]]) -> str:
    """Say a pydantic error the way trod speaks."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _no_such_key(str(error["loc"][-1]), _keys(models))
    if kind in {"too_short", "too_long"}:
        limit = context.get("min_length") or context.get("max_length")
        than = "more" if kind == "too_short" else "fewer"
        return f"the list has {context.get('actual_length')} entries. Write {limit} or {than}."
    given = _shown(error.get("input"))
    return {
        "missing": "is missing. Write it.",
        "string_too_short": "is empty. Write a name.",
        "value_error": str(error["msg"]).removeprefix("Value error, "),
        "literal_error": f"{given} is not known. Write {context.get('expected')}.",
    }.get(kind, f"{given} is not {_wanted(kind, str(error['msg']))}.")


def _no_such_key(given: str, known: Sequence[str]) -> str:
    close = get_close_matches(given, known, n=1, cutoff=0.5)
    hint = f"Did you mean {close[0]!r}?" if close else f"Known keys: {', '.join(known)}."
    return f"no such key. {hint}"


def _wanted(kind: str, said: str) -> str:
    """Say what stands where a value of another kind is."""
    if kind in _KINDS:
        return _KINDS[kind]
    return said.removeprefix("Input should be ").removeprefix("a valid ")


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
