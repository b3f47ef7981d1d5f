"""J1: templates on real exports give journeys whose stage counts plain SQL over the files confirms.

The SQL reads the published files as they are and knows nothing of Trod. Sources come from
`examples/*.yml`; stages come from the template alone.
"""

from __future__ import annotations

import duckdb
import pytest

from tests import real_data
from tests.real_data import drawn, one
from tests.strategies import DATA
from trod.analyses.occupancy import stage_daily
from trod.analyses.stages import StagesResult, stages
from trod.journeys.batch import Journeys
from trod.journeys.check import check
from trod.journeys.filled import Filled, fill
from trod.journeys.passage import StagePlan, compile_plan
from trod.journeys.template import template

pytestmark = real_data.needed


class Drawn:
    """A template filled from one data set, and walked."""

    def __init__(self, folder: str, config: str, name: str) -> None:
        self.journeys: Journeys = drawn(folder, config).journeys
        self.filled: Filled = fill(template(name), self.journeys)
        self.plan: StagePlan = compile_plan(self.filled.spec, self.journeys).remembering()
        self.stages: StagesResult = stages(self.journeys, self.plan).data

    def at(self, what: str, stage: str) -> int:
        return int(getattr(self.stages, what)[self.stages.stage.index(stage)])


@pytest.fixture(scope="module")
def university() -> Drawn:
    return Drawn("oulad_lite", "oulad.yml", "subscription")


@pytest.fixture(scope="module")
def enrolments(sql: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """One row an enrolment: days of registering, first work, withdrawing; whether it passed."""
    folder = DATA / "oulad_lite"
    who = "concat_ws('/', id_student, code_module, code_presentation)"
    sql.sql(f"""
        CREATE TABLE enrolments AS
        WITH work AS (
            SELECT {who} AS who, min(date_submitted) AS worked, max(date_submitted) AS last_work
            FROM '{folder}/student_assessment.parquet'
            JOIN '{folder}/assessment.parquet' USING (id_assessment)
            WHERE NOT is_banked AND assessment_type <> 'Exam' GROUP BY 1),
        result AS (SELECT {who} AS who, final_result FROM '{folder}/student.parquet'),
        began AS (SELECT {who} AS who, date_registration AS registered,
                         date_unregistration AS gone
                  FROM '{folder}/student_registration.parquet')
        SELECT who, registered, gone, worked,
               final_result IN ('Pass', 'Distinction') AS passed, final_result = 'Fail' AS failed
        FROM result LEFT JOIN began USING (who) LEFT JOIN work USING (who)""")
    return sql


def test_J1_subscription_template_finds_the_stages_of_the_open_university(
    university: Drawn,
) -> None:
    spec = university.filled.spec
    assert [stage.name for stage in spec.stages] == ["Join", "Use", "Renewed"]
    assert (spec.success, spec.failure) == (("Passed",), ("Failed", "Withdrew"))
    assert university.filled.unmatched == ("Exam sat",)
    found = check(spec, university.journeys, plan=university.plan)
    assert [f for f in found if f.level != "note"] == []


def test_J1_enrolments_that_joined(
    university: Drawn, enrolments: duckdb.DuckDBPyConnection
) -> None:
    joined = "registered IS NOT NULL OR worked IS NOT NULL OR passed"
    counted = one(enrolments, f"SELECT count(*) FROM enrolments WHERE {joined}")
    assert university.at("reached", "Join") == counted


def test_J1_enrolments_that_used_it_before_they_left(
    university: Drawn, enrolments: duckdb.DuckDBPyConnection
) -> None:
    """Who withdrew before handing anything in is out: work after that is another passage."""
    used = """SELECT count(*) FROM enrolments WHERE passed OR (worked IS NOT NULL AND (
                  gone IS NULL OR worked <= gone OR registered IS NULL OR gone < registered))"""
    assert university.at("reached", "Use") == one(enrolments, used)


def test_J1_enrolments_that_completed_and_those_that_skipped_the_work(
    university: Drawn, enrolments: duckdb.DuckDBPyConnection
) -> None:
    passed = one(enrolments, "SELECT count(*) FROM enrolments WHERE passed")
    assert university.at("reached", "Renewed") == university.at("done", "Renewed") == passed
    skipped = "SELECT count(*) FROM enrolments WHERE passed AND worked IS NULL"
    assert university.at("skipped", "Use") == one(enrolments, skipped)


def test_J2_enrolments_on_every_day_sum_to_those_there_were(
    university: Drawn, enrolments: duckdb.DuckDBPyConnection
) -> None:
    found = stage_daily(university.journeys, university.plan).data
    whole = found.outside + (found.open + found.left + found.done).sum(axis=1)
    assert whole.tolist() == found.population.tolist()
    assert found.population[-1] == university.journeys.n_customers
    assert found.done[-1].sum() == one(enrolments, "SELECT count(*) FROM enrolments WHERE passed")


@pytest.fixture(scope="module")
def grocer() -> Drawn:
    return Drawn("complete_journey", "complete_journey.yml", "ecommerce")


@pytest.fixture(scope="module")
def households(sql: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """One row a household: the first mail, basket and coupon; dates are days in Cincinnati."""
    folder = DATA / "complete_journey"
    local, utc = "timezone('America/New_York', {}::TIMESTAMP)", "timezone('UTC', {}::TIMESTAMP)"
    sql.sql(f"""
        CREATE TABLE households AS
        SELECT household_id AS who, mailed, bought, redeemed FROM (
            SELECT household_id, {local.format("min(start_date)")} AS mailed
            FROM '{folder}/campaigns.parquet'
            JOIN '{folder}/campaign_descriptions.parquet' USING (campaign_id) GROUP BY 1)
        FULL JOIN (SELECT household_id, {utc.format("min(transaction_timestamp)")} AS bought
                   FROM '{folder}/transactions_sample.parquet' GROUP BY 1) USING (household_id)
        FULL JOIN (SELECT household_id, {local.format("min(redemption_date)")} AS redeemed
                   FROM '{folder}/coupon_redemptions.parquet' GROUP BY 1) USING (household_id)""")
    return sql


def test_J1_ecommerce_template_finds_the_stages_of_a_grocer(grocer: Drawn) -> None:
    spec = grocer.filled.spec
    assert [stage.name for stage in spec.stages] == ["Reached", "Bought", "Coming back"]
    assert spec.stages[0].names == ("Type A mail", "Type B mail", "Type C mail")
    assert grocer.filled.unmatched == ()


@pytest.mark.parametrize(
    ("stage", "who"),
    [
        ("Reached", "mailed IS NOT NULL OR bought IS NOT NULL OR redeemed IS NOT NULL"),
        ("Bought", "bought IS NOT NULL OR redeemed IS NOT NULL"),
        ("Coming back", "redeemed IS NOT NULL"),
    ],
)
def test_J1_households_that_reached_each_stage(
    grocer: Drawn, households: duckdb.DuckDBPyConnection, stage: str, who: str
) -> None:
    counted = one(households, f"SELECT count(*) FROM households WHERE {who}")
    assert grocer.at("reached", stage) == counted


def test_J1_households_that_bought_before_any_mail_skipped_being_reached(
    grocer: Drawn, households: duckdb.DuckDBPyConnection
) -> None:
    """A mail after the first basket enters nothing; at one moment the mail comes first."""
    skipped = one(
        households,
        "SELECT count(*) FROM households WHERE mailed IS NULL OR mailed > least(bought, redeemed)",
    )
    assert grocer.at("skipped", "Reached") == skipped


def test_J1_households_that_came_back_are_done_and_the_silent_have_left(
    grocer: Drawn, households: duckdb.DuckDBPyConnection
) -> None:
    done = one(households, "SELECT count(*) FROM households WHERE redeemed IS NOT NULL")
    assert grocer.at("done", "Coming back") == done
    assert grocer.stages.left[-1] == grocer.stages.still_there[-1] == 0
