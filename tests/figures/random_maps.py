"""Random journey maps that keep the laws of real ones, for laws of the figures."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from tests.figures.edges import EVIL, LONG
from tests.figures.fixtures import FRICTIONS, MOVES, usual
from tests.figures.pieces import stage
from trod.insights.journey_map import JourneyMap, StageView

NAMES = st.one_of(
    st.sampled_from([*EVIL, *LONG, "trial_signup", "a", "", "connect_data_source"]),
    st.text(max_size=40),
)
MOODS = st.one_of(st.none(), st.floats(-1, 1, allow_nan=False))
CROWDS = st.lists(
    st.tuples(NAMES, st.just("web"), st.floats(0.3, 1), st.floats(-0.3, 0.3, allow_nan=False)),
    min_size=4,
    max_size=8,
    unique_by=lambda touch: touch[0],
)
TOUCHES = st.lists(
    st.tuples(NAMES, st.sampled_from(["web", "email", None, "call"]), st.floats(0, 1), MOODS),
    max_size=12,
    unique_by=lambda touch: touch[0],
)


@st.composite
def maps(draw: st.DrawFn, most_stages: int = 8, *, dense: bool = False) -> JourneyMap:
    """Draw a map: any names, any moods, any losses, frictions wherever they fall.

    A dense one has four spots in every stage, alike in mood, and all frictions in one stage.
    """
    reached = draw(st.one_of(st.integers(0, 60), st.integers(0, 2_000_000)))
    views: list[StageView] = []
    n = draw(st.integers(1, most_stages))
    for i in range(n):
        left = draw(st.integers(0, reached))
        still = draw(st.integers(0, reached - left))
        rest = reached - left - still
        done = rest if i == n - 1 else draw(st.integers(0, rest))
        touches = [
            (name, channel, int(reached * share), mood, 0.5)
            for name, channel, share, mood in draw(CROWDS if dense else TOUCHES)
        ]
        name = draw(NAMES)
        views.append(
            stage(name, None, reached, left, still, done, draw(st.floats(0, 400)), touches)
        )
        reached = rest - done
    frictions = []
    for rank, friction in enumerate(FRICTIONS[: 3 if dense else draw(st.integers(0, 3))], 1):
        at = n - 1 if dense else draw(st.integers(0, n - 1))
        names = [None, *(touch.name for touch in views[at].touches)]
        where = draw(st.sampled_from(names))
        frictions.append(replace(friction, rank=rank, stage=at, touchpoint=where))
    moves = tuple(replace(move, stage=min(move.stage, n - 1)) for move in MOVES[: len(frictions)])
    return replace(usual(), stages=tuple(views), frictions=tuple(frictions), moves=moves)
