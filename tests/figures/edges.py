"""The edges of the page: names that attack it or do not fit it, too little and too much data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.figures.fixtures import STAGES, usual
from tests.figures.pieces import DAY, mood, rate, stage
from trod.insights.journey_map import Count, FirstMove, JourneyMap, Piece, Quote, StageView

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
        headline=tuple(replace(piece, text=next(pool)) for piece in m.headline),
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
        headline=(Piece("Nobody entered this journey yet."),),
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
        headline=(Piece("6 of 25 accounts left at Signup."),),
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
