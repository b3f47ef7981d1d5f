"""Mappings of the exports of common tools, shipped as YAML: what `like:` of a source takes from.

A mapping says in the words of a source how the rows of an export become touchpoints. A source that
is `like` one says only its name, its files, and what differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from pydantic import Field
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from trod.errors import unknown
from trod.sources.spec import Names, Spec

HEAD: Final = "about"
"""Key of a mapping that says what it is for; everything else are keys of a source."""
ENTRY_BY_ENTRY: Final = ("ids", "states", "dates", "pairs", "value", "score")
"""Keys of a source that add to those of its mapping; any other key takes the place of it."""
_ENDINGS: Final = (".yml", ".yaml")


class AboutSpec(Spec):
    """The head of a mapping: what it reads, where one gets it, how it is known."""

    tool: str = Field(description="The tool whose export it reads.")
    export: str = Field(description="Which export, and in what form.")
    get: str = Field(description="Where in the tool one gets it.")
    docs: str = Field(description="Address of the public documentation of the format.")
    recognise: Names = Field(
        (), description="Columns that mark the export: a file that has all of them is one."
    )
    values: Mapping[str, str] = Field(
        default_factory=dict,
        description="Regular expressions that nearly all values of some columns fit.",
    )


@dataclass(frozen=True, slots=True)
class Shipped:
    """A mapping: its head, and what it says of a source."""

    name: str
    about: AboutSpec
    keys: Mapping[str, Any]


@cache
def names() -> tuple[str, ...]:
    """Name the mappings that are shipped, in alphabetical order.

    Examples
    --------
    >>> "stripe_events" in names()
    True
    """
    found = files(__package__).joinpath("mappings").iterdir()
    return tuple(sorted(Path(one.name).stem for one in found if one.name.endswith(_ENDINGS)))


@cache
def shipped(name: str) -> Shipped:
    """Give a shipped mapping by name.

    Examples
    --------
    >>> shipped("stripe_events").about.tool
    'Stripe'
    """
    text = files(__package__).joinpath("mappings", f"{name}.yml").read_text("utf-8")
    return _read(name, text)


def is_own(like: str) -> bool:
    """Say whether `like` names a file of the user and not a shipped mapping."""
    return like.endswith(_ENDINGS)


def own(path: Path) -> Shipped:
    """Read a mapping that somebody wrote.

    Raises
    ------
    ValueError
        If the file is not there, or is no mapping.
    """
    try:
        return _read(path.stem, path.read_text("utf-8-sig"))
    except OSError:
        raise ValueError(f"no file {path.name} is there. Write its path from trod.yml.") from None
    except (YAMLError, UnicodeDecodeError, AttributeError, TypeError):
        raise ValueError(f"{path.name} is not a mapping: keys with values, in YAML.") from None


def _read(name: str, text: str) -> Shipped:
    data = dict(YAML(typ="safe").load(text).items())
    head = data.pop(HEAD, None) or {
        "tool": name,
        "export": "",
        "get": "",
        "docs": "",
    }
    return Shipped(name, AboutSpec.model_validate(head), MappingProxyType(data))


def check_like(like: str, root: Path) -> None:
    """Refuse a name that no mapping has, and mappings that lead back to themselves.

    Raises
    ------
    ValueError
        With the nearest name that one has, or with the way that never ends.
    """
    way: list[str] = []
    base: object = like
    while isinstance(base, str):
        if base in way:
            raise ValueError(
                f"{' is like '.join([*way[way.index(base) :], base])}: that never ends. Leave out "
                "one `like:`."
            )
        way.append(base)
        base = _named(base, root).keys.get("like")


def _named(like: str, root: Path) -> Shipped:
    if is_own(like):
        return own(root / like)
    if like not in names():
        raise ValueError(unknown("mapping", like, list(names())))
    return shipped(like)


def completed(data: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Give what a source says, with what it leaves out taken from its mapping.

    A key that a source gives as nothing is left out altogether.

    Examples
    --------
    >>> said = {"name": "Billing", "files": "a.jsonl", "like": "stripe_events", "text": None}
    >>> sorted(set(completed(said, Path())) & {"name", "time", "text"})
    ['name', 'time']
    """
    like = data.get("like")
    if not isinstance(like, str):
        return dict(data)
    try:
        check_like(like, root)
    except ValueError:
        return dict(data)  # said where `like` itself is checked
    under = completed(_named(like, root).keys, root)
    return {key: value for key, value in _over(under, data).items() if value is not None}


def _over(under: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Lay what a source says over what its mapping says."""
    out = {**under, **data}
    for key in ENTRY_BY_ENTRY:
        below, above = under.get(key), data.get(key)
        if isinstance(below, Mapping) and isinstance(above, Mapping):
            both = {**below, **above}
            out[key] = {name: inner for name, inner in both.items() if inner is not None}
    return out
