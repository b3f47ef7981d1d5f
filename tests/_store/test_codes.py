import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trod._kernels.murmur import hash_text, repeated
from trod._store.codes import encode, hash_of, text_buffers, unify

texts = st.lists(st.none() | st.text(max_size=5), max_size=8)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "00000000000000000000000000000000"),
        ("hello", "cbd8a7b341bd9b025b1e906a48ae1d19"),
        ("hello, world", "342fac623a5ebc8e4cdcbc079642414d"),
        ("The quick brown fox jumps over the lazy dog", "e34bbc7bbc071b6c7a433ca9c49a9347"),
    ],
)
def test_text_is_hashed_as_murmurhash3_publishes_it(text, expected):
    hi, lo = np.zeros((2, 1), np.uint64)
    hash_text(*text_buffers(pa.array([text])), np.uint64(0), hi, lo)
    assert f"{hi[0]:016x}{lo[0]:016x}" == expected


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_a_hash_depends_on_the_text_alone_not_on_where_it_lies(values):
    together = hash_of(pa.array(["before", *values]).slice(1))
    assert together.tolist() == [int(hash_of(pa.array([value]))[0]) for value in values]
    assert len(set(together.tolist())) == len(set(values))


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1), st.integers(1, 50))
def test_repeats_get_ids_of_their_own(lo, n):
    ids = [int(repeated(np.uint64(lo), number)) for number in range(n)]
    assert ids[0] == lo
    assert len(set(ids)) == n


@settings(deadline=None)
@given(texts, st.booleans())
def test_codes_lead_back_to_the_texts(values, dictionary):
    column = pa.array(values, pa.string())
    coded = encode(column.dictionary_encode() if dictionary else column)
    found = coded.values.to_pylist()
    assert [None if code < 0 else found[code] for code in coded.code] == values
    assert sorted(found) == sorted({value for value in values if value is not None})


@settings(deadline=None)
@given(texts)
def test_texts_of_a_dictionary_that_no_row_has_are_left_out(values):
    indices = pa.array([0] * len(values), pa.int8())
    column = pa.DictionaryArray.from_arrays(indices, pa.array(["used", *values, "unused"]))
    assert encode(column).values.to_pylist() == (["used"] if values else [])


@settings(deadline=None)
@given(st.lists(texts, max_size=4))
def test_codes_of_several_chunks_come_together(chunks):
    coded = [encode(pa.array(values, pa.string())) for values in chunks]
    unified = unify([one.values for one in coded])
    names = unified.values.to_pylist()
    assert len(names) == len(set(names))
    for values, one, to_values in zip(chunks, coded, unified.to_values, strict=True):
        back = [None if code < 0 else names[to_values[code]] for code in one.code]
        assert back == values
