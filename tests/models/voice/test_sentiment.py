"""The mood of texts: who reads it, where, and that it stays the same."""

import csv
import re

import numpy as np
import pytest

from tests.company import Known, copied
from trod.errors import DefinitionError
from trod.events.mood import mood
from trod.models.stored import Stored
from trod.models.versions import latest
from trod.models.voice.intent import fit as fit_intents
from trod.models.voice.intent import intent_by_rules, judge
from trod.models.voice.sentiment import correlation, fit, rated, who_read
from trod.models.voice.written import written
from trod.sample import company
from trod.sample.words import BOOKS
from trod.workspace import Workspace
from trod.workspace.fitting import fit as fit_models
from trod.workspace.fitting import ground
from trod.workspace.moods import KIND, moods
from trod.workspace.voice import read_mood, told_moods

DUTCH = {
    "negative": ("Weer een storing, niets werkt.", "Veel te duur en niemand antwoordt."),
    "positive": ("Werkt prima, fijne hulp.", "Heel blij met deze grafieken."),
}


def planted(text: str) -> int | None:
    """Give the mood from -2 to 2 that a text of the sample company was written for."""
    for book in ("ticket", "payment"):
        for felt, pages in BOOKS[book].items():
            for page in pages:
                pattern = re.sub(r"\\\{\w+\\\}", ".+?", re.escape(page))
                if re.search(pattern, text, re.IGNORECASE):
                    return felt
    return None


def label_tickets(tallyfern: Known, folder, *, dutch: bool = True) -> None:
    """Write a file of labels, as somebody who read some tickets would."""
    said = written(tallyfern.workspace.journeys("person"))
    tickets = sorted({text for text in said.text if planted(text) is not None})[::3]
    rows = [(text, str((planted(text) or 0) / 2)) for text in tickets]
    if dutch:
        rows += [
            (f"{a} {n}", word) for word, lines in DUTCH.items() for a in lines for n in range(40)
        ]
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("said", "mood"), *rows])


def with_models(folder, text: str) -> Workspace:
    path = folder / "trod.yml"
    path.write_text(path.read_text().replace("\nmodels:\n", f"\nmodels:\n{text}\n"))
    return Workspace.open(folder)


LABELS = "  sentiment: {labels: labels.csv, text: said, label: mood%s}\n"


@pytest.fixture(scope="module")
def taught(tallyfern: Known, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("taught") / "company"
    copied(folder)
    label_tickets(tallyfern, folder)
    space = with_models(folder, LABELS % "")
    fit_models(space, ["sentiment"])
    return space


def test_V2_what_was_learned_from_surveys_is_better_there_and_stays_off_tickets(tallyfern: Known):
    """Planted: on tickets the lexicon is much better than what surveys teach."""
    (fitted,) = fit(ground(tallyfern.workspace))
    card = fitted.card
    (measure,) = card.measures
    assert card.verdict == "fitted"
    assert measure.low is not None
    assert measure.baseline_value is not None
    assert measure.low > measure.baseline_value
    assert "Renewal survey" in card.settings["speaks at"]
    assert "Support ticket" not in card.settings["speaks at"]


def test_V2_labels_of_tickets_teach_more_than_the_lexicon_knows_and_another_language(
    taught: Workspace, tallyfern: Known
):
    laid_over = moods(taught)
    assert laid_over is not None
    assert laid_over.speaker == "sentiment, version 1"
    assert laid_over.touchpoints is None
    (_, dutch) = read_mood(taught, "Weer een storing en niemand antwoordt.")[::-1]
    assert dutch.by == "sentiment, version 1"
    assert dutch.score is not None
    assert dutch.score < -500
    assert mood("Weer een storing en niemand antwoordt.") is None
    said = written(taught.journeys("person"))
    felt = [planted(text) for text in said.text]
    rows = [i for i, each in enumerate(felt) if each is not None and said.score[i] > -2000]
    truth = np.array([felt[i] for i in rows], np.int64)
    lexicon = np.array([mood(said.text[i]) or 0 for i in rows], np.int64)
    assert correlation(said.score[rows].astype(np.int64), truth) > correlation(lexicon, truth)


def test_V2_the_map_says_who_read_the_moods(taught: Workspace):
    assert "Moods of texts without a survey answer: by sentiment, version 1." in (taught.notes())
    told = told_moods(taught)
    read = who_read(taught.journeys("account"))
    assert told.model == read.model > 0
    assert told.by_stage.data.by_name.n.sum() == read.answers + read.lexicon + read.model


def test_V2_kept_moods_are_those_worked_out_anew_and_fitting_again_changes_nothing(
    taught: Workspace,
):
    kept = moods(taught)
    assert len(taught.store.manifest.of(KIND)) == len(taught.store.manifest.of("touchpoints"))
    again = rated(written(taught.journeys("person")), taught.journeys("person").moods)
    with taught.store.write() as tx:
        tx.drop(KIND)
        tx.commit()
    anew = moods(taught)
    assert kept is not None
    assert anew is not None
    np.testing.assert_array_equal(kept.by_row, anew.by_row)
    plain = Workspace.open(taught.project.root)
    (first,) = fit_models(plain, ["sentiment"])
    assert first.settings["ratings"] == len(again.text)
    (second,) = fit_models(plain, ["sentiment"])
    assert (second.version, second.measures) == (first.version + 1, first.measures)


def test_V2_the_lexicon_speaks_where_trod_yml_says_so_and_a_version_can_be_named(
    taught: Workspace,
):
    path = taught.project.root / "trod.yml"
    written_before = path.read_text()
    try:
        path.write_text(written_before.replace("mood}", "mood, speaks: lexicon}"))
        assert moods(Workspace.open(path.parent)) is None
        path.write_text(written_before.replace("mood}", "mood, version: 1}"))
        named = moods(Workspace.open(path.parent))
        assert named is not None
        assert named.speaker == "sentiment, version 1"
        path.write_text(written_before.replace("mood}", "mood, version: 99}"))
        with pytest.raises(DefinitionError, match=r"version: 99: .* Name another, or none"):
            moods(Workspace.open(path.parent))
    finally:
        path.write_text(written_before)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file"),
        ("said,feeling\nx,good\n", "unknown column 'mood'"),
        ("said,mood\nx,purple\n", "'purple' is no mood"),
    ],
)
def test_a_file_of_labels_that_cannot_be_used_says_what_to_write(tmp_path, content, says):
    copied(tmp_path / "company")
    if content is not None:
        (tmp_path / "company/labels.csv").write_text(content)
    space = with_models(tmp_path / "company", LABELS % "")
    with pytest.raises(DefinitionError, match=says):
        fit_models(space, ["sentiment"])


def test_V1_rules_name_intent_and_urgency_until_labels_are_better(tmp_path):
    copied(tmp_path / "company")
    rows = [
        (f"{a} {b} {n}", label)
        for label, lines in {
            "delivery": ("waar blijft mijn pakket", "pakket nog niet ontvangen"),
            "factuur": ("de factuur klopt niet", "mag ik een nieuwe factuur"),
        }.items()
        for a in lines
        for b in ("", "graag", "alstublieft")
        for n in range(8)
    ]
    with (tmp_path / "company/intents.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    space = with_models(tmp_path / "company", "  intent: {labels: intents.csv}\n")
    assert judge(["Please cancel my subscription today"])[0] == (
        "cancel", "rules", "urgent", "rules",
    )  # fmt: skip
    assert intent_by_rules("waar blijft mijn pakket") is None
    (card,) = fit_models(space, ["intent"])
    assert card.verdict == "fitted"
    from trod.workspace.voice import classifiers

    told = judge(["heb mijn pakket nog niet"], classifiers(space))[0]
    assert (told.intent, told.intent_by) == ("delivery", "model, version 1")


def test_without_labels_the_card_of_intents_says_how_to_give_them(tallyfern: Known):
    (fitted,) = fit_intents(ground(tallyfern.workspace))
    assert fitted.card.verdict == "not enough data"
    assert "intent: {labels: FILE}" in fitted.card.remarks[0]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([(f"wording {i}", f"label {i}") for i in range(80)], "80 texts .* 0 labels of 5"),
        ([(f"wording {i}", "same" if i > 1 else "other") for i in range(80)], "1 label of 5"),
        ([("😀" * (i % 7 + 1), "good" if i % 2 else "bad") for i in range(80)], "0 texts with"),
    ],
)
def test_labels_that_teach_nothing_leave_the_rules_speaking(tmp_path, rows, says):
    copied(tmp_path / "company")
    with (tmp_path / "company/intents.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    space = with_models(tmp_path / "company", "  intent: {labels: intents.csv}\n")
    (card,) = fit_models(space, ["intent"])
    assert card.verdict == "not enough data"
    assert re.search(says, card.remarks[0])


@pytest.mark.slow
def test_V2_moods_and_the_model_do_not_depend_on_the_order_in_which_files_came(
    tallyfern: Known, tmp_path
):
    told = []
    for name, late in (("one", ("calls", "visits")), ("other", ("support", "chat", "comm"))):
        folder = tmp_path / name
        company(folder, customers=100)
        label_tickets(tallyfern, folder)
        space = with_models(folder, LABELS % "")
        files = sorted((folder / "data").iterdir())
        space.ingest([path for path in files if not path.name.startswith(late)])
        fit_models(space, ["sentiment"])  # speaks while the rest arrives
        space.ingest()
        fit_models(space, ["sentiment"])
        journeys = space.journeys("person")
        assert journeys.moods is not None
        _, stored = latest(space.store, "sentiment")
        facts = {key: value for key, value in stored.facts.items() if key != "card"}
        scores = [batch.score.tobytes() for batch in journeys]
        told.append((scores, Stored(facts, stored.arrays).to_bytes()))
    assert told[0] == told[1]
