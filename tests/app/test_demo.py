"""`trod demo`: an invented company, from nothing to its map."""

import json
import signal
from pathlib import Path

from tests.app.shop import YML
from tests.app.terminal import run, trod
from tests.company import known


def test_D1_demo_draws_a_map_and_says_in_plain_words_what_is_on_it(tmp_path: Path):
    done = trod("demo", "--out", tmp_path, "--customers", 400, "--no-open")
    assert done.exit_code == 0, done.stderr
    first, *rest = done.stdout.splitlines()
    assert "left in" in first
    assert [line[:2] for line in rest if line[:1].isdigit()] == ["1.", "2.", "3."]
    assert f"The map: {tmp_path / 'map.html'}" in done.stdout
    assert done.stdout.count(f"trod -C {tmp_path}") == 3
    assert "why accounts leave" in done.stdout
    assert "left in" in (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "Reading web.jsonl" in done.stderr


def test_R1_after_ctrl_c_the_same_folder_can_be_used_and_json_is_all_that_is_said(tmp_path: Path):
    out = tmp_path / "company"
    with run("demo", "--out", out, "--customers", 3000, "--no-open") as process:
        assert process.stderr is not None
        while "Inventing a company" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(60) == 130
    assert "Stopped." in said
    assert "Traceback" not in said
    done = trod("demo", "--out", out, "--customers", 100, "--no-open", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)
    assert not done.stderr
    assert trod("-C", out, "map", "--json").stdout == known(100).workspace.map().to_json()


def test_demo_does_not_write_over_a_workspace_of_yours(shop: Path):
    done = trod("demo", "--out", shop, "--customers", 100, "--no-open")
    assert done.exit_code == 1
    assert "is a workspace of yours" in done.stderr
    assert (shop / "trod.yml").read_text() == YML
