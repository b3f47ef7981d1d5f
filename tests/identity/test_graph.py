import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.slow_twins import components as slow
from trod._kernels.components import NOBODY, neighbours, spread

IDS = 9
pairs_of_ids = st.lists(
    st.tuples(st.integers(0, IDS - 1), st.integers(0, IDS - 1)).filter(lambda p: p[0] < p[1]),
    unique=True,
    max_size=16,
)


Pair = tuple[int, int]


def listed(pairs: list[Pair], n: int) -> tuple[np.ndarray, np.ndarray]:
    one, other = np.array(pairs, np.int32).reshape(-1, 2).T
    offsets = np.empty(n + 1, np.int64)
    near = np.empty(2 * len(pairs), np.int32)
    neighbours(one.copy(), other.copy(), offsets, near)
    return offsets, near


def fast(
    pairs: list[Pair], owner: list[int], roots: list[int], apart: list[Pair] | None = None
) -> list[int]:
    out = np.array(owner, np.int32)
    n = len(owner)
    spread(*listed(pairs, n), *listed(apart or [], n), np.array(roots, np.int32), out)
    return out.tolist()


@settings(deadline=None, max_examples=examples(300))
@given(
    pairs_of_ids,
    st.sets(st.integers(0, IDS - 1)),
    st.sets(st.integers(0, IDS - 1)),
    pairs_of_ids,
)
def test_spreading_agrees_with_slow_twin(pairs, roots, taken, apart):
    owner = [
        id_ if id_ in roots else slow.SEVERAL if id_ in taken else NOBODY for id_ in range(IDS)
    ]
    found = fast(pairs, owner, sorted(roots), apart)
    assert found == slow.spread(pairs, owner, sorted(roots), frozenset(apart))
    assert all(found[a] != found[b] or found[a] < 0 for a, b in apart)


@settings(deadline=None)
@given(pairs_of_ids, st.sets(st.integers(0, IDS - 1)), st.permutations(range(IDS)))
def test_the_numbers_of_ids_do_not_matter(pairs, roots, renamed):
    owner = [id_ if id_ in roots else NOBODY for id_ in range(IDS)]
    found = fast(pairs, owner, sorted(roots))
    new_owner = [NOBODY] * IDS
    for root in roots:
        new_owner[renamed[root]] = renamed[root]
    new_pairs = [(renamed[a], renamed[b]) for a, b in pairs]
    again = fast(new_pairs, new_owner, sorted(renamed[root] for root in roots))
    assert [again[renamed[id_]] for id_ in range(IDS)] == [
        renamed[who] if who >= 0 else who for who in found
    ]


def test_an_id_equally_near_to_two_people_belongs_to_neither_and_passes_nothing_on():
    assert fast([(0, 1), (1, 2), (1, 3)], [0, -1, 2, -1], [0, 2]) == [0, slow.SEVERAL, 2, NOBODY]


def test_the_nearer_person_has_it():
    assert fast([(0, 1), (1, 2), (2, 3), (3, 4)], [0, -1, -1, -1, 4], [0, 4])[1] == 0


def test_an_id_held_apart_from_a_person_goes_to_the_next_nearest():
    assert fast([(0, 1), (1, 2), (2, 3)], [0, -1, -1, 3], [0, 3], [(0, 1)]) == [0, 3, 3, 3]


def test_two_ids_held_apart_that_one_person_reaches_at_once_go_to_neither():
    assert fast([(0, 1), (0, 2)], [0, -1, -1], [0], [(1, 2)]) == [0, NOBODY, NOBODY]
