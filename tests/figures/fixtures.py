"""Invented journey maps to draw: a B2B subscription company, and every edge of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from trod.insights.journey_map import (
    Count,
    FirstMove,
    Friction,
    JourneyMap,
    Kpi,
    Mood,
    NextMove,
    Quote,
    Rate,
    Sankey,
    SankeyLink,
    SankeyNode,
    StageView,
    Time,
    Touch,
)

DAY = 86_400_000_000


class Row(NamedTuple):
    """A row behind a number, with the fields of the real one."""

    customer: str
    last_touchpoint: str
    last_day: str
    value_micros: int | None


class Rows(NamedTuple):
    """A list behind a number, with the fields of the real one."""

    total: int
    rows: tuple[Row, ...]


def rate(part: int, whole: int) -> Rate:
    """Give a rate with a Wilson interval."""
    if not whole:
        return Rate(0, 0, 0.0, 1.0)
    z2, share = 3.8416, part / whole
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = 1.96 * (share * (1 - share) / whole + z2 / (4 * whole**2)) ** 0.5 / (1 + z2 / whole)
    return Rate(part, whole, round(max(middle - half, 0), 6), round(min(middle + half, 1), 6))


def mood(mean: float | None, n: int) -> Mood:
    """Give a mood with a range that shrinks with n."""
    if mean is None:
        return Mood(n, None, None, None)
    half = min(0.9 / max(n, 1) ** 0.5, 0.4)
    return Mood(n, mean, max(mean - half, -1.0), min(mean + half, 1.0))


def touch(
    stage: str,
    name: str,
    channel: str | None,
    n: int,
    reached: int,
    feeling: float | None,
    on: float,
    position: float,
) -> Touch:
    """Give a touchpoint of a stage."""
    return Touch(
        name,
        channel,
        Count(n, f"touch:{stage}/{name}"),
        n / reached if reached else 0.0,
        mood(feeling, n // 6 if feeling is not None else min(n, 4)),
        rate(round(n * on), n),
        position,
    )


def stage(
    name: str,
    asks: str | None,
    reached: int,
    left: int,
    still: int,
    done: int,
    days: float | None,
    touches: Sequence[tuple[str, str | None, int, float | None, float]],
    *,
    others: int = 0,
) -> StageView:
    """Give a stage that conserves its customers."""
    on = reached - left - still - done
    every = tuple(
        touch(name, label, channel, n, reached, feeling, go, (i + 0.5) / len(touches))
        for i, (label, channel, n, feeling, go) in enumerate(touches)
    )
    return StageView(
        name,
        asks,
        f"first {touches[0][0] if touches else name}",
        Count(reached, f"reached:{name}"),
        Count(on, f"went_on:{name}"),
        Count(left, f"left:{name}"),
        Count(still, f"open:{name}"),
        Count(done, f"done:{name}"),
        0,
        rate(on + done, reached),
        Time(on, int(days * DAY), int(days * 3 * DAY), 0.022) if days and on + done else None,
        tuple(sorted(every, key=lambda t: (-t.customers.n, t.name))),
        others,
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


def friction(
    rank: int,
    at: int,
    where: str | None,
    title: str,
    statement: str,
    facts: Sequence[str],
    lost: int,
    money: int | None,
    quote: str | None,
) -> Friction:
    """Give a friction."""
    return Friction(
        rank,
        at,
        where,
        title,
        statement,
        tuple((f"fact {i}", f) for i, f in enumerate(facts)),
        Count(lost, f"left:stage{at} & did:{where}"),
        money,
        rate(lost, lost * 4),
        rate(lost // 9, lost),
        "those who got a call",
        "2026-09-14",
        Time(lost, 3 * DAY, 9 * DAY, 0.022),
        mood(-0.4, 80),
        41,
        (("help_docs", rate(336, 781), rate(120, 3000)),),
        (Quote(quote, where or "survey", "2026-10-02"),) if quote else (),
        "The step asks for permissions most people who set it up do not have.",
        "Observed",
        "moderate",
        (290.0, 480.0),
        "lost × (leave rate − leave rate of the rest), if the recovered behave like the rest",
    )


FRICTIONS = (
    friction(
        1,
        1,
        "connect_data_source",
        "Connecting a data source",
        "23% leave here. Those sent to help docs or a ticket leave 43% of the time; those who get a call, 6%.",
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


def sankey() -> Sankey:
    """Give paths after a touchpoint whose every column sums to those who were still moving."""
    columns: list[list[tuple[str | None, int, float]]] = [
        [("connect_data_source", 5717, 0.43)],
        [
            ("first_dashboard", 2639, 0.58),
            ("onboarding_call", 974, 0.49),
            ("support_ticket", 730, 0.35),
            ("help_docs", 781, 0.26),
            ("", 593, 0.0),
        ],
        [
            ("invite_team", 1858, 0.66),
            ("first_dashboard", 1660, 0.5),
            (None, 652, 0.52),
            ("", 954, 0.0),
        ],
        [
            ("scheduled_report", 1300, 0.74),
            ("invite_team", 1120, 0.63),
            (None, 1058, 0.7),
            ("", 692, 0.0),
        ],
        [
            ("renewal_notice", 787, 0.86),
            ("scheduled_report", 649, 0.7),
            ("mobile_app", 675, 0.62),
            (None, 1002, 0.8),
            ("", 365, 0.0),
        ],
    ]
    nodes = [
        SankeyNode(
            step,
            name,
            Count(n, f"step:{step}/{'*' if name is None else name or 'left'}"),
            n / 5717,
            rate(round(n * share), n),
            8 if name is None else 1,
        )
        for step, column in enumerate(columns)
        for name, n, share in column
    ]
    links = []
    for step in range(len(columns) - 1):
        sources = [i for i, node in enumerate(nodes) if node.step == step and node.name != ""]
        targets = [i for i, node in enumerate(nodes) if node.step == step + 1]
        room = {i: nodes[i].customers.n for i in targets}
        for i in sources:
            n = nodes[i].customers.n
            whole = sum(room.values())
            for j in targets:
                part = min(room[j], round(n * room[j] / whole) if whole else 0)
                part = min(part, n)
                if part:
                    share = (nodes[i].outcome.share + 2 * nodes[j].outcome.share) / 3
                    out = rate(0 if nodes[j].name == "" else round(part * share), part)
                    links.append(
                        SankeyLink(
                            i,
                            j,
                            Count(part, f"{nodes[i].customers.key}>{nodes[j].customers.key}"),
                            out,
                        )
                    )
    return Sankey(
        "connect_data_source",
        "after",
        "After Connect data source, help docs and tickets lead out; a call leads on",
        Count(5717, "did:connect_data_source"),
        (5717, 5124, 4170, 3478, 3113),
        tuple(nodes),
        tuple(links),
    )


FIRST_MOVES = tuple(
    FirstMove(name, Count(n, f"first:{name}"), rate(round(n * share), n))
    for name, n, share in (
        ("first_dashboard", 2639, 0.58),
        ("onboarding_call", 974, 0.49),
        ("support_ticket", 730, 0.35),
        ("help_docs", 781, 0.26),
        (None, 593, 0.0),
    )
)


def usual() -> JourneyMap:
    """The page as it is meant to look: six stages, three frictions, paths and moods."""
    return JourneyMap(
        journey="new_customer_to_renewal",
        headline=(
            ("1,301 customers left at ", ""),
            ("Connect data source", "worse"),
            (". Of those who got a call, ", ""),
            ("94% stayed", "better"),
            (".", ""),
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
            "214 of 71,418 rows were rejected: 190 without a customer, 24 with a time that cannot be read.",
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


EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><b>",
    "{{ 7*7 }}",
    "\u202egnp.exe",
    "a' onmouseover='alert(1)",
    "javascript:alert(1)",
    "]]>&amp;<!--",
    "\x00\x08null",
    "שלום עולם",
    "مرحبا",
    "https://a.example/?q=<svg onload=alert(1)>",
    "`${alert(1)}`",
    "%3Cscript%3E",
    'style="x:y"',
)
LONG = (
    "A touchpoint name that somebody made far longer than anyone should",
    "初回ログイン後のチュートリアル完了通知メール",
    "Подключение источника данных к рабочему пространству",
    "Donaudampfschifffahrtsgesellschaftskapitän",
    "การเชื่อมต่อแหล่งข้อมูลครั้งแรก",
    "🎉 Party 🎉 time",
)


def named(names: Sequence[str]) -> JourneyMap:
    """The usual map with every name replaced."""
    m = usual()
    pool = iter(names * 60)

    def rename(view: StageView) -> StageView:
        touches = tuple(replace(t, name=next(pool)) for t in view.touches)
        return replace(view, name=next(pool), asks=next(pool), rule=next(pool), touches=touches)

    stages = tuple(rename(view) for view in m.stages)
    frictions = tuple(
        replace(
            f,
            title=next(pool),
            statement=next(pool),
            cause=next(pool),
            touchpoint=stages[f.stage].touches[0].name,
            quotes=(Quote(next(pool), next(pool), "2026-10-02"),),
            compare_label=next(pool),
        )
        for f in m.frictions
    )
    assert m.sankey
    nodes = tuple(replace(n, name=next(pool) if n.name else n.name) for n in m.sankey.nodes)
    return replace(
        m,
        journey=next(pool),
        headline=tuple((next(pool), role) for _, role in m.headline),
        stages=stages,
        frictions=frictions,
        sankey=replace(m.sankey, nodes=nodes, anchor=next(pool), title=next(pool)),
        moves=tuple(replace(v, sentence=next(pool), measure=next(pool)) for v in m.moves),
        first_moves=tuple(replace(v, name=next(pool) if v.name else None) for v in m.first_moves),
        outcome_name=next(pool),
        notes=tuple(names),
        definitions=tuple((n, n) for n in names),
        kpis=tuple(replace(k, label=next(pool)) for k in m.kpis),
    )


def of_stages(n: int) -> JourneyMap:
    """A map of any number of stages."""
    m = usual()
    reached, views = 8412, []
    for i in range(n):
        left, still = reached // 6, reached // 30
        last = i == n - 1
        base = STAGES[i % len(STAGES)]
        names = [
            (t.name, t.channel, round(reached * min(t.share, 1)), t.mood.mean, t.went_on.share)
            for t in base.touches
        ]
        views.append(
            stage(
                f"{base.name}_{i}" if i >= 6 else base.name,
                base.asks,
                reached,
                left,
                still,
                reached - left - still if last else 0,
                base.dwell.median_us / DAY if base.dwell else None,
                names,
            )
        )
        reached -= left + still
    frictions = tuple(
        replace(f, stage=min(f.stage, n - 1), touchpoint=views[min(f.stage, n - 1)].touches[k].name)
        for k, f in enumerate(m.frictions)
        if f.stage < n or k == 0
    )[:n]
    moves = tuple(
        replace(v, stage=min(v.stage, n - 1)) for v in m.moves if v.friction <= len(frictions)
    )
    return replace(m, stages=tuple(views), frictions=frictions, moves=moves)


def empty() -> JourneyMap:
    """A map of data in which nobody entered the journey."""
    m = usual()
    views = tuple(stage(s.name, s.asks, 0, 0, 0, 0, None, []) for s in STAGES[:3])
    return replace(
        m,
        headline=(("Nobody entered this journey yet.", ""),),
        entered=Count(0, "reached:evaluate"),
        stages=views,
        frictions=(),
        moves=(),
        sankey=None,
        first_moves=(),
        kpis=(),
        outcome=rate(0, 0),
        notes=(),
    )


def without_mood(m: JourneyMap | None = None) -> JourneyMap:
    """A map of data in which nobody said how it felt."""
    m = m or usual()
    quiet = tuple(
        replace(s, touches=tuple(replace(t, mood=mood(None, 0)) for t in s.touches))
        for s in m.stages
    )
    return replace(m, stages=quiet)


def gloomy() -> JourneyMap:
    """A map on which every mood is bad, and two stages said nothing."""
    m = usual()

    def dim(i: int, s: StageView) -> StageView:
        return replace(
            s,
            touches=tuple(
                replace(
                    t,
                    mood=mood(None, 3) if i in {2, 3} else mood(-abs(t.mood.mean or 0.4) - 0.1, 60),
                )
                for t in s.touches
            ),
        )

    return replace(m, stages=tuple(dim(i, s) for i, s in enumerate(m.stages)))


def small() -> JourneyMap:
    """A map of 25 accounts, where counts stand in place of shares."""
    m = usual()
    views = (
        stage(
            "signup",
            None,
            25,
            6,
            2,
            0,
            1.2,
            [("form", "web", 25, 0.1, 0.7), ("call", "phone", 3, None, 1.0)],
        ),
        stage("first_use", None, 17, 3, 4, 10, 6.0, [("login", "app", 17, 0.4, 0.6)]),
    )
    return replace(
        m,
        unit="accounts",
        stages=views,
        frictions=(),
        moves=(),
        sankey=None,
        first_moves=(
            FirstMove("login", Count(17, "first:login"), rate(10, 17)),
            FirstMove(None, Count(8, "first:"), rate(0, 8)),
        ),
        suggested=True,
        population=Count(25, "all"),
        entered=Count(25, "reached:signup"),
        outside=Count(0, "outside"),
        kpis=(),
    )
