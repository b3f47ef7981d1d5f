"""Tables that describe others: products of a basket line, dates of a campaign.

A join is proposed from names and values, with a confidence. It is written to trod.yml for a person
to look at; nothing is joined without being asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Final, NamedTuple

from trod.events import roles
from trod.events.profile import FileProfile
from trod.sources.engine import quoted

LEAST: Final = 0.5
"""Confidence below which a join is not worth a line."""
_MOST_COLUMNS: Final = 8
_PAIRS: Final = 200  # of columns, compared by value
_NAMED_OTHERWISE: Final = 0.8
_ENDINGS: Final = frozenset({"id", "key", "code", "number", "no", "nr", "name"})


class JoinProposal(NamedTuple):
    """A table that could add columns to the rows of another one."""

    file: str  # whose rows it would describe
    other: str  # the table that describes
    on: tuple[tuple[str, str], ...]  # our column, theirs
    columns: tuple[str, ...]  # that it would add
    time: str | None  # one of them that says when
    found: int  # different values of ours that stand there
    values: int  # different values of ours
    confidence: float
    sheet: str | None = None  # of the workbook that `other` is

    @property
    def why(self) -> str:
        """Say what the confidence rests on."""
        return f"{self.found:,} of {self.values:,} values of {self.on[0][0]} stand there, once each"

    def written(self) -> str:
        """Write the join as it stands in trod.yml.

        Examples
        --------
        >>> JoinProposal("a.csv", "b.csv", (("x_id", "id"),), ("y",), None, 9, 9, 0.8).written()
        'join: {file: b.csv, on: {x_id: id}, columns: [y]}'
        """
        on = ", ".join(ours if ours == theirs else f"{ours}: {theirs}" for ours, theirs in self.on)
        if any(ours != theirs for ours, theirs in self.on):
            on = f"{{{on}}}"
        elif len(self.on) > 1:
            on = f"[{on}]"
        sheet = "" if self.sheet is None else f", sheet: {json.dumps(self.sheet)}"
        columns = ", ".join(self.columns)
        return f"join: {{file: {self.other}{sheet}, on: {on}, columns: [{columns}]}}"


def propose(files: Sequence[FileProfile]) -> tuple[JoinProposal, ...]:
    """Propose the joins between some files, the surest first.

    The key must stand once in the table that describes, and be no person: rows about one person
    meet in the journey, not in a join. Confidence is the share of different values of ours that
    stand there, less where the names of the columns differ.

    Notes
    -----
    Values are compared exactly, over whole files, for at most 200 pairs of columns whose names
    speak of the same thing.
    """
    found: list[JoinProposal] = []
    compared = 0
    for ours, theirs in permutations([file for file in files if file.n_sampled], 2):
        for left, right in _pairs(ours, theirs):
            compared += 1
            if compared > _PAIRS:
                break
            if made := _judged(ours, theirs, left, right):
                found.append(made)
                break
    return tuple(sorted(found, key=lambda j: (-j.confidence, j.file, j.other)))


def _pairs(ours: FileProfile, theirs: FileProfile) -> Iterator[tuple[str, str]]:
    """Give pairs of columns that may name the same thing, those of one name first."""
    later = []
    for left in ours.columns:
        if roles.person(left.words) or not left.known:
            continue
        for right in theirs.columns:
            if roles.person(right.words):
                continue
            if left.name.casefold() == right.name.casefold() and roles.is_id(left.words):
                yield left.name, right.name
            elif _same_thing(left.words, right.words, theirs):
                later.append((left.name, right.name))
    yield from later


def _same_thing(left: roles.Words, right: roles.Words, theirs: FileProfile) -> bool:
    """Say whether `product` of a line is the `id` of products, or its `product_id`."""
    things = {word for word in left if word not in _ENDINGS}
    about = {word for word in right if word not in _ENDINGS}
    if not things or not roles.is_id(right):
        return False
    table = {word.removesuffix("s") for word in roles.tokens(theirs.path.stem)}
    return things == about or (not about and bool({w.removesuffix("s") for w in things} & table))


def _judged(ours: FileProfile, theirs: FileProfile, left: str, right: str) -> JoinProposal | None:
    """Compare the values of two columns; None where they say nothing of each other."""
    if not theirs.column(right).unique or not theirs.exactly_unique(right):
        return None
    sql = (
        f"SELECT count(*), count(b.v) FROM (SELECT DISTINCT {quoted(left)}::VARCHAR AS v FROM "
        f"({ours.table.sql}) WHERE {quoted(left)} IS NOT NULL) AS a LEFT JOIN "
        f"(SELECT {quoted(right)}::VARCHAR AS v FROM ({theirs.table.sql})) AS b ON a.v = b.v"
    )
    values, found = (int(str(n)) for n in ours.ask(sql))
    same = left.casefold() == right.casefold()
    share = found * 100 // max(values, 1) / 100  # rounded down: one value amiss is not 100 %
    confidence = share * (1.0 if same else _NAMED_OTHERWISE)
    own = {column.name.casefold() for column in ours.columns}
    new = [c for c in theirs.columns if c.name.casefold() not in own and c.name != right]
    if confidence < LEAST or not new or values < 2:
        return None
    timed = [c.name for c in new if c.time and roles.time(c.words) >= 0.5]
    return JoinProposal(
        ours.path.name,
        theirs.path.name,
        ((left, right),),
        tuple(column.name for column in new[:_MOST_COLUMNS]),
        timed[0] if timed else None,
        found,
        values,
        round(confidence, 2),
    )
