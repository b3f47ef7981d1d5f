"""The obvious way to spread people over ids: ring by ring, with sets."""

NOBODY = -1
SEVERAL = -2
Pair = tuple[int, int]


def spread(
    pairs: list[Pair], owner: list[int], roots: list[int], apart: frozenset[Pair] = frozenset()
) -> list[int]:
    """`owner` of `roots` is given; each other id takes the owner of the nearest, if it is one."""
    owner = list(owner)
    front = set(roots)
    while front:
        wanted: dict[int, set[int]] = {}
        for a, b in pairs:
            for id_, near in ((a, b), (b, a)):
                held = {owner[y] for x, y in both_ways(apart) if x == near}
                if id_ in front and owner[near] == NOBODY and owner[id_] not in held:
                    wanted.setdefault(near, set()).add(owner[id_])
        before = list(owner)
        for id_, people in wanted.items():
            owner[id_] = min(people) if len(people) == 1 else SEVERAL
        at_once = {
            x for x, y in both_ways(apart) if {x, y} <= wanted.keys() and 0 <= owner[x] == owner[y]
        }
        for id_ in at_once:
            owner[id_] = before[id_]
        front = {id_ for id_ in wanted if owner[id_] >= 0}
    return owner


def both_ways(pairs: frozenset[Pair]) -> set[Pair]:
    return {*pairs, *((b, a) for a, b in pairs)}
