"""The `sources:` and `events:` parts of trod.yml: how raw rows become touchpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from trod.events.gates import GateSpec
from trod.events.like import check_like, completed
from trod.events.moments import RepeatedHour, SkippedHour
from trod.events.names import AS_THEY_ARE, NamesSpec
from trod.events.pieces import (
    Columns,
    Date,
    Joins,
    Score,
    Text,
    Time,
    Value,
    Words,
    WordsSpec,
    check_zone,
)
from trod.sources.place import PlaceSpec
from trod.sources.spec import Names, Spec

__all__ = ["EventsSpec", "SourceSpec", "check_zone"]


def _root(info: ValidationInfo) -> Path:
    """Give the folder that paths in a definition start from."""
    return Path((info.context or {}).get("root", "."))


class SourceSpec(PlaceSpec):
    """One entry of `sources:`: where rows are, and how they become touchpoints."""

    name: str = Field(min_length=1, description="What people call the source.")
    like: str | None = Field(
        None,
        description="Mapping that says what this source does not: one of those shipped, such as "
        "stripe_events, or a YAML file of your own.",
    )
    aside: str | None = Field(
        None, description="Why these files are left aside on purpose; then no other key is needed."
    )
    where: str | None = Field(None, description="SQL condition; other rows are left out.")
    join: Joins = Field((), description="Tables that add columns to each row.")

    customer: Words | None = Field(
        None, description="Id of the person as the company knows it; several columns make one id."
    )
    account: Words | None = Field(None, description="Id of the organisation the person belongs to.")
    ids: Mapping[str, Words] = Field(
        default_factory=dict,
        description="Further ids by kind: email, phone, anonymous, device, or a name of your own.",
    )
    message_id: Words | None = Field(
        None, description="Id that the source gives each touchpoint; makes repeats recognisable."
    )

    time: Time | None = Field(None, description="When it happened.")
    zone: str | None = Field(None, description="Zone of all times of this source that name none.")
    repeated_hour: RepeatedHour | None = Field(
        None, description="As in `events`, for this source: second or first."
    )
    skipped_hour: SkippedHour | None = Field(
        None, description="As in `events`, for this source: forward or quarantine."
    )
    touchpoint: Words | None = Field(None, description="What happened.")
    dates: Mapping[str, Date] = Field(
        default_factory=dict,
        description="For a table with several dates in a row: a touchpoint for each date.",
    )
    channel: Words | None = Field(None, description="Where it happened: web, mail, till, phone.")
    text: Text = Field((), description="Column with what the customer wrote, or several.")
    mood: bool = Field(
        True, description="Whether the mood of `text` is read where no score stands."
    )
    score: Score = Field(None, description="Survey answer, and its scale.")
    value: Value = Field(None, description="Money that was moved.")
    states: Mapping[str, Words] = Field(
        default_factory=dict, description="What the customer's state is from here on, by name."
    )
    attributes: Columns = Field(
        (), description="Columns that describe the customer; `*` for all that are not used."
    )

    group_by: Names = Field(
        (),
        description="Columns by which rows are one touchpoint: lines of a basket. Values are "
        "added up, the earliest time counts.",
    )
    repeats: Literal["keep", "once"] = Field(
        "keep", description="Whether rows that are equal in everything count once or each time."
    )
    ignore: Names = Field(
        (), description="Columns that are not kept with the touchpoint; `*` for all."
    )

    gates: GateSpec | None = Field(
        None, description="Bars of `trod audit` for this source, in place of `events.gates`."
    )

    check_zone = field_validator("zone")(check_zone)

    @model_validator(mode="before")
    @classmethod
    def _takes_from_its_mapping(cls, data: object, info: ValidationInfo) -> object:
        return completed(data, _root(info)) if isinstance(data, Mapping) else data

    @field_validator("like")
    @classmethod
    def _is_a_mapping(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None:
            check_like(value, _root(info))
        return value

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        if self.aside is not None:
            return self
        twice = [
            kind for kind in ("customer", "account") if kind in self.ids and getattr(self, kind)
        ]
        if twice:
            raise ValueError(
                f"source {self.name!r}: `ids` repeats {twice[0]}. Keep one of the two."
            )
        if not self.id_words():
            raise ValueError(
                f"source {self.name!r} names no id. Add `customer:` with the column that says who."
            )
        return self

    @model_validator(mode="after")
    def _is_read_once(self) -> Self:
        """Refuse to leave out what was read where rows could not be told from repeats."""
        if not self.incremental:
            return self
        key = "cursor" if self.cursor is not None else "grows"
        if self.message_id is None:
            problem = (
                f"has `{key}` and no `message_id`, so a row that is read again could not be told "
                "from another one like it. Add `message_id:` with the key of the table."
            )
        elif self.group_by:
            problem = (
                f"has `{key}` and `group_by`: rows of one touchpoint may come in different "
                "readings. Remove one of the two."
            )
        elif self.attributes:
            problem = (
                f"has `{key}` and `attributes`, which are read whole. Give the attributes a "
                "source of their own."
            )
        else:
            return self
        raise ValueError(f"source {self.name!r} {problem}")

    @model_validator(mode="after")
    def _says_when_and_what(self) -> Self:
        if self.aside is not None:
            return self
        if self.time is not None and self.dates:
            problem = "has `time` and `dates`. Keep one of them."
        elif self.time is None and not self.dates and not self.attributes:
            problem = (
                "has no `time`, no `dates` and no `attributes`. Add `time:` with the column that "
                "says when it happened."
            )
        elif self.dates and self.touchpoint is not None:
            problem = "has `touchpoint` and `dates`, which name their own. Keep one of them."
        elif self.time is not None and self.touchpoint is None:
            problem = (
                "says when but not what. Add `touchpoint:` with a column, a template such as "
                '"{type} mail", or {constant: Purchase}.'
            )
        else:
            return self
        raise ValueError(f"source {self.name!r} {problem}")

    def id_words(self) -> dict[str, WordsSpec]:
        """Give the ids by kind, customer first, then account, then the others as written."""
        own = {"customer": self.customer, "account": self.account}
        first = {kind: words for kind, words in own.items() if words is not None}
        return {**first, **{kind: words for kind, words in self.ids.items() if kind not in first}}

    def in_currency(self, currency: str | None) -> Self:
        """Give the source with its money in a currency, where it needs one and names none."""
        value = self.value
        if value is None or value.currency is not None or currency is None:
            return self
        if not (value.currency_column or value.no_cents or value.thousandths):
            return self
        named = value.model_copy(update={"currency": currency})
        return self.model_copy(update={"value": named})

    def conditions(self) -> tuple[str, ...]:
        """Give every SQL condition that the source sets, in the order of its keys."""
        dates = [date.when for date in self.dates.values() if date.when]
        words = [condition for each in self._words() for condition in each.conditions()]
        rest = [p.when for p in (*self.text, self.score, self.value) if p is not None and p.when]
        return (*([self.where] if self.where else []), *dates, *words, *rest)

    def _words(self) -> list[WordsSpec]:
        words = [*self.id_words().values(), *self.states.values()]
        return words + [
            w for w in (self.message_id, self.touchpoint, self.channel) if w is not None
        ]

    def used(self) -> tuple[str, ...]:
        """Give the columns that have a role, so that they are not repeated in the properties."""
        return tuple(dict.fromkeys(self._used()))

    def _used(self) -> Iterator[str]:
        for word in self._words():
            if word.as_it_is:  # what is renamed or chosen from is kept as it was
                yield from word.needs()
        for time in (self.time, *self.dates.values()):
            if time is not None:
                yield from time.column
        yield from (part.column for part in self.text if part.when is None)
        if self.value is not None and self.value.when is None:
            yield from self.value.needs()
        if self.score is not None and self.score.when is None:
            yield self.score.column


class EventsSpec(Spec):
    """The `events:` section: what holds for touchpoints of all sources."""

    zone: str | None = Field(
        None, description="Zone of times that name none, and of dates people see. Default: UTC."
    )
    repeated_hour: RepeatedHour = Field(
        "second",
        description="Which moment is meant by a clock time that a change of clocks makes two of.",
    )
    skipped_hour: SkippedHour = Field(
        "forward",
        description="Whether a clock time that a change of clocks leaves out is moved on by what "
        "was left out, or quarantined.",
    )
    order: Names = Field(
        (), description="Touchpoints in the order in which they count when their times are equal."
    )
    names: NamesSpec = Field(AS_THEY_ARE, description="Which raw names are one touchpoint.")
    currency: str | None = Field(None, description="Currency of money without one, such as EUR.")
    gates: GateSpec = Field(
        GateSpec.model_validate({}), description="Bars that the data must pass: see `trod audit`."
    )

    check_zone = field_validator("zone")(check_zone)
