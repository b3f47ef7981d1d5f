"""A shop that tests of the command line may change."""

from pathlib import Path

import pytest

from tests.app.shop import EVENTS, YML


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "trod.yml").write_text(YML)
    return tmp_path
