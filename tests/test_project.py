"""trod.yml: read and checked together, everything wrong said at once with file and line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from trod import project
from trod.errors import DefinitionError
from trod.events.infer import guess
from trod.journeys.spec import JourneySpec, Stage


def write(folder: Path, text: str, **journeys: str) -> Path:
    (folder / "trod.yml").write_text(text, encoding="utf-8")
    for name, other in journeys.items():
        (folder / "journeys").mkdir(exist_ok=True)
        (folder / "journeys" / f"{name}.yml").write_text(other, encoding="utf-8")
    return folder


def problems(folder: Path, text: str, **journeys: str) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        project.load(write(folder, text, **journeys))
    return list(caught.value.problems)


def test_all_sections_are_read(tmp_path):
    found = project.load(
        write(
            tmp_path,
            """
sources:
- {name: web, files: web/*.csv, customer: user_id, time: at, touchpoint: event}
events: {zone: Europe/Berlin, order: [signup, pay]}
journeys:
- name: Trial
  converts_within: 30d
  stages:
  - {name: Start, enter_on: signup}
  - {name: Later, days: 31-90}
  success: [pay]
""",
            renewal="name: Renewal\nunit: account\nstages: [{name: All, enter_on: [a, b]}]\n",
        )
    )
    assert found.root == tmp_path.resolve()
    assert [s.name for s in found.sources] == ["web"]
    assert found.events.zone == "Europe/Berlin"
    assert [j.name for j in found.journeys] == ["Trial", "Renewal"]
    assert found.journeys[0].converts_within == timedelta(days=30)
    assert found.journeys[0].stages[1].days == (31, 90)
    assert found.journey() is found.journeys[0]
    assert found.journey("Renewal") is found.journeys[1]
    with pytest.raises(DefinitionError, match="did you mean 'Renewal'"):
        found.journey("Renewals")


def test_an_empty_file_is_a_project_with_defaults(tmp_path):
    found = project.load(write(tmp_path, "# nothing yet\n") / "trod.yml")
    assert found.sources == found.journeys == ()
    assert found.journey() is None


def test_no_file_says_what_to_run(tmp_path):
    with pytest.raises(DefinitionError, match=r"trod.yml: no such file. Run `trod init`"):
        project.load(tmp_path)


def test_J1_all_problems_at_once_with_file_line_and_what_to_write(tmp_path):
    text = """journeys:
- name: Trial
  converts_within: soon
  stages:
  - name: A
    enter_on: x
  - name: B
    enter_onn: y
  - name: A
    days: 90-31
- name: Trial
  unit: people
  stages: 4
"""
    assert problems(tmp_path, text) == [
        "trod.yml:3: journeys.0.converts_within: 'soon' is not a duration. Write 30min, 12h, 30d "
        "or 4w.",
        "trod.yml:8: journeys.0.stages.1.enter_onn: no such key. Did you mean 'enter_on'?",
        "trod.yml:9: journeys.0.stages.2.name: a stage named 'A' stands at trod.yml:5. Rename one "
        "of them.",
        "trod.yml:10: journeys.0.stages.2.days: day 31 comes before day 90. Write 31-90.",
        "trod.yml:11: journeys.1.name: a journey named 'Trial' stands at trod.yml:2. Rename one of "
        "them.",
        "trod.yml:12: journeys.1.unit: 'people' is not known. Write 'person' or 'account'.",
        "trod.yml:13: journeys.1.stages: 4 is not a list.",
    ]


def test_a_stage_has_exactly_one_rule(tmp_path):
    text = "journeys:\n- name: T\n  stages:\n  - {name: A, enter_on: x, days: 1-2}\n  - name: B\n"
    assert problems(tmp_path, text) == [
        "trod.yml:4: journeys.0.stages.0: stage 'A' has enter_on and days. Give exactly one of "
        "enter_on, enter_when, days.",
        "trod.yml:5: journeys.0.stages.1: stage 'B' has none of them. Give exactly one of "
        "enter_on, enter_when, days.",
    ]


def test_a_list_whose_entries_have_problems_is_not_called_empty(tmp_path):
    text = (
        "insights:\n  watch:\n    known: [{first: 2026-03-01}]\nmetrics: [{name: NPS, kind: nsp}]\n"
    )
    assert not any("the list has" in line for line in problems(tmp_path, text))


def test_the_currency_that_all_sources_name_is_that_of_the_company(tmp_path):
    def currency(*named: str) -> str | None:
        sources = "".join(
            f"- {{name: s{i}, files: a.csv, customer: c, time: t, touchpoint: {{constant: x}}, "
            f"value: {{column: v{own}}}}}\n"
            for i, own in enumerate(named)
        )
        (tmp_path / "trod.yml").write_text(f"sources:\n{sources}")
        return project.load(tmp_path).events.currency

    assert currency(", currency: USD", ", currency: USD") == "USD"
    assert currency(", currency: USD", ", currency: EUR") is None
    assert currency(", currency: USD", "") is None


def test_problems_of_several_files_come_together(tmp_path):
    found = problems(
        tmp_path,
        "journey: []\n",
        one="name: One\nstages:\n- {name: A, enter_on: x}\nsucces: y\n",
        two="- name: One\n  stages: []\n- 7\n",
        three="name: [\n",
    )
    assert found[0] == "trod.yml:1: journey: no such key. Did you mean 'journeys'?"
    assert "journeys/one.yml:4: succes: no such key. Did you mean 'success'?" in found
    assert any(f.startswith("journeys/three.yml:") and "not YAML" in f for f in found)
    assert "journeys/two.yml:2: 0.stages: the list has 0 entries. Write 1 to 12." in found
    assert (
        "journeys/two.yml:1: 0.name: a journey named 'One' stands at journeys/one.yml:1. Rename "
        "one of them."
    ) in found
    assert any(f.startswith("journeys/two.yml:3: 1: 7 where keys are expected") for f in found)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("a: [1\nb: 2\n", "trod.yml:2: not YAML: "),
        (
            "a: 1\na: 2\n",
            "trod.yml:2: a stands twice, on lines 1 and 2. Put all of it under one a.",
        ),
        ("a:\n- b: secret\n  c: 1\n  b: 2\n", "trod.yml:4: b stands twice, on lines 2 and 4. Put"),
        ("1: a\n0x1: b\n", "trod.yml:2: this key stands twice, written in another way."),
        ("journeys:\n\t- name: x\n", "trod.yml:2: not YAML: "),
        ("- 1\n", "trod.yml:1: [1] where keys are expected: sources, events"),
        ("just words", "trod.yml:1: 'just words' where keys are expected"),
        ("sources: {}\n", "trod.yml:1: sources: {} is not a list."),
    ],
)
def test_what_is_not_a_project_is_said_with_its_line(tmp_path, text, start):
    assert problems(tmp_path, text)[0].startswith(start)


def test_bytes_that_are_not_utf8_are_said(tmp_path):
    (tmp_path / "trod.yml").write_bytes(b"events:\n  zone: \xff\n")
    with pytest.raises(DefinitionError, match="byte 16 is not UTF-8"):
        project.load(tmp_path)


@settings(max_examples=examples(120), deadline=None)
@given(text=st.text(alphabet=st.sampled_from("ab:-[]{}#&*!|>'\"% \n\t,0?journeysouc"), max_size=60))
def test_any_text_is_read_or_refused_in_words(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("p")
    said: tuple[str, ...] = ()
    try:
        project.load(write(folder, text))
    except DefinitionError as refused:
        said = refused.problems
    assert all(problem.startswith("trod.yml:") for problem in said)


def test_D1_the_starting_file_reads_back_as_the_guess(tmp_path):
    rows = "user_id,event,created_at\n" + "".join(
        f"u{i % 7},{['signup', 'pay'][i % 2]},2024-01-{1 + i % 28:02d}T10:00:00Z\n"
        for i in range(60)
    )
    (tmp_path / "web.csv").write_text(rows)
    seen = guess([tmp_path / "web.csv"])
    journey = JourneySpec(name="Trial", stages=(Stage(name="Start", enter_on=("signup",)),))
    text = project.starting_text(seen, journey, root=tmp_path)
    found = project.load(write(tmp_path, text))
    assert "files: web.csv" in text
    assert "% sure)" in text
    assert [s.model_copy(update={"files": ()}) for s in found.sources] == [
        s.model_copy(update={"files": ()}) for s in seen.sources
    ]
    assert found.journeys == (journey,)
