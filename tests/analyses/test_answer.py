import json
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from tests.analyses.plans import plan
from tests.strategies import batch, journeys, walk_of
from trod.analyses import ANALYSES
from trod.analyses.funnel import funnel
from trod.analyses.transitions import transitions
from trod.errors import DefinitionError

DATA = journeys(batch([walk_of("visit call buy", every_us=60_000_000), walk_of("visit")]))
BY_NAME = {analysis.name: analysis for analysis in ANALYSES}
NEEDED = {
    "attribution": {"by": "touchpoint"},
    "funnel": {"steps": "visit > call"},
    "sankey": {"anchor": "visit"},
    "sequences": {"anchor": "visit"},
}


MANY = journeys(batch([walk_of("visit call mail", every_us=60_000_000)] * 12))


@pytest.mark.parametrize("name", BY_NAME)
def test_every_analysis_gives_a_table_in_every_form(name):
    data = MANY if name == "survival" else DATA  # which says nothing of two customers
    answer = BY_NAME[name].ask(data, plan(), **NEEDED.get(name, {}))
    body = json.loads(answer.to_json())
    assert body["question"] == answer.question
    assert len(body["rows"]) == answer.to_arrow().num_rows
    assert isinstance(answer.to_pandas(), pd.DataFrame)
    assert answer._repr_html_().startswith("<table>")
    assert BY_NAME[name].says.endswith(".")


def test_an_answer_says_whom_it_is_about_and_how_it_was_made():
    answer = funnel(DATA, ["visit", "call"], within=timedelta(days=7))
    assert (answer.n, answer.population, answer.unit) == (2, "Customers with 'visit'", "person")
    assert answer.window == "7d from the first step"
    assert answer.as_of.isoformat() == "1970-01-01T00:02:00+00:00"
    assert answer.warnings == ()


def test_an_assumed_zone_is_a_warning():
    assumed = replace(DATA, zone="Europe/Berlin", zone_assumed=True)
    answer = transitions(assumed)
    assert answer.warnings == ("Times without a zone were read as Europe/Berlin.",)
    assert answer.as_of.isoformat() == "1970-01-01T01:02:00+01:00"


def test_long_tables_are_cut_in_notebooks_and_names_are_escaped():
    many = journeys(batch([walk_of(f"{a} {b}") for a in NAMES for b in NAMES]))
    html = transitions(many)._repr_html_()
    assert "more rows" in html
    assert "é&amp;&gt;/" in html


NAMES = ("buy", "call", "mail", "visit", "é&>/")


def test_arguments_are_read_as_people_write_them():
    answer = BY_NAME["funnel"].ask(DATA, steps="visit > call", within="1h", strict="yes")
    assert answer.data.reached.tolist() == [2, 1]
    assert BY_NAME["paths"].ask(DATA, top="1", collapse_loops="no").data.n_other_paths == 1
    won = BY_NAME["sankey"].ask(DATA, plan(), anchor="visit", outcome="done", direction="after")
    assert won.data.outcome == 1
    escaped = BY_NAME["funnel"].ask(DATA, steps="é&%3E/")
    assert escaped.data.step == ("é&>/",)


def test_everything_wrong_with_arguments_is_said_at_once():
    with pytest.raises(DefinitionError) as raised:
        BY_NAME["funnel"].ask(DATA, withn="1h", within="soon", strict="maybe", attempt="last")
    assert [problem.partition(":")[0] for problem in raised.value.problems] == [
        "unknown argument 'withn'",
        "funnel needs steps.",
        "within",
        "attempt",
        "strict",
    ]
    with pytest.raises(DefinitionError, match="not a whole number"):
        BY_NAME["paths"].ask(DATA, top="many")


def test_an_analysis_of_stages_needs_a_journey():
    with pytest.raises(DefinitionError, match="declare a journey"):
        BY_NAME["stages"].ask(DATA)
    assert BY_NAME["stages"].needs_plan
    assert not BY_NAME["emotion"].needs_plan
