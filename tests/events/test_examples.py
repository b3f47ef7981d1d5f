"""The examples are definitions that load, whether or not their data is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from trod import project

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_J1_every_example_loads_and_defines_a_journey(path):
    loaded = project.load(path)
    assert loaded.sources
    assert loaded.journeys
    assert loaded.events.order
