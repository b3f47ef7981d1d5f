"""D1, D2, F1: what the maps of three real businesses say, confirmed by SQL over the raw files.

The SQL reads the published files as they are and knows nothing of Trod.
"""

from __future__ import annotations

import duckdb
import pytest

from tests import real_data
from tests.real_data import drawn, one
from tests.strategies import DATA
from trod.insights.journey_map import JourneyMap, StageView, Touch

DAY_US = 86_400_000_000

pytestmark = real_data.needed


def stage(made: JourneyMap, name: str) -> StageView:
    return next(s for s in made.stages if s.name == name)


def touch(made: JourneyMap, where: str, name: str) -> Touch:
    return next(t for t in stage(made, where).touches if t.name == name)


def assert_median(view: StageView, days: float) -> None:
    """Medians are read from bins at most 1/32 as wide as the time."""
    assert view.dwell is not None
    assert view.dwell.median_us / DAY_US == pytest.approx(days, rel=1 / 32)


@pytest.fixture(scope="module")
def grocer(sql: duckdb.DuckDBPyConnection) -> JourneyMap:
    """The Complete Journey: mail campaigns, coupons, tills."""
    folder = DATA / "complete_journey"
    sql.sql(f"""
        CREATE OR REPLACE TEMP TABLE mail AS
        SELECT household_id AS who, campaign_type AS kind, start_date::TIMESTAMP AS moment
        FROM '{folder}/campaigns.parquet'
        JOIN '{folder}/campaign_descriptions.parquet' USING (campaign_id)""")
    sql.sql(f"""
        CREATE OR REPLACE TEMP TABLE redeemed AS
        SELECT household_id AS who, min(redemption_date)::TIMESTAMP AS moment
        FROM '{folder}/coupon_redemptions.parquet' GROUP BY 1""")
    sql.sql(f"""
        CREATE OR REPLACE TEMP TABLE baskets AS
        SELECT DISTINCT household_id AS who, basket_id
        FROM '{folder}/transactions_sample.parquet'""")
    return drawn("complete_journey", "complete_journey.yml").data


def test_D2_households_reached_by_mail(grocer: JourneyMap, sql: duckdb.DuckDBPyConnection) -> None:
    everyone = "SELECT who FROM mail UNION SELECT who FROM redeemed"
    assert stage(grocer, "Mailed").reached.n == one(sql, f"SELECT count(*) FROM ({everyone})")


def test_D1_share_of_households_that_redeem(
    grocer: JourneyMap, sql: duckdb.DuckDBPyConnection
) -> None:
    whole = "SELECT who FROM mail UNION SELECT who FROM redeemed UNION SELECT who FROM baskets"
    assert grocer.outcome.part == one(sql, "SELECT count(*) FROM redeemed")
    assert grocer.outcome.whole == one(sql, f"SELECT count(*) FROM ({whole})")


def test_P4_time_from_first_mail_to_redemption(
    grocer: JourneyMap, sql: duckdb.DuckDBPyConnection
) -> None:
    days = one(
        sql,
        """SELECT median(date_diff('day', first_mail, redeemed.moment))
           FROM (SELECT who, min(moment) AS first_mail FROM mail GROUP BY 1)
           JOIN redeemed USING (who) WHERE first_mail <= redeemed.moment""",
    )
    assert_median(stage(grocer, "Mailed"), days)


def test_P1_share_of_the_mailed_who_got_type_a(
    grocer: JourneyMap, sql: duckdb.DuckDBPyConnection
) -> None:
    got = one(
        sql,
        """SELECT count(DISTINCT who) FROM mail LEFT JOIN redeemed USING (who)
           WHERE kind = 'Type A' AND (redeemed.moment IS NULL OR mail.moment <= redeemed.moment)""",
    )
    assert touch(grocer, "Mailed", "Type A mail").customers.n == got


def test_D10_one_touchpoint_for_each_basket(
    grocer: JourneyMap, sql: duckdb.DuckDBPyConnection
) -> None:
    folder = DATA / "complete_journey"
    others = one(
        sql,
        f"""SELECT (SELECT count(*) FROM mail)
            + (SELECT count(*) FROM '{folder}/coupon_redemptions.parquet')""",
    )
    assert grocer.n_touchpoints == one(sql, "SELECT count(*) FROM baskets") + others


def test_F1_households_lost_before_any_mail(
    grocer: JourneyMap, sql: duckdb.DuckDBPyConnection
) -> None:
    """Left: never mailed, never redeemed, and no basket in the last 90 days on record."""
    file = DATA / "complete_journey" / "transactions_sample.parquet"
    lost = one(
        sql,
        f"""WITH seen AS (
                SELECT household_id AS who, basket_id, min(transaction_timestamp) AS moment
                FROM '{file}' GROUP BY ALL)
            SELECT count(*) FROM (SELECT who, max(moment) AS last_seen FROM seen GROUP BY 1)
            WHERE who NOT IN (SELECT who FROM mail) AND who NOT IN (SELECT who FROM redeemed)
              AND last_seen <= (SELECT max(moment) FROM seen) - INTERVAL 90 DAY""",
    )
    assert grocer.frictions[0].lost.n == stage(grocer, "Shopping").left.n == lost


@pytest.fixture(scope="module")
def university(sql: duckdb.DuckDBPyConnection) -> JourneyMap:
    """OULAD: enrolments of 2013, with real withdrawals."""
    folder = DATA / "oulad_lite"
    who = "concat_ws('/', id_student, code_module, code_presentation) AS who"
    sql.sql(f"""
        CREATE OR REPLACE TEMP TABLE registered AS
        SELECT {who}, date_registration AS day, date_unregistration AS gone
        FROM '{folder}/student_registration.parquet'""")
    sql.sql(f"""
        CREATE OR REPLACE TEMP TABLE submitted AS
        SELECT {who}, date_submitted AS day, assessment_type AS kind
        FROM '{folder}/student_assessment.parquet'
        JOIN '{folder}/assessment.parquet' USING (id_assessment) WHERE NOT is_banked""")
    sql.sql(f"""
        CREATE OR REPLACE TEMP TABLE results AS
        SELECT {who}, final_result AS result FROM '{folder}/student.parquet'""")
    return drawn("oulad_lite", "oulad.yml").data


def test_D1_enrolments_that_pass(university: JourneyMap, sql: duckdb.DuckDBPyConnection) -> None:
    passed = "SELECT count(*) FROM results WHERE result IN ('Pass', 'Distinction')"
    assert university.outcome.part == one(sql, passed)
    assert stage(university, "Completed").reached.n == one(sql, passed)


def test_D2_enrolments_that_began(university: JourneyMap, sql: duckdb.DuckDBPyConnection) -> None:
    began = """SELECT who FROM registered WHERE day IS NOT NULL
               UNION SELECT who FROM submitted WHERE kind <> 'Exam'
               UNION SELECT who FROM results WHERE result IN ('Pass', 'Distinction')"""
    assert university.entered.n == one(sql, f"SELECT count(*) FROM ({began})")


def test_P4_days_from_registration_to_first_work(
    university: JourneyMap, sql: duckdb.DuckDBPyConnection
) -> None:
    days = one(
        sql,
        """SELECT median(first_work - registered.day) FROM registered
           JOIN (SELECT who, min(day) AS first_work FROM submitted
                 WHERE kind <> 'Exam' GROUP BY 1) USING (who)
           WHERE first_work >= registered.day
             AND (gone IS NULL OR gone >= first_work OR gone < registered.day)""",
    )
    assert_median(stage(university, "Registered"), days)


def test_P1_share_that_withdraws_before_any_work(
    university: JourneyMap, sql: duckdb.DuckDBPyConnection
) -> None:
    gone = one(
        sql,
        """SELECT count(*) FROM registered
           LEFT JOIN (SELECT who, min(day) AS first_work FROM submitted
                      WHERE kind <> 'Exam' GROUP BY 1) USING (who)
           WHERE gone >= registered.day AND (first_work IS NULL OR gone < first_work)""",
    )
    assert touch(university, "Registered", "Withdrew").customers.n == gone


def test_F1_enrolments_lost_after_they_began_to_work(
    university: JourneyMap, sql: duckdb.DuckDBPyConnection
) -> None:
    """Left: worked, did not pass, and had not withdrawn before. One has no date of registration."""
    lost = one(
        sql,
        """SELECT count(*) FROM results JOIN registered USING (who)
           WHERE result NOT IN ('Pass', 'Distinction') AND EXISTS (
               SELECT 1 FROM submitted
               WHERE submitted.who = results.who AND kind <> 'Exam'
                 AND (gone IS NULL OR submitted.day <= gone OR registered.day IS NULL))""",
    )
    assert university.frictions[0].lost.n == stage(university, "Working").left.n == lost


@pytest.fixture(scope="module")
def desk(sql: duckdb.DuckDBPyConnection) -> JourneyMap:
    """ServiceNow incidents: nobody leaves, some wait."""
    file = DATA / "servicenow_incidents" / "incident_event_log.csv.gz"
    sql.sql(f"""
        CREATE OR REPLACE TEMP TABLE updates AS
        SELECT number AS who, incident_state AS state,
               strptime(sys_updated_at, '%d-%m-%Y %H:%M') AS moment
        FROM read_csv('{file}', all_varchar = true)""")
    sql.sql("""
        CREATE OR REPLACE TEMP TABLE incidents AS
        SELECT who,
               min(moment) FILTER (state = 'Awaiting User Info') AS asked,
               min(moment) FILTER (state = 'Active' OR state LIKE 'Awaiting%') AS worked,
               min(moment) FILTER (state = 'Resolved') AS resolved,
               min(moment) FILTER (state = 'Closed') AS closed
        FROM updates GROUP BY 1""")
    return drawn("servicenow_incidents", "servicenow.yml").data


def test_D1_incidents(desk: JourneyMap, sql: duckdb.DuckDBPyConnection) -> None:
    assert desk.population.n == one(sql, "SELECT count(DISTINCT who) FROM updates")


def test_D2_share_of_incidents_closed(desk: JourneyMap, sql: duckdb.DuckDBPyConnection) -> None:
    assert desk.outcome.part == one(sql, "SELECT count(closed) FROM incidents")


def test_P4_time_from_resolved_to_closed(desk: JourneyMap, sql: duckdb.DuckDBPyConnection) -> None:
    days = one(
        sql,
        """SELECT median(epoch(closed - resolved)) / 86400 FROM incidents
           WHERE resolved <= closed""",
    )
    assert_median(stage(desk, "Resolved"), days)


def test_P1_share_that_waits_for_the_caller(
    desk: JourneyMap, sql: duckdb.DuckDBPyConnection
) -> None:
    asked = "SELECT count(*) FROM incidents WHERE asked <= coalesce(resolved, closed)"
    waits = touch(desk, "Worked on", "Awaiting User Info")
    assert waits.customers.n == one(sql, asked)


def test_F1_incidents_that_wait_for_the_caller_stay_longer(
    desk: JourneyMap, sql: duckdb.DuckDBPyConnection
) -> None:
    """Days from the first work on an incident to its resolution, with and without the wait."""
    days = """SELECT median(epoch(resolved - worked)) / 86400 FROM incidents
              WHERE worked <= resolved AND coalesce(asked <= resolved, false) = {}"""
    waited, others = one(sql, days.format("true")), one(sql, days.format("false"))
    slower = desk.frictions[0].slower_us
    assert desk.frictions[0].title == "Slow with Awaiting User Info"
    assert slower is not None
    assert slower / DAY_US == pytest.approx(waited - others, abs=(waited + others) / 32)
