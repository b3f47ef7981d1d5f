"""Other kinds of customers came: a change of its own, with the figures that it moved."""

from __future__ import annotations

from collections.abc import Sequence

from trod.analyses.changes.kinds import CAME_BY, Split
from trod.insights.changes import figures
from trod.insights.changes.change import Change
from trod.insights.changes.compared import Compared
from trod.insights.changes.ground import Ground
from trod.insights.changes.telling import amount, certainty
from trod.insights.claims import Claim, Figure, claim, counted
from trod.insights.journey_map import Count

_MOST = 4
Moved = tuple[Split, float, float]
"""A split by which other customers came: how many, as a share, and how likely chance makes it."""


def changes(ground: Ground, moved: Sequence[Moved], by_mix: Sequence[Compared]) -> list[Change]:
    """Make one change of all ways in which other customers came; the largest leads."""
    if not moved:
        return []
    one, tv, p = max(moved, key=lambda each: (each[1], each[0].name))
    counts = ground.came(one)[-2:]
    shares = counts / counts.sum(axis=1, keepdims=True)
    label = int(abs(shares[1] - shares[0]).argmax())
    n_before, n_now = (int(x) for x in counts.sum(axis=1))
    before, now = (float(x) for x in shares[:, label])
    told, name = ground.told, _name(one, one.labels[label])
    some = int(counts[0, label]), int(counts[1, label])
    made = _statement(ground, name, (n_before, n_now), some, one.key(label))
    more = "more" if now > before else "fewer"
    values = f"{figures.per_cent(before)} to {figures.per_cent(now)}"
    return [
        Change(
            kind="mix",
            stage="",
            touchpoint="",
            title=f"Other {told.unit} came, {more} of them {name}: {values}",
            statement=made.text,
            facts=made.facts,
            size=f"about {round(tv * n_now):,} of {n_now:,} {told.unit} are of another kind",
            told="mix",
            split=one.name,
            parts=None,
            split_words=f"Figures are compared at the same mix by {one.name}."
            + " What the mix alone moved stands below, and is not how anybody behaves."
            * bool(by_mix),
            cause="Look at where they came from: a campaign, a channel, a price, a partner.",
            also=_also(ground, one, moved, by_mix),
            certainty=certainty(p, ground.asked.grain),
            p=p,
            difference=now - before,
            low=now - before,
            high=now - before,
            unit="share",
            before=before,
            now=now,
            n_before=n_before,
            n_now=n_now,
            touched=tv * n_now,
            tone="",
            population=Count(n_now, told.entered[1]),
        )
    ]


def _statement(
    ground: Ground, name: str, n: tuple[int, int], some: tuple[int, int], kind: str
) -> Claim:
    """Say which share of those who entered were of a kind, in each of the two periods."""
    told, asked = ground.told, ground.asked
    before, now = (
        Figure(
            figures.per_cent(part / whole),
            ((f"{entered}&{kind}", part), (entered, whole)) if kind else (),
        )
        for part, whole, entered in zip(some, n, told.entered, strict=True)
    )
    return claim(
        "Of {n_before} {unit} who entered in {then}, {before} were {name}; of {n_now} in {later}"
        " it was {now}.",
        {
            "n_before": counted(n[0], told.entered[0]),
            "n_now": counted(n[1], told.entered[1]),
            "before": before,
            "now": now,
        },
        unit=told.unit,
        name=name,
        then=asked.before.words,
        later=asked.now.words,
    )


def _also(
    ground: Ground, one: Split, moved: Sequence[Moved], by_mix: Sequence[Compared]
) -> tuple[str, ...]:
    """List what the mix moved, and by what else other customers came."""
    by_it = [f"{row.title(ground.told)}, {_explained(ground, row, one)}" for row in by_mix[:_MOST]]
    others = [f"Also by {other.name}" for other, _, _ in moved if other is not one]
    return (*by_it, *others)


def _name(one: Split, label: str) -> str:
    return f"by {label}" if one.name == CAME_BY else f"{one.name} {label}"


def _explained(ground: Ground, row: Compared, one: Split) -> str:
    """Say how much of a difference the mix makes."""
    mix = ground.parts(ground.measures.index(row.measure), one).mix
    kind = row.measure.kind
    return f"{amount(kind, mix)} of {amount(kind, row.crude.difference)} by the mix"
