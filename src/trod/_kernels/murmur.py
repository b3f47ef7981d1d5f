"""MurmurHash3 (x64, 128 bits) of text columns: the same on every machine, version and day.

Functions here take arrays and fill arrays. They check nothing, raise nothing and know no names.
The built-in `hash` and that of DuckDB may change between processes or versions, so what is
written to disk never depends on them. The algorithm is Austin Appleby's, in the public domain.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

_C1 = np.uint64(0x87C37B91114253D5)
_C2 = np.uint64(0x4CF5AD432745937F)
_F1 = np.uint64(0xFF51AFD7ED558CCD)
_F2 = np.uint64(0xC4CEB9FE1A85EC53)
_N1 = np.uint64(0x52DCE729)
_N2 = np.uint64(0x38495AB5)
_U1 = np.uint64(1)
_U5 = np.uint64(5)
_U8 = np.uint64(8)
_U16 = np.uint64(16)


@njit(cache=True, nogil=True, inline="always")
def _rotl(x: np.uint64, r: int) -> np.uint64:
    return (x << np.uint64(r)) | (x >> np.uint64(64 - r))


@njit(cache=True, nogil=True, inline="always")
def _finish(x: np.uint64) -> np.uint64:
    x ^= x >> np.uint64(33)
    x *= _F1
    x ^= x >> np.uint64(33)
    x *= _F2
    x ^= x >> np.uint64(33)
    return x


@njit(cache=True, nogil=True, inline="always")
def _word(data: NDArray[np.uint8], at: np.uint64, size: np.uint64) -> np.uint64:
    """Read up to eight bytes, lowest first."""
    word = np.uint64(0)
    if size == _U8:
        for i in range(8):
            word |= np.uint64(data[at + np.uint64(i)]) << np.uint64(8 * i)
        return word
    for i in range(size):
        word |= np.uint64(data[at + np.uint64(i)]) << np.uint64(8 * i)
    return word


@njit(cache=True, nogil=True)
def _hash(
    data: NDArray[np.uint8], start: np.uint64, end: np.uint64, h1: np.uint64, h2: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Hash the bytes from start to end, going on from (h1, h2)."""
    at = start
    while at + _U16 <= end:
        h1 ^= _rotl(_word(data, at, _U8) * _C1, 31) * _C2
        h1 = (_rotl(h1, 27) + h2) * _U5 + _N1
        h2 ^= _rotl(_word(data, at + _U8, _U8) * _C2, 33) * _C1
        h2 = (_rotl(h2, 31) + h1) * _U5 + _N2
        at += _U16
    left = end - at
    if left > _U8:
        h2 ^= _rotl(_word(data, at + _U8, left - _U8) * _C2, 33) * _C1
        left = _U8
    if left > np.uint64(0):
        h1 ^= _rotl(_word(data, at, left) * _C1, 31) * _C2
    h1 ^= end - start
    h2 ^= end - start
    h1 += h2
    h2 += h1
    h1 = _finish(h1)
    h2 = _finish(h2)
    h1 += h2
    h2 += h1
    return h1, h2


@njit(cache=True, nogil=True)
def hash_text(
    data: NDArray[np.uint8],  # bytes of all texts, one after the other
    offsets: NDArray[np.int64],  # (n + 1,) text i is data[offsets[i]:offsets[i + 1]]
    valid: NDArray[np.bool_],  # (n,) False where there is no text, or (0,) where all are there
    salt: np.uint64,  # tells this column from others
    hi: NDArray[np.uint64],  # (n,) IN: hash of the columns before, OUT: with this one
    lo: NDArray[np.uint64],  # (n,) the same, second half
) -> None:
    """Add one column of texts to the hash of each row; no text adds nothing."""
    for i in range(offsets.size - 1):
        if valid.size == 0 or valid[i]:
            start, end = np.uint64(offsets[i]), np.uint64(offsets[i + 1])
            hi[i], lo[i] = _hash(data, start, end, hi[i] ^ salt, lo[i])


@njit(cache=True, nogil=True)
def hash_numbers(
    values: NDArray[np.int64],  # (n,)
    valid: NDArray[np.bool_],  # (n,) False where there is no number, or (0,) where all are there
    salt: np.uint64,  # tells this column from others
    hi: NDArray[np.uint64],  # (n,) IN: hash of the columns before, OUT: with this one
    lo: NDArray[np.uint64],  # (n,) the same, second half
) -> None:
    """Add one column of whole numbers to the hash of each row; no number adds nothing."""
    for i in range(values.size):
        if valid.size == 0 or valid[i]:
            h1 = hi[i] ^ salt ^ (_rotl(np.uint64(values[i]) * _C1, 31) * _C2)
            h1 = (_rotl(h1, 27) + lo[i]) * _U5 + _N1
            h2 = lo[i] + h1
            hi[i], lo[i] = _finish(h1 + h2), _finish(h2 + _N2) + h1


@njit(cache=True, nogil=True)
def repeated(lo: np.uint64, n: int) -> np.uint64:
    """Give the second half of the hash of the nth repeat of a row; the first is number 0."""
    return lo if n == 0 else _finish(lo + np.uint64(n) * _C2)
