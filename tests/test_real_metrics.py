"""J4: metrics of two real businesses, confirmed by SQL over the raw files.

The SQL reads the published files as they are and knows nothing of Trod.
"""

from typing import Any

import duckdb
import pytest

from tests import real_data
from tests.real_data import drawn
from tests.strategies import DATA
from trod.analyses.metrics.figure import ratio
from trod.analyses.metrics.measure import Measured, metrics
from trod.analyses.retention import retention
from trod.analyses.spec import MetricSpec
from trod.journeys.passage import compile_plan

DAY_US = 86_400_000_000

pytestmark = real_data.needed


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.sql(query).fetchall()


def measured(made: Any, by: Any = None, **spec: Any) -> Measured:
    asked = MetricSpec.model_validate({"name": "m", **spec})
    plans = {None: compile_plan(made.spec, made.journeys)}
    (found,) = metrics(made.journeys, [asked], plans, by=by).data.metrics
    return found


@pytest.fixture(scope="module")
def grocer(sql: duckdb.DuckDBPyConnection) -> Any:
    """The Complete Journey, with its baskets by household and local month."""
    folder = DATA / "complete_journey"
    local = "(transaction_timestamp AT TIME ZONE 'UTC' AT TIME ZONE 'America/New_York')"
    sql.sql(f"""
        CREATE OR REPLACE TEMP TABLE spent AS
        SELECT household_id AS who, strftime(min({local}), '%Y-%m') AS month,
               (sum(CAST(sales_value AS DECIMAL(12, 2))) * 1000000)::BIGINT AS micros
        FROM '{folder}/transactions_sample.parquet' GROUP BY household_id, basket_id""")
    sql.sql("""
        CREATE OR REPLACE TEMP TABLE monthly AS
        SELECT who, month, sum(micros)::BIGINT AS micros FROM spent GROUP BY ALL""")
    return drawn("complete_journey", "complete_journey.yml")


TILL = {"touchpoints": "Purchase at the till"}


def test_J4_revenue_and_arpu_of_every_month(grocer: Any, sql: duckdb.DuckDBPyConnection) -> None:
    told = {
        month: (n, micros)
        for month, n, micros in rows(
            sql, "SELECT month, count(*), sum(micros)::BIGINT FROM monthly GROUP BY 1"
        )
    }
    revenue = measured(grocer, "month", kind="revenue", **TILL)
    arpu = measured(grocer, "month", kind="arpu", **TILL)
    assert sum(figure.n > 0 for figure in revenue.series) >= 8
    for figure, mean in zip(revenue.series, arpu.series, strict=True):
        n, micros = told.get(figure.period, (0, None))
        assert (figure.n, figure.value) == (n, micros)
        assert mean.value == (ratio(micros, n, 1) if n else None)


def test_J4_nrr_grr_and_churn_month_over_month(grocer: Any, sql: duckdb.DuckDBPyConnection) -> None:
    told = rows(
        sql,
        """SELECT strftime(strptime(a.month, '%Y-%m') + INTERVAL 1 MONTH, '%Y-%m') AS later,
                  count(*), count(*) FILTER (coalesce(b.micros, 0) <= 0),
                  sum(a.micros)::BIGINT, sum(greatest(coalesce(b.micros, 0), 0))::BIGINT,
                  sum(least(a.micros, greatest(coalesce(b.micros, 0), 0)))::BIGINT
           FROM monthly a LEFT JOIN monthly b
             ON a.who = b.who
            AND b.month = strftime(strptime(a.month, '%Y-%m') + INTERVAL 1 MONTH, '%Y-%m')
           WHERE a.micros > 0 GROUP BY 1""",
    )
    expected = {month: values for month, *values in told}
    nrr = measured(grocer, "month", kind="nrr", **TILL)
    grr = measured(grocer, "month", kind="grr", **TILL)
    churn = measured(grocer, "month", kind="churn", **TILL)
    compared = 0
    for net, gross, lost in zip(nrr.series, grr.series, churn.series, strict=True):
        if net.period in expected and net.whole:
            n, gone, start, end, capped = expected[net.period]
            assert (net.part, net.whole, net.n) == (end, start, n)
            assert (gross.part, gross.whole) == (capped, start)
            assert (lost.part, lost.whole) == (gone, n)
            compared += 1
    assert compared >= 7


def test_J4_retention_of_those_who_first_shopped_in_each_month(
    grocer: Any, sql: duckdb.DuckDBPyConnection
) -> None:
    """Cohorts by first touchpoint of any kind; active is a purchase in that month or later."""
    folder = DATA / "complete_journey"
    sql.sql(f"""
        CREATE OR REPLACE TEMP TABLE seen AS
        SELECT who, min(month) AS first_month FROM (
            SELECT who, month FROM spent
            UNION ALL
            SELECT household_id, strftime(start_date::TIMESTAMP, '%Y-%m')
            FROM '{folder}/campaigns.parquet'
            JOIN '{folder}/campaign_descriptions.parquet' USING (campaign_id)
            UNION ALL
            SELECT household_id, strftime(redemption_date::TIMESTAMP, '%Y-%m')
            FROM '{folder}/coupon_redemptions.parquet') GROUP BY 1""")
    found = retention(grocer.journeys, touchpoint="Purchase at the till").data
    months = ", ".join(f"('{month}')" for month in found.cohort)
    told = {
        (first, month): n
        for first, month, n in rows(
            sql,
            f"""SELECT first_month, m.month, count(*) FROM seen
                JOIN (VALUES {months}) m(month) ON m.month >= first_month
                WHERE EXISTS (SELECT 1 FROM spent s
                              WHERE s.who = seen.who AND s.month >= m.month)
                GROUP BY ALL""",
        )
    }
    sizes = dict(rows(sql, "SELECT first_month, count(*) FROM seen GROUP BY 1"))
    assert {c: int(n) for c, n in zip(found.cohort, found.size, strict=True) if n} == sizes
    for i, cohort in enumerate(found.cohort):
        for k in range(len(found.cohort) - i):
            if found.known[i, k] and found.size[i]:
                assert found.active[i, k] == told.get((cohort, found.cohort[i + k]), 0)


@pytest.fixture(scope="module")
def university(sql: duckdb.DuckDBPyConnection) -> Any:
    """OULAD, the presentations of 2013."""
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
    return drawn("oulad_lite", "oulad.yml")


def test_J4_conversion_of_enrolments(university: Any, sql: duckdb.DuckDBPyConnection) -> None:
    found = measured(university, kind="conversion").figure
    ((passed,),) = rows(sql, "SELECT count(*) FROM results WHERE result IN ('Pass', 'Distinction')")
    ((began,),) = rows(
        sql,
        """SELECT count(*) FROM (
               SELECT who FROM registered WHERE day IS NOT NULL
               UNION SELECT who FROM submitted WHERE kind <> 'Exam'
               UNION SELECT who FROM results WHERE result IN ('Pass', 'Distinction'))""",
    )
    assert (found.part, found.whole) == (passed, began)


def test_J4_time_to_the_first_work(university: Any, sql: duckdb.DuckDBPyConnection) -> None:
    found = measured(university, kind="time_to_value", **{"from": "Registered", "to": "Working"})
    ((days, n),) = rows(
        sql,
        """SELECT quantile_disc(first_work - registered.day, 0.5), count(*) FROM registered
           JOIN (SELECT who, min(day) AS first_work FROM submitted
                 WHERE kind <> 'Exam' GROUP BY 1) USING (who)
           WHERE first_work >= registered.day
             AND (gone IS NULL OR gone >= first_work OR gone < registered.day)""",
    )
    assert found.figure.value is not None
    assert found.figure.value / DAY_US == pytest.approx(days, rel=1 / 32)
    assert abs(found.figure.n - n) <= 2 + n // 500  # who passed without work on record


def test_J4_active_thirty_days_after_entering(
    university: Any, sql: duckdb.DuckDBPyConnection
) -> None:
    folder = DATA / "oulad_lite"
    ((whole, part),) = rows(
        sql,
        f"""WITH told AS (
                SELECT who, day, 'enter' AS what FROM registered
                UNION ALL SELECT who, gone, 'else' FROM registered
                UNION ALL SELECT who, day, if(kind = 'Exam', 'else', 'enter') FROM submitted
                UNION ALL
                SELECT concat_ws('/', id_student, code_module, code_presentation),
                       module_presentation_length,
                       if(final_result = 'Fail', 'else', 'enter')
                FROM '{folder}/student.parquet'
                JOIN '{folder}/course.parquet' USING (code_module, code_presentation)
                WHERE final_result <> 'Withdrawn'),
            dated AS (
                SELECT who, what,
                       (CASE split_part(who, '/', 3) WHEN '2013B' THEN TIMESTAMP '2013-02-01'
                             WHEN '2013J' THEN TIMESTAMP '2013-10-01'
                             WHEN '2014B' THEN TIMESTAMP '2014-02-01'
                             WHEN '2014J' THEN TIMESTAMP '2014-10-01' END
                        + to_days(day::INT)) AT TIME ZONE 'Europe/London' AS moment
                FROM told WHERE day IS NOT NULL),
            each_one AS (
                SELECT who, min(moment) FILTER (what = 'enter') AS entered, max(moment) AS last
                FROM dated GROUP BY 1)
            SELECT count(*), count(*) FILTER (last >= entered + INTERVAL 30 DAY)
            FROM each_one
            WHERE entered <= (SELECT max(moment) FROM dated) - INTERVAL 30 DAY""",
    )
    found = measured(university, kind="retention", after="30d").figure
    assert (found.part, found.whole) == (part, whole)
    assert 0 < found.part < found.whole
