"""A1: mail campaigns before purchases at the till, credited, and counted again by SQL.

The SQL reads the published files as they are and knows nothing of Trod.
"""

from __future__ import annotations

import duckdb
import pytest

from tests import real_data
from tests.real_data import drawn
from tests.strategies import DATA
from trod.analyses.attribution.ask import attribution

pytestmark = real_data.needed

MAILS = ("Type A mail", "Type B mail", "Type C mail")
PATHS = """
    WITH mail AS (
        SELECT household_id AS who, campaign_type || ' mail' AS name,
               timezone('America/New_York', start_date::TIMESTAMP) AS moment
        FROM '{folder}/campaigns.parquet'
        JOIN '{folder}/campaign_descriptions.parquet' USING (campaign_id)),
    bought AS (
        SELECT household_id AS who, timezone('UTC', min(transaction_timestamp)) AS moment,
               round(sum(sales_value) * 1e6)::BIGINT AS money
        FROM '{folder}/transactions_sample.parquet' GROUP BY household_id, basket_id),
    before AS (
        SELECT mail.*, min(bought.moment) AS bought_at FROM mail JOIN bought
        ON bought.who = mail.who AND bought.moment >= mail.moment GROUP BY ALL),
    steps AS (
        SELECT who, name, bought_at,
               row_number() OVER (PARTITION BY who, bought_at ORDER BY moment, name) AS place,
               count(*) OVER (PARTITION BY who, bought_at) AS length
        FROM before WHERE bought_at - before.moment <= INTERVAL 90 DAY),
    one AS (SELECT who, moment AS bought_at, min(money) AS money FROM bought GROUP BY ALL)
    SELECT name, count(*) FILTER (place = 1)::DOUBLE AS first,
           count(*) FILTER (place = length)::DOUBLE AS last, sum(1 / length) AS linear,
           sum(money) FILTER (place = 1)::DOUBLE AS first_money
    FROM steps JOIN one USING (who, bought_at) GROUP BY name ORDER BY name"""


def test_A1_credit_of_mail_before_offline_baskets_is_that_of_plain_sql(
    sql: duckdb.DuckDBPyConnection,
) -> None:
    journeys = drawn("complete_journey", "complete_journey.yml").journeys
    found = attribution(
        journeys,
        "Purchase at the till",
        by="touchpoint",
        only=MAILS,
        models=["first", "last", "linear", "markov-1"],
    ).data
    counted = sql.sql(PATHS.format(folder=DATA / "complete_journey")).fetchall()
    assert [row[0] for row in counted] == list(MAILS)
    for name, first, last, linear, money in counted:
        k = found.names.index(name)
        assert int(found.of("first").conversions[k]) / 1e6 == first
        assert int(found.of("last").conversions[k]) / 1e6 == last
        assert int(found.of("linear").conversions[k]) / 1e6 == pytest.approx(linear, abs=1e-6)
        assert int(found.of("first").value[k]) == pytest.approx(money, rel=1e-9)
    assert found.conversions == sum(row[1] for row in counted)
