"""`trod score` and `trod health` as a terminal shows them."""

import json
import shutil

import pytest

from tests.app.terminal import trod
from tests.company import known


def ended(words: list[str]) -> tuple[int, str]:
    """Give the exit code and everything that was said."""
    done = trod(*words)
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A company too small to learn from: signs stand in for scores."""
    folder = tmp_path_factory.mktemp("scores") / "small"
    shutil.copytree(known(100).folder, folder)
    return folder


def test_M6_before_and_after_fitting_on_too_little(small):
    code, said = ended(["-C", str(small), "score"])
    assert (code, "no score was fitted yet. Run `trod" in said) == (1, True)
    code, _ = ended(["-C", str(small), "fit", "outcomes"])
    assert code == 0
    code, said = ended(["-C", str(small), "score", "Churn", "--top", "2"])
    assert code == 0
    assert "Signs, not scores: there is too little to learn from yet." in said
    assert "%" not in said
    code, said = ended(["-C", str(small), "health"])
    assert (code, "no score of Churn is there to tell health by" in said) == (1, True)


def test_scores_for_programs_have_their_evidence(small):
    code, said = ended(["-C", str(small), "score", "Churn", "--json"])
    assert code == 0
    (told,) = json.loads(said[said.index("[") :])
    assert told["evidence"] == "Estimated"
    assert all(one["probability"] is None for one in told["customers"])


def test_mistakes_say_what_to_write(small, tmp_path):
    code, said = ended(["-C", str(small), "score", "Chrun"])
    assert code == 1
    assert "did you mean 'Churn'" in said
    code, said = ended(["-C", str(small), "score", "Churn", "--customer", "nobody"])
    assert code == 1
    assert "nobody has the id 'nobody'" in said
    code, said = ended(["-C", str(small), "score", "Churn", "--out", str(tmp_path / "a.svg")])
    assert code == 1
    assert "Churn has no score to draw" in said


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        ("{name: A}", "nothing says what the outcome is"),
        ("{name: A, ends: left, reaches: Adopt}", "ends and reaches says what the outcome is"),
        ("{name: A, ends: left, within: 2h}", "within is less than a day"),
        ("{name: A, ends: left, stages: Adpt}", "did you mean 'Adopt'"),
    ],
)
def test_outcomes_that_say_something_impossible_are_refused(small, tmp_path, outcome, says):
    folder = tmp_path / "wrong"
    shutil.copytree(small, folder)
    text = (folder / "trod.yml").read_text(encoding="utf-8").partition("models:")[0]
    wrong = f"{text}models:\n  outcomes:\n    - {outcome}\n"
    (folder / "trod.yml").write_text(wrong, encoding="utf-8")
    code, said = ended(["-C", str(folder), "fit", "outcomes"])
    assert code == 1
    assert says in said
