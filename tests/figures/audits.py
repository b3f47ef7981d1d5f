"""Audits for the tests of their page."""

from trod.insights.audit import (
    Audit,
    ChannelAudit,
    Failure,
    Pilot,
    Remark,
    SilentBefore,
    SourceAudit,
)
from trod.insights.blind_spots import BlindSpot
from trod.insights.completeness import StageGrade
from trod.insights.journey_map import Count, Time
from trod.insights.readiness import Facts, readiness

DAY_US = 86_400_000_000


def source(name="web", weeks=(9, 8, 0, 0, 7), quarantined=2):
    return SourceAudit(
        name, 1, 100, 90, 8, quarantined, 0, 100, 8, quarantined, 90, 3,
        "2025-01-06", "2025-02-09", 3 * DAY_US,
        "UTC, declared", Count(40, ""), 0.8, 90, (("e-mail address", 4),), weeks,
    )  # fmt: skip


def usual(name="web"):
    gap = Remark("problem", name, "gap", f"{name}: no row.", "2025-01-20", "2025-02-02", 16)
    spot = BlindSpot(
        f"all of {name}", name, None, None, "2025-01-20", "2025-02-02", 16,
        Count(12, f"unseen:{name}@1-2"), 5_000_000_000, "No row for two weeks.",
    )  # fmt: skip
    return Audit(
        as_of="2025-02-10T00:00:00+00:00", zone="UTC", journey=f"Trial {name}",
        first_day="2025-01-06", last_day="2025-02-09", customers=50,
        sources=(source(name), source("shop", (1, 1, 1, 1, 1), 0)),
        channels=(ChannelAudit("web", False, 80, 40), ChannelAudit("shop", True, 10, 9)),
        channels_per_customer=(30, 15, 5), remarks=(gap, Remark("note", name, "ids", "Few.")),
        blind_spots=(spot,),
        silent=(SilentBefore("left", 8, Time(7, DAY_US, 9 * DAY_US, 0.0), 3),),
        grades=(StageGrade("Look", "A", 99, 1, 0, 0), StageGrade("Pay", "D", 60, 40, 0, 0)),
        readiness=readiness(Facts(35, 50, 0, 40, 9, 8, 0, 0, 12, 2, 1, "D")),
        pilot=Pilot("Trial", "8 of 40 left it."),
        failures=(Failure("quarantined", name, "2%", "at most 1%"),),
    )  # fmt: skip


def bare():
    """An audit with nothing in it but a source without a row."""
    return Audit(
        as_of="2025-02-10T00:00:00+00:00", zone="UTC", journey=None, first_day="2025-01-06",
        last_day="2025-01-06", customers=0, sources=(source("s", (), 0),), channels=(),
        channels_per_customer=(), remarks=(), blind_spots=(), silent=(), grades=(),
        readiness=(), pilot=None,
    )  # fmt: skip
