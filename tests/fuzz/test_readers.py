"""R14: readers meet bytes that nobody wrote; a longer campaign is `make slow`, or `make fuzz`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.readers import READERS

WORDS = (
    *(
        b"who",
        b"at",
        b"2024-01-05",
        b"2024-01-05T10:00:00+01:00",
        b"1704448800",
        b"05/06/24 1:02 PM",
    ),
    *(b",", b";", b"\t", b"|", b'"', b"'", b"\\", b"\n", b"\r\n", b"\r", b"\0", b" ", b"=1+1"),
    *(b"{", b"}", b"[", b"]", b":", b'"a"', b"1e999", b"null", b"\\ud800", b"9007199254740993"),
    *(
        b"<log>",
        b"</log>",
        b"<trace>",
        b"</trace>",
        b"<event>",
        b"</event>",
        b"<!DOCTYPE log [",
        b"]>",
    ),
    *(b'<string key="a" value="b"/>', b'<list key="a">', b"</list>", b"&a;", b'<date value="x"/>'),
    *(
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xe9",
        b"\xf0\x9f\x98\x80",
        b"\x1f\x8b\x08",
        b"PAR1",
        b"PK\x03\x04",
    ),
)
texts = st.lists(st.sampled_from(WORDS) | st.binary(max_size=4), max_size=40).map(b"".join)


@pytest.mark.parametrize("reader", READERS)
@given(data=texts | st.binary(max_size=200))
def test_R14_a_reader_answers_or_refuses_in_words(reader, data):
    READERS[reader](data)
