"""The `events.names` part of trod.yml: which spellings and addresses are one touchpoint."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import BeforeValidator, Field, field_validator

from trod.sources.spec import Names, Spec

OTHER: Final = "Other touchpoints"
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BREAKS: Final = re.compile(r"[\W_]+")
_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+.\-]*://", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"/[^\s/]|[a-z][a-z0-9+.\-]*://\S", re.IGNORECASE)
_UUID: Final = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_HEX: Final = re.compile(r"(?=.*\d)[0-9a-f]{8,}", re.IGNORECASE)
_DATE: Final = re.compile(r"(19|20)\d\d([-/.]?\d\d){1,2}")
_TOKEN: Final = re.compile(r"(?=(?:\D*\d){3})[\w\-]{6,}|[\w\-]{24,}")
_VERSION: Final = re.compile(r"v\d{1,2}", re.IGNORECASE)
_MANY: Final = 50  # different names below one address, for them to be names of things
_RARE: Final = 5  # one in so many: a page with more visits than that is a page of its own


def _as_rules(value: object) -> object:
    """Read the names of one touchpoint written alone as a list of one."""
    if isinstance(value, Mapping):
        return {str(k): (v,) if isinstance(v, str) else v for k, v in value.items()}
    return value


Same = Annotated[Mapping[str, Names], BeforeValidator(_as_rules)]


class NamesSpec(Spec):
    """Which raw names are one touchpoint. The log keeps the raw names, so rules may change."""

    urls: Literal["keep", "template"] = Field(
        "keep",
        description="`template`: ids in addresses become `*`, so that `/users/123/edit` is "
        "`/users/*/edit`; what stands behind `?` and `#` is left out.",
    )
    fold: bool = Field(
        False,
        description="Whether names that differ in case and separators only are one: `sign_up`, "
        "`Sign Up` and `signUp`.",
    )
    same: Same = Field(
        default_factory=dict, description="Other names of a touchpoint: its name, then the others."
    )
    most: int | None = Field(
        None,
        ge=2,
        description="Most touchpoints to tell apart; the rarest others are counted as `other`.",
    )
    other: str = Field(OTHER, min_length=1, description="Name of the touchpoints beyond `most`.")

    @field_validator("same")
    @classmethod
    def _each_once(cls, value: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        counts = Counter(name for names in value.values() for name in set(names))
        if twice := sorted(name for name, n in counts.items() if n > 1):
            raise ValueError(f"{twice[0]!r} stands under two names. Keep it under one of them.")
        return value


AS_THEY_ARE: Final = NamesSpec.model_validate({})
"""No rule: every raw name is a touchpoint of its own."""


class Renamed(NamedTuple):
    """What a raw name is called, and by which rule."""

    name: str
    rule: Literal["as it is", "address", "spelling", "same", "other"]


def rename(spec: NamesSpec, rows: Mapping[str, int]) -> dict[str, Renamed]:
    """Say what each raw name is called.

    Parameters
    ----------
    spec
        The rules.
    rows
        Raw names, and how many rows each has: what `most` goes by. Where several spellings are one
        touchpoint, the first of them in the alphabet names it.

    Returns
    -------
    dict
        In order of the raw names. Names given under `same` win over every other rule.

    Examples
    --------
    >>> spec = NamesSpec(urls="template", fold=True, most=4)
    >>> rows = {"/users/1/edit": 3, "/users/2/edit": 2, "Sign up": 9, "sign_up": 1, "a": 4, "b": 1,
    ...         "c": 1}
    >>> {raw: one.name for raw, one in rename(spec, rows).items()}
    {'/users/1/edit': '/users/*/edit', '/users/2/edit': '/users/*/edit', 'Sign up': 'Sign up',
     'a': 'a', 'b': 'Other touchpoints', 'c': 'Other touchpoints', 'sign_up': 'Sign up'}
    """
    found = {raw: Renamed(raw, "as it is") for raw in sorted(rows)}
    told = {raw: name for name, others in spec.same.items() for raw in others}
    if spec.urls == "template":
        for raw, name in templates(rows).items():
            if name != raw:
                found[raw] = Renamed(name, "address")
    if spec.fold:
        _fold(found)
    for raw, one in found.items():
        if (meant := told.get(raw) or told.get(one.name)) is not None:
            found[raw] = Renamed(meant, "same")
    if spec.most is not None:
        _cap(found, rows, spec.most, spec.other)
    return found


def _fold(found: dict[str, Renamed]) -> None:
    """Give all spellings of a name the first of them in the alphabet.

    Not the most frequent one: a name that new rows can change would break every definition.
    """
    best: dict[str, str] = {}
    for name in sorted({one.name for one in found.values()}):
        best.setdefault(folded(name), name)
    for raw, one in found.items():
        name = best[folded(one.name)]
        if name != one.name:
            found[raw] = Renamed(name, "spelling")


def _cap(found: dict[str, Renamed], rows: Mapping[str, int], most: int, other: str) -> None:
    """Call the rarest names other, so that with it no more than `most` are left."""
    total = _rows_of(found, rows)
    if len(total) <= most:
        return
    kept = set(sorted(total, key=lambda n: (-total[n], n))[: most - 1])
    for raw, one in found.items():
        if one.name not in kept:
            found[raw] = Renamed(other, "other")


def _rows_of(found: Mapping[str, Renamed], rows: Mapping[str, int]) -> Counter[str]:
    total: Counter[str] = Counter()
    for raw, one in found.items():
        total[one.name] += rows[raw]
    return total


def folded(name: str) -> str:
    """Give what two spellings of one name share: words in lower case, one blank between them.

    Examples
    --------
    >>> folded("signUp"), folded("Sign-Up "), folded("SIGN_UP"), folded("→")
    ('sign up', 'sign up', 'sign up', '→')
    """
    words = [w.casefold() for part in _BREAKS.split(name) for w in _CAMEL.split(part) if w]
    return " ".join(words) or name.strip()


def is_address(name: str) -> bool:
    """Say whether a name is an address or a path, maybe behind a verb.

    Examples
    --------
    >>> [is_address(n) for n in ("/users/1", "https://a.example", "GET /x", "read/it", "a / b")]
    [True, True, True, False, False]
    """
    return any(_ADDRESS.match(part) for part in name.split())


def templates(rows: Mapping[str, int]) -> dict[str, str]:
    """Give the template of every address among some names; other names stay as they are.

    A part of a path is the name of a thing, and becomes `*`, if it is written like an id (digits,
    a UUID, a date, a long token) or if more than fifty different ones stand at its place, none of
    which has more than a fifth of the rows.

    Examples
    --------
    >>> templates({"https://shop.example/p/8f14e45fceea167a?ref=mail#top": 1, "buy": 1})
    {'https://shop.example/p/8f14e45fceea167a?ref=mail#top': '/p/*', 'buy': 'buy'}
    >>> templates({"/docs/v2/intro": 1, "/day/2024-05-01": 1})
    {'/docs/v2/intro': '/docs/v2/intro', '/day/2024-05-01': '/day/*'}
    """
    cut = {raw: _cut(raw) for raw in rows if is_address(raw)}
    hosts = {one.host for one in cut.values() if one.host}
    paths = {raw: tuple(map(_without_id, one.path)) for raw, one in cut.items()}
    depth = max((len(path) for path in paths.values()), default=0)
    for at in range(depth):
        paths = _without_slugs(paths, rows, at)
    made = {}
    for raw in rows:
        if raw not in cut:
            made[raw] = raw
            continue
        one = cut[raw]
        path = "/" + "/".join(paths[raw])
        shown = f"{one.host}{path}" if len(hosts) > 1 and one.host else path
        made[raw] = " ".join(filter(None, (one.before, shown, one.behind)))
    return made


class _Cut(NamedTuple):
    """A name with an address in it, taken apart."""

    before: str  # words before the address, such as a verb
    host: str
    path: tuple[str, ...]
    behind: str  # words behind it


def _cut(raw: str) -> _Cut:
    """Take a name apart at its first address."""
    words = raw.split()
    at = next(i for i, word in enumerate(words) if is_address(word))
    address = re.split(r"[?#]", words[at], maxsplit=1)[0]
    rest = _SCHEME.sub("", address)
    host = ""
    if rest != address:
        host, _, rest = rest.partition("/")
    host = host.removeprefix("www.").casefold()
    return _Cut(" ".join(words[:at]), host, _parts(rest), " ".join(words[at + 1 :]))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


def _without_id(part: str) -> str:
    """Give `*` for a part of a path that is written like an id."""
    if part.isdigit() or "@" in part or ":" in part[1:]:
        return "*"
    if _VERSION.fullmatch(part):
        return part
    patterns = (_UUID, _HEX, _DATE, _TOKEN)
    return "*" if any(pattern.fullmatch(part) for pattern in patterns) else part


def _without_slugs(
    paths: Mapping[str, tuple[str, ...]], rows: Mapping[str, int], at: int
) -> dict[str, tuple[str, ...]]:
    """Replace the parts at one depth where very many different ones stand at the same place."""
    below: dict[tuple[str, ...], Counter[str]] = {}
    for raw, path in paths.items():
        if len(path) > at:
            below.setdefault(path[:at], Counter())[path[at]] += rows[raw]
    slugs = {
        before
        for before, parts in below.items()
        if len(parts) > _MANY and max(parts.values()) * _RARE <= parts.total()
    }
    return {
        raw: (*path[:at], "*", *path[at + 1 :])
        if len(path) > at and path[:at] in slugs and path[at] != "*"
        else path
        for raw, path in paths.items()
    }


def worth_having(rows: Iterable[str]) -> NamesSpec:
    """Propose the rules that change anything for some raw names: for a first trod.yml.

    Examples
    --------
    >>> worth_having(["/a/1", "/a/2", "buy"]), worth_having(["buy", "Buy"]).fold
    (NamesSpec(urls='template', fold=False, same={}, most=None, other='Other touchpoints'), True)
    """
    names = dict.fromkeys(rows, 1)
    some = any(raw != name for raw, name in templates(names).items())
    twice = len({folded(name) for name in names}) < len(names)
    return NamesSpec(urls="template" if some else "keep", fold=twice)
