"""The mood of what customers write: VADER with the words of customer service, as integers.

Written answers are read where no survey score stands. A text that shows no mood (no word of it is
in the lexicon) has no score: to say nothing about one's mood is not to be neutral, and text in a
language the lexicon does not know would otherwise pull every curve to the middle. For the same
reason a text whose small words are those of another language is not read at all: German *die* and
*war* are no English deaths and wars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise, product
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from ruamel.yaml import YAML
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

_WORD: Final = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_LONGEST: Final = 4_000  # characters read; beyond it nothing changes the mood of a text
_REMEMBERED: Final = 100_000
_LANGUAGES: Final = {
    "en": "the and is it to of my you i was for not with this that have are your but be a an on we "
    "they me no so if or at by from as do does did when what how can will just up out get got in",
    "de": "der die das und ist nicht ich ein eine mit auf für sie es war aber wir auch den dem",
    "fr": "le la les et est pas je un une avec pour vous ne que des du mais très nous sur ce",
    "es": "el la los las y es no un una con por para que muy pero mi se lo de en su me",
    "it": "il lo la gli e è non un una con per che molto ma mi si di del della sono",
    "pt": "o os as e é não um uma com por para que muito mas meu se do da em eu",
    "nl": "de het een en is niet ik met voor van op maar dat heb was zijn mijn",
}
_SMALL: Final = {code: frozenset(words.split()) for code, words in _LANGUAGES.items()}


@cache
def _lexicon() -> tuple[SentimentIntensityAnalyzer, Mapping[str, tuple[tuple[str, ...], ...]]]:
    """Read the lexicons once; give the reader of moods, and phrases by their first word."""
    terms = YAML(typ="safe").load(files(__package__).joinpath("lexicon.yaml").read_text("utf-8"))
    reader = SentimentIntensityAnalyzer()
    reader.lexicon.update({word: float(mood) for word, mood in terms["words"].items()})
    phrases: dict[str, list[tuple[str, ...]]] = {}
    for written, mood in terms["phrases"].items():
        for words in product(*(part.split("/") for part in written.split())):
            reader.lexicon[_token(words)] = float(mood)
            phrases.setdefault(words[0], []).append(words)
    longest_first = {
        first: tuple(sorted(all_, key=lambda w: (-len(w), w))) for first, all_ in phrases.items()
    }
    return reader, longest_first


def _token(words: tuple[str, ...]) -> str:
    """Give a phrase a word of its own, which VADER then treats like any other."""
    return "_".join(words).replace("'", "")


def mood(text: str) -> int | None:
    """Read the mood of a text.

    Parameters
    ----------
    text
        What a customer wrote, in English.

    Returns
    -------
    int or None
        From -1000 to 1000, or None where the text shows no mood or is not in English.

    Examples
    --------
    >>> mood("Keeps crashing, I want a refund") < -500
    True
    >>> mood("Support was quick and very helpful!") > 500
    True
    >>> mood("Where do I find my invoice?") is None
    True
    >>> mood("Die Lieferung war in Ordnung") is None
    True
    """
    return _mood(text[:_LONGEST])


@lru_cache(_REMEMBERED)
def _mood(text: str) -> int | None:
    if _foreign(text):
        return None
    reader, _ = _lexicon()
    scores: dict[str, Any] = reader.polarity_scores(_with_phrases(text))
    if not (scores["pos"] or scores["neg"]):
        return None
    return round(float(scores["compound"]) * 1000)


def _foreign(text: str) -> bool:
    """Say whether the small words of a text are more those of another language than English.

    One word is no proof: "no", "as" and "die" are words of English too.
    """
    words = {word.lower() for word in _WORD.findall(text)}
    english = len(words & _SMALL["en"])
    most = max(len(words & small) for code, small in _SMALL.items() if code != "en")
    return most >= 2 and most > english


def _with_phrases(text: str) -> str:
    """Write each known phrase of a text as one word."""
    return "".join(_pieces(text.replace("’", "'")))


def _pieces(text: str) -> Iterator[str]:
    _, phrases = _lexicon()
    found = list(_WORD.finditer(text))
    words = [match[0].lower() for match in found]
    at, i = 0, 0
    while i < len(found):
        for phrase in phrases.get(words[i], ()):
            end = i + len(phrase)
            if tuple(words[i:end]) == phrase and _close(text, found[i:end]):
                yield text[at : found[i].start()] + _token(phrase)
                at = found[end - 1].end()
                i = end - 1
                break
        i += 1
    yield text[at:]


def _close(text: str, matches: list[re.Match[str]]) -> bool:
    """Say whether only blanks stand between some words."""
    return all(not text[a.end() : b.start()].strip() for a, b in pairwise(matches))


def fill_scores(touchpoints: pa.Table) -> pa.Table:
    """Give touchpoints with a text and no score the mood of the text."""
    score, text = touchpoints["score"], touchpoints["text"]
    if text.null_count == len(text) or not score.null_count:
        return touchpoints
    coded = text.combine_chunks().dictionary_encode()
    moods = pa.array([mood(value) for value in coded.dictionary.to_pylist()], pa.int16())
    read = moods.take(coded.indices)
    filled = pc.coalesce(score, read)
    return touchpoints.set_column(touchpoints.column_names.index("score"), "score", filled)
