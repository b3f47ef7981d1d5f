"""Records that could not be cut into columns: which, and why."""

from __future__ import annotations

from typing import Final

from trod.sources.engine import Engine, literal
from trod.sources.table import Table

_TORN: Final = {
    "TOO MANY COLUMNS": "too_many_columns",
    "INVALID ENCODING": "wrong_encoding",
    "LINE SIZE OVER MAXIMUM": "line_too_long",
    "UNQUOTED VALUE": "quote_misplaced",
}


def torn_records(engine: Engine, table: Table) -> dict[int, str]:
    """Give code and number of every record that could not be cut into columns, after the scan.

    Records are counted from 1 at the beginning of the file, blank lines and header included; those
    of `Table.bad` are not among them.
    """
    if table.rejects is None:
        return {}
    name = literal(table.rejects)
    if not engine.rows(f"SELECT 1 FROM duckdb_tables() WHERE table_name = {name}"):
        return {}
    rows = engine.rows(
        f"SELECT line, min(error_type::VARCHAR) FROM {table.rejects} GROUP BY line ORDER BY line"
    )
    return {int(str(line)): _TORN.get(str(kind), "line_unreadable") for line, kind in rows}
