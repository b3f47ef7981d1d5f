"""How property tests run: the same examples every time; a campaign with `make slow`.

And what many tests only read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import duckdb

    from tests.company import Known

# The first call of a compiled loop takes seconds, so no example has a deadline.
settings.register_profile(
    "quick",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "campaign", settings.get_profile("quick"), derandomize=False, max_examples=2000
)
settings.load_profile(os.environ.get("TROD_TESTS", "quick"))


@pytest.fixture(scope="session")
def tallyfern() -> Known:
    """The sample company, ingested."""
    from tests.company import known

    return known()


@pytest.fixture(scope="module")
def sql() -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that knows nothing of Trod, to count again what Trod counted."""
    import duckdb

    with duckdb.connect() as con:
        con.sql("SET TimeZone = 'UTC'")
        yield con
