"""Checked claims: a sentence gets its numbers from figures, and only from them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from operator import and_
from string import Formatter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.predicate import And, parse
from trod.insights.answers import Answers
from trod.insights.journey_map import Count, Fact
from trod.insights.wording import share
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.passage import StagePlan
from trod.journeys.predicate import Predicate

_DIGIT = re.compile(r"\d")


class Figure(NamedTuple):
    """A number as it stands in a sentence, with the keys of the customers behind it."""

    text: str
    checks: tuple[tuple[str, int], ...] = ()  # predicate key, customers it must list

    @property
    def behind(self) -> Count | None:
        """The customers it opens: of a share, those of the part."""
        return Count(self.checks[0][1], self.checks[0][0]) if self.checks else None


class Claim(NamedTuple):
    """A sentence in pieces, and the figures in it."""

    pieces: tuple[Fact, ...]  # name of the figure or word it is ("" for plain), text, customers
    facts: tuple[Fact, ...]  # of them, the figures
    checks: tuple[tuple[str, int], ...]

    @property
    def text(self) -> str:
        """The sentence."""
        return "".join(piece.text for piece in self.pieces)


def counted(n: int, key: str) -> Figure:
    """Make a figure of a number of customers.

    Examples
    --------
    >>> counted(1301, "left:Onboard")
    Figure(text='1,301', checks=(('left:Onboard', 1301),))
    """
    return Figure(f"{n:,}", ((key, n),))


def shared(part: int, whole: int, *keys: str) -> Figure:
    """Make a figure of a share; keys name the customers of the part and of the whole."""
    return Figure(share(part, whole), tuple(zip(keys, (part, whole), strict=False)))


def claim(template: str, figures: Mapping[str, Figure], **words: str) -> Claim:
    """Fill a sentence from figures and names; a number that is typed into it is refused.

    Raises
    ------
    ValueError
        If the template itself holds a digit: that number would be checked by nobody.

    Examples
    --------
    >>> claim("{n} left in {stage}.", {"n": counted(12, "left:A")}, stage="Week 2").text
    '12 left in Week 2.'
    """
    pieces: list[Fact] = []
    facts: list[Fact] = []
    checks: list[tuple[str, int]] = []
    for literal, name, _, _ in Formatter().parse(template):
        if _DIGIT.search(literal):
            raise ValueError(f"{literal!r} holds a number that is no figure: pass it as a figure.")
        if literal:
            pieces.append(Fact("", literal))
        if name is None:
            continue
        if name in figures:
            figure = figures[name]
            facts.append(Fact(name.replace("_", " "), figure.text, figure.behind))
            checks.extend(figure.checks)
            pieces.append(Fact(name, figure.text, figure.behind))
        else:
            pieces.append(Fact(name, words[name]))
    return Claim(tuple(pieces), tuple(facts), tuple(checks))


def verify(made: Claim, asked: Answers) -> None:
    """Count the customers behind every figure of a sentence again.

    Raises
    ------
    AssertionError
        If a list has another length than the sentence says: a bug, never shown.
    """
    found = recounted([key for key, _ in made.checks], asked.journeys, asked.plan)
    for key, n in made.checks:
        if found[key] != n:
            raise AssertionError(
                f"{made.text!r} says {n:,} for {key}, but it lists {found[key]:,}."
            )


def recounted(keys: Sequence[str], journeys: Journeys, plan: StagePlan | None) -> dict[str, int]:
    """Count the customers behind some keys, in one pass; what several of them name is asked once.

    Raises
    ------
    DefinitionError
        If a key names no customers.
    """
    wanted = sorted(set(keys))
    predicates = [parse(key, plan, journeys.vocabulary, journeys.named) for key in wanted]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(lambda batch: _counts(predicates, batch), journeys))
    return {key: sum(part[i] for part in parts) for i, key in enumerate(wanted)}


def _counts(predicates: Sequence[Predicate], batch: JourneyBatch) -> list[int]:
    """Count whom each predicate means in a batch; what several of them name is asked once."""
    parts = [p.parts if isinstance(p, And) else (p,) for p in predicates]
    masks: dict[str, NDArray[np.bool_]] = {}
    for part in (each for several in parts for each in several):
        if part.key not in masks:
            masks[part.key] = part.mask(batch)
    return [
        int(np.count_nonzero(reduce(and_, (masks[part.key] for part in several))))
        for several in parts
    ]
