"""Scores laid over the map, and the lists behind them."""

from pathlib import Path

import pytest

from tests.app.terminal import told, trod
from tests.company import copied


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scored") / "acme"
    copied(folder, 2000)
    assert trod("-C", folder, "fit", "outcomes").exit_code == 0
    assert trod("-C", folder, "score", "--top", 1).exit_code == 0
    return folder


def test_M3_G3_the_map_shows_whom_scores_point_out_and_each_number_lists_them(scored: Path):
    stages = told("-C", scored, "map")["stages"]
    shown = [one for stage in stages for one in stage["pointed_out"]]
    assert {one["outcome"] for one in shown} >= {"Churn", "Converts"}
    for one in shown:
        listed = trod("-C", scored, "export", "customers", "--where", one["customers"]["key"])
        assert len(listed.stdout.splitlines()) - 1 == one["customers"]["n"] <= one["asked"]
    for outcome in {one["outcome"] for one in shown}:
        whole = trod("-C", scored, "export", "customers", "--where", f"score:{outcome}")
        parts = sum(one["customers"]["n"] for one in shown if one["outcome"] == outcome)
        assert len(whole.stdout.splitlines()) - 1 == parts


def test_the_page_and_the_picture_have_a_row_of_them(scored: Path, tmp_path: Path):
    for name in ("map.html", "map.svg"):
        assert trod("-C", scored, "map", "--out", tmp_path / name).exit_code == 0
        assert "Pointed out" in (tmp_path / name).read_text()


def test_a_map_without_scores_has_no_such_row(tallyfern):
    assert "Pointed out" not in tallyfern.workspace.map().to_html()


def test_an_outcome_that_nobody_was_scored_for_is_named_with_the_nearest(scored: Path):
    done = trod("-C", scored, "export", "customers", "--where", "score:Chrn")
    assert done.exit_code == 1
    assert "did you mean 'Churn'" in done.stderr


def test_V2_where_many_said_how_it_felt_the_map_says_so(tallyfern):
    stages = {stage.name: stage for stage in tallyfern.workspace.map().data.stages}
    assert stages["Adopt"].spoke > 100
    assert any(touch.mood.mean is not None for touch in stages["Adopt"].touches)
    assert len(stages["Adopt"].touches) <= 12
