"""Invented paths of the sample map."""

from __future__ import annotations

from dataclasses import replace

from tests.figures.pieces import rate
from trod.insights.journey_map import (
    Count,
    FirstMove,
    Sankey,
    SankeyLink,
    SankeyNode,
)

COLUMNS: tuple[tuple[tuple[str | None, int, float], ...], ...] = (
    (("connect_data_source", 5717, 0.43),),
    (
        ("first_dashboard", 2639, 0.58),
        ("onboarding_call", 974, 0.49),
        ("support_ticket", 730, 0.35),
        ("help_docs", 781, 0.26),
        ("", 593, 0.0),
    ),
    (
        ("invite_team", 1858, 0.66),
        ("first_dashboard", 1660, 0.5),
        (None, 652, 0.52),
        ("", 1547, 0.0),
    ),
    (
        ("scheduled_report", 1300, 0.74),
        ("invite_team", 1120, 0.63),
        (None, 1058, 0.7),
        ("", 2239, 0.0),
    ),
    (
        ("renewal_notice", 787, 0.86),
        ("scheduled_report", 649, 0.7),
        ("mobile_app", 675, 0.62),
        (None, 1002, 0.8),
        ("", 2604, 0.0),
    ),
)


def sankey() -> Sankey:
    """Give paths after a touchpoint; every column sums to the anchor, floor included."""
    nodes = [
        SankeyNode(
            step,
            name,
            Count(n, f"step:{step}/{'*' if name is None else name or 'left'}"),
            n / 5717,
            rate(round(n * share), n),
            8 if name is None else 1,
            "left" if name == "" else "other" if name is None else "touch",
        )
        for step, column in enumerate(COLUMNS)
        for name, n, share in column
    ]
    links = []
    for step in range(len(COLUMNS) - 1):
        sources = [i for i, node in enumerate(nodes) if node.step == step]
        targets = [i for i, node in enumerate(nodes) if node.step == step + 1]
        for (i, j), n in between(nodes, sources, targets).items():
            share = (nodes[i].outcome.share + 2 * nodes[j].outcome.share) / 3
            won = 0 if nodes[j].name == "" else round(n * share)
            key = f"{nodes[i].customers.key}>{nodes[j].customers.key}"
            links.append(SankeyLink(i, j, Count(n, key), rate(won, n)))
    return Sankey(
        "connect_data_source",
        "after",
        "After Connect data source, help docs and tickets lead out; a call leads on",
        Count(5717, "did:connect_data_source"),
        (5717, 5124, 4170, 3478, 3113),
        tuple(nodes),
        tuple(links),
    )


def between(
    nodes: list[SankeyNode], sources: list[int], targets: list[int]
) -> dict[tuple[int, int], int]:
    """Split the customers of a column over the next: the floor stays the floor, sums are exact."""
    floor = [i for i in sources if nodes[i].name == ""]
    kept = nodes[floor[0]].customers.n if floor else 0
    moving = [i for i in sources if i not in floor]
    room = [nodes[j].customers.n - (kept if nodes[j].name == "" else 0) for j in targets]
    whole = sum(room)
    flows = {(floor[0], targets[-1]): kept} if floor else {}
    above = 0
    for i in moving:
        below = above + nodes[i].customers.n
        before = 0
        for j, size in zip(targets, room, strict=True):
            after = before + size
            n = [edge * side // whole for edge in (above, below) for side in (before, after)]
            flows[i, j] = flows.get((i, j), 0) + n[3] - n[2] - n[1] + n[0]
            before = after
        above = below
    return {ends: n for ends, n in flows.items() if n}


def three_ends() -> Sankey:
    """Give paths after which nobody goes on: some left, some are still there, some are done."""
    ends = (("left", 40, 0.0), ("open", 5, 0.0), ("done", 55, 1.0))
    nodes = [SankeyNode(0, "pay", Count(100, "step:0/pay"), 1.0, rate(55, 100), 1)]
    for step in (1, 2, 3):
        nodes += [
            SankeyNode(step, "", Count(n, f"step:{step}/~{kind}"), n / 100, rate(won, n), 0, kind)
            for kind, n, won in ((kind, n, round(n * share)) for kind, n, share in ends)
        ]
    links = [
        SankeyLink(max(0, i - 3), i, Count(node.customers.n, f"link:{i}"), node.outcome)
        for i, node in enumerate(nodes)
        if i
    ]
    return Sankey(
        "pay",
        "after",
        "After paying",
        Count(100, "did:pay"),
        (100, 0, 0, 0),
        tuple(nodes),
        tuple(replace(link, source=0) if link.target < 4 else link for link in links),
    )


FIRST_MOVES = tuple(
    FirstMove(name, Count(n, f"first:{name or kind}"), rate(round(n * share), n), kind)
    for name, n, share, kind in (
        ("first_dashboard", 2639, 0.58, "touch"),
        ("onboarding_call", 974, 0.49, "touch"),
        ("support_ticket", 730, 0.35, "touch"),
        ("help_docs", 781, 0.26, "touch"),
        (None, 593, 0.0, "left"),
    )
)
