"""What the name of a column says about its part in a journey; the words stand in columns.yaml."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from ruamel.yaml import YAML

Words = tuple[str, ...]
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPLIT: Final = re.compile(r"[^0-9A-Za-zÀ-ÿ]+")
_NOT_WHO: Final = frozenset(
    {"type", "segment", "status", "group", "since", "age", "count", "at", "date", "comp", "size"}
)
_NOT_WHEN: Final = frozenset({"spent", "duration", "length", "format"})


@cache
def _known() -> Mapping[str, Any]:
    """Read the words once."""
    text = files(__package__).joinpath("columns.yaml").read_text("utf-8")
    known: Mapping[str, Any] = YAML(typ="safe").load(text)
    return known


def _listed(kind: str, words: Collection[str]) -> bool:
    """Say whether one of the words stands in a list."""
    return any(word in words for word in _known()[kind])


def _best(kind: str, words: Collection[str]) -> float:
    """Give the most that one of the words promises."""
    promised: Mapping[str, float] = _known()[kind]
    return max((promised.get(word, 0.0) for word in words), default=0.0)


def tokens(name: str) -> Words:
    """Cut the name of a column into words.

    Examples
    --------
    >>> tokens("CaseID"), tokens("case:concept:name"), tokens("userid")
    (('case', 'id'), ('case', 'concept', 'name'), ('user', 'id'))
    """
    known = _known()
    nouns = {*known["people"], *known["cases"], *known["things"], *known["accounts"]}
    out: list[str] = []
    for part in _SPLIT.split(_CAMEL.sub(" ", name)):
        word = part.lower()
        if word.endswith("id") and word[:-2] in nouns:
            out += [word[:-2], "id"]
        elif word:
            out.append(word)
    return tuple(out)


def is_id(words: Words) -> bool:
    """Say whether a name speaks of an identifier."""
    return _listed("ids", words)


def names_thing(words: Words) -> bool:
    """Say whether a name speaks of a thing rather than of someone."""
    return _listed("things", words) and not _best("people", words)


def names_basket(words: Words) -> bool:
    """Say whether a name speaks of something bought in one go."""
    return _listed("baskets", words) and is_id(words)


def names_staff(words: Words) -> bool:
    """Say whether a name speaks of someone who works for the company."""
    return _listed("staff", words) and not _best("people", words)


def person(words: Words) -> float:
    """Say how much a name speaks of the customer."""
    if not words or names_staff(words) or words[-1] in _NOT_WHO:
        return 0.0
    base = _best("people", words)
    if "name" in words:
        return base * 0.5
    return base if is_id(words) or len(words) == 1 else base * 0.6


def case(words: Words) -> float:
    """Say how much a name speaks of a case: a ticket, a claim."""
    if words == ("number",):
        return 0.55
    base = _best("cases", words)
    if not base:
        return 0.0
    named = words[0] == "case" and words[-1] == "name"  # the XES standard: case:concept:name
    return base if is_id(words) or len(words) == 1 or named else 0.0


def actor(words: Words) -> bool:
    """Say whether a name speaks of the person who brought a case."""
    return _listed("actors", words)


def other_id(words: Words) -> str | None:
    """Give the kind of a further id that a name speaks of."""
    joined = "".join(words)
    for kind, names in _known()["others"].items():
        if joined in names or any(joined.endswith(name) for name in names if len(name) > 6):
            return str(kind)
    whole = is_id(words) or len(words) == 1
    return "account" if _listed("accounts", words) and whole and "manager" not in words else None


def time(words: Words) -> float:
    """Say how much a name speaks of a moment."""
    if {"zone", "timezone"} & set(words) or (words[-1:] and words[-1] in _NOT_WHEN):
        return 0.0
    base = _best("times", words)
    return base * 0.7 if _listed("pipeline", words) else base


def touchpoint(words: Words) -> float:
    """Say how much a name speaks of what happened."""
    if channel(words) >= 0.8 or person(words) >= 0.6 or {"location", "zip", "country"} & set(words):
        return 0.0
    if {"event", "name"} <= set(words):
        return 1.0
    base = _best("touchpoints", words)
    if base <= 0.5 and is_id(words) and names_thing(words):
        return 0.0  # which campaign, not what happened
    return 0.45 if words[-1:] == ("type",) and base == 0.5 and len(words) > 1 else base


def channel(words: Words) -> float:
    """Say how much a name speaks of a channel."""
    return _best("channels", (*words, "".join(words)))


def text(words: Words) -> float:
    """Say how much a name speaks of what a customer wrote."""
    return 0.0 if is_id(words) else _best("texts", words)


def score(words: Words) -> float:
    """Say how much a name speaks of a survey answer."""
    return 0.0 if is_id(words) else _best("scores", words)


def money(words: Words) -> float:
    """Say how much a name speaks of money."""
    return 0.0 if is_id(words) or _listed("not_money", words) else _best("money", words)


def url(words: Words) -> bool:
    """Say whether a name speaks of an address on the web."""
    return _listed("urls", words)


def message(words: Words) -> bool:
    """Say whether a name speaks of the source's own id of a record, behind a prefix or not."""
    known = _known()["messages"]
    return "".join(words) in known or (len(words) > 2 and "".join(words[-2:]) in known)


def key_of(words: Words, file: Words) -> bool:
    """Say whether a name is the key of the things that a file lists: `entry_id`, not `plan_id`."""
    if not is_id(words) or person(words) or other_id(words) or names_staff(words):
        return False
    listed = {word.removesuffix("s").removesuffix("ie").removesuffix("y") for word in file}
    own = any(word.removesuffix("y") in listed for word in words)
    return own or not (_listed("things", words) or case(words))


def no_touchpoint(words: Words) -> bool:
    """Say whether a name speaks of a property that changes without being what happened."""
    return _listed("not_touchpoints", words)


def deed(value: str) -> bool:
    """Say whether a value is a bare deed, such as `open`, which needs the thing it was done to."""
    return value.casefold() in _known()["deeds"]


def stale(words: Words) -> bool:
    """Say whether a date of a row moves with every change, so that it is no touchpoint."""
    return _listed("stale", words)


def birth(words: Words) -> bool:
    """Say whether a name speaks of a birth."""
    return _listed("births", words)


def alias(words: Words) -> bool:
    """Say whether a name speaks of the id a browser has before a login."""
    return "distinct" in words
