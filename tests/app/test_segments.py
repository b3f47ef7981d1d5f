"""`trod segments`, and maps and lists of one segment."""

import json
import shutil
from pathlib import Path

import pytest

from tests.app.terminal import told, trod
from tests.company import Known, copied
from trod.workspace import Workspace
from trod.workspace.fitting import fit


@pytest.fixture(scope="module")
def home(tallyfern: Known, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("segments") / "company"
    shutil.copytree(tallyfern.folder, folder)
    fit(Workspace.open(folder), ["segments"])
    return folder


def test_before_a_fit_the_command_says_what_to_do(tmp_path: Path):
    copied(tmp_path / "one")
    done = trod("-C", tmp_path / "one", "segments")
    assert done.exit_code == 1
    assert "fit segments`" in done.output
    fitted = trod("-C", tmp_path / "one", "fit", "segments")
    assert "not enough data" in fitted.output
    again = trod("-C", tmp_path / "one", "segments")
    assert again.exit_code == 1
    assert "200 are needed" in " ".join(again.output.split())


def test_P8_every_name_stands_with_the_shares_it_is_true_of(home: Path):
    view = told("-C", home, "segments")
    text = " ".join(trod("-C", home, "segments").stdout.split())
    assert 2 <= len(view["segments"]) <= 7
    for row in view["segments"]:
        assert f"{row['id']} {row['name']}, {row['members']['n']:,} accounts" in text
        assert row["holds"]["whole"] == row["members"]["n"]
    assert "Observed" not in text or "Estimated" in text


def test_P11_counts_of_the_segments_and_of_none_add_up_to_everyone(home: Path):
    view = told("-C", home, "segments")
    parts = [*view["segments"], view["none"]]
    for s, stage in enumerate(view["everyone"]["stages"]):
        reached = sum(part["stages"][s]["reached"]["n"] for part in parts)
        assert reached == stage["reached"]["n"]
    workspace = Workspace.open(home)
    whole = workspace.map().data
    maps = [workspace.map(segment=part["id"]).data for part in parts]
    for s, stage in enumerate(whole.stages):
        for count in ("reached", "left", "still_there", "done"):
            total = sum(getattr(one.stages[s], count).n for one in maps)
            assert total == getattr(stage, count).n


def test_P11_a_map_of_a_segment_says_whom_it_is_about_and_its_lists_are_theirs(
    home: Path, tmp_path: Path
):
    first = told("-C", home, "segments")["segments"][0]
    target = tmp_path / "map.html"
    done = trod("-C", home, "map", "--segment", first["id"], "--out", target)
    assert done.exit_code == 0, done.output
    assert f"only segment {first['id']}" in target.read_text(encoding="utf-8")
    assert f"Only the {first['members']['n']} accounts" in " ".join(done.output.split())
    made = told("-C", home, "map", "--segment", first["id"])
    left = made["stages"][2]["left"]
    lines = trod(
        "-C", home, "export", "customers", "--where", left["key"], "--segment", first["id"]
    ).stdout.splitlines()
    assert len(lines) - 1 == left["n"]


def test_the_count_of_a_segment_is_the_length_of_its_list(home: Path):
    view = told("-C", home, "segments")
    for row in [*view["segments"], view["none"]]:
        done = trod("-C", home, "export", "customers", "--where", row["members"]["key"])
        assert len(done.stdout.splitlines()) - 1 == row["members"]["n"]
    for new in view["rising"]:
        done = trod("-C", home, "export", "customers", "--where", new["customers"]["key"])
        assert len(done.stdout.splitlines()) - 1 == new["customers"]["n"]


def test_P11_two_segments_stand_side_by_side_with_intervals(home: Path):
    first, second = (row["id"] for row in told("-C", home, "segments")["segments"][:2])
    both = told("-C", home, "segments", "--compare", first, second)
    for row in both["rows"]:
        if row["low"] is not None:
            assert row["low"] <= row["difference"] <= row["high"]
    assert {row["kind"] for row in both["rows"]} == {"share", "mood", "time"}
    text = trod("-C", home, "segments", "--compare", first, "all").stdout
    assert "Everyone" in text
    assert "points" in text


@pytest.mark.parametrize("ending", ["svg", "html", "json", "csv"])
def test_the_figure_is_written(home: Path, tmp_path: Path, ending: str):
    target = tmp_path / f"segments.{ending}"
    assert trod("-C", home, "segments", "--out", target).exit_code == 0
    content = target.read_text(encoding="utf-8")
    names = [row["name"] for row in told("-C", home, "segments")["segments"]]
    assert all(name.split(",")[0] in content for name in names)
    if ending == "json":
        assert json.loads(content)["figure"] == "segments"


@pytest.mark.parametrize(
    "arguments",
    [
        ("map", "--segment", "s99"),
        ("export", "customers", "--where", "segment:s99"),
        ("segments", "--compare", "s1", "s99"),
    ],
)
def test_a_segment_that_is_not_there_is_answered_with_those_that_are(home: Path, arguments):
    done = trod("-C", home, *arguments)
    assert done.exit_code == 1
    assert "s99" in done.output
    assert "s1" in done.output


def test_segments_of_accounts_are_no_list_of_people(home: Path):
    done = trod("-C", home, "export", "customers", "--where", "segment:s1", "--unit", "person")
    assert done.exit_code == 1
    assert "Write --unit account" in done.output
