"""Planning a week: the best plan, then chance at its edge, then what it costs and what it tells."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.actions.playbooks.spec import NoHoldout, PlaybookSpec
from trod.actions.queue.best import NOBODY, Best, Options, best
from trod.actions.queue.chance import Draw, Member, band, strata, weeks_until, winners
from trod.actions.queue.plan import Candidate, Fate, Hours, Learning, Plan, Row

Ints = NDArray[np.int64]
HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class Week:
    """What a week is planned with."""

    week: str
    today: date
    as_of: str
    journey: str
    unit: str
    currency: str | None
    hours: Mapping[str, int]  # minutes, by person
    playbooks: Mapping[str, PlaybookSpec]
    edge: float = 0.3  # share of the places that chance may give out
    not_drawn: frozenset[str] = frozenset()
    worth_having: float = 0.03
    untried: float = 1.0  # share of the hours that a play may have of which nothing is known
    known: frozenset[str] = frozenset()  # plays of which an effect was measured
    remarks: tuple[str, ...] = ()


class _Board:
    """Candidates as arrays for the solver, and back."""

    def __init__(self, week: Week, candidates: Sequence[Candidate]) -> None:
        self.week = week
        self.people = sorted(week.hours)
        self.some = sorted(candidates, key=lambda c: (c.customer, c.playbook))
        self.names = sorted({c.customer for c in self.some})
        self.plays = sorted({c.playbook for c in self.some})
        self.capacity = np.array([week.hours[name] for name in self.people], np.int64)
        at = {name: i for i, name in enumerate(self.names)}
        who = {name: i for i, name in enumerate(self.people)}
        play = {name: i for i, name in enumerate(self.plays)}
        rows = [
            (i, at[c.customer], play[c.playbook], person)
            for i, c in enumerate(self.some)
            for person in (
                [who[o] for o in c.owners if o in who] or ([NOBODY] if not c.minutes else [])
            )
        ]
        self.of = np.array([r[0] for r in rows], np.int64)
        self.account, self.play, self.person = (
            np.array([r[k] for r in rows], np.int64) for k in (1, 2, 3)
        )
        self.value = np.array([self.some[i].value for i in self.of.tolist()], np.float64)
        self.limited: set[int] = set()

    def best(self) -> Best:
        """Give the best plan in which no play has more than what one that is untried may have.

        A play that has too much keeps its most valuable customers, and the rest is planned again.
        """
        while True:
            found = best(self.options(reserved=True), self.capacity)
            over = [k for k in self._untried() if self._places(found, k).size > self._most(k)]
            if not over:
                return found
            for k in over:
                rows = self._places(found, k)
                order = np.lexsort((self.account[rows], -self.value[rows]))
                keep = self.account[rows[order[: self._most(k)]]]
                self.value[(self.play == k) & ~np.isin(self.account, keep)] = 0.0
                self.limited.add(k)

    def said(self) -> tuple[str, ...]:
        """Say which plays were limited."""
        return tuple(
            f"{self.plays[k]}: {self._most(k):,} customers at most, as no effect of it was "
            "measured yet (`queue: untried`)."
            for k in sorted(self.limited)
        )

    def _untried(self) -> list[int]:
        """Number the plays of which no effect was measured, where those are limited."""
        if self.week.untried >= 1:
            return []
        plays = self.week.playbooks
        return [
            k
            for k, name in enumerate(self.plays)
            if name not in self.week.known and plays[name].minutes
        ]

    def _most(self, play: int) -> int:
        minutes = self.week.untried * int(self.capacity.sum())
        return int(minutes / max(1, _reserved(self.week, self._any(play))))

    def _any(self, play: int) -> Candidate:
        return self.some[int(self.of[np.flatnonzero(self.play == play)[0]])]

    def _places(self, found: Best, play: int) -> Ints:
        return np.asarray(found.rows[self.play[found.rows] == play], np.int64)

    def options(self, *, reserved: bool) -> Options:
        """Give the options; with `reserved`, plays that hold back a share take that much less."""
        minutes = [
            _reserved(self.week, self.some[i]) if reserved else self.some[i].minutes
            for i in self.of.tolist()
        ]
        return Options(
            self.account, self.play, self.person, np.array(minutes, np.int64), self.value
        )

    def owner(self, row: int) -> str:
        """Name the person of a row of the options."""
        person = int(self.person[row])
        return "" if person == NOBODY else self.people[person]

    def candidate(self, row: int) -> Candidate:
        """Give the candidate of a row of the options."""
        return self.some[int(self.of[row])]


def _reserved(week: Week, one: Candidate) -> int:
    share = week.playbooks[one.playbook].holdout
    return int(np.ceil(one.minutes * (1 - share))) if isinstance(share, float) else one.minutes


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
    board, name = _Board(week, now), _id(week, candidates)
    found = board.best()
    decided = {r.candidate.customer: r for r in _chosen(board, found)}
    shared, by_share = _shares(board, decided, name)
    edge, by_edge = _edges(board, decided, shared, name)
    decided |= shared | edge
    rows = _in_order([*decided.values(), *_below(board, decided)])
    shares = any(isinstance(spec.holdout, float) for spec in week.playbooks.values())
    plain = best(board.options(reserved=False), board.capacity) if shares else found
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
        hours=_hours(board, plain, rows),
        value=value,
        best=plain.value,
        bound=plain.bound,
        below=_sum(row.candidate.value for row in rows if row.fate == "below"),
        given_up=given_up,
        draws=tuple((d.cell, d.stratum, d.members, d.places) for d in (*by_share, *by_edge)),
        learning=_learning(week, rows, decided),
        remarks=(*week.remarks, *board.said()),
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
    rules += [] if week.untried >= 1 else [week.untried, sorted(week.known)]
    told = [week.week, week.as_of, rules, some]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return f"{week.week}-{digest[:6]}"


def _row(board: _Board, one: Candidate, owner: str) -> Row:
    spec = board.week.playbooks[one.playbook]
    due = board.week.today + timedelta(days=one.due_days)
    do = spec.steps[0].do if spec.steps else spec.name
    return Row(one, "treated", owner, "chosen", 1.0, due.isoformat(), do)


def _chosen(board: _Board, found: Best) -> list[Row]:
    return [_row(board, board.candidate(r), board.owner(r)) for r in found.rows.tolist()]


def _shares(
    board: _Board, decided: Mapping[str, Row], plan: str
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
        minutes = rows[0].candidate.minutes
        reserved = len(rows) * _reserved(board.week, rows[0].candidate)
        places = reserved // minutes if minutes else round(len(free) * _treated(board, play))
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


def _treated(board: _Board, play: str) -> float:
    share = board.week.playbooks[play].holdout
    return 1 - share if isinstance(share, float) else 1.0


def _edges(
    board: _Board, decided: Mapping[str, Row], shared: Mapping[str, Row], plan: str
) -> tuple[dict[str, Row], list[Draw]]:
    """Let chance give out the last places of playbooks that are drawn at the edge."""
    changed: dict[str, Row] = {}
    draws: list[Draw] = []
    cells = _cells(board, decided, shared)
    for (play, owners), members in sorted(cells.items()):
        cell = f"{play}·{', '.join(owners)}"
        for draw in strata(cell, band(members, board.week.edge)):
            draws.append(draw)
            changed |= _decided(board, decided, draw, play, plan)
    return changed, draws


def _cells(
    board: _Board, decided: Mapping[str, Row], shared: Mapping[str, Row]
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
    board: _Board, decided: Mapping[str, Row], draw: Draw, play: str, plan: str
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


def _below(board: _Board, decided: Mapping[str, Row]) -> list[Row]:
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


def _hours(board: _Board, plain: Best, rows: Sequence[Row]) -> tuple[Hours, ...]:
    """Say how the time of each person is used, and what another hour would bring."""
    told = []
    for i, name in enumerate(board.people):
        more = board.capacity.copy()
        more[i] += HOUR
        another = best(board.options(reserved=False), more).value - plain.value
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
