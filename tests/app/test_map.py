"""`trod map` and `trod export map`: from files or a workspace to what is shown."""

import json
from pathlib import Path

import pytest

from tests.app.shop import EVENTS, write
from tests.app.terminal import run, trod
from trod.errors import DefinitionError
from trod.workspace import Workspace


def test_D1_files_as_they_are_become_a_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("events.csv").write_text(EVENTS)
    done = trod("map", "events.csv")
    assert done.exit_code == 0, done.stderr
    guess, account, told = done.stdout.split("\n\n", 2)
    assert "timestamp" in guess
    assert "user_id" in guess
    assert account.split("\n")[0].split() == [
        "source",
        "received",
        "stored",
        "duplicate",
        "quarantined",
        "dropped",
    ]
    assert "The map: map.html" in told
    assert Path("map.html").exists()


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("map.html", b"<!doctype html>"),
        ("map.svg", b"<svg"),
        ("map.png", b"\x89PNG"),
        ("map.json", b"{"),
        ("map.mmd", b""),
    ],
)
def test_G2_the_ending_of_the_file_says_what_is_written(shop: Path, name: str, begins: bytes):
    done = trod("-C", shop, "map", "--out", shop / name)
    assert done.exit_code == 0, done.stderr
    assert (shop / name).read_bytes().lower().startswith(begins.lower())


def test_a_map_can_go_to_stdout(shop: Path):
    trod("-C", shop, "ingest")
    assert trod("-C", shop, "export", "map", "--format", "svg").stdout.startswith("<svg")
    target = shop / "map.svg"
    target.write_text("before")
    (shop / "link.svg").symlink_to(target)
    assert trod("-C", shop, "export", "map", "--out", shop / "link.svg").exit_code == 0
    assert (shop / "link.svg").is_symlink()
    assert target.read_text(encoding="utf-8").startswith("<svg")


def test_a_workspace_is_read_on_the_first_map_and_not_again(shop: Path):
    first = trod("-C", shop, "map", "--out", shop / "map.html")
    again = trod("-C", shop, "map", "--out", shop / "map.html")
    assert "Reading events.csv" in first.stderr
    assert "Reading" not in again.stderr


def test_a_map_goes_to_stdout_and_nothing_else_does(shop: Path):
    for how, begins in (("html", "<!doctype html>"), ("svg", "<svg"), ("mermaid", "journey")):
        from_files = trod("map", shop / "events.csv", "--out", "-", "--format", how)
        of_space = trod("-C", shop, "map", "--out", "-", "--format", how)
        assert from_files.stdout.lower().startswith(begins)
        assert of_space.stdout.lower().startswith(begins)
    assert not (shop / "-").exists()


def test_a_map_is_never_written_over_what_it_was_made_of(shop: Path):
    made = Workspace.open(shop)
    made.ingest()
    drawn = made.map()
    for write_to in (drawn.to_html, drawn.to_svg, drawn.to_png, drawn.to_json):
        with pytest.raises(DefinitionError, match="source 'shop' reads it"):
            write_to(shop / "events.csv")
    assert (shop / "events.csv").read_text() == EVENTS


LOST = [("guest", 1), ("undefined", 1), ("undefined", 2)]


def test_D7_a_map_says_how_many_rows_name_nobody_and_why(tmp_path: Path):
    lost = [f"{id_},visit,2026-03-0{day}T09:00:00Z\n" for id_, day in LOST]
    for name, rows in (("a.csv", [EVENTS, *lost]), ("b.csv", [EVENTS, *lost[::-1]])):
        done = trod("map", write(tmp_path, name, "".join(rows)), "--json")
        notes = json.loads(done.stdout)["notes"]
        assert "3 rows name nobody: their id was 'undefined' or 'guest'." in notes


def test_R3_a_map_that_cannot_be_written_leaves_the_old_one(shop: Path):
    trod("-C", shop, "map", "--out", shop / "map.html")
    before = (shop / "map.html").read_bytes()
    with run("-C", shop, "map", "--out", shop / "map.html", blocks=200) as process:
        _, said = process.communicate(timeout=120)
    assert "Traceback" not in said
    assert (shop / "map.html").read_bytes() == before
    assert [file.name for file in shop.iterdir() if file.name.endswith(".new")] == []
