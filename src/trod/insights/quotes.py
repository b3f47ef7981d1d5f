"""What customers who left wrote, word for word, with personal data masked."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from trod.insights.answers import Answers
from trod.insights.journey_map import Quote
from trod.insights.wording import day
from trod.journeys.batch import NO_SCORE
from trod.journeys.passage import LEFT, passages

_READ: Final = 60
_SHORTEST, _LONGEST = 12, 160

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_LONG_NUMBER = re.compile(r"(?<![\w.])\+?\(?\d(?:[\s().\-/]{0,2}\d){6,18}(?!\w)")
_LINK = re.compile(r"https?://\S+|www\.\S+")


def masked(text: str) -> str:
    """Take e-mail addresses, links, and numbers of seven digits or more out of a text.

    Examples
    --------
    >>> masked("Write to ann@example.com or ring +49 30 1234567, card 4111 1111 1111 1111.")
    'Write to [e-mail] or ring [number], card [number].'
    >>> masked("It failed 3 times on 2024-05-01.")
    'It failed 3 times on 2024-05-01.'
    """
    text = _LINK.sub("[link]", _EMAIL.sub("[e-mail]", text))
    return _LONG_NUMBER.sub(lambda m: m[0] if _is_date(m[0]) else "[number]", text)


def _is_date(text: str) -> bool:
    return bool(re.fullmatch(r"(19|20)\d\d[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](19|20)\d\d", text))


def quotes(asked: Answers, s: int, *, most: int = 2) -> tuple[Quote, ...]:
    """Give the saddest words of those who left in a stage, written while they were in it.

    Whole texts only, of 12 to 160 characters, one per customer and wording; nothing is shortened.
    """
    texts: list[tuple[int, int, str, int, int]] = []  # score, time, customer, code, row
    for batch in asked.journeys:
        walked = passages(batch, asked.plan)
        gone = (walked.furthest == s) & (walked.status == LEFT)
        size = np.diff(batch.offsets)
        rows = np.flatnonzero(
            (batch.score != NO_SCORE) & (walked.stage == s) & np.repeat(gone, size)
        )
        # A total order before cutting, so that the same texts are read whatever the batches.
        order = np.lexsort((batch.row[rows], batch.time_us[rows], batch.score[rows]))
        for i in rows[order][:_READ]:
            who = int(np.searchsorted(batch.offsets, i, "right")) - 1
            texts.append(
                (
                    int(batch.score[i]),
                    int(batch.time_us[i]),
                    batch.customer[who].as_py(),
                    int(batch.code[i]),
                    int(batch.row[i]),
                )
            )
    texts.sort(key=lambda t: t[:4])
    chosen = texts[:_READ]
    if not chosen:
        return ()
    words = asked.journeys.text(np.array([t[4] for t in chosen], np.int64))
    found: list[Quote] = []
    seen: set[str] = set()
    for (_, time_us, who, code, _), text in zip(chosen, words, strict=True):
        said = masked(" ".join((text or "").split()))
        if not _SHORTEST <= len(said) <= _LONGEST or {said, who} & seen:
            continue
        seen |= {said, who}
        name = asked.journeys.vocabulary.touchpoints[code]
        found.append(Quote(said, name, day(time_us, asked.journeys.zone)))
        if len(found) == most:
            break
    return tuple(found)
