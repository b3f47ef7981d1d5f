"""What every section of trod.yml is made of: closed, frozen specs, durations, names.

It stands in the lowest room that people write definitions for, so that all rooms share it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(\d+)\s*(s|min|h|d|w)")


def _duration(value: object) -> object:
    """Read "30d" as 30 days; leave anything else for pydantic to judge."""
    if isinstance(value, str):
        if found := _DURATION.fullmatch(value.strip()):
            return timedelta(**{_UNITS[found[2]]: int(found[1])})
        raise ValueError(f"{value!r} is not a duration. Write 30min, 12h, 30d or 4w.")
    return value


def _several(value: object) -> object:
    """Let people write one name where several may stand."""
    return (value,) if isinstance(value, str) else value


_SIZES = {"KB": 10, "MB": 20, "GB": 30}
_SIZE = re.compile(r"(\d+)\s*(KB|MB|GB)", re.IGNORECASE)


def _size(value: object) -> object:
    """Read "16MB" as bytes; leave anything else for pydantic to judge."""
    if isinstance(value, str):
        if found := _SIZE.fullmatch(value.strip()):
            return int(found[1]) << _SIZES[found[2].upper()]
        raise ValueError(f"{value!r} is not a size. Write 512KB, 16MB or 1GB.")
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""A length of time that people write as 30min, 12h, 30d or 4w."""
Size = Annotated[int, BeforeValidator(_size)]
"""A number of bytes that people write as 512KB, 16MB or 1GB."""
Names = Annotated[tuple[str, ...], BeforeValidator(_several), Field(strict=False)]
"""One name, or a list of names."""


def differ(what: str, names: Sequence[str]) -> None:
    """Refuse names that stand twice in a list.

    Raises
    ------
    ValueError
        With all that do.

    Examples
    --------
    >>> differ("people", ["Ann", "Bo", "Ann"])
    Traceback (most recent call last):
    ...
    ValueError: people share a name: Ann. Rename all but one.
    """
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{what} share a name: {', '.join(twice)}. Rename all but one.")


class Spec(BaseModel):
    """Base of everything a person writes in YAML: closed, frozen, and exact."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def as_tuple(value: object) -> object:
    """Read a list as a tuple, and leave anything else for pydantic to judge."""
    return tuple(value) if isinstance(value, list) else value


Header = Annotated[bool | tuple[str, ...] | None, BeforeValidator(as_tuple)]
"""Whether a header is there, or what it would say."""


class PairsSpec(Spec):
    """A list whose elements each hold a key and a value."""

    key: str = Field("key", description="Path of the key in an element.")
    value: Names = Field(
        ("value",),
        description="Path of the value in an element, or several of which the first that holds "
        "something counts.",
    )


class LimitsSpec(Spec):
    """How much one file may ask for. What exceeds a limit is said, and how to raise it."""

    row: Size = Field(
        4 << 20,
        ge=1 << 20,
        le=256 << 20,
        description="Longest row, such as 16MB. A longer one is quarantined; a file with a line "
        "twice as long is refused. A JSON record whose lists `each` makes rows of may be 32MB.",
    )
    columns: int = Field(
        3000,
        ge=1,
        le=100_000,
        description="Most columns, or different keys of JSON records. Where there are more, the "
        "objects with the most different keys are one value each; more keys than that at the top "
        "are refused.",
    )
    packed: int = Field(
        200,
        ge=1,
        description="How many times as large as the file what it holds may become, unpacked or as "
        "rows; asked only of what becomes larger than 64 MB.",
    )


Format = Literal["csv", "jsonl", "json", "parquet", "xes", "ocel"]


class FileOptions(Spec):
    """How to read a file. Everything left out is found by looking at the file."""

    format: Format | None = Field(
        None,
        description="csv (any delimiter), jsonl (one object a line), json, parquet, or an event "
        "log: xes or ocel.",
    )
    delimiter: str | None = Field(
        None, min_length=1, max_length=4, description="What separates the columns, such as `;`."
    )
    quote: str | None = Field(
        None, max_length=1, description='What stands around a value: `"`, or empty for nothing.'
    )
    encoding: str | None = Field(
        None, description="Encoding of the text, such as utf-8, utf-16, cp1252 or shift_jis."
    )
    sheet: str | int | None = Field(
        None,
        description="Sheet of a workbook, by its name or its number from 1. Default: the first "
        "with rows.",
    )
    object_type: str | None = Field(
        None,
        description="Which objects of an OCEL log are customers. Default: a type of that name.",
    )
    header: Header = Field(
        None,
        description="Whether the first line names the columns; or their names, where none does.",
    )
    skip: int | None = Field(None, ge=0, description="Lines to leave out before the header.")
    nulls: Names = Field((), description="Values that mean nothing is known, such as `?` or `NA`.")
    unpack: Names = Field(
        (), description="Columns whose text is JSON: its keys become columns, joined by dots."
    )
    each: Names = Field(
        (),
        description="Paths of lists in a record, such as `tickets.comments`: each element is a row "
        "that has the fields of the record too. `.` is the record itself; `a.*` every key of an "
        "object, as `a.key` and `a.value`.",
    )
    pairs: Mapping[str, PairsSpec] = Field(
        default_factory=dict,
        description="Lists of pairs, by path, whose keys become columns: `{params: {key: key, "
        "value: value}}`.",
    )
    may_lack: Names = Field(
        (),
        description="Columns that a file may lack; where it does, nothing stands in them. A number "
        "in a path is a position in a list: `contacts.0.email`.",
    )

    limits: LimitsSpec = Field(
        LimitsSpec.model_validate({}), description="How much one file may ask for."
    )

    @field_validator("each")
    @classmethod
    def _begins_with_a_key(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for path in value:
            keys = path.split(".")
            if path != "." and ("" in keys or keys[0] == "*"):
                raise ValueError(
                    f"{path!r} is no path of a list. Write keys joined by dots, such as "
                    "tickets.comments, or . for the record itself."
                )
        return value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            return codecs.lookup(value).name
        except LookupError:
            raise ValueError(
                f"{value!r} is not an encoding. Write utf-8, utf-16, cp1252, latin-1 or shift_jis."
            ) from None
