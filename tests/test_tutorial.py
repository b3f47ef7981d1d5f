"""The analysis of docs/tutorial-add-an-analysis.md works as written, and keeps the laws."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest
from hypothesis import given

from tests.strategies import NAMES, VOCABULARY, batch, customers
from trod import testing
from trod.analyses import Analysis
from trod.journeys.bare import from_arrow
from trod.journeys.predicate import count

PAGE = Path(__file__).parents[1] / "docs/tutorial-add-an-analysis.md"
DAY_US = 86_400_000_000


@pytest.fixture(scope="module")
def toy() -> Iterator[ModuleType]:
    """The first Python block of the page, as a module."""
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    module = ModuleType("tutorial_beginnings")
    sys.modules[module.__name__] = module
    exec(compile(code, PAGE.name, "exec"), vars(module))
    yield module
    del sys.modules[module.__name__]


@given(a=customers, b=customers)
def test_keeps_the_laws(toy: ModuleType, a, b) -> None:
    testing.check_fold(toy.Beginnings(VOCABULARY), [batch(a), batch(b, first=len(a))])


@given(some=customers)
def test_the_count_equals_the_list(toy: ModuleType, some) -> None:
    one = batch(some)
    fold = toy.Beginnings(VOCABULARY)
    began = fold.finish(fold.read(one)).began.tolist()
    assert began == [count(toy.BeganWith(name), [one]) for name in NAMES]


def test_coming_back_takes_a_day(toy: ModuleType) -> None:
    journeys = from_arrow(
        pa.table(
            {
                "customer": ["ann", "ann", "bob", "bob", "cem"],
                "touchpoint": ["visit", "pay", "visit", "pay", "help"],
                "time": [0, DAY_US, 0, DAY_US - 1, 5],
            }
        )
    )
    asked = Analysis("beginnings", toy.__name__, "Beginnings", "beginnings")
    assert asked.says.startswith("Count customers by the touchpoint they begin with")
    found = asked.ask(journeys).data.columns()
    assert found["touchpoint"] == ["visit", "help"]
    assert found["began"].tolist() == [2, 1]
    assert found["came_back"].tolist() == [1, 0]


def test_a_toy_analysis_touches_at_most_three_source_files() -> None:
    named = set(re.findall(r"`(src/trod/[\w/.]+\.py)`", PAGE.read_text(encoding="utf-8")))
    assert len(named) <= 3
