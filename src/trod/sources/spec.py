"""What every section of trod.yml is made of: closed, frozen specs, durations, names.

It stands in the lowest room that people write definitions for, so that all rooms share it.
"""

from __future__ import annotations

import codecs
import re
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


Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""A length of time that people write as 30min, 12h, 30d or 4w."""
Names = Annotated[tuple[str, ...], BeforeValidator(_several), Field(strict=False)]
"""One name, or a list of names."""


class Spec(BaseModel):
    """Base of everything a person writes in YAML: closed, frozen, and exact."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Format = Literal["csv", "jsonl", "json", "parquet"]


class FileOptions(Spec):
    """How to read a file. Everything left out is found by looking at the file."""

    format: Format | None = Field(
        None, description="csv (any delimiter), jsonl (one object a line), json, or parquet."
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
    header: bool | None = Field(None, description="Whether the first line names the columns.")
    skip: int | None = Field(None, ge=0, description="Lines to leave out before the header.")
    nulls: Names = Field((), description="Values that mean nothing is known, such as `?` or `NA`.")

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
