"""What customers who left wrote, word for word, with personal data masked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

import numpy as np

from trod.events.masked import masked
from trod.insights.answers import Answers
from trod.insights.journey_map import Quote
from trod.insights.wording import day
from trod.journeys.batch import NO_SCORE
from trod.journeys.passage import LEFT, passages

_READ: Final = 60
_SHORTEST, _LONGEST = 12, 160


class _Said(NamedTuple):
    score: int
    time_us: int
    customer: str
    touchpoint: str
    row: int


def quotes(
    asked: Answers, s: int, *, most: int = 2, lacked: Collection[int] = ()
) -> tuple[Quote, ...]:
    """Give the saddest words of those who left in a stage, written while they were in it.

    Below neutral only, and never from what the lost mostly lacked.
    Whole texts only, of 12 to 160 characters, one per customer and wording; nothing is shortened.
    """
    texts: list[_Said] = []
    for batch in asked.journeys:
        walked = passages(batch, asked.plan)
        gone = (walked.furthest == s) & (walked.status == LEFT)
        size = np.diff(batch.offsets)
        sad = (batch.score != NO_SCORE) & (batch.score < 0)
        sad &= ~np.isin(batch.code, np.array([*lacked], np.int64))
        rows = np.flatnonzero(sad & (walked.stage == s) & np.repeat(gone, size))
        # A total order before cutting, so that the same texts are read whatever the batches.
        order = np.lexsort((batch.time_us[rows], batch.score[rows]))
        for i in rows[order][:_READ]:
            who = int(np.searchsorted(batch.offsets, i, "right")) - 1
            name = batch.vocabulary.touchpoints[batch.code[i]]
            customer = batch.customer[who].as_py()
            texts.append(
                _Said(int(batch.score[i]), int(batch.time_us[i]), customer, name, int(batch.row[i]))
            )
    texts.sort(key=lambda t: t[:3])
    return _chosen(asked, texts[:_READ], most) if texts else ()


def _chosen(asked: Answers, texts: list[_Said], most: int) -> tuple[Quote, ...]:
    """Take the first texts of a fitting length, one per customer and wording."""
    words = asked.journeys.text(np.array([t.row for t in texts], np.int64))
    found: list[Quote] = []
    seen: set[str] = set()
    for said, text in zip(texts, words, strict=True):
        shown = masked(" ".join((text or "").split()))
        if _SHORTEST <= len(shown) <= _LONGEST and not {shown, said.customer} & seen:
            seen |= {shown, said.customer}
            found.append(Quote(shown, said.touchpoint, day(said.time_us, asked.journeys.zone)))
    return tuple(found[:most])
