"""Golden case F4: a plan from a described context makes nothing up; from data, it measures."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.app.terminal import told, trod
from tests.company import known
from trod.actions.plans.hypotheses import plan_of
from trod.actions.plans.knowledge import fitting, knowledge
from trod.actions.plans.markdown import markdown
from trod.actions.plans.plan import SECTIONS, Plan
from trod.actions.plans.power import each_side
from trod.actions.plans.spec import TABLES, ContextSpec, WindowSpec
from trod.actions.plans.windows import flags, mended
from trod.errors import DefinitionError
from trod.workspace import Workspace
from trod.workspace.acting.context import read_context, template
from trod.workspace.acting.plan import measured_plan

GOLDEN = """journey: Customer lifecycle
stages:
  - {name: Onboarding, days: 0-30}
  - {name: Activation, days: 31-90}
  - {name: Adoption, days: 91-180}
  - {name: Expansion, days: 180+}
data: [product usage logs, support tickets, NPS, health scores, renewal rates]
known:
  - {stage: Activation, churn: 22%}
"""
EMPTY = """
CREATE TABLE accounts (account_id text, entered_at timestamp, left_at timestamp);
CREATE TABLE product_usage (account_id text, user_id text, happened_at timestamp, event text);
CREATE TABLE support_tickets
  (account_id text, subject text, opened_at timestamp, closed_at timestamp);
CREATE TABLE nps_answers (account_id text, answered_at timestamp, score int, comment text);
CREATE TABLE health_scores (account_id text, measured_at timestamp, score int);
CREATE TABLE renewals (account_id text, due_at timestamp, renewed bool);
"""


@pytest.fixture
def golden(tmp_path: Path) -> ContextSpec:
    file = tmp_path / "context.yml"
    file.write_text(GOLDEN)
    return read_context(file)


@pytest.fixture
def tables():
    with duckdb.connect() as con:
        con.execute(EMPTY)
        yield con


def test_F4_five_signals_three_friction_points_and_all_of_it_marked_as_not_measured(golden):
    plan = plan_of(golden)
    assert plan.stage == "Activation"
    assert (len(plan.signals), len(plan.frictions)) == (5, 3)
    items = [item for name, _ in SECTIONS for item in getattr(plan, name)]
    assert {item.status for item in items} == {"not measured"}
    assert all(item.why for item in items)
    assert all(item.ask for item in (*plan.signals, *plan.frictions, *plan.metrics))
    assert all(item.when_not and item.measure and item.needed for item in plan.interventions)
    assert {kind for h in knowledge().signals for kind in h.needs} == set(TABLES)


def test_F4_the_overlap_at_day_180_is_flagged_with_whom_it_counts_twice_and_what_to_write(golden):
    first = plan_of(golden).flags[0]
    assert first.about == "overlap"
    assert "Day 180 lies in Adoption (91-180) and in Expansion (180+)" in first.problem
    assert "accounts who are still there then are counted in both" in first.problem
    assert first.write == "days: 181+ for Expansion, or 91-179 for Adoption"
    assert "{name: Expansion, days: 181+}" in plan_of(golden).definition


def text_of(plan: Plan) -> str:
    """Everything in it, without the numbers in front of entries."""
    return re.sub(r"(?m)^### \d+\. |signal \d+|friction [\d and]+", "", markdown(plan))


def test_F4_every_number_is_given_or_follows_from_the_windows_or_is_a_computed_size(golden):
    plan = plan_of(golden)
    allowed = {number.value for number in plan.numbers}
    assert set(re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text_of(plan))) <= allowed
    by_source = {n.value: n.source for n in plan.numbers}
    assert by_source["22"] == by_source["180"] == "given"
    assert by_source["181"] == "from the windows given"
    assert by_source[f"{each_side(0.22, 0.11):,}"] == "each side, to tell half as many leaving"


def test_F4_the_churn_is_said_once_as_given_and_never_worked_on(golden):
    text = markdown(plan_of(golden))
    assert text.count("22 %") == len(re.findall(r"\b22\b", text)) == 1
    assert not re.findall(r"\b(11|44|78|16\.5)\b", text)


def test_F4_sizes_are_those_of_the_book_and_none_is_given_without_a_baseline(golden):
    assert each_side(0.5, 0.6) == 388
    blind = golden.model_copy(update={"known": (), "about": "Activation"})
    plan = plan_of(blind)
    assert all(item.needed.startswith("not computed") for item in plan.signals)
    assert "22" not in text_of(plan)


def test_F4_the_order_is_how_likely_by_what_it_costs_and_no_data_speak_too_often(golden):
    plan = plan_of(golden)
    chosen = {h.id: h for h in knowledge().signals}
    ranks = [sum(chosen[item.id].order) for item in plan.signals]
    assert ranks == sorted(ranks)
    assert max(Counter(chosen[item.id].needs[0] for item in plan.signals).values()) <= 2


@pytest.mark.parametrize("kind", ["onboarding", "activation", "adoption", "renewal", "expansion"])
def test_F4_there_are_five_and_three_for_every_stage_where_all_data_are_there(kind):
    held = tuple(TABLES)
    assert len(fitting(knowledge().signals, kind, held, 5, 2)) == 5
    assert len(fitting(knowledge().frictions, kind, held, 3, 2)) == 3


@pytest.mark.parametrize("stage", ["Onboarding", "Activation", "Adoption", "Expansion"])
def test_F4_every_query_can_be_asked(golden, tables, stage):
    plan = plan_of(golden.model_copy(update={"about": stage}))
    for item in (*plan.signals, *plan.frictions, *plan.metrics):
        tables.execute(item.ask).fetchall()


def test_F4_a_query_counts_what_was_worked_out_by_hand(golden, tables):
    """Four accounts begin Activation: two never had a second person, and one of these left."""
    tables.execute("""INSERT INTO accounts VALUES
      ('early', '2025-01-01', '2025-01-20'), ('alone-left', '2025-01-01', '2025-02-20'),
      ('alone', '2025-01-01', NULL), ('two', '2025-01-01', NULL),
      ('two-left', '2025-01-01', '2025-12-01')""")
    tables.execute("""INSERT INTO product_usage VALUES
      ('alone-left', 'a', '2025-01-02', 'x'), ('alone', 'b', '2025-01-02', 'x'),
      ('alone', 'late', '2025-03-02', 'x'), ('two', 'c', '2025-01-02', 'x'),
      ('two', 'd', '2025-01-03', 'x'), ('two-left', 'e', '2025-01-03', 'x'),
      ('two-left', 'f', '2025-01-31', 'x')""")
    (alone,) = (item for item in plan_of(golden).signals if item.id == "alone")
    assert tables.execute(alone.ask).fetchall() == [(False, 2, 0), (True, 2, 1)]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=1, max_size=5))
def test_F4_what_is_flagged_is_exactly_the_days_in_two_stages_or_in_none(steps):
    stages, begin = [], 0
    for i, (gap, length) in enumerate(steps):
        begin = max(0, begin + gap - 3)
        begin = max(begin, stages[-1].first if stages else 0)
        stages.append(WindowSpec(name=f"s{i}", days=(begin, begin + length)))
        begin = begin + length + 1
    days = Counter(d for s in stages for d in range(s.first, (s.last or 0) + 1))
    first, last = min(days), max(days)
    wrong = [d for d in range(first, last + 1) if days[d] != 1]
    assert bool(flags(stages, "accounts")) == bool(wrong)
    begins = [begin for _, begin in mended(stages)]
    assert begins == sorted(begins)


def test_F4_what_is_wrong_in_a_context_is_said_with_line_and_what_to_write(tmp_path):
    file = tmp_path / "context.yml"
    text = GOLDEN.replace("22%", "a lot").replace("31-90", "90-31").replace("NPS", "vibes")
    file.write_text(text)
    with pytest.raises(DefinitionError) as problem:
        read_context(file)
    said = str(problem.value)
    assert "context.yml:4: stages.1.days" in said
    assert "'a lot' is not a share. Write 22%." in said
    assert "'vibes' is no known kind of data" in said
    with pytest.raises(DefinitionError, match=r"no such file. `trod plan --template"):
        read_context(tmp_path / "other.yml")


def test_F4_the_template_is_a_context(tmp_path):
    file = tmp_path / "context.yml"
    file.write_text(template())
    assert plan_of(read_context(file)).flags[0].about == "churn"


def test_F4_at_the_command_line_as_text_json_markdown_and_page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("context.yml").write_text(GOLDEN)
    body = told("plan", "context.yml")
    assert (len(body["signals"]), len(body["frictions"])) == (5, 3)
    done = trod("plan", "context.yml")
    assert "Day 180" in done.stdout
    assert "WITH there AS" not in done.stdout
    assert "WITH there AS" in trod("plan", "context.yml", "--queries").stdout
    assert trod("plan", "context.yml", "--out", "plan.md").exit_code == 0
    assert trod("plan", "context.yml", "--out", "plan.html").exit_code == 0
    page = Path("plan.html").read_text()
    assert "not measured" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    wrong = trod("plan", "context.yml", "--stage", "Activaton")
    assert "did you mean 'Activation'" in wrong.stderr


def test_F4_with_data_the_same_answer_is_measured(tmp_path):
    shutil.copytree(known(400).folder, tmp_path / "there")
    plan = measured_plan(Workspace.open(tmp_path / "there"), "Activate")
    assert plan.measured
    assert {item.status for item in (*plan.signals, *plan.frictions)} <= {"Observed"}
    assert plan.frictions
    assert all(item.figures for item in plan.metrics)
    assert all(item.when_not and item.measure for item in plan.interventions)
    fewer = len(plan.signals) < 5
    assert fewer == any("signals" in each for each in plan.missing)
    assert json.loads(json.dumps(told("-C", tmp_path / "there", "plan")))["measured"]


def test_F4_where_too_few_left_for_signals_the_rest_is_told_all_the_same(tmp_path):
    (tmp_path / "a.csv").write_text(
        "customer,touchpoint,time\nann,visit,2026-01-01\nann,buy,2026-02-01\n"
    )
    stages = "[{name: Come, enter_on: visit}, {name: Own, enter_on: buy}]"
    (tmp_path / "trod.yml").write_text(
        "sources:\n"
        "  - {name: a, files: a.csv, customer: customer, touchpoint: touchpoint, time: time}\n"
        f"journeys: [{{name: Shop, stages: {stages}}}]\n"
    )
    workspace = Workspace.open(tmp_path)
    workspace.ingest()
    plan = measured_plan(workspace)
    assert plan.headline == "Come: 0 of 1 left; too few for early warnings."
    assert (plan.signals, len(plan.metrics) > 0) == ((), True)
    assert plan.missing[0].startswith("0 of 5 signals: no outcome that 30 customers had")
