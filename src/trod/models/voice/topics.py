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

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from trod.events.counted import count
from trod.models.card import Card, Measure
from trod.models.fitted import Fitted
from trod.models.ground import Ground
from trod.models.stored import Stored
from trod.models.voice.decompose import (
    NEAR,
    STABLE,
    Nearness,
    how_many,
    middles,
    nearness,
    reproduced,
    shuffled,
    unit,
)
from trod.models.voice.stopwords import small_words
from trod.models.voice.tfidf import Grams, Tfidf, learn
from trod.models.voice.vectors import word_vectors
from trod.models.voice.written import written

if TYPE_CHECKING:
    from trod.models.voice.decompose import Seen

MODEL: Final = "topics"
ENOUGH: Final = 60
"""Fewer different texts than this show no topics."""
MOST_TOPICS: Final = 12
NO_TOPIC: Final = -1
_READ: Final = 20_000
_NEAR_IN_MEANING: Final = 0.3
_SHOWN: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Topics:
    """Topics as directions in the space of words."""

    words: Tfidf
    direction: NDArray[np.float32]  # (n_topics, n_terms or n_dimensions) each of length 1
    top: tuple[tuple[str, ...], ...]  # by topic: the words that say most
    meaning: NDArray[np.float32] | None = None  # (n_terms, n_dimensions) of the words, if known

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
        least = NEAR if self.meaning is None else _NEAR_IN_MEANING
        return np.where(near[np.arange(len(texts)), best] >= least, best, NO_TOPIC)

    def nearness(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Give the cosine of each text and topic, (n_texts, n_topics)."""
        found: NDArray[np.float64] = _seen(self.words, self.meaning, texts) @ (
            self.direction.T.astype(np.float64)
        )
        return found

    def stored(self) -> Stored:
        """Give them as plain arrays."""
        facts, arrays = self.words.told()
        more = {} if self.meaning is None else {"meaning": self.meaning}
        return Stored(
            {"words": facts, "top": [list(words) for words in self.top]},
            {"direction": self.direction, **more, **arrays},
        )

    @classmethod
    def of(cls, stored: Stored) -> Topics:
        """Read what `stored` gave."""
        words = Tfidf.of(stored.facts["words"], stored.arrays)
        top = tuple(tuple(each) for each in stored.facts["top"])
        return cls(words, stored.arrays["direction"], top, stored.arrays.get("meaning"))


class Found(NamedTuple):
    """Topics, and how they were judged; none where there is no structure."""

    topics: Topics
    n: int  # different texts they were found in
    stability: float  # mean likeness of the topics of two halves, 0 to 1
    near: Nearness | None = None  # texts of one half, to topics of the other
    by_chance: Nearness | None = None  # the same where the words are dealt anew


def find_topics(
    texts: Sequence[str],
    *,
    most: int = MOST_TOPICS,
    seed: int = 0,
    meanings: Callable[[Sequence[str]], NDArray[np.float32]] | None = None,
) -> Found:
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
    meanings
        Gives the vectors of words, where topics are to be found by meaning: texts are then the
        mean of their words, and topics groups of them (spherical k-means).

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
    if len(words.terms) < 2 * _SHOWN:
        none = Topics(words, np.zeros((0, len(words.terms)), np.float32), ())
        return Found(none, len(told), 0.0)
    meaning = None if meanings is None else meanings(words.terms)
    seen = _seen(words, meaning, told)
    half = np.array([crc32(text.encode()) & 1 for text in told], np.bool_)
    with threadpool_limits(1):  # sums of floats on several threads differ in their last digits
        stability, n_topics = how_many(seen, half, most, seed)
        none = Topics(words, np.zeros((0, seen.shape[1]), np.float32), (), meaning)
        if n_topics < 2:
            return Found(none, len(told), stability)
        near = nearness(seen, half, n_topics, seed)
        by_chance = nearness(shuffled(seen, seed), half, n_topics, seed)
        if near.low <= by_chance.high:
            return Found(none, len(told), stability, near, by_chance)
        kept = middles(seen, reproduced(seen, half, n_topics, seed))
    top = _top_words(words, told, kept, seen)
    topics = Topics(words, kept.astype(np.float32), top, meaning)
    return Found(topics, len(told), stability, near, by_chance)


def _seen(words: Tfidf, meaning: NDArray[np.float32] | None, texts: Sequence[str]) -> Seen:
    """Give texts as rows of length 1: of their words, or of what their words mean."""
    seen = words(texts)
    return seen if meaning is None else unit(np.asarray(seen @ meaning.astype(np.float64)))


def _top_words(
    words: Tfidf, told: Sequence[str], kept: NDArray[np.float64], seen: Seen
) -> tuple[tuple[str, ...], ...]:
    """Give the words that stand more often in the texts of each topic than elsewhere."""
    plain, best = words(told), np.asarray(seen @ kept.T).argmax(axis=1)
    usual = np.asarray(plain.mean(axis=0)).ravel()
    found = []
    for k in range(len(kept)):
        own = plain[best == k]
        more = np.asarray(own.mean(axis=0)).ravel() - usual if own.shape[0] else usual
        found.append(tuple(words.terms[i] for i in _first(more)))
    return tuple(found)


def _wordings(texts: Sequence[str]) -> list[str]:
    """Give the different texts in order; of too many a sample that a checksum chooses."""
    told = sorted(set(texts))
    if len(told) <= _READ:
        return told
    return sorted(sorted(told, key=lambda text: (crc32(text.encode()), text))[:_READ])


def _first(row: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give the words that say most about a topic; equal ones by name."""
    order = np.argsort(-row, kind="stable")[:_SHOWN]
    found: NDArray[np.int64] = order[row[order] > 0]
    return found


def fit(ground: Ground) -> tuple[Fitted, ...]:
    """Find topics in everything customers wrote."""
    said = written(ground.journeys)
    spec = ground.spec.voice
    path = None if spec is None or spec.embeddings is None else ground.root / spec.embeddings
    n = len(set(said.text))
    first, last = ground.journeys.span_us()
    card = Card(
        model=MODEL,
        says="Names what a text is about, by the words that texts share.",
        verdict="not enough data",
        unit="text",
        n=said.n,
        first_us=first,
        last_us=last,
        validated="on one half of the texts, by the topics of the other",
    )
    if n < ENOUGH:
        told = f"{count(n, 'different text')}; {ENOUGH} are needed."
        return (Fitted(replace(card, remarks=(told,))),)
    meanings = None if path is None else partial(word_vectors, path)
    found = find_topics(said.text, seed=ground.seed, meanings=meanings)
    return (_carded(card, found, "words" if path is None else "meanings of words"),)


def _carded(card: Card, found: Found, by: str) -> Fitted:
    names = found.topics.names
    settings = {"different texts": found.n, "topics": list(names), "by": by}
    if not names:
        return Fitted(
            replace(card, verdict="no structure", remarks=(_why_none(found),), settings=settings)
        )
    assert found.near is not None
    assert found.by_chance is not None
    near, chance = found.near, found.by_chance.mean
    measures = (
        Measure("nearness", near.mean, near.n, near.low, near.high, "words dealt anew", chance),
        Measure("stability", found.stability, found.n),
    )
    remark = "Topics are words that stand together, not what a customer meant; read the quotes."
    return Fitted(
        replace(card, verdict="fitted", measures=measures, remarks=(remark,), settings=settings),
        found.topics.stored(),
    )


def _why_none(found: Found) -> str:
    if found.near is None or found.by_chance is None:
        return (
            f"Not even two topics come back in both halves of the texts (likeness "
            f"{found.stability:.2f}; {STABLE} is asked)."
        )
    return (
        f"Texts lie no nearer to the topics of others ({found.near.mean:.2f}) than where the words "
        f"are dealt anew ({found.by_chance.mean:.2f})."
    )
