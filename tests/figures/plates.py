"""Invented figures to draw beside the map: process maps, funnels, cohorts, conformance."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

from tests.figures.edges import EVIL, LONG
from tests.figures.fixtures import STAGES
from tests.figures.pieces import rate
from tests.figures.random_maps import NAMES
from trod.analyses.names import encode
from trod.insights.cohort_grid import Cohort, CohortCell, CohortGrid
from trod.insights.conformity import Conformity, DeviationRow, Difference
from trod.insights.journey_map import Count, Rate
from trod.insights.process_map import ProcessLevel, ProcessLink, ProcessMap, ProcessNode

DAY = 86_400_000_000


def node(
    name: str, lane: int, n: int, left: int, tone: float, at: float, *, spine: bool
) -> ProcessNode:
    key = encode(name) or "x"
    return ProcessNode(
        name, "touch", lane, at, spine, Count(n, f"did:{key}"), Count(left, f"leftafter:{key}"),
        rate(left, n), tone,
    )  # fmt: skip


def process(
    lanes: Sequence[str] = tuple(stage.name for stage in STAGES),
    *,
    rename: Callable[[str], str] = str,
    scale: float = 1.0,
) -> ProcessMap:
    """Draw the touchpoints of the invented company in their stages, each followed by the next."""
    nodes = []
    for s in range(len(lanes)):
        touches = sorted(STAGES[s % 6].touches, key=lambda t: -t.customers.n)[:6]
        for i, touch in enumerate(touches):
            n = int(touch.customers.n * scale)
            name = rename(touch.name if s < 6 else f"{touch.name} {s}")
            nodes.append(node(name, s, n, n // (3 + i), 0.4 * (i - 1), touch.position, spine=i < 2))
    pairs = [(i, i + 1) for i in range(len(nodes) - 1)]
    pairs += [(i + 2, i) for i in range(0, len(nodes) - 2, 3)]
    links = tuple(
        ProcessLink(
            a, b, Count(nodes[b].customers.n // 2, f"edge:{i}"), nodes[b].customers.n, i * DAY,
            i % 7 == 3, min(2, 3 * i // max(len(pairs), 1)),
        )
        for i, (a, b) in enumerate(pairs)
    )  # fmt: skip
    moves = sum(link.moves for link in links)
    levels = tuple(
        ProcessLevel(
            sum(link.level <= d for link in links),
            sum(link.moves for link in links if link.level <= d),
            round(sum(x.moves for x in links if x.level <= d) / moves, 6) if moves else 0.0,
        )
        for d in range(3)
    )
    return ProcessMap(
        "More leave straight after Help docs", "customers", tuple(map(rename, lanes)),
        tuple(nodes), links, levels, moves, 7 * DAY, rate(int(900 * scale), int(9000 * scale)),
        3, 30,
    )  # fmt: skip


def renamed(names: Sequence[str]) -> ProcessMap:
    """Give touchpoints and lanes names that no system should have, but some do."""
    seen: dict[str, str] = {}
    return process(rename=lambda n: seen.setdefault(n, names[len(seen) % len(names)]))


def nothing() -> ProcessMap:
    """Give the process map of no data."""
    return ProcessMap("No moves", "customers", (), (), (), (), 0, None, Rate(0, 0, 0.0, 1.0), 0, 30)


PROCESSES: dict[str, Callable[[], ProcessMap]] = {
    "usual": process,
    "empty": nothing,
    "one": lambda: process(("only",)),
    "eight": lambda: process(tuple(f"stage {i}" for i in range(8))),
    "zero": lambda: process(scale=0.0),
    "evil": lambda: renamed(EVIL),
    "long": lambda: renamed(LONG),
}


@st.composite
def processes(draw: st.DrawFn) -> ProcessMap:
    """Draw any process map: any names, crowds and loops."""
    lanes = draw(st.integers(1, 8))
    most = max(6, 24 // lanes)
    nodes = []
    for s in range(lanes):
        for i, name in enumerate(draw(st.lists(NAMES, max_size=most, unique=True))):
            n = draw(st.integers(0, 2_000_000))
            at = draw(st.floats(0, 1))
            nodes.append(
                node(name, s, n, draw(st.integers(0, n)), draw(st.floats(-1, 1)), at,
                     spine=i < max(1, 12 // lanes))
            )  # fmt: skip
    ends = st.integers(0, max(len(nodes) - 1, 0))
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=40, unique=True)) if nodes else []
    links = tuple(
        ProcessLink(a, b, Count(5 + a, f"edge:{a}"), 9, None, False, (a + b) % 3)
        for a, b in pairs
        if a != b
    )
    base = process()
    return ProcessMap(
        base.title, base.unit, tuple(draw(NAMES) for _ in range(lanes)), tuple(nodes), links,
        base.levels, base.moves, base.slow_us, base.average, base.n_other, 30,
    )  # fmt: skip


def grid(periods: int = 9, *, size: int = 500, grain: str = "month") -> CohortGrid:
    """Give cohorts that lose some customers each period."""
    cohorts = []
    for i in range(periods):
        n = size + 7 * i if size else 0
        cells = [
            CohortCell(Count(active := n * max(96 - 4 * k - i, 2) // 100 if k else n, f"a:{i}:{k}"),
                       rate(active, n))
            for k in range(periods - i - 1)
        ]  # fmt: skip
        cohorts.append(
            Cohort(f"Jan {2000 + i}", Count(n, f"c:{i}"), (*cells, CohortCell(None, None)))
        )
    title = "Month 1 got worse: from 90% to 85% in the later half of the cohorts"
    return CohortGrid(title, "Share.", "Note.", "customers", grain, tuple(cohorts), 30)


def path(
    names: Sequence[str] = ("sign_up", "set_up", "pay"), *, n: int = 1000, rows: int = 12
) -> Conformity:
    """Give an intended path with every sort of deviation."""
    kinds = ("skipped", "late", "repeated", "inserted", "stopped")
    deviations = tuple(
        DeviationRow(
            kinds[i % 5],
            f"{kinds[i % 5].capitalize()} {names[i % len(names)]}",
            Count(n // (i + 2), f"conform:{i}"),
            rate(n // 9, n // 4),
            rate(n // 5, n // 4),
            None if i % 5 == 4 or not n else Difference(3.0 * i - 20, 3.0 * i - 31, 3.0 * i - 9),
            None if i % 5 == 4 else DAY,
        )
        for i in range(rows)
    )
    return Conformity(
        "40% follow the intended path", "The path.", "Note.", "customers", tuple(names),
        Count(n * 2 // 5, "conform:@follows"), rate(n * 2 // 5, n * 9 // 10),
        Count(n // 2, "conform:@deviates"), Count(n // 10, "conform:@on"), deviations, 2, 30,
    )  # fmt: skip


GRIDS: dict[str, Callable[[], CohortGrid]] = {
    "usual": grid,
    "empty": lambda: grid(0),
    "one": lambda: grid(1),
    "many": lambda: grid(40),
    "few": lambda: grid(6, size=9),
    "zero": lambda: grid(4, size=0),
}
PATHS: dict[str, Callable[[], Conformity]] = {
    "usual": path,
    "nothing": lambda: path((), n=0, rows=0),
    "followed": lambda: path(rows=0),
    "one": lambda: path(("only",)),
    "many": lambda: path([f"step_{i}" for i in range(30)]),
    "zero": lambda: path(n=0),
    "evil": lambda: path(EVIL),
    "long": lambda: path(LONG),
}
