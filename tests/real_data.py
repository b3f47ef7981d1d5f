"""Real businesses, whose published data lie beside the project: drawn, and counted again."""

from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

import trod
from tests.strategies import DATA
from trod.workspace import Map

ROOT = Path(__file__).parents[1]
needed = pytest.mark.skipif(not DATA.exists(), reason="the real data lie beside the project")


@cache
def drawn(folder: str, config: str) -> Map:
    """Give the map of one business; tests read it and never change it."""
    files = sorted(f for f in (DATA / folder).iterdir() if f.suffix in {".parquet", ".gz"})
    return trod.map(*files, config=ROOT / "examples" / config)


def one(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    """Give the single value of a query."""
    ((value,),) = con.sql(query).fetchall()
    return value
