"""The obvious way to spread people over ids: ring by ring, with sets."""

NOBODY = -1
SEVERAL = -2


def spread(pairs: list[tuple[int, int]], owner: list[int], roots: list[int]) -> list[int]:
    """`owner` of `roots` is given; each other id takes the owner of the nearest, if it is one."""
    owner = list(owner)
    front = set(roots)
    while front:
        wanted: dict[int, set[int]] = {}
        for a, b in pairs:
            for id_, near in ((a, b), (b, a)):
                if id_ in front and owner[near] == NOBODY:
                    wanted.setdefault(near, set()).add(owner[id_])
        for id_, people in wanted.items():
            owner[id_] = people.pop() if len(people) == 1 else SEVERAL
        front = {id_ for id_ in wanted if owner[id_] >= 0}
    return owner
