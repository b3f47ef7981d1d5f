"""What stays out of memory until it is needed."""

import subprocess
import sys

import pytest

HEAVY = {
    "alembic",
    "apprise",
    "duckdb",
    "lightgbm",
    "numba",
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "pydantic",
    "scipy",
    "sklearn",
    "sqlalchemy",
    "vaderSentiment",
}


def loaded_by(code: str) -> set[str]:
    """Run code in a fresh interpreter and give the top-level modules it leaves in memory."""
    ask = f"{code}\nimport sys\nprint('|' + ' '.join({{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.rsplit("|", 1)[1].split())


def test_importing_trod_loads_nothing_heavy() -> None:
    assert loaded_by("import trod") & HEAVY == set()


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-C", "acme", "--help"], ["--version"]], ids=" ".join
)
def test_asking_for_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = f"""
import sys
sys.argv = ["trod", *{arguments!r}]
from trod.app.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
    assert loaded_by(code) & HEAVY == set()
