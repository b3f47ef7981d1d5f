"""What customers wrote, word for word, with personal data masked and the place it stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.events.masked import masked
from trod.models.voice.tfidf import words
from trod.models.voice.written import Written

_SHORTEST, _LONGEST = 12, 200
_LOOKED_AT: Final = 200


class Said(NamedTuple):
    """One text as it stands in the log, personal data masked."""

    text: str
    customer: str  # canonical id: `trod customer` opens the journey it stands in
    touchpoint: str
    time_us: int
    row: int  # of the log


def nearest(
    said: Written,
    nearness: NDArray[np.float64],
    names: Sequence[str],
    called: Collection[str] = (),
    most: int = 3,
) -> tuple[Said, ...]:
    """Give the texts that show a topic best, one for each customer and wording.

    Those with the most of the words that it is called by, and of these the nearest to it.

    Whole texts of one line, of 12 to 200 characters; nothing is shortened or put into other words.
    Of equally near ones those without personal data come first, then the oldest.

    Parameters
    ----------
    said
        The texts of the topic.
    nearness
        Shape (n_texts,): how near each lies.
    names
        Touchpoints by code.
    called
        The words of the name of the topic.
    most
        How many at most.
    """
    has = np.array([len({*words(text)} & {*called}) for text in said.text], np.int64)
    order = np.lexsort((np.arange(said.n), -np.round(nearness, 6), -has))[:_LOOKED_AT].tolist()
    shown = {i: masked(said.text[i].strip()) for i in order}
    order.sort(key=lambda i: shown[i] != said.text[i].strip())
    found: list[Said] = []
    taken: set[str] = set()
    for i in order:
        text, who = shown[i], said.customer[i]
        if not _SHORTEST <= len(text) <= _LONGEST or "\n" in text or {text, who} & taken:
            continue
        taken |= {text, who}
        place = names[said.code[i]]
        found.append(Said(text, who, place, int(said.time_us[i]), int(said.row[i])))
    return tuple(found[:most])
