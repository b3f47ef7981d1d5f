"""What an entry of `sources:` is made of: words, times, answers and amounts taken from a row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator, model_validator

from trod.events.moments import RepeatedHour, SkippedHour
from trod.sources.spec import FileOptions, Names, Spec, as_tuple

_BRACES = re.compile(r"\{([^{}]+)\}")


def template_columns(template: str) -> tuple[str, ...]:
    """Give the columns named in braces.

    Examples
    --------
    >>> template_columns("{campaign_type} mail")
    ('campaign_type',)
    """
    return tuple(_BRACES.findall(template))


def _as_words(value: object) -> object:
    """Read a bare name as a column, text with braces as a template, a list as several columns."""
    if isinstance(value, str):
        return {"template": value} if _BRACES.search(value) else {"columns": (value,)}
    if isinstance(value, list | tuple):
        return {"columns": tuple(value)}
    if isinstance(value, Mapping) and "column" in value:
        rest = {key: inner for key, inner in value.items() if key != "column"}
        return {**rest, "columns": value["column"]}
    return value


def _with_text_keys(value: object) -> object:
    """Read keys that YAML takes for numbers as the text that stands in the file."""
    return {str(k): v for k, v in value.items()} if isinstance(value, Mapping) else value


class WordsSpec(Spec):
    """A text made from a row: a column, several columns, a template, or always the same."""

    columns: Names = Field((), description="Column, or columns whose values are joined by `·`.")
    template: str | None = Field(
        None, description='Text with columns in braces, such as "{campaign_type} mail".'
    )
    constant: str | None = Field(None, description="The same text for every row.")
    first_of: Annotated[tuple[Words, ...], BeforeValidator(as_tuple)] = Field(
        (),
        description="Several texts, each a column, a template or in this long form; the first "
        "that holds something counts.",
    )
    when: str | None = Field(
        None, description="SQL condition on the row; where it does not hold, there is no text."
    )
    map: Mapping[str, str] = Field(
        default_factory=dict, description="Other words for some values: from, to."
    )
    otherwise: str | None = Field(
        None, description="Word for every value that `map` does not name. Default: as it is."
    )

    @field_validator("map", mode="before")
    @classmethod
    def _values_are_text(cls, value: object) -> object:
        return _with_text_keys(value)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = ("columns", "template", "constant", "first_of")
        given = [key for key in ways if getattr(self, key)]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            raise ValueError(
                f"{found} given. Give exactly one of column, template, constant, first_of."
            )
        return self

    def needs(self) -> tuple[str, ...]:
        """Give the columns it is made from."""
        inner = tuple(name for words in self.first_of for name in words.needs())
        return self.columns or inner or template_columns(self.template or "")

    def conditions(self) -> tuple[str, ...]:
        """Give the SQL conditions it depends on."""
        inner = tuple(condition for words in self.first_of for condition in words.conditions())
        return ((self.when,) if self.when else ()) + inner

    @property
    def as_it_is(self) -> bool:
        """Whether it says all that its columns say, in every row."""
        return not (self.map or self.first_of or self.when)


Words = Annotated[WordsSpec, BeforeValidator(_as_words)]
"""How people write a text made from a row; a bare name is a column."""
WordsSpec.model_rebuild()


def _as_date(value: object) -> object:
    """Read 2013-02-01 as a date, as YAML does, also where it is quoted."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


Day = Annotated[date, BeforeValidator(_as_date)]


class AnchorSpec(Spec):
    """A moment from which other times are counted."""

    column: str = Field(description="Column that holds the moment, or a name for it.")
    dates: Mapping[str, Day] = Field(
        default_factory=dict,
        description="Date that each name stands for, such as 2013B: 2013-02-01.",
    )
    format: str | None = Field(None, description="How the column writes dates, such as %d.%m.%Y.")

    @field_validator("dates", mode="before")
    @classmethod
    def _names_are_text(cls, value: object) -> object:
        return _with_text_keys(value)


def _as_anchor(value: object) -> object:
    """Read a date as itself and any other bare word as a column."""
    read = _as_date(value)
    return {"column": read} if isinstance(read, str) else read


Unit = Literal["ns", "us", "ms", "s", "min", "h", "d", "w", "auto"]


def _as_time(value: object) -> object:
    """Read a bare name as a column and a list as columns to be joined."""
    return {"column": value} if isinstance(value, str | list | tuple) else value


def check_zone(value: str | None) -> str | None:
    """Refuse a zone that the time zone database does not hold."""
    if value is None:
        return None
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"{value!r} is not a time zone. Write one like Europe/Berlin or UTC."
        ) from None
    return value


class TimeSpec(Spec):
    """When a touchpoint happened."""

    column: Names = Field(
        (), description="Column, or columns that are joined by a space (date and clock)."
    )
    first_of: Names = Field(
        (), description="Columns of which the first that holds something counts."
    )
    format: Names = Field(
        (),
        description="How the time is written, such as %d.%m.%Y %H:%M, or several ways. "
        "Default: ISO 8601.",
    )
    zone: str | None = Field(
        None, description="Zone of times that name none, such as Europe/Berlin."
    )
    repeated_hour: RepeatedHour | None = Field(
        None, description="As in `events`, for this time only: second or first."
    )
    skipped_hour: SkippedHour | None = Field(
        None, description="As in `events`, for this time only: forward or quarantine."
    )
    unit: Unit | None = Field(
        None, description="Counts ns, us, ms, s, min, h, d or w since `since`; auto: by size."
    )
    since: Annotated[Day | AnchorSpec | None, BeforeValidator(_as_anchor)] = Field(
        None,
        description="Moment from which `unit` counts: a date, a column, or names with dates. "
        "Default: 1970-01-01 UTC.",
    )
    first: int = Field(
        0, description="Number that stands for `since` itself: 1 where weeks start at 1."
    )

    check_zone = field_validator("zone")(check_zone)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.column) == bool(self.first_of):
            found = "both given" if self.column else "none of them given"
            raise ValueError(f"{found}. Give one of column, first_of.")
        return self

    @model_validator(mode="after")
    def _since_needs_unit(self) -> Self:
        if self.since is not None and self.unit is None:
            raise ValueError(
                "`since` is given without `unit`. Add `unit: d` if the column counts days."
            )
        if self.format and self.unit is not None:
            raise ValueError(
                "`format` and `unit` are given. Keep `unit` only if the column holds numbers."
            )
        return self

    def one_by_one(self) -> tuple[Self, ...]:
        """Give the time as it would be read from each of the columns it may stand in."""
        if not self.first_of:
            return (self,)
        return tuple(
            self.model_copy(update={"column": (name,), "first_of": ()}) for name in self.first_of
        )

    @property
    def stands_in(self) -> tuple[str, ...]:
        """Columns in which the time itself stands."""
        return self.column or self.first_of

    def needs(self) -> tuple[str, ...]:
        """Give the columns it is read from."""
        return self.stands_in + ((self.since.column,) if isinstance(self.since, AnchorSpec) else ())


Time = Annotated[TimeSpec, BeforeValidator(_as_time)]


class DateSpec(TimeSpec):
    """One date of a wide table, which becomes a touchpoint of its own."""

    when: str | None = Field(
        None, description="SQL condition on the row, such as `final_result = 'Withdrawn'`."
    )


Date = Annotated[DateSpec, BeforeValidator(_as_time)]
Scale = Literal["nps", "csat", "ces", "stars"]
SCALES: Mapping[str, tuple[int, int]] = {
    "nps": (0, 10),
    "csat": (1, 5),
    "ces": (1, 7),
    "stars": (1, 5),
}
"""Lowest and highest answer of the usual surveys."""


class ScoreSpec(Spec):
    """What a customer answered in a survey."""

    column: str = Field(description="Column with the answer.")
    map: Mapping[str, float] = Field(
        default_factory=dict, description="Numbers for answers in words, such as good: 5, bad: 1."
    )
    when: str | None = Field(
        None, description="SQL condition on the row; elsewhere there is no answer."
    )
    scale: Scale | None = Field(
        None, description="nps (0 to 10), csat (1 to 5), ces (1 to 7, 7 is easy) or stars (1 to 5)."
    )
    low: float | None = Field(None, description="Worst possible answer; may exceed `high`.")
    high: float | None = Field(None, description="Best possible answer.")

    @field_validator("map", mode="before")
    @classmethod
    def _answers_are_text(cls, value: object) -> object:
        return _with_text_keys(value)

    @model_validator(mode="after")
    def _one_scale(self) -> Self:
        if (self.scale is None) == (self.low is None and self.high is None):
            raise ValueError("give `scale`, or both `low` and `high`.")
        if self.scale is None and (self.low is None or self.high is None or self.low == self.high):
            raise ValueError("give both `low` and `high`, and let them differ.")
        return self

    def ends(self) -> tuple[float, float]:
        """Give the worst and the best possible answer."""
        if self.scale is not None:
            return SCALES[self.scale]
        assert self.low is not None
        assert self.high is not None
        return self.low, self.high


class TextSpec(Spec):
    """What a customer wrote, or a part of it."""

    column: str = Field(description="Column with the text.")
    when: str | None = Field(
        None, description="SQL condition on the row; elsewhere the column is left out."
    )
    html: bool = Field(False, description="Whether it is HTML, so that tags are taken out.")


class ValueSpec(Spec):
    """Money that a touchpoint moved."""

    column: str = Field(description="Column with the amount.")
    when: str | None = Field(
        None, description="SQL condition on the row; elsewhere there is no amount."
    )
    decimal: Literal[".", ","] = Field(".", description="What stands before the cents.")
    unit: Literal["whole", "cents"] = Field("whole", description="Whether amounts are in cents.")
    currency: str | None = Field(
        None, description="Currency of the amounts, such as EUR. Default: that of `events`."
    )
    currency_column: str | None = Field(
        None,
        description="Column with the currency; amounts in another one than `currency` "
        "are left out and counted. Where it is empty, the amount counts.",
    )
    no_cents: Names = Field(
        (), description="Currencies that are whole although `unit` is cents, such as JPY."
    )
    thousandths: Names = Field(
        (), description="Currencies in thousandths although `unit` is cents, such as KWD."
    )

    def parts_of_one(self) -> int:
        """Give how many of the units that the column counts make one of the currency."""
        own = (self.currency or "").upper()
        if self.unit == "whole" or own in map(str.upper, self.no_cents):
            return 1
        return 1000 if own in map(str.upper, self.thousandths) else 100

    def needs(self) -> tuple[str, ...]:
        """Give the columns it is read from."""
        return (self.column, *((self.currency_column,) if self.currency_column else ()))


def _as_column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


def _pairs(value: object) -> object:
    """Read a shared name as a pair of equal names."""
    if isinstance(value, str):
        return {value: value}
    if isinstance(value, list | tuple):
        return {name: name for name in value}
    return value


class JoinSpec(FileOptions):
    """Another table that adds columns to each row, at most one of its rows to each."""

    file: str = Field(description="The other file, relative to trod.yml.")
    on: Annotated[Mapping[str, str], BeforeValidator(_pairs)] = Field(
        min_length=1,
        description="Columns that both tables share; `ours: theirs` where names differ.",
    )
    columns: Names = Field((), description="Columns to take. Default: all.")


def _all_or_names(value: object) -> object:
    """Read one name as a list of one, and leave the star alone."""
    if isinstance(value, str) and value != "*":
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def _one_or_many(value: object) -> object:
    """Read one mapping as a list of one."""
    return (value,) if isinstance(value, Mapping) else value


def _as_texts(value: object) -> object:
    """Read one column as a list of one."""
    listed = value if isinstance(value, list | tuple) else (value,)
    return tuple(_as_column(one) for one in listed)


Text = Annotated[tuple[TextSpec, ...], BeforeValidator(_as_texts)]
"""One column of text, or several that follow each other."""
Score = Annotated[ScoreSpec | None, BeforeValidator(_as_column)]
"""A survey answer; a bare name is not enough, for the scale must be known."""
Value = Annotated[ValueSpec | None, BeforeValidator(_as_column)]
"""An amount of money; a bare name is its column."""
Joins = Annotated[tuple[JoinSpec, ...], BeforeValidator(_one_or_many), Field(strict=False)]
"""One joined table, or a list of them."""
Columns = Annotated[tuple[str, ...] | Literal["*"], BeforeValidator(_all_or_names)]
"""Some columns, or `*` for all that are not used otherwise."""
