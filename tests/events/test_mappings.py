"""Mappings of real exports: each reads its export whole, to the touchpoints written beside it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.app.terminal import told
from tests.events.exports import (
    Export,
    Found,
    as_expected,
    company,
    exports,
    in_order,
    stored,
)

EXPORTS = exports()


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_D2_D12_an_export_is_read_by_naming_its_mapping(export: Export, tmp_path):
    said = told("-C", company(tmp_path, [export], events=export.events), "ingest")
    (report,) = said["sources"]
    assert {key: report[key] for key in export.account} == export.account
    left_out = [*report["dropped"].values(), *report["quarantined"].values()]
    assert report["received"] == report["stored"] + report["duplicate"] + sum(left_out)
    expected = in_order(export.touchpoints)
    assert as_expected(stored(tmp_path), expected) == expected


MAYA = {
    "u-1042",
    "maya.okafor@example.com",
    "8f14e45f-ea7a-4d1a-9f2c-000000001042",
    "0195a1af-dev-1042",
    "1042042042.1740600000",
    "dom-1042",
    "cus_RmMaya1042",
    "3610001042",
    "0038d00000MAYA1AAM",
    "1042",
    "6512maya",
    "v-1042",
    "CUSTMAYA",
    "9001",
    "maya_o",
    "+441174960000",
}
"""What the tools call one woman; nothing in any file says that all of these are she."""
OFFLINE = {"till", "in person", "phone"}


def test_D2_one_customer_is_followed_through_every_channel_in_the_right_order(tmp_path):
    company(tmp_path, EXPORTS, events={"zone": "Europe/London", "currency": "EUR"})
    said = told("-C", tmp_path, "ingest")
    assert all(
        r["received"]
        == r["stored"]
        + r["duplicate"]
        + sum(r["dropped"].values())
        + sum(r["quarantined"].values())
        for r in said["sources"]
    )
    hers = in_order(
        [
            one
            for export in EXPORTS
            for one in export.touchpoints
            if MAYA.intersection(v for k, v in one["ids"].items() if k != "account")
        ]
    )
    moments = told("-C", tmp_path, "customer", "maya.okafor@example.com")["moments"]
    times = [datetime.fromisoformat(moment["time"]) for moment in moments]
    assert times == sorted(times)
    assert sorted(_told(moment) for moment in moments) == sorted(_told(one) for one in hers)
    channels = [moment["channel"] for moment in moments]
    assert set(channels) >= OFFLINE | {"web", "email", "billing", "chat", "survey", "community"}
    visit, till = channels.index("in person"), channels.index("till")
    assert moments[till - 1] == moments[visit]  # from the showroom to the till, forty minutes later
    assert channels.index("phone") > till


def _told(one: Found) -> tuple[str, str, str]:
    """Give what both the command and the files say of a touchpoint, to the second and in UTC."""
    time = datetime.fromisoformat(one["time"]).astimezone(UTC).replace(microsecond=0)
    return time.isoformat(), one["touchpoint"], one["channel"]
