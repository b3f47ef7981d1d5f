"""Texts as numbers: how often a text has each term, weighed by how rare the term is.

The same code reads texts when a model learns and when it is asked, so both see the same numbers.
Terms are words, pairs of words, and pieces of words; pieces need no knowledge of a language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LONGEST: Final = 4_000  # characters read of a text
_LONGEST_WORD: Final = 40  # a longer one is no word: a key, a link, a scan


def words(text: str) -> list[str]:
    """Give the words of a text in small letters.

    Examples
    --------
    >>> words("Can't log in: ERROR 17!")
    ["can't", 'log', 'in', 'error', '17']
    """
    found = _WORD.findall(text[:_LONGEST].lower().replace("’", "'"))
    return [word for word in found if len(word) <= _LONGEST_WORD]


@dataclass(frozen=True, slots=True)
class Grams:
    """What counts as a term."""

    words: int = 2  # longest run of words
    pieces: tuple[int, int] | None = None  # shortest and longest piece of a word, in characters
    skip: frozenset[str] = frozenset()  # words that are passed over

    def of(self, text: str) -> list[str]:
        """Give the terms of a text, each as often as it stands there.

        Examples
        --------
        >>> Grams(2).of("card lost")
        ['card', 'lost', 'card lost']
        >>> Grams(0, (3, 3)).of("card")
        [' ca', 'car', 'ard', 'rd ']
        """
        said = [word for word in words(text) if word not in self.skip]
        if self.pieces is not None:
            low, high = self.pieces
            return [piece for word in said for piece in _pieces(word, low, high)]
        return [
            " ".join(said[i : i + n])
            for n in range(1, self.words + 1)
            for i in range(len(said) - n + 1)
        ]


@lru_cache(200_000)
def _pieces(word: str, low: int, high: int) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(
        padded[i : i + n] for n in range(low, high + 1) for i in range(len(padded) - n + 1)
    )


@dataclass(frozen=True, slots=True, eq=False)
class Tfidf:
    """Terms in order, and the weight of each.

    Of a text it gives ``1 + log(times)`` by weight for each term, scaled to length 1 [1]_.

    References
    ----------
    .. [1] Salton and Buckley (1988), "Term-weighting approaches in automatic text retrieval",
       Information Processing and Management 24:513-523.
    """

    grams: Grams
    terms: tuple[str, ...]  # sorted
    weight: NDArray[np.float64]  # (n_terms,)

    def __call__(self, texts: Sequence[str]) -> csr_matrix:
        """Give one row for each text, (n_texts, n_terms)."""
        from scipy.sparse import csr_matrix

        place = {term: at for at, term in enumerate(self.terms)}
        found = [[place[t] for t in self.grams.of(text) if t in place] for text in texts]
        ends = np.cumsum([0, *map(len, found)])
        column = np.fromiter((at for row in found for at in row), np.int64, int(ends[-1]))
        times = csr_matrix(
            (np.ones(column.size), column, ends), shape=(len(texts), len(self.terms))
        )
        times.sum_duplicates()
        times.data = (1 + np.log(times.data)) * self.weight[times.indices]
        return _unit(times)

    def told(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Give it as facts and arrays."""
        facts = {
            "words": self.grams.words,
            "pieces": self.grams.pieces,
            "skip": sorted(self.grams.skip),
        }
        listed = np.frombuffer("\n".join(self.terms).encode(), np.uint8)
        return facts, {"terms": listed, "weight": self.weight}

    @classmethod
    def of(cls, facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Tfidf:
        """Read what `told` gave."""
        pieces = None if facts["pieces"] is None else (facts["pieces"][0], facts["pieces"][1])
        grams = Grams(facts["words"], pieces, frozenset(facts["skip"]))
        listed = arrays["terms"].tobytes().decode()
        return cls(grams, tuple(listed.split("\n")) if listed else (), arrays["weight"])


def learn(texts: Iterable[str], grams: Grams, *, fewest: int = 1, most: float = 1.0) -> Tfidf:
    """Learn terms and their weights: ``1 + log((1 + texts) / (1 + texts with the term))``.

    Parameters
    ----------
    texts
        In any order.
    grams
        What counts as a term.
    fewest
        Terms in fewer texts are left out.
    most
        Terms in more than this share of the texts are left out.

    Examples
    --------
    >>> found = learn(["card lost", "card late"], Grams(1))
    >>> found.terms, found(["late card card"]).toarray().round(2)
    (('card', 'late', 'lost'), array([[0.77, 0.64, 0.  ]]))
    """
    n, counts = 0, dict[str, int]()
    for text in texts:
        n += 1
        for term in set(grams.of(text)):
            counts[term] = counts.get(term, 0) + 1
    terms = sorted(term for term, k in counts.items() if fewest <= k <= most * n)
    rare = np.array([counts[term] for term in terms], np.float64)
    return Tfidf(grams, tuple(terms), 1 + np.log((1 + n) / (1 + rare)))


def _unit(rows: csr_matrix) -> csr_matrix:
    """Scale each row to length 1; empty rows stay empty."""
    squares = np.add.reduceat(np.append(rows.data**2, 0.0), np.minimum(rows.indptr[:-1], rows.nnz))
    size = np.diff(rows.indptr)
    length = np.sqrt(np.where(size > 0, squares, 1.0))
    rows.data = rows.data / np.repeat(length, size)
    return rows
