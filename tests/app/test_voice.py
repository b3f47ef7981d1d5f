"""`trod topics`, `trod sentiment` and `trod answers`."""

import json
from pathlib import Path

import pytest

from tests.app.terminal import trod
from tests.company import copied


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
    assert "unknown metric of answers 'Churn'" in done.stderr
    assert "NPS" in done.stderr
