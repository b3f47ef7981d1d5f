"""Interviews: a fair list, nobody asked who must not be, answers kept without personal data."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.company import Known
from trod._store.state.database import State
from trod.analyses.predicate import parse
from trod.errors import DefinitionError
from trod.insights.findings.finding import Finding
from trod.insights.findings.register import record
from trod.insights.findings.registered import history
from trod.insights.interviews.drawing import attribute_of, draw
from trod.insights.interviews.kept import Drawn, answer, by_finding, drawn, lately, list_for
from trod.insights.journey_map import Count
from trod.journeys.predicate import customers
from trod.workspace import Workspace
from trod.workspace.acting.about import About, about
from trod.workspace.acting.consent import agreed, without_consent

DAY = 86_400_000_000


@pytest.fixture(scope="module")
def on(tallyfern: Known) -> About:
    return about(tallyfern.workspace, None, None)


def drew(on: About, n: int = 12, **more) -> tuple[Drawn, ...]:
    asked = {"concerned": "left:Activate", "contrast": "reached:Activate", "finding": "fr-1"}
    return draw(on.journeys, on.plan, n=n, now_us=0, **{**asked, **more})


def test_M8_the_same_list_comes_again_and_another_finding_has_another(on: About) -> None:
    first = drew(on)
    assert first == drew(on)
    assert {d.customer for d in first} != {d.customer for d in drew(on, finding="fr-2")}
    # A longer list keeps who is on it.
    more = drew(on, 18, kept=first)
    assert len(more) == 6
    assert not {d.customer for d in more} & {d.customer for d in first}


def test_M8_a_list_is_of_those_concerned_and_of_others_by_strata(on: About) -> None:
    lost = set(customers(parse("left:Activate", on.plan, on.journeys.vocabulary), on.journeys))
    attribute = attribute_of(on.journeys)
    assert attribute in on.journeys.attributes.column_names
    found = drew(on, 60, attribute=attribute)
    concerned = [d for d in found if d.whose == "concerned"]
    assert len(concerned) == 40
    assert all((d.customer in lost) == (d.whose == "concerned") for d in found)
    # In proportion: every stratum has its share of the forty, rounded up or down.
    sizes = Counter(d.stratum for d in drew(on, 10_000, attribute=attribute) if d.customer in lost)
    for stratum, n in Counter(d.stratum for d in concerned).items():
        assert abs(n - 40 * sizes[stratum] / len(lost)) < 1


def test_M8_who_must_not_be_asked_is_not_on_the_list(on: About) -> None:
    spared = {d.customer for d in drew(on)}
    assert not spared & {d.customer for d in drew(on, spared=spared)}


def test_M8_where_few_are_concerned_the_others_fill_the_list(on: About) -> None:
    few = drew(on, 12, spared={d.customer for d in drew(on, 10_000) if d.whose == "concerned"})
    assert len(few) == 12
    assert {d.whose for d in few} == {"contrast"}


def test_M8_answers_stay_with_the_finding_and_name_nobody(state: State) -> None:
    about_it = Finding(
        "friction", "A", "T", "person", "", "", (), Count(2, "left:A"), "Observed", "weak",
        "", "", "", "", None,
    )  # fmt: skip
    by = {"who": "Ann", "now_us": 100 * DAY}
    some = [Drawn("c1", "concerned", "left", 5), Drawn("c2", "contrast", "done", 5)]
    with state.write() as con:
        record(con, [about_it], set(), 1)
        list_for(con, about_it.id, "person", some, "Ann")
        said = "It broke; write to me at eve@mail.example."
        answer(con, about_it.id, "c1", said=said, supports="unclear", **by)
        answer(con, about_it.id, "c1", said="It broke.", supports="yes", **by)
        for customer, text, problem in (
            ("c9", "x", "is not on the list of"),
            ("c2", " ", "nothing"),
        ):
            with pytest.raises(DefinitionError, match=problem):
                answer(con, about_it.id, customer, said=text, supports="no", **by)
        asked = by_finding(con)[about_it.id]
        texts = [a.said for d in drawn(con, about_it.id) for a in d.answers]
        assert lately(con, 50 * DAY, but="fr-other") == {"c1"}
        assert lately(con, 0, but=about_it.id) == set()
        events = [each.what for each in history(con, about_it.id)]
    assert texts == ["It broke; write to me at [e-mail].", "It broke."]
    assert asked.words == "1 of 2 asked, 1 say so: 1 of the 1 concerned"
    assert events == ["found", "interviews drawn", "answer", "answer"]


@pytest.mark.parametrize(
    ("consent", "columns", "left_out"),
    [
        ("", {}, set()),
        ("", {"marketing_consent": ["Yes", "no", "", "yes"]}, {"bob", "cem"}),
        ("", {"do_not_contact": ["true", "false", "", ""]}, {"ann"}),
        ("{attribute: post, values: [fine]}", {"post": ["fine", "no", "", "Fine"]}, {"bob", "cem"}),
        # A name that speaks of consent to something else decides nothing beside trod.yml.
        (
            "{attribute: post, values: [fine]}",
            {"post": ["fine"] * 4, "cookie_consent": ["no"] * 4},
            set(),
        ),
        (
            "{attribute: post, values: [fine]}",
            {"post": ["fine"] * 4, "do_not_call": ["", "yes", "", ""]},
            {"bob"},
        ),
    ],
)
def test_M8_who_has_not_agreed_is_not_asked_as_trod_yml_says(
    tmp_path: Path, consent: str, columns: dict[str, list[str]], left_out: set[str]
) -> None:
    space = _asked_of(tmp_path, consent, columns)
    assert without_consent(space, space.journeys("person")) == left_out


def test_M8_who_said_yes_here_and_no_there_has_not_agreed(tmp_path: Path) -> None:
    answers = {"marketing_consent": ["yes", "yes", "yes", "yes", "no"]}  # ann's comes twice
    for consent in ("", "{attribute: marketing_consent, values: [yes]}"):
        folder = tmp_path / (consent[1:4] or "none")
        folder.mkdir()
        space = _asked_of(folder, consent, answers)
        journeys = space.journeys("person")
        assert without_consent(space, journeys) == {"ann"}
        if consent:
            assert agreed(space, journeys) == {"bob", "cem", "dee"}


def _asked_of(folder: Path, consent: str, columns: dict[str, list[str]]) -> Workspace:
    """Four customers, and what a table says of them; a fifth row is of the first again."""
    who = ["ann", "bob", "cem", "dee", "ann"]
    rows = [f"{each},2026-01-0{n + 1}T09:00:00Z,visit" for n, each in enumerate(who)]
    (folder / "events.csv").write_text("\n".join(["user_id,at,event", *rows]) + "\n")
    crm = ""
    if columns:
        told = [",".join(row) for row in zip(who, *columns.values(), strict=False)]
        (folder / "people.csv").write_text("\n".join([",".join(["user_id", *columns]), *told]))
        crm = (
            "  - {name: crm, files: people.csv, customer: user_id, "
            f"attributes: [{', '.join(columns)}]}}\n"
        )
    actions = f"actions:\n  consent: {consent}\n" if consent else ""
    (folder / "trod.yml").write_text(
        "sources:\n  - {name: web, files: events.csv, customer: user_id, time: at, "
        f"touchpoint: event}}\n{crm}{actions}"
    )
    space = Workspace.open(folder)
    space.ingest()
    return space
