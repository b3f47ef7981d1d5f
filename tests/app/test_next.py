"""`trod next` and `trod what-if`: what a terminal tells, and what programs get."""

from pathlib import Path

import pytest

from tests.app.terminal import told, trod
from tests.company import copied


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company of its own, with a fitted model of accounts."""
    home = tmp_path_factory.mktemp("next") / "there"
    copied(home)
    done = trod("-C", home, "fit", "next")
    assert done.exit_code == 0, done.output
    return home


def test_M1_next_says_what_is_likely_how_sure_and_when(fitted):
    name = first_customer(fitted)
    text = trod("-C", fitted, "next", name).stdout
    assert text.startswith(f"{name}: last ")
    for column in ("chance", "last only", "any time", "usually after", "9 in 10 within", "seen"):
        assert column in text
    found = told("-C", fitted, "next", name, "--limit", "3")
    chances = [guess["chance"] for guess in found["outlook"]["guesses"]]
    assert chances == sorted(chances, reverse=True)
    assert len(chances) == 3
    assert 0 < sum(chances) <= 1.00001


def test_M1_an_id_of_a_person_stands_for_the_account_where_the_model_is_of_accounts(fitted):
    who = "--unit", "person", "--where", "did:workspace_set_up"
    listed = trod("-C", fitted, "export", "customers", *who)
    person = listed.stdout.splitlines()[1].partition(",")[0]
    assert told("-C", fitted, "next", person)["customer"].startswith("ACC-")


def test_M1_the_customers_of_a_line_are_those_of_its_key(fitted):
    found = told("-C", fitted, "next")["moves"]
    assert sum(each["customers"] for each in found["positions"]) == found["customers"]
    for each in [found, *found["positions"][:3]]:
        listed = trod("-C", fitted, "export", "customers", "--where", each["key"]).stdout
        assert len(listed.splitlines()) - 1 == each["customers"]


def test_M1_a_model_that_was_not_fitted_or_is_of_others_names_the_command(fitted, tmp_path):
    home = tmp_path / "there"
    copied(home)
    assert "`trod -C" in trod("-C", home, "next").stderr
    done = trod("-C", fitted, "next", "--unit", "person")
    assert (done.exit_code, "fit next --unit person" in done.stderr) == (1, True)
    assert "nobody has the id 'nobody'" in trod("-C", fitted, "next", "nobody").stderr


def test_M12_what_if_says_now_then_how_sure_and_what_it_assumes(fitted):
    said = trod("-C", fitted, "what-if", "onboarding conversion +5pt").stdout
    text = " ".join(said.split())
    for word in ("Onboard conversion +5pt", "now", "then", "95% interval", "It assumes:", "€"):
        assert word in text
    found = told("-C", fitted, "what-if", "Onboard conversion to 100%", "--within", "90d")
    assert found["days"] == 90
    assert found["changes"][0]["conversion_then"] == 1
    assert {"name", "now", "then", "difference", "low", "high"} <= set(found["outcomes"][0])
    assert found["assumptions"]


def test_M12_a_mistake_is_said_with_what_to_write(fitted):
    done = trod("-C", fitted, "what-if", "Onbord conversion +5pt")
    assert (done.exit_code, "did you mean 'Onboard'?" in done.stderr) == (1, True)
    assert trod("-C", fitted, "what-if", "Onboard time -1d", "--within", "soon").exit_code == 2


def first_customer(home: Path) -> str:
    return trod("-C", home, "export", "customers").stdout.splitlines()[1].partition(",")[0]


def test_M1_a_journey_that_is_over_is_not_given_a_chance_to_end(fitted):
    gone = trod("-C", fitted, "export", "customers", "--where", "left").stdout.splitlines()[1]
    text = " ".join(trod("-C", fitted, "next", gone.partition(",")[0]).stdout.split())
    assert "this is over" in text
    assert "Chance that nothing more comes" not in text


def test_M1_the_card_of_one_model_fits_a_narrow_terminal(fitted, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    for command in (["models", "next"], ["next"], ["what-if", "Onboard conversion +5pt"]):
        done = trod("-C", fitted, *command)
        assert done.exit_code == 0, done.output
        shown = [line for line in done.stdout.splitlines() if "`" not in line]  # not commands
        assert max(map(len, shown)) <= 60
    assert "popularity: " in trod("-C", fitted, "models", "next").stdout
