"""Real exports of other people: guessed right, or corrected by a short trod.yml."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from trod import project
from trod.events.infer import guess
from trod.events.mapping import deliveries

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared/data"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the public data sets are not at hand")


def files(pattern: str) -> list[Path]:
    return sorted(DATA.glob(pattern))


def arrive(sources, given, zone="UTC"):
    """Give touchpoints by source and name, profiles by source, and the reports."""
    touchpoints: Counter[tuple[str, str]] = Counter()
    profiles: Counter[str] = Counter()
    reports = {}
    for delivery in deliveries(sources, root=ROOT, zone=zone, files=given):
        table = delivery.batches.read_all()
        reports[delivery.source] = delivery.report
        if delivery.kind == "attributes":
            profiles[delivery.source] += table.num_rows
        else:
            touchpoints.update((delivery.source, name) for name in table["touchpoint"].to_pylist())
    return touchpoints, profiles, reports


def roles(found, source):
    return {role.role: role.column for role in found.columns[source]}


def test_D1_helpdesk_is_guessed_without_a_word():
    given = files("process_tax2017/helpdesk.parquet")
    found = guess(given)
    assert roles(found, "helpdesk") == {
        "customer": "CaseID",
        "time": "CompleteTimestamp",
        "touchpoint": "ActivityID",
    }
    touchpoints, _, reports = arrive(found.sources, given)
    assert touchpoints.total() == 13_710
    assert touchpoints["helpdesk", "ActivityID 8"] > 1000
    assert reports["helpdesk"].quarantined == {}


def test_D1_servicenow_is_guessed_without_a_word():
    given = files("servicenow_incidents/*.csv.gz")
    found = guess(given)
    (source,) = found.sources
    assert roles(found, source.name) == {
        "customer": "number",
        "account": "caller_id",
        "time": "sys_updated_at",
        "touchpoint": "incident_state",
        "channel": "contact_type",
    }
    assert source.nulls == ("?",)
    assert source.time.format == ("%d-%m-%Y %H:%M",)
    touchpoints, _, _ = arrive(found.sources, given)
    assert touchpoints.total() == 5_998


def test_D1_complete_journey_is_guessed_as_far_as_its_files_say():
    found = guess(files("complete_journey/*.parquet"))
    assert [source.name for source in found.sources] == [
        "coupon_redemptions",
        "demographics",
        "transactions_sample",
    ]
    till = roles(found, "transactions_sample")
    assert till["customer"] == "household_id"
    assert till["group by"] == "basket_id"
    assert till["value"] == "sales_value"
    aside = dict(found.left_aside)
    assert "on: campaign_id" in aside["campaigns.parquet"]
    assert set(aside) == {
        "campaign_descriptions.parquet",
        "campaigns.parquet",
        "coupons.parquet",
        "products.parquet",
        "promotions_sample.parquet",
    }


def test_D2_complete_journey_arrives_as_its_example_says():
    given = files("complete_journey/*.parquet")
    spec = project.load(ROOT / "examples/complete_journey.yml")
    touchpoints, profiles, reports = arrive(spec.sources, given, spec.events.zone)
    baskets, cents = duckdb.sql(
        "SELECT count(DISTINCT basket_id), sum(round(sales_value * 100))::BIGINT "
        f"FROM '{DATA}/complete_journey/transactions_sample.parquet'"
    ).fetchall()[0]
    assert touchpoints["till", "Purchase at the till"] == baskets == 35_274
    assert touchpoints["coupons redeemed", "Coupon redeemed"] == 1_232
    mails = {name: n for (source, name), n in touchpoints.items() if source == "mail campaigns"}
    assert mails == {"Type A mail": 2_514, "Type B mail": 1_324, "Type C mail": 330}
    assert profiles == {"households": 801}
    assert reports["till"].rows == 55_853
    assert cents > 0
    assert not any(report.quarantined for report in reports.values())


def test_D1_oulad_cannot_be_guessed_and_says_why():
    found = guess(files("oulad_lite/*.parquet"))
    assert found.sources == ()
    aside = dict(found.left_aside)
    assert "not in the file" in aside["student_registration.parquet"]
    assert "not in the file" in aside["student_assessment.parquet"]


def test_D2_oulad_arrives_as_its_example_says():
    spec = project.load(ROOT / "examples/oulad.yml")
    touchpoints, profiles, reports = arrive(
        spec.sources, files("oulad_lite/*.parquet"), spec.events.zone
    )
    by_name = {name: n for (_, name), n in touchpoints.items()}
    assert by_name == {
        "Registered": 13_511,
        "Withdrew": 3_723,
        "Tutor-marked work handed in": 44_798,
        "Computer-marked work handed in": 35_754,
        "Exam sat": 1_570,
        "Passed": 6_570,
        "Failed": 3_242,
    }
    assert profiles == {"enrolments": 13_529}
    assert reports["registrations"].n_quarantined == 4
    assert reports["submissions"].dropped == {"where": 720}


def test_D2_servicenow_arrives_as_its_example_says():
    spec = project.load(ROOT / "examples/servicenow.yml")
    touchpoints, _, reports = arrive(spec.sources, files("servicenow_incidents/*.csv.gz"))
    assert touchpoints["incidents", "New"] == 1_638
    assert touchpoints.total() == 5_998
    assert reports["incidents"].zone_assumed is False
