"""An invented journey map to draw: a B2B subscription company."""

from __future__ import annotations

from tests.figures.paths import FIRST_MOVES, sankey
from tests.figures.pieces import Row, Rows, friction, rate, stage
from trod.insights.journey_map import (
    Count,
    JourneyMap,
    Kpi,
    NextMove,
    Piece,
)

STAGES = (
    stage(
        "evaluate",
        "Will this fit the way we work?",
        8412,
        2340,
        211,
        0,
        5.7,
        [
            ("website_visit", "web", 4646, 0.20, 0.55),
            ("review_site", "social", 1611, 0.29, 0.6),
            ("sales_demo", "call", 4218, 0.50, 0.72),
            ("trial_signup", "web", 5861, 0.40, 0.99),
        ],
        others=2,
    ),
    stage(
        "onboard",
        "Can I get it running this week?",
        5861,
        1445,
        0,
        0,
        4.7,
        [
            ("workspace_setup", "app", 5566, 0.07, 0.77),
            ("connect_data_source", "app", 5717, -0.58, 0.6),
            ("support_ticket", "support", 975, -0.22, 0.5),
            ("onboarding_call", "call", 974, 0.37, 0.94),
            ("help_docs", "docs", 781, None, 0.4),
            ("welcome_email", "email", 3221, 0.02, 0.75),
            ("community_forum", None, 112, None, 0.7),
        ],
    ),
    stage(
        "activate",
        "Does my team get something from it?",
        4416,
        940,
        72,
        0,
        33,
        [
            ("first_dashboard", "app", 4416, 0.61, 0.77),
            ("week_2_check_in", "email", 1984, 0.06, 0.7),
            ("invite_team", "app", 3060, -0.17, 0.89),
        ],
    ),
    stage(
        "adopt",
        "Is it part of how we work now?",
        3404,
        442,
        112,
        0,
        254,
        [
            ("scheduled_report", "app", 2280, 0.50, 0.86),
            ("mobile_app", "mobile", 1361, 0.09, 0.83),
            ("business_review", "in person", 919, 0.58, 0.93),
        ],
    ),
    stage(
        "renew",
        "Is it worth paying for again?",
        2850,
        309,
        80,
        0,
        14,
        [
            ("renewal_notice", "email", 2850, -0.18, 0.86),
            ("pricing_call", "call", 983, -0.10, 0.79),
            ("invoice_payment", "billing", 1660, -0.49, 0.80),
            ("renewal_survey", "survey", 2461, 0.25, 0.99),
        ],
    ),
    stage(
        "expand",
        "Where else could this help?",
        2461,
        122,
        1316,
        1023,
        22,
        [
            ("add_seats", "app", 746, 0.45, 0.9),
            ("refer_a_peer", "email", 296, 0.65, 0.97),
        ],
    ),
)


FRICTIONS = (
    friction(
        1,
        1,
        "connect_data_source",
        "Connecting a data source",
        "23% leave here. Those sent to help docs or a ticket leave 43% of the time;"
        " those who get a call, 6%.",
        ["23%", "43%", "6%"],
        1301,
        14_661_644_000_000,
        "Third permissions error. I gave up for the day.",
    ),
    friction(
        2,
        2,
        "invite_team",
        "Working alone",
        "Without a teammate invited, 50% leave; with one, 11%.",
        ["50%", "11%"],
        683,
        5_850_276_000_000,
        "I like it, but I am the only one who looks.",
    ),
    friction(
        3,
        4,
        "invoice_payment",
        "Price talk and failed payments",
        "21% leave after a pricing call, 10% without one.",
        ["21%", "10%"],
        332,
        3_894_956_000_000,
        "The invoice was the first we heard of it.",
    ),
)

MOVES = (
    NextMove(
        1,
        1,
        "call",
        "Offer a 20-minute call at the second failed connection",
        290.0,
        480.0,
        "customers kept",
        "Estimated",
        "Calls already reach most who fail.",
        "Leave rate of those offered a call.",
    ),
    NextMove(
        2,
        2,
        "invite",
        "Prompt “share this dashboard” on first save",
        90.0,
        170.0,
        "customers kept",
        "Observed",
        "Most work alone by choice.",
        "Invites within 14 days.",
    ),
    NextMove(
        4,
        3,
        "notice",
        "Warn of renewal price 90 days ahead; retry cards for 14 days",
        40.0,
        95.0,
        "customers kept",
        "Estimated",
        "",
        "",
    ),
)


def usual() -> JourneyMap:
    """The page as it is meant to look: six stages, three frictions, paths and moods."""
    return JourneyMap(
        journey="new_customer_to_renewal",
        headline=(
            Piece("1,301", "", FRICTIONS[0].lost),
            Piece(" customers left at "),
            Piece("Connect data source", "worse"),
            Piece(". Of those who got a call, "),
            Piece("94% stayed", "better", Count(1410, "landmark:connect/call@0=with")),
            Piece("."),
        ),
        unit="customers",
        population=Count(9120, "all"),
        entered=Count(8412, "reached:evaluate"),
        outside=Count(708, "outside"),
        outcome_name="renewed",
        outcome=rate(3533, 8412),
        stages=STAGES,
        frictions=FRICTIONS,
        moves=MOVES,
        sankey=sankey(),
        first_moves=FIRST_MOVES,
        kpis=(
            Kpi("Sign-ups that renew", "42%", "41–43%, of 8,412", "done"),
            Kpi("Time to first value", "4.7 days", "median of 4,416", None),
            Kpi("Money lost to friction", "$24.4M", "2,316 customers", None),
        ),
        first_day="2024-11-01",
        last_day="2026-11-21",
        as_of="2026-11-21T18:20:00+00:00",
        zone="Europe/Berlin",
        zone_assumed=False,
        currency="USD",
        left_rule="no touchpoint for 30 days",
        suggested=False,
        n_touchpoints=71_204,
        small_n=30,
        definitions=(
            ("Left", "no touchpoint for 30 days."),
            ("Observed", "seen in the data; may not be the cause."),
            ("Estimated", "a modelled effect."),
            ("Reached", "entered this stage or a later one."),
            ("95% range", "Wilson interval of a rate, normal interval of a mean."),
        ),
        notes=(
            "Times without a zone were read as Europe/Berlin.",
            "214 of 71,418 rows were rejected: 190 without a customer,"
            " 24 with a time that cannot be read.",
        ),
    )


def lists(m: JourneyMap, each: int = 9) -> dict[str, Rows]:
    """Give each count of the map a short list."""
    counts = [count for s in m.stages for count in (s.reached, s.left, s.still_there, s.done)]
    counts += [f.lost for f in m.frictions]
    firms = (
        "Ashdown Learning",
        "Wexford Freight",
        "Pemberton Textiles",
        "Larch Travel",
        "Fenwick Clinics",
        "Hollow Foods",
        "Quarry Robotics",
        "Alder Homes",
        "Drift Studios",
    )
    return {
        count.key: Rows(
            count.n,
            tuple(
                Row(
                    firms[i % len(firms)],
                    "connect_data_source",
                    "2026-10-30",
                    (190 - i * 13) * 1_000_000_000,
                )
                for i in range(min(each, count.n))
            ),
        )
        for count in counts
    }
