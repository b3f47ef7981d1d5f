"""The mood of texts, learned from what customers rated: it speaks only where it beats the lexicon.

Labels are survey answers that stand beside a text, and a file of labels where one is given. What
was learned is judged on wordings it had not seen, beside the lexicon; where it is not surely better
the lexicon goes on speaking. It speaks only where it was judged: what was learned from surveys is
no better on tickets, because nobody rated those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from trod.errors import DefinitionError
from trod.events.counted import count
from trod.events.mood import mood
from trod.journeys.batch import NO_SCORE, Journeys
from trod.journeys.moods import AS_IT_IS, Moods
from trod.models.card import Card, Measure, Verdict
from trod.models.fitted import Fitted
from trod.models.ground import Ground
from trod.models.stored import Stored
from trod.models.voice.classify import Classifier, calibrated, fit_classifier
from trod.models.voice.labelled import labelled
from trod.models.voice.tfidf import words
from trod.models.voice.written import Written, written

MODEL: Final = "sentiment"
EVERYWHERE: Final = "every text"
ENOUGH, ENOUGH_JUDGED = 100, 30
_NEGATIVE, _NEUTRAL, _POSITIVE = "negative", "neutral", "positive"
_MIDDLE: Final = 250  # answers nearer to the middle than this are neither
_LATER: Final = 0.3
_DRAWS: Final = 500
_MEANT: Final = {
    **dict.fromkeys(("negative", "neg", "-1", "bad", "unhappy"), _NEGATIVE),
    **dict.fromkeys(("neutral", "0", "mixed"), _NEUTRAL),
    **dict.fromkeys(("positive", "pos", "1", "+1", "good", "happy"), _POSITIVE),
}


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """Texts with what customers or labellers said of them, oldest first."""

    text: tuple[str, ...]
    score: NDArray[np.int64]  # -1000 to 1000
    code: NDArray[np.int64]  # of the touchpoint; -1 in a file of labels

    def __add__(self, other: Rated) -> Rated:
        """Give both."""
        return Rated(
            self.text + other.text,
            np.concatenate([self.score, other.score]),
            np.concatenate([self.code, other.code]),
        )

    def take(self, which: Sequence[int]) -> Rated:
        """Give some of them."""
        at = np.array(which, np.int64)
        return Rated(tuple(self.text[i] for i in which), self.score[at], self.code[at])


def fit(ground: Ground) -> tuple[Fitted, ...]:
    """Learn moods from ratings and labels, and judge them beside the lexicon."""
    said = written(ground.journeys)
    told = rated(said, ground.journeys.moods)
    labels = _labels(ground)
    first, last = ground.journeys.span_us()
    card = Card(
        model=MODEL,
        says="Reads the mood of what customers write, from -1 to 1, where no survey answer stands.",
        verdict="not enough data",
        unit="text",
        n=len(told.text) + len(labels.text),
        first_us=first,
        last_us=last,
        validated="on texts whose wording it had not seen: later ones of the ratings, and three "
        "in ten of the labels",
        settings={"ratings": len(told.text), "labels": len(labels.text), "speaks at": []},
    )
    early, late = _by_time(told)
    rest, held = _by_wording(labels)
    learned, judged = early + rest, late + held
    if len(learned.text) < ENOUGH or len(judged.text) < ENOUGH_JUDGED:
        return (_too_few(card, len(learned.text), len(judged.text)),)
    if len(set(_classes(learned.score))) < 2:
        remark = "All ratings are alike: there is nothing to tell apart. The lexicon speaks."
        return (Fitted(replace(card, remarks=(remark,))),)
    found = fit_classifier(learned.text, _classes(learned.score), seed=ground.seed)
    found = calibrated(found, judged.text, _classes(judged.score))
    trials = {"ratings": late, "labels": held}
    wins = {k: w for k, each in trials.items() if (w := _trial(found, each, ground.seed))}
    names = ground.journeys.vocabulary.touchpoints
    where = sorted({names[code] for code in told.code.tolist()})
    every = told + labels
    final = replace(
        fit_classifier(every.text, _classes(every.score), seed=ground.seed),
        sharpness=found.sharpness,
    )
    return (Fitted(_told(card, wins, where), final.stored()),)


class Trial(NamedTuple):
    """What was learned beside the lexicon, on texts it had not seen."""

    n: int
    r: float
    lexicon: float
    low: float  # 95 % of the difference
    high: float


def _trial(found: Classifier, held: Rated, seed: int) -> Trial | None:
    if len(held.text) < ENOUGH_JUDGED:
        return None
    lexicon = by_lexicon(held.text)
    own = np.where(readable(found, held.text), scores(found, held.text).astype(np.int64), lexicon)
    low, high = _difference(own, lexicon, held.score, seed)
    r, plain = (correlation(each, held.score) for each in (own, lexicon))
    return Trial(len(held.text), r, plain, low, high)


def _told(card: Card, trials: Mapping[str, Trial], where: Sequence[str]) -> Card:
    """Say how it did, and where it speaks: nowhere, where customers rate, or everywhere."""
    measures = tuple(
        Measure(f"r with {k}", t.r, t.n, *_r_interval(t.r, t.n), "the lexicon", t.lexicon)
        for k, t in trials.items()
    )
    remarks = [
        f"On {k} it is {'better' if t.low > 0 else 'not surely better'} than the lexicon: "
        f"{t.r - t.lexicon:+.2f} ({t.low:+.2f} to {t.high:+.2f}, 95%)."
        for k, t in trials.items()
    ]
    won = {k for k, t in trials.items() if t.low > 0}
    at = [EVERYWHERE] if "labels" in won else list(where) if "ratings" in won else []
    if "labels" in won:
        remarks.append(
            "It speaks wherever a text has no survey answer and half of its words are "
            "known; else the lexicon does."
        )
    elif won:
        remarks.append(
            f"It speaks at {', '.join(at)}, where customers rate what they write about; "
            "elsewhere nobody told it a mood, and the lexicon speaks. A file of labels "
            "would teach it the rest."
        )
    else:
        remarks.append("The lexicon goes on speaking.")
    verdict: Verdict = "fitted" if won else "no better than the baseline"
    settings = {**card.settings, "speaks at": at}
    return replace(
        card, verdict=verdict, measures=measures, remarks=tuple(remarks), settings=settings
    )


def asked_for(said: Written, laid_over: Moods | None = None) -> NDArray[np.bool_]:
    """Say which texts stand beside a survey answer: a score that nobody read from the text."""
    own = {text: mood(text) for text in dict.fromkeys(said.text)}
    given = np.array(
        [
            score not in (NO_SCORE, own[text])
            for text, score in zip(said.text, said.score.tolist(), strict=True)
        ],
        np.bool_,
    )
    if laid_over is not None:
        given &= laid_over.by_row[said.row] == AS_IT_IS
    return given


def rated(said: Written, laid_over: Moods | None = None) -> Rated:
    """Give the texts that a survey answer stands beside, with the answer."""
    some = said.take(asked_for(said, laid_over))
    return Rated(some.text, some.score.astype(np.int64), some.code.astype(np.int64))


class Readers(NamedTuple):
    """Who read the scores of some journeys."""

    answers: int  # customers themselves, in surveys
    lexicon: int
    model: int
    unknown: int  # texts without a score: they show no mood


def who_read(journeys: Journeys) -> Readers:
    """Count the scores that customers gave, and those that were read from what they wrote."""
    model = scored = 0
    for batch in journeys:
        scored += int((batch.score != NO_SCORE).sum())
        if journeys.moods is not None:
            model += int(journeys.moods.speaks(batch).sum())
    said = written(journeys)
    given = int(asked_for(said, journeys.moods).sum())
    unknown = int((said.score == NO_SCORE).sum())
    lexicon = said.n - unknown - model - given
    return Readers(scored - lexicon - model, lexicon, model, unknown)


def scores(found: Classifier, texts: Sequence[str]) -> NDArray[np.int16]:
    """Give the mood of texts from -1000 to 1000: how much more likely good than bad."""
    chance = dict(zip(found.classes, found.probabilities(texts).T, strict=True)) if texts else {}
    none = np.zeros(len(texts))
    gap = chance.get(_POSITIVE, none) - chance.get(_NEGATIVE, none)
    return np.asarray(np.rint(1000 * gap), np.int16)


def readable(found: Classifier, texts: Sequence[str]) -> NDArray[np.bool_]:
    """Say of which texts at least half of the words were learned: of others it knows nothing."""
    known = frozenset(found.words.terms)
    told = [words(text) for text in texts]
    return np.array([2 * sum(w in known for w in said) >= max(len(said), 1) for said in told], bool)


def by_lexicon(texts: Sequence[str]) -> NDArray[np.int64]:
    """Give what the lexicon says; of texts that show it no mood, the middle."""
    return np.array([mood(text) or 0 for text in texts], np.int64)


def _labels(ground: Ground) -> Rated:
    """Read the labels of a file: words, or numbers from -1 to 1."""
    told = labelled(ground.spec.sentiment, ground.root, MODEL)
    texts, values = [], []
    for text, label in zip(told.text, told.label, strict=True):
        texts.append(text)
        values.append(_value(label))
    return Rated(tuple(texts), np.array(values, np.int64), np.full(len(texts), -1, np.int64))


def _value(label: str) -> int:
    meant = _MEANT.get(label.lower())
    if meant is not None:
        return {_NEGATIVE: -1000, _NEUTRAL: 0, _POSITIVE: 1000}[meant]
    try:
        number = float(label)
    except ValueError:
        number = float("nan")
    if not -1 <= number <= 1:
        said = f"trod.yml: models.sentiment.labels: {label!r} is no mood."
        raise DefinitionError([f"{said} Write negative, neutral, positive, or from -1 to 1."])
    return round(1000 * number)


def _by_time(told: Rated) -> tuple[Rated, Rated]:
    """Cut ratings in two by time; of the later ones keep each new wording once."""
    n = len(told.text) - int(_LATER * len(told.text))
    early = told.take(range(n))
    known = set(early.text)
    fresh: list[int] = []
    for i in range(n, len(told.text)):
        if told.text[i] not in known:
            known.add(told.text[i])
            fresh.append(i)
    return early, told.take(fresh)


def _by_wording(told: Rated) -> tuple[Rated, Rated]:
    """Cut labels in two by a checksum of the text, so that one wording is on one side only."""
    held = [crc32(text.encode()) % 10 < 10 * _LATER for text in told.text]
    sides = ([i for i, side in enumerate(held) if side is wanted] for wanted in (False, True))
    rest, judged = (told.take(side) for side in sides)
    return rest, judged


def _classes(score: NDArray[np.int64]) -> list[str]:
    return [
        _NEGATIVE if s <= -_MIDDLE else _POSITIVE if s >= _MIDDLE else _NEUTRAL
        for s in score.tolist()
    ]


def _too_few(card: Card, learned: int, judged: int) -> Fitted:
    remark = (
        f"{count(learned, 'rated text')} to learn from and {judged} in new words to judge by; "
        f"{ENOUGH} and {ENOUGH_JUDGED} are needed. The lexicon speaks."
    )
    return Fitted(replace(card, remarks=(remark,)), Stored())


def correlation(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Give Pearson's r; 0 where one of them is all the same.

    Examples
    --------
    >>> round(correlation(np.array([1, 2, 3]), np.array([2, 4, 7])), 3)
    0.993
    """
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0


def _difference(
    one: NDArray[np.int64], other: NDArray[np.int64], truth: NDArray[np.int64], seed: int
) -> tuple[float, float]:
    """Give the 95 % interval of the difference of two correlations, by drawing the texts again."""
    rng = np.random.default_rng(seed)
    gaps = []
    for _ in range(_DRAWS):
        at = rng.integers(0, truth.size, truth.size)
        gaps.append(correlation(one[at], truth[at]) - correlation(other[at], truth[at]))
    low, high = np.quantile(gaps, [0.025, 0.975])
    return float(low), float(high)


def _r_interval(r: float, n: int) -> tuple[float, float]:
    """Give the interval of a correlation, by Fisher's z."""
    z, half = np.arctanh(min(max(r, -0.999), 0.999)), 1.959964 / np.sqrt(max(n - 3, 1))
    return float(np.tanh(z - half)), float(np.tanh(z + half))
