"""How property tests run: the same examples every time; a campaign with `make slow`.

And what many tests only read.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import duckdb

    from tests.company import Known
    from trod._store.state.database import State

SOURCE = str(Path(__file__).parents[1] / "src" / "trod")
MAY_UNPICKLE = (f"{os.sep}numba{os.sep}", f"{os.sep}multiprocessing{os.sep}")


def no_pickle(event: str, _args: tuple[object, ...]) -> None:
    """Fail where trod reads a pickle: who may write one may run code where it is read.

    Numba reads its own cache, and processes beside this one send each other their work.
    """
    if event != "pickle.find_class":
        return
    frame = sys._getframe(1)
    while frame is not None:
        if any(place in frame.f_code.co_filename for place in MAY_UNPICKLE):
            return
        if frame.f_code.co_filename.startswith(SOURCE):
            raise AssertionError(f"{frame.f_code.co_filename}:{frame.f_lineno} reads a pickle.")
        frame = frame.f_back  # type: ignore[assignment]


sys.addaudithook(no_pickle)

# The first call of a compiled loop takes seconds, so no example has a deadline.
settings.register_profile(
    "quick",
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "campaign", settings.get_profile("quick"), derandomize=False, max_examples=2000
)
settings.load_profile(os.environ.get("TROD_TESTS", "quick"))


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder in which the processes of a run keep what one of them made for all."""
    if not hasattr(config, "workerinput"):
        os.environ["TROD_TESTS_SHARED"] = tempfile.mkdtemp(prefix="trod-test-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop("TROD_TESTS_SHARED"), ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Have the collector of garbage pass over modules and tests, which stay until the end.

    It would walk through all of them again and again: while they are made, and in every test.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file() -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Look for tests alone: no file of tests holds a doctest, and to look takes a second."""
    found = yield
    return [each for each in found if type(each) is pytest.Module]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a PostgreSQL with a user `ann` who needs a password, and a database `shop`."""
    from tests.postgres import serving

    yield from serving()


@pytest.fixture(params=["sqlite", "postgresql"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[State]:
    """An empty state database, of each kind."""
    from tests.states import fresh

    with fresh(request, tmp_path) as opened:
        yield opened


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
