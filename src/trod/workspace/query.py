"""SQL over a workspace: three views, read-only, no way to anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from trod._store.threads import in_parallel
from trod.errors import DefinitionError
from trod.journeys.batch import NO_SCORE, NO_VALUE, Journeys
from trod.sources.engine import BATCH_ROWS, Engine, engine, literal

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace

_CLASS: Final = re.compile(r"^[\w ]+ Error: ")
VIEWS: Final = ("touchpoints", "journeys", "customers")


class Rows(NamedTuple):
    """The answer to a query."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    more: bool  # there are rows beyond the limit


def query(
    workspace: Workspace, text: str, *, unit: str | None = None, limit: int | None = None
) -> Rows:
    """Answer one SELECT over the views of a workspace.

    ``touchpoints`` is the log as it arrived: row, source, time, touchpoint, channel, the ids,
    value, score, text, states, properties. ``journeys`` has one row a touchpoint of a customer:
    customer, time, touchpoint, channel, value, score, row. ``customers`` has one row a customer:
    first and last time, touchpoints, attributes.

    Parameters
    ----------
    workspace
        An ingested workspace.
    text
        One SELECT, in DuckDB's SQL.
    unit
        "person" or "account"; as the first journey declares by default.
    limit
        Most rows to give; all by default.

    Raises
    ------
    DefinitionError
        If the text is not one SELECT, or if DuckDB does not understand it.
    """
    with _opened(workspace, unit) as duck:
        try:
            _one_select(duck, text)
            asked = duck.connection.sql(text)
            # By way of Arrow, because DuckDB itself wants pytz for moments.
            table = (asked if limit is None else asked.limit(limit + 1)).to_arrow_table()
        except duckdb.Error as problem:
            said = _CLASS.sub("", str(problem).split("\n\nLINE")[0])
            raise DefinitionError([f"SQL: {' '.join(said.split())}"]) from problem
    more = limit is not None and table.num_rows > limit
    columns = [column.to_pylist() for column in table.slice(0, limit).columns]
    return Rows(tuple(table.column_names), list(zip(*columns, strict=True)), more)


@contextmanager
def view(
    workspace: Workspace, name: str, *, order: str, unit: str | None = None
) -> Iterator[pa.RecordBatchReader]:
    """Give a whole view in batches, so that it need not fit into memory."""
    with _opened(workspace, unit) as duck:
        yield duck.connection.sql(f"SELECT * FROM {name} ORDER BY {order}").to_arrow_reader(
            BATCH_ROWS
        )


def _one_select(duck: Engine, text: str) -> None:
    statements = duck.connection.extract_statements(text)
    kinds = [statement.type for statement in statements]
    if kinds != [duckdb.StatementType.SELECT]:
        raise DefinitionError(
            [f"write one SELECT over {', '.join(VIEWS)}: the workspace is only read."]
        )


@contextmanager
def _opened(workspace: Workspace, unit: str | None) -> Iterator[Engine]:
    """Open an engine that sees the views and nothing else."""
    journeys = workspace.journeys(unit)
    parts = workspace.store.manifest.of("touchpoints")
    in_parallel(workspace.store.checked, parts)  # DuckDB compares no checksums
    with engine() as duck:
        paths = [workspace.store.path(part).resolve() for part in parts]
        duck.connection.register("_journeys", _journeys(journeys))
        duck.connection.register("_attributes", _attributes(journeys))
        start, selects = 0, []
        for path, part in zip(paths, parts, strict=True):
            selects.append(
                f"SELECT {start} + file_row_number AS row, * "
                f"FROM read_parquet({literal(str(path))}, file_row_number = true)"
            )
            start += part.rows
        duck.connection.execute(
            "CREATE VIEW touchpoints AS SELECT row, source, make_timestamptz(time_us) AS time, "
            "touchpoint, channel, value / 1e6 AS value, score, text, "
            "* EXCLUDE (row, source, time_us, touchpoint, channel, value, score, text, "
            f"file_row_number, id_hi, id_lo) FROM ({' UNION ALL BY NAME '.join(selects)})"
        )
        duck.connection.execute(
            "CREATE VIEW journeys AS SELECT customer::VARCHAR AS customer, time, "
            "touchpoint::VARCHAR AS touchpoint, channel::VARCHAR AS channel, "
            "value / 1e6 AS value, score, row FROM _journeys"
        )
        duck.connection.execute(
            "CREATE VIEW customers AS SELECT * FROM (SELECT customer, min(time) AS first_time, "
            "max(time) AS last_time, count(*) AS touchpoints, sum(value) AS value "
            "FROM journeys GROUP BY customer) LEFT JOIN _attributes USING (customer)"
        )
        duck.lock([*duck.scratch.iterdir(), *paths])
        yield duck


def _journeys(journeys: Journeys) -> pa.Table:
    """Lay journeys out as one table; names stay codes, so that nothing large is copied."""
    vocabulary = journeys.vocabulary
    tables = [
        pa.table(
            {
                "customer": pa.DictionaryArray.from_arrays(
                    np.repeat(np.arange(batch.n_customers, dtype=np.int32), np.diff(batch.offsets)),
                    batch.customer,
                ),
                "time": pa.array(batch.time_us).cast(pa.timestamp("us", "UTC")),
                "touchpoint": pa.DictionaryArray.from_arrays(
                    batch.code, pa.array(vocabulary.touchpoints, pa.string())
                ),
                "channel": pa.DictionaryArray.from_arrays(
                    batch.channel, pa.array(vocabulary.channels, pa.string())
                ),
                "value": pa.array(batch.value, mask=batch.value == NO_VALUE),
                "score": pa.array(batch.score, mask=batch.score == NO_SCORE),
                "row": pa.array(batch.row),
            }
        )
        for batch in journeys
    ]
    return pa.concat_tables(tables)


def _attributes(journeys: Journeys) -> pa.Table:
    if journeys.attributes is None:
        return pa.table({"customer": pa.array([], pa.string())})
    return journeys.attributes
