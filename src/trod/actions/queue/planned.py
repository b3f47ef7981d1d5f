"""Planning a week: the best plan, then chance at its edge, then what it costs and what it tells."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import numpy as np

from trod.actions.playbooks.spec import NoHoldout
from trod.actions.queue.best import Best, Options, best
from trod.actions.queue.board import SECONDS, Board
from trod.actions.queue.chance import Draw, Member, band, strata, weeks_until, winners
from trod.actions.queue.plan import Candidate, Fate, Hours, Learning, Plan, Row
from trod.actions.queue.week import Week

HOUR: Final = 60


def planned(week: Week, candidates: Sequence[Candidate]) -> Plan:
    """Plan a week.

    Parameters
    ----------
    week
        Hours, playbooks and rules.
    candidates
        Customers whom playbooks fit, each with an expected value. Those with `wait_days` wait.

    Returns
    -------
    Plan
        Every customer in at most one play, nobody beyond their hours. The same for the same input:
        the id is made of the input, and chance is seeded with the id.

    Notes
    -----
    The integer program is solved once, and once more for another hour of each person.
    """
    now = [c for c in candidates if c.wait_days == 0]
    waiting = sorted(
        (c for c in candidates if c.wait_days), key=lambda c: (c.wait_days, -c.value, c.customer)
    )
    board, name = Board(week, now), _id(week, candidates)
    found = board.best()
    decided = {r.candidate.customer: r for r in _chosen(board, found)}
    shared, by_share = _shares(board, decided, name)
    edge, by_edge = _edges(board, decided, shared, name)
    decided |= shared | edge
    rows = _in_order([*decided.values(), *_below(board, decided)])
    shares = any(isinstance(spec.holdout, float) for spec in week.playbooks.values())
    whole = board.options(reserved=False)
    plain = best(whole, board.capacity) if shares else found
    value = _sum(row.candidate.value for row in rows if row.fate == "treated")
    mean = _sum(r.candidate.value * r.propensity for r in decided.values())
    given_up = _not_below(plain.value - mean, plain.value)
    return Plan(
        id=name,
        week=week.week,
        as_of=week.as_of,
        journey=week.journey,
        unit=week.unit,
        currency=week.currency,
        rows=rows,
        waiting=tuple(waiting),
        hours=_hours(board, whole, plain, rows),
        value=value,
        best=plain.value,
        bound=plain.bound,
        below=_sum(row.candidate.value for row in rows if row.fate == "below"),
        given_up=given_up,
        draws=tuple((d.cell, d.stratum, d.members, d.places) for d in (*by_share, *by_edge)),
        learning=_learning(week, rows, decided),
        remarks=(*week.remarks, *week.kept_up(), *board.said()),
    )


def _sum(values: Iterable[float]) -> float:
    """Add in an order that does not depend on who comes first."""
    return float(sum(sorted(values)))


def _not_below(value: float, scale: float) -> float:
    """Give a difference, 0 where it is less than what adding up in another order changes."""
    return value if value > 1e-9 * max(1.0, abs(scale)) else 0.0


def _id(week: Week, candidates: Sequence[Candidate]) -> str:
    """Name a plan after what it is made of."""
    some = sorted(
        (c.customer, c.playbook, repr((c.value, c.low, c.high)), c.stratum, c.minutes, c.owners)
        for c in candidates
    )
    rules = [week.edge, sorted(week.not_drawn), sorted(week.hours.items())]
    rules += [week.untried, *(sorted(some) for some in (week.known, week.helps, week.settled))]
    told = [week.week, week.as_of, rules, some]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return f"{week.week}-{digest[:6]}"


def _row(board: Board, one: Candidate, owner: str) -> Row:
    spec = board.week.playbooks[one.playbook]
    due = board.week.today + timedelta(days=one.due_days)
    do = spec.steps[0].do if spec.steps else spec.name
    return Row(one, "treated", owner, "chosen", 1.0, due.isoformat(), do)


def _chosen(board: Board, found: Best) -> list[Row]:
    return [_row(board, board.candidate(r), board.owner(r)) for r in found.rows.tolist()]


def _shares(
    board: Board, decided: Mapping[str, Row], plan: str
) -> tuple[dict[str, Row], list[Draw]]:
    """Hold back a share of everyone chosen for playbooks that say so."""
    cells: dict[tuple[str, str], list[Row]] = {}
    for row in decided.values():
        if isinstance(board.week.playbooks[row.candidate.playbook].holdout, float):
            cells.setdefault((row.candidate.playbook, row.owner), []).append(row)
    changed: dict[str, Row] = {}
    draws: list[Draw] = []
    for (play, owner), rows in sorted(cells.items()):
        free = [r for r in rows if r.candidate.customer not in board.week.not_drawn]
        seconds = SECONDS * rows[0].candidate.minutes
        reserved = sum(board.week.reserved(row.candidate, SECONDS) for row in rows)
        share = 1 - (board.week.held_back(play) or 0.0)
        places = reserved // seconds if seconds else round(len(free) * share)
        places -= len(rows) - len(free)
        if not 0 < places < len(free):
            # Too few to draw from: the least valuable give way until the hours hold.
            out = sorted(free, key=lambda r: (r.candidate.value, r.candidate.customer))
            for row in out[: max(0, len(free) - max(places, 0))]:
                changed[row.candidate.customer] = replace(row, fate="below", propensity=0.0)
            continue
        draw = Draw(
            f"{play}·{owner}", "", tuple(sorted(r.candidate.customer for r in free)), places
        )
        draws.append(draw)
        won = set(winners(draw, plan))
        for row in free:
            fate: Fate = "treated" if row.candidate.customer in won else "held back"
            changed[row.candidate.customer] = replace(
                row,
                fate=fate,
                design="randomised",
                propensity=draw.propensity,
                stratum=draw.name,
            )
    return changed, draws


def _edges(
    board: Board, decided: Mapping[str, Row], shared: Mapping[str, Row], plan: str
) -> tuple[dict[str, Row], list[Draw]]:
    """Let chance give out the last places of playbooks that are drawn at the edge."""
    changed: dict[str, Row] = {}
    draws: list[Draw] = []
    cells = _cells(board, decided, shared)
    for (play, owners), members in sorted(cells.items()):
        cell = f"{play}·{', '.join(owners)}"
        for draw in strata(cell, band(members, board.week.edge_of(play))):
            draws.append(draw)
            changed |= _decided(board, decided, draw, play, plan)
    return changed, draws


def _cells(
    board: Board, decided: Mapping[str, Row], shared: Mapping[str, Row]
) -> dict[tuple[str, tuple[str, ...]], list[Member]]:
    """Put together who could take whose place: each customer in one cell at most."""
    week = board.week
    found: dict[tuple[str, tuple[str, ...]], list[Member]] = {}
    least: dict[tuple[str, tuple[str, ...]], float] = {}
    for row in decided.values():
        one = row.candidate
        if _at_edge(week, one) and one.customer not in shared:
            cell = one.playbook, one.owners
            found.setdefault(cell, []).append(_member(one, won=True))
            least[cell] = min(least.get(cell, np.inf), one.value)
    spare: dict[str, Candidate] = {}
    for one in board.some:
        cell = one.playbook, one.owners
        if (
            one.customer in decided
            or one.value <= 0
            or cell not in found
            or not _at_edge(week, one)
        ):
            continue
        # Of several plays the one in which the customer stands nearest to a place.
        held = spare.get(one.customer)
        if held is None or one.value / least[cell] > held.value / least[held.playbook, held.owners]:
            spare[one.customer] = one
    for one in spare.values():
        found[one.playbook, one.owners].append(_member(one, won=False))
    return found


def _at_edge(week: Week, one: Candidate) -> bool:
    asked = week.playbooks[one.playbook].holdout == "edge"
    return asked and one.customer not in week.not_drawn and one.minutes > 0


def _member(one: Candidate, *, won: bool) -> Member:
    return Member(one.customer, one.value, one.low, one.high, one.stratum, won)


def _decided(
    board: Board, decided: Mapping[str, Row], draw: Draw, play: str, plan: str
) -> dict[str, Row]:
    """Give places, and the people who fill them, to those who won."""
    own = {c.customer: c for c in board.some if c.playbook == play}
    won = winners(draw, plan)
    losing = [m for m in draw.members if m in decided and m not in won]
    free = iter([decided[m].owner for m in losing])
    found = {}
    for name in draw.members:
        fate: Fate = "treated" if name in won else "held back"
        if name in decided:
            owner = decided[name].owner
        else:
            owner = next(free) if name in won else own[name].owners[0]
        row = _row(board, own[name], owner)
        found[name] = replace(
            row, fate=fate, design="edge", propensity=draw.propensity, stratum=draw.name
        )
    return found


def _below(board: Board, decided: Mapping[str, Row]) -> list[Row]:
    """Give everyone below the line, each with the play that would bring most."""
    top: dict[str, Candidate] = {}
    for one in board.some:
        if one.customer in decided or one.value <= 0:
            continue
        if one.customer not in top or one.value > top[one.customer].value:
            top[one.customer] = one
    return [
        replace(
            _row(board, one, one.owners[0] if len(one.owners) == 1 else ""),
            fate="below",
            propensity=0.0,
        )
        for one in top.values()
    ]


def _in_order(rows: Sequence[Row]) -> tuple[Row, ...]:
    rank = {"treated": 0, "held back": 1, "below": 2}
    return tuple(
        sorted(rows, key=lambda r: (rank[r.fate], -r.candidate.value, r.candidate.customer))
    )


def _hours(board: Board, options: Options, plain: Best, rows: Sequence[Row]) -> tuple[Hours, ...]:
    """Say how the time of each person is used, and what another hour would bring."""
    told = []
    for i, name in enumerate(board.people):
        more = board.capacity.copy()
        more[i] += HOUR
        another = best(options, more).value - plain.value
        used = sum(r.candidate.minutes for r in rows if r.fate == "treated" and r.owner == name)
        told.append(Hours(name, int(board.capacity[i]), used, max(0.0, another)))
    return tuple(told)


def _learning(week: Week, rows: Sequence[Row], decided: Mapping[str, Row]) -> tuple[Learning, ...]:
    """Say what the draws of each playbook cost and tell."""
    told = []
    for name in sorted({row.candidate.playbook for row in rows if row.fate != "below"}):
        mine = [row for row in decided.values() if row.candidate.playbook == name]
        drawn = [row for row in mine if row.drawn]
        treated = sum(row.fate == "treated" for row in drawn)
        held = len(drawn) - treated
        chances = [row.candidate.chance for row in drawn if row.candidate.chance is not None]
        weeks = None
        if chances:
            mean = _sum(chances) / len(chances)
            weeks = weeks_until(mean, week.worth_having, treated, held)
        told.append(Learning(name, treated, held, _given_up(drawn), weeks, _why(week, name, drawn)))
    return tuple(told)


def _given_up(drawn: Sequence[Row]) -> float:
    """Value that the best of those drawn would bring, less what chance brings on average."""
    by: dict[tuple[str, float], list[float]] = {}
    for row in drawn:
        by.setdefault((row.stratum, row.propensity), []).append(row.candidate.value)
    lost = 0.0
    for (_, p), values in sorted(by.items()):
        places = round(p * len(values))
        lost += _sum(sorted(values, reverse=True)[:places]) - p * _sum(values)
    return _not_below(lost, lost + 1.0)


def _why(week: Week, name: str, drawn: Sequence[Row]) -> str:
    asked = week.playbooks[name].holdout
    if isinstance(asked, NoHoldout):
        return asked.none
    return "" if drawn else "nobody stands close enough to the edge, on both sides of it"
