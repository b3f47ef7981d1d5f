"""What customers write about: topics found in the words themselves.

Texts are taken apart into topics that add up (non-negative matrix factorisation [1]_). Their number
is the largest at which two halves of the texts show the same topics; what only one half shows is
no topic. Where not even two topics come back, there is no structure, and that is said.

References
----------
.. [1] Lee and Seung (1999), "Learning the parts of objects by non-negative matrix factorization",
   Nature 401:788-791. Stability as the guide to their number: Greene, O'Callaghan and Cunningham
   (2014), "How many topics?", ECML PKDD.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from trod.models.stored import Stored
from trod.models.voice.stopwords import small_words
from trod.models.voice.tfidf import Grams, Tfidf, learn

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

ENOUGH: Final = 60
"""Fewer different texts than this show no topics."""
MOST_TOPICS: Final = 12
NO_TOPIC: Final = -1
_READ: Final = 20_000
_STABLE: Final = 0.8
_SAME: Final = 0.5
_NEAR: Final = 0.1
_SHOWN: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Topics:
    """Topics as directions in the space of words."""

    words: Tfidf
    direction: NDArray[np.float32]  # (n_topics, n_terms) each of length 1
    top: tuple[tuple[str, ...], ...]  # by topic: the words that say most

    @property
    def names(self) -> tuple[str, ...]:
        """Give each topic the name of its first three words."""
        return tuple(", ".join(words[:3]) for words in self.top)

    def of_texts(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Give the topic whose words each text uses most, NO_TOPIC where it uses hardly any."""
        if not texts or not self.top:
            return np.full(len(texts), NO_TOPIC, np.int64)
        near = self.nearness(texts)
        best = near.argmax(axis=1)
        return np.where(near[np.arange(len(texts)), best] >= _NEAR, best, NO_TOPIC)

    def nearness(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Give the cosine of each text and topic, (n_texts, n_topics)."""
        found: NDArray[np.float64] = self.words(texts) @ self.direction.T.astype(np.float64)
        return found

    def stored(self) -> Stored:
        """Give them as plain arrays."""
        facts, arrays = self.words.told()
        return Stored(
            {"words": facts, "top": [list(words) for words in self.top]},
            {"direction": self.direction, **arrays},
        )

    @classmethod
    def of(cls, stored: Stored) -> Topics:
        """Read what `stored` gave."""
        words = Tfidf.of(stored.facts["words"], stored.arrays)
        top = tuple(tuple(each) for each in stored.facts["top"])
        return cls(words, stored.arrays["direction"], top)


class Found(NamedTuple):
    """Topics, and how they were judged; none where there is no structure."""

    topics: Topics
    n: int  # different texts they were found in
    stability: float  # mean likeness of the topics of two halves, 0 to 1
    by_chance: float  # the same, of as many topics, where each text has words of any


def find_topics(texts: Sequence[str], *, most: int = MOST_TOPICS, seed: int = 0) -> Found:
    """Find the topics of some texts.

    Parameters
    ----------
    texts
        What was written. Equal texts count once: a form letter is one wording, however often sent.
        Of more than 20,000 different ones a fixed sample is read.
    most
        Most topics to find.
    seed
        Of the decomposition that topics start from.

    Notes
    -----
    About a second for 10,000 short texts, and the same topics whatever their order.

    Examples
    --------
    >>> money = [f"invoice {a} card payment {b}" for a in "abcdefgh" for b in "klmno"]
    >>> access = [f"password {a} login locked {b}" for a in "abcdefgh" for b in "klmno"]
    >>> found = find_topics(money + access, most=3)
    >>> sorted(sorted(words[:3]) for words in found.topics.top)
    [['card', 'invoice', 'payment'], ['locked', 'login', 'password']]
    """
    from threadpoolctl import threadpool_limits

    told = _wordings(texts)
    words = learn(told, Grams(1, None, small_words()), fewest=max(3, len(told) // 500), most=0.5)
    none = Topics(words, np.zeros((0, len(words.terms)), np.float32), ())
    if len(words.terms) < 2 * _SHOWN:
        return Found(none, len(told), 0.0, 0.0)
    seen = words(told)
    half = np.array([crc32(text.encode()) & 1 for text in told], np.bool_)
    with threadpool_limits(1):  # sums of floats on several threads differ in their last digits
        stability, n_topics = _how_many(seen, half, most, seed)
        if n_topics < 2:
            return Found(none, len(told), stability, 0.0)
        kept = _reproduced(seen, half, n_topics, seed)
        by_chance = _alike(_shuffled(seen, seed), half, n_topics, seed)
    top = tuple(tuple(words.terms[i] for i in _first(row)) for row in kept)
    topics = Topics(words, kept.astype(np.float32), top)
    return Found(topics, len(told), stability, by_chance)


def _wordings(texts: Sequence[str]) -> list[str]:
    """Give the different texts in order; of too many a sample that a checksum chooses."""
    told = sorted(set(texts))
    if len(told) <= _READ:
        return told
    return sorted(sorted(told, key=lambda text: (crc32(text.encode()), text))[:_READ])


def _how_many(seen: csr_matrix, half: NDArray[np.bool_], most: int, seed: int) -> tuple[float, int]:
    """Give the largest number of topics that both halves show alike, and how alike they are."""
    best, number = 0.0, 0
    for k in range(2, min(most, int(half.sum()), int((~half).sum())) + 1):
        alike = _alike(seen, half, k, seed)
        if alike >= _STABLE:
            best, number = alike, k
        elif not number:
            best = max(best, alike)
    return best, number


def _alike(seen: csr_matrix, half: NDArray[np.bool_], k: int, seed: int) -> float:
    """Give how alike the topics of two halves are, paired as well as can be: mean cosine."""
    one, other = (_directions(seen[mask], k, seed) for mask in (half, ~half))
    return float(_matched(one, other).mean())


def _shuffled(seen: csr_matrix, seed: int) -> csr_matrix:
    """Deal the words out anew: texts as long as they were, words as frequent, and no topics."""
    dealt = seen.copy()
    order = np.random.default_rng(seed).permutation(dealt.nnz)
    dealt.indices, dealt.data = dealt.indices[order], dealt.data[order]
    dealt.has_sorted_indices = dealt.has_canonical_format = False
    dealt.sum_duplicates()
    return dealt


def _reproduced(
    seen: csr_matrix, half: NDArray[np.bool_], k: int, seed: int
) -> NDArray[np.float64]:
    """Give the topics of all texts that both halves show as well, the largest first."""
    whole = _directions(seen, k, seed)
    sides = [_directions(seen[mask], k, seed) for mask in (half, ~half)]
    alike = np.minimum(*((whole @ side.T).max(axis=1) for side in sides))
    kept = whole[alike >= _SAME]
    near = seen @ kept.T
    best = np.where(near.max(axis=1) >= _NEAR, near.argmax(axis=1), len(kept))
    size = np.bincount(best, minlength=len(kept) + 1)[: len(kept)]
    order = np.lexsort((np.arange(len(kept)), -size))
    found: NDArray[np.float64] = kept[order]
    return found


def _directions(seen: csr_matrix, k: int, seed: int) -> NDArray[np.float64]:
    """Take texts apart into `k` topics, each of length 1; a topic without words stays zero."""
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    parts = NMF(k, init="nndsvd", random_state=seed, max_iter=60, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stability is judged, not the rest
        parts.fit(seen)
    length = np.linalg.norm(parts.components_, axis=1, keepdims=True)
    found: NDArray[np.float64] = parts.components_ / np.where(length > 0, length, 1.0)
    return found


def _matched(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pair the topics of two halves so that they are as alike as can be; give the cosines."""
    from scipy.optimize import linear_sum_assignment

    cosine = one @ other.T
    rows, columns = linear_sum_assignment(-cosine)
    found: NDArray[np.float64] = cosine[rows, columns]
    return found


def _first(row: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give the words that say most about a topic; equal ones by name."""
    order = np.argsort(-row, kind="stable")[:_SHOWN]
    found: NDArray[np.int64] = order[row[order] > 0]
    return found
