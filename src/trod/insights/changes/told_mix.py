"""Other kinds of customers came: a change of its own, with the figures that it moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trod.analyses.changes.kinds import CAME_BY, Kinds, Split
from trod.analyses.retention import EnteredBetween
from trod.errors import DefinitionError, unknown
from trod.insights.changes import figures
from trod.insights.changes.change import Change
from trod.insights.changes.mix import split
from trod.insights.changes.telling import amount, certainty
from trod.insights.claims import Figure, claim
from trod.insights.journey_map import Count

if TYPE_CHECKING:
    from trod.insights.changes.compare import Compared, Ground

_MOST = 4


def named(among: Kinds, by: str) -> Split:
    """Give the split of a name.

    Raises
    ------
    DefinitionError
        If there is none, or it has too many values.
    """
    for one in among.splits:
        if one.name == by:
            return one
    known = [one.name for one in among.splits]
    raise DefinitionError(
        [unknown("attribute", by, known) if known else "no attribute has 2 to 12 values."]
    )


def changes(
    ground: Ground, moved: Sequence[tuple[Split, float, float]], by_mix: Sequence[Compared]
) -> list[Change]:
    """Make one change of all ways in which other customers came; the largest leads."""
    if not moved:
        return []
    one, tv, p = max(moved, key=lambda each: (each[1], each[0].name))
    counts = ground.came(one)[-2:]
    shares = counts / counts.sum(axis=1, keepdims=True)
    label = int(abs(shares[1] - shares[0]).argmax())
    before, now = (int(x) for x in counts.sum(axis=1))
    told, asked = ground.told, ground.asked
    name = _name(one, one.labels[label])
    values = [figures.per_cent(float(x)) for x in shares[:, label]]
    keys = [
        EnteredBetween(told.spans.start_us[at], told.spans.end_us[at], told.plan).key
        for at in (-2, -1)
    ]
    made = claim(
        "Of {n_before} {unit} who entered in {then}, {before} were {name}; of {n_now} in {later}"
        " it was {now}.",
        {
            "n_before": Figure(f"{before:,}", ((keys[0], before),)),
            "n_now": Figure(f"{now:,}", ((keys[1], now),)),
            "before": Figure(values[0]),
            "now": Figure(values[1]),
        },
        unit=told.unit,
        name=name,
        then=asked.before.words,
        later=asked.now.words,
    )
    also = [f"{_title(ground, row)}, {_explained(ground, row, one)}" for row in by_mix[:_MOST]] + [
        f"Also by {other.name}" for other, _, _ in moved if other is not one
    ]
    difference = float(shares[1, label] - shares[0, label])
    more = "more" if difference > 0 else "fewer"
    return [
        Change(
            kind="mix",
            stage="",
            touchpoint="",
            title=f"Other {told.unit} came, {more} of them {name}: {values[0]} to {values[1]}",
            statement=made.text,
            facts=made.facts,
            size=f"about {round(tv * now):,} of {now:,} {told.unit} are of another kind",
            told="mix",
            split=one.name,
            parts=None,
            split_words=f"Figures are compared at the same mix by {one.name}."
            + " What the mix alone moved stands below, and is not how anybody behaves."
            * bool(by_mix),
            cause="Look at where they came from: a campaign, a channel, a price, a partner.",
            also=tuple(also),
            certainty=certainty(p, asked.grain),
            p=p,
            difference=difference,
            low=difference,
            high=difference,
            unit="share",
            before=float(shares[0, label]),
            now=float(shares[1, label]),
            n_before=before,
            n_now=now,
            touched=tv * now,
            tone="",
            population=Count(now, keys[1]),
        )
    ]


def _name(one: Split, label: str) -> str:
    return f"by {label}" if one.name == CAME_BY else f"{one.name} {label}"


def _title(ground: Ground, row: Compared) -> str:
    return figures.title(row.measure, row.before, row.now, ground.told)


def _explained(ground: Ground, row: Compared, one: Split) -> str:
    """Say how much of a difference the mix makes."""
    i = ground.measures.index(row.measure)
    sums = ground.found.sums
    parts = split(sums[i, -1, one.cells], sums[i, -2, one.cells])
    kind = row.measure.kind
    return f"{amount(kind, parts.mix)} of {amount(kind, row.crude.difference)} by the mix"
