import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.slow_twins import repeats as slow
from trod._kernels.murmur import repeated
from trod._kernels.repeats import judge
from trod.events.event_id import event_ids

WORDS = {0: slow.NEW, 1: slow.DUPLICATE, 2: slow.CONFLICT}


def fast(known: set, arriving: list) -> list[tuple[str, int, int]]:
    rows = [*((hi, lo, False) for hi, lo in sorted(known)), *arriving]
    hi, lo = (np.array([row[at] for row in rows], np.uint64) for at in range(2))
    given_id = np.array([row[2] for row in rows], np.bool_)
    verdict = np.zeros(hi.size, np.uint8)
    order = np.argsort(hi)
    judge(order, hi[order], len(known), lo, given_id, verdict)
    new = slice(len(known), None)
    words = [WORDS[code] for code in verdict[new].tolist()]
    return list(zip(words, hi[new].tolist(), lo[new].tolist(), strict=True))


def nth(lo: int, n: int) -> int:
    return int(repeated(np.uint64(lo), n))


# A source gives ids to all of its rows with one hash or to none: the first half says which.
ID = 5 << 32
given_ids = [(3, ID, True), (3, ID + 1, True), (3, ID + 0xFFFF_FFFF, True), (3, 2 * ID, True)]
halves = st.sampled_from([(1, 5, False), (1, 6, False), (2, 5, False), (4, ID, True), *given_ids])


@settings(deadline=None)
@given(st.lists(halves, max_size=12), st.lists(halves, max_size=6), st.integers(0, 2))
def test_telling_new_rows_from_old_ones_agrees_with_slow_twin(arriving, before, repeats):
    known = {(hi, lo) for hi, lo, _ in before}
    known |= {(hi, nth(lo, n)) for hi, lo, id_ in before if not id_ for n in range(repeats + 1)}
    expected = slow.judge(known, arriving, nth)
    assert sorted(fast(known, arriving)) == sorted(expected)


PINNED = [
    "50987ff0cd4e8961a46aeb1d64ddc19d",
    "de10b6fe0bf888736695e6e2c4dce212",
]


def test_ids_are_the_same_on_every_machine_and_in_every_release():
    rows = pa.table(
        {
            "source": ["till"] * 2,
            "message_id": pa.array([None, "m1"]),
            "time_us": pa.array([1_700_000_000_000_000, 7]),
            "touchpoint": ["pay", "pay"],
            "score": pa.array([None, -1000], pa.int16()),
            "text": ["Obrigado, está ótimo", None],
        }
    )
    ids = event_ids(rows, "till")
    assert [f"{hi:016x}{lo:016x}" for hi, lo in zip(*ids[:2], strict=True)] == PINNED


def test_slices_and_chunks_do_not_matter():
    texts = pa.array(["a", None, "ccc", "", "dd"])
    rows = pa.table({"text": texts, "time_us": pa.array([1, 2, None, 4, 5])})
    apart = pa.concat_tables([rows.slice(0, 2), rows.slice(2, 3)])
    np.testing.assert_array_equal(event_ids(rows, "x").hi, event_ids(apart, "x").hi)
    np.testing.assert_array_equal(event_ids(rows, "x").lo[3:], event_ids(rows.slice(3), "x").lo)
