"""`trod topics`, `trod sentiment` and `trod answers`."""

import json
import shutil
from itertools import product
from pathlib import Path

import pytest

from tests.app.terminal import trod
from tests.company import Known, copied

ENUMERATED = ((1, "visit"), (2, "survey"))


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("voice") / "there"
    copied(folder)
    return str(folder)


def test_V1_topics_that_were_never_fitted_name_the_command(there: str):
    done = trod("-C", there, "topics")
    assert done.exit_code == 1
    assert f"Run `trod -C {there} fit topics`" in done.stderr


def test_V2_a_text_is_read_and_who_read_it_is_said(there: str):
    done = trod("-C", there, "sentiment", "Still broken, and nobody answers.")
    assert done.stdout.split() == ["-0.477", "by", "the", "lexicon", "speaks", "everywhere"]
    told = json.loads(trod("-C", there, "sentiment", "送金が遅い", "--json").stdout)
    assert told["readings"] == [{"by": "the lexicon", "score": None, "where": "everywhere"}]


def test_V2_moods_are_told_by_stage_and_channel_with_who_read_them(there: str):
    done = trod("-C", there, "sentiment")
    assert "read from texts by the lexicon" in done.stdout
    assert "Nothing was learned from ratings yet" in done.stdout
    told = json.loads(trod("-C", there, "sentiment", "--json").stdout)
    rows = told["by_stage"]["rows"]
    assert sum(row["n"] for row in rows) == told["answers"] + told["lexicon"] + told["model"]


def test_V3_answers_are_taken_apart_and_the_note_says_who_answered(there: str):
    done = trod("-C", there, "answers")
    assert "last before the answer" in done.stdout
    assert "who left answered" in done.stdout
    (told,) = json.loads(trod("-C", there, "answers", "NPS", "--json").stdout)
    assert {row["by"] for row in told["rows"]} == {
        "all", "stage", "touchpoint before", "who answered",
    }  # fmt: skip


def test_a_metric_that_takes_no_answers_is_refused_with_those_that_do(there: str, tmp_path: Path):
    done = trod("-C", there, "answers", "Churn")
    assert done.exit_code == 1
    assert "unknown metric 'Churn'" in done.stderr
    assert "NPS" in done.stderr


def test_V1_topics_fit_into_the_terminal_and_a_wrong_one_is_told_by_number(
    tallyfern: Known, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = str(tmp_path / "company")
    shutil.copytree(tallyfern.folder, folder)
    assert trod("-C", folder, "fit", "topics").exit_code == 0
    for columns, asked in product(("60", "96"), ((), ("1",))):
        monkeypatch.setenv("COLUMNS", columns)
        lines = trod("-C", folder, "topics", *asked).stdout.splitlines()
        assert max(map(len, lines)) <= int(columns)
    assert "1 " in trod("-C", folder, "topics", "99").stderr.split("Topics: ")[1]


def test_where_nobody_wrote_or_answered_that_is_said(tmp_path: Path):
    rows = "".join(f"c{i},{name},2025-01-0{day}\n" for i in range(9) for day, name in ENUMERATED)
    (tmp_path / "e.csv").write_text(f"customer,event,time\n{rows}")
    (tmp_path / "trod.yml").write_text(
        "sources: [{name: e, files: e.csv, customer: customer, touchpoint: event, time: time}]\n"
        "metrics: [{name: NPS, kind: nps, touchpoints: survey}]\n"
    )
    trod("-C", str(tmp_path), "ingest")
    assert "No touchpoint has a text or a score." in trod("-C", str(tmp_path), "sentiment").stdout
    assert "Nobody answered" in trod("-C", str(tmp_path), "answers").stdout
