"""What a question gives people: the figures, and everything needed to judge them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from trod.events.counted import count
from trod.journeys.batch import Journeys

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SHOWN_ROWS = 20


class Result(Protocol):
    """Named arrays that can be laid out as one table."""

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give the columns of the table people see, equally long, in order."""
        ...


ResultT = TypeVar("ResultT", bound=Result)


@dataclass(frozen=True, slots=True)
class Answer(Generic[ResultT]):
    """Figures with their population, unit, window, moment, zone and method."""

    question: str  # name of the analysis
    data: ResultT
    unit: str  # "person" or "account"
    n: int  # customers in the population
    population: str  # who they are, in words
    window: str | None  # time within which things count, in words
    as_of_us: int  # last moment on record, microseconds UTC
    zone: str  # IANA zone in which dates are shown
    method: str  # how the figures were made, in one sentence
    warnings: tuple[str, ...] = ()

    @property
    def as_of(self) -> datetime:
        """The last moment on record, in the zone of the answer."""
        moment = datetime.fromtimestamp(self.as_of_us // 1_000_000, UTC)
        return moment.astimezone(ZoneInfo(self.zone))

    def to_json(self) -> str:
        """Write the answer as JSON: the same bytes for the same data."""
        columns = {name: list(values) for name, values in self.data.columns().items()}
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        body = {
            "question": self.question,
            "unit": self.unit,
            "n": self.n,
            "population": self.population,
            "window": self.window,
            "as_of": self.as_of.isoformat(),
            "zone": self.zone,
            "method": self.method,
            "warnings": list(self.warnings),
            "rows": rows,
        }
        return json.dumps(body, default=_plain, ensure_ascii=False, allow_nan=False)

    def to_arrow(self) -> pa.Table:
        """Give the table as Arrow."""
        import pyarrow as pa

        return pa.table({name: pa.array(values) for name, values in self.data.columns().items()})

    def to_pandas(self) -> pd.DataFrame:
        """Give the table as a pandas data frame; pandas is not installed with trod."""
        return self.to_arrow().to_pandas()

    def _repr_html_(self) -> str:
        """Show the first rows in a notebook, with what they mean underneath."""
        columns = self.data.columns()
        head = "".join(f"<th>{escape(name)}</th>" for name in columns)
        shown = list(zip(*columns.values(), strict=True))
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(value))}</td>" for value in row) + "</tr>"
            for row in shown[:SHOWN_ROWS]
        )
        hidden = len(shown) - SHOWN_ROWS
        more = f" {count(hidden, 'more row')}." if hidden > 0 else ""
        notes = " ".join([f"{self.population}: {self.n:,}.", self.method, *self.warnings]) + more
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
            f"<p>{escape(notes)}</p>"
        )


def answer(
    question: str,
    data: ResultT,
    journeys: Journeys,
    *,
    method: str,
    n: int | None = None,
    population: str = "All customers",
    window: str | None = None,
    warnings: Sequence[str] = (),
) -> Answer[ResultT]:
    """Wrap a result with what the journeys know about themselves."""
    told = list(warnings)
    if journeys.zone_assumed:
        told.append(f"Times without a zone were read as {journeys.zone}.")
    return Answer(
        question=question,
        data=data,
        unit=journeys.unit,
        n=journeys.n_customers if n is None else n,
        population=population,
        window=window,
        as_of_us=journeys.span_us()[1],
        zone=journeys.zone,
        method=method,
        warnings=tuple(told),
    )


def _plain(value: object) -> object:
    """Give what JSON knows in place of a NumPy scalar."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot stand in an answer.")


def _shown(value: object) -> str:
    if isinstance(value, float | np.floating):
        return f"{value:.3f}"
    if isinstance(value, int | np.integer):
        return f"{value:,}"
    return "" if value is None else str(value)
