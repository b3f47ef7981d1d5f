"""Who is who, from the definition in ADR 10: sets, loops, and nothing clever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import NamedTuple

Id = tuple[str, str]  # kind, value in normal form


class Row(NamedTuple):
    """One row of the log; `time` is None for a profile."""

    ids: frozenset[Id]
    time: int | None


class Said(NamedTuple):
    """A statement; statements are numbered from 1 as they are listed."""

    verb: str
    one: Id | None = None
    other: Id | None = None
    of: int | None = None


class Rules(NamedTuple):
    """The identity section."""

    kinds: tuple[str, ...]  # the most telling first
    known: frozenset[str]
    most: int
    shared: Callable[[Id], bool]
    test: Callable[[Id], bool]
    handover: int


class Who(NamedTuple):
    """Whom ids and rows belong to: the smallest id of the person, None for nobody."""

    of_id: dict[Id, Id | None]
    of_row: list[Id | None]
    handed: dict[Id, tuple[Id, int]]


def resolve(rows: Sequence[Row], said: Sequence[Said], rules: Rules) -> Who:
    """Follow the numbered steps of the ADR."""
    ids = sorted({id_ for row in rows for id_ in row.ids}, key=_order(rules))
    taken = _taken(said, set(ids))
    group = _groups(ids, taken, rules)
    pairs = {frozenset(p) for row in rows for p in combinations(sorted(row.ids), 2)}
    apart = {frozenset((group[s.one], group[s.other])) for s in taken if s.verb == "separate"}

    too_many = {id_ for id_ in ids if _seen_with_too_many(id_, pairs, group, rules)}
    by_name = {id_ for id_ in ids if id_[0] not in rules.known and rules.shared(id_)}
    pairs = {pair for pair in pairs if not pair & (too_many | by_name)}
    members: dict[Id, set[Id]] = {}
    for id_ in ids:
        members.setdefault(group[id_], set()).add(id_)
    quiet = {g for g, own in members.items() if own <= too_many | by_name}
    unused = {id_ for g in quiet if members[g] <= too_many for id_ in members[g]}

    owner: dict[Id, Id | str] = dict.fromkeys(quiet, "quiet")
    owner |= _known_people(members, pairs, group, apart, rules)
    near = {frozenset(group[id_] for id_ in pair) for pair in pairs}
    near = {pair for pair in near if len(pair) == 2}
    _spread(owner, [g for g in members if g in owner and owner[g] != "quiet"], near, apart)
    for kind in rules.kinds:
        roots = [g for g in members if g[0] == kind and g not in owner]
        owner |= {g: g for g in roots}
        _spread(owner, roots, near, apart)

    alone = {g for g, who in owner.items() if who in ("quiet", "several")}
    of_id: dict[Id, Id | None] = {}
    for id_ in ids:
        g = group[id_]
        of_id[id_] = None if id_ in unused else g if g in alone else owner[g]  # type: ignore[assignment]
    own = {id_ for id_ in ids if group[id_] not in alone}
    single = {id_ for id_ in ids if len(members[group[id_]]) == 1}
    several = {id_ for id_ in single if owner[group[id_]] == "several"}
    handed = _handed_over(rows, several, of_id, own, rules)
    of_row = [_of_row(row, of_id, own, handed, rules) for row in rows]
    tests = {of_id[id_] for id_ in ids if rules.test(id_)} - {None}
    return Who(
        {id_: None if who in tests else who for id_, who in of_id.items()},
        [None if who in tests else who for who in of_row],
        handed,
    )


def _order(rules: Rules) -> Callable[[Id], tuple[int, str]]:
    return lambda id_: (rules.kinds.index(id_[0]), id_[1])


def in_force(said: Sequence[Said]) -> list[Said]:
    """Give statements that are not retracted, the newest first."""
    gone: set[int] = set()
    kept = []
    for number in range(len(said), 0, -1):
        each = said[number - 1]
        if number in gone:
            continue
        if each.verb == "retract":
            assert each.of is not None
            gone.add(each.of)
        else:
            kept.append(each)
    return kept


def _taken(said: Sequence[Said], ids: set[Id]) -> list[Said]:
    """Take statements that contradict none of those taken before, by trying."""
    taken: list[Said] = []
    for each in in_force(said):
        if {each.one, each.other} <= ids:
            links = [s for s in [*taken, each] if s.verb == "link"]
            held = [s for s in [*taken, each] if s.verb == "separate"]
            if all(not _linked(s.one, s.other, links) for s in held):
                taken.append(each)
    return taken


def _linked(one: Id | None, other: Id | None, links: Sequence[Said]) -> bool:
    reached, before = {one}, 0
    while len(reached) != before:
        before = len(reached)
        for s in links:
            if reached & {s.one, s.other}:
                reached |= {s.one, s.other}
    return other in reached


def _groups(ids: Sequence[Id], taken: Sequence[Said], rules: Rules) -> dict[Id, Id]:
    links = [s for s in taken if s.verb == "link"]
    group = {}
    for id_ in ids:
        own = [other for other in ids if _linked(id_, other, links)]
        known = [other for other in own if other[0] in rules.known]
        group[id_] = (known or own)[0]
    return group


def _seen_with_too_many(
    id_: Id, pairs: set[frozenset[Id]], group: dict[Id, Id], rules: Rules
) -> bool:
    if id_[0] in rules.known:
        return False
    place = rules.kinds.index(id_[0])
    others = {other for pair in pairs if id_ in pair for other in pair - {id_}}
    return any(
        len({group[other] for other in others if other[0] == kind}) > rules.most
        for kind in rules.kinds[:place]
    )


def _known_people(
    members: dict[Id, set[Id]],
    pairs: set[frozenset[Id]],
    group: dict[Id, Id],
    apart: set[frozenset[Id]],
    rules: Rules,
) -> dict[Id, Id]:
    known = [g for g, own in members.items() if any(id_[0] in rules.known for id_ in own)]
    joined = {frozenset(group[i] for i in p) for p in pairs if all(i[0] in rules.known for i in p)}
    links = [Said("link", *sorted(p)) for p in joined if len(p) == 2 and p not in apart]
    people = {}
    for g in known:
        cluster = [other for other in known if _linked(g, other, links)]
        kinds = [
            kind
            for other in cluster
            for kind in {id_[0] for id_ in members[other] if id_[0] in rules.known}
        ]
        clash = len(kinds) != len(set(kinds)) or any(pair <= set(cluster) for pair in apart)
        people[g] = g if clash else min(cluster, key=_order(rules))
    return people


def _spread(
    owner: dict[Id, Id | str],
    roots: Sequence[Id],
    near: set[frozenset[Id]],
    apart: set[frozenset[Id]],
) -> None:
    front = set(roots)
    while front:
        wanted: dict[Id, set[Id | str]] = {}
        for pair in near:
            for a in pair & front:
                (b,) = pair - {a}
                held = {owner.get(other) for p in apart if b in p for other in p - {b}}
                if b not in owner and owner[a] not in held:
                    wanted.setdefault(b, set()).add(owner[a])
        ring = {g: min(who) if len(who) == 1 else "several" for g, who in wanted.items()}
        at_once = {
            g
            for pair in apart
            if pair <= ring.keys() and len({ring[g] for g in pair} | {"several"}) == 2
            for g in pair
            if "several" not in {ring[g] for g in pair}
        }
        ring = {g: who for g, who in ring.items() if g not in at_once}
        owner |= ring
        front = {g for g, who in ring.items() if who != "several"}


def _first(row: Row, leads: Callable[[Id], bool], rules: Rules) -> Id | None:
    return min((id_ for id_ in row.ids if leads(id_)), key=_order(rules), default=None)


def _handed_over(
    rows: Sequence[Row],
    several: set[Id],
    of_id: dict[Id, Id | None],
    own: set[Id],
    rules: Rules,
) -> dict[Id, tuple[Id, int]]:
    handed = {}
    for id_ in several:
        seen: dict[Id, list[float]] = {}
        for row in rows:
            telling = _first(row, lambda each: each in own, rules)
            if id_ in row.ids and telling:
                who = of_id[telling]
                assert who is not None
                ever = [float("-inf"), float("inf")]
                seen.setdefault(who, []).extend(ever if row.time is None else [row.time])
        if len(seen) == 2:
            one, other = sorted(seen, key=lambda who: min(seen[who]))
            long = max(seen[one]) - min(seen[one]) >= rules.handover
            if max(seen[one]) < min(seen[other]) and long:
                handed[id_] = one, int(max(seen[one]))
    return handed


def _of_row(
    row: Row,
    of_id: dict[Id, Id | None],
    own: set[Id],
    handed: dict[Id, tuple[Id, int]],
    rules: Rules,
) -> Id | None:
    telling = _first(row, lambda id_: id_ in own, rules)
    if telling:
        return of_id[telling]
    itself = _first(row, lambda id_: of_id[id_] is not None, rules)
    if itself in handed and row.time is not None and row.time <= handed[itself][1]:
        return handed[itself][0]
    return of_id[itself] if itself else None
