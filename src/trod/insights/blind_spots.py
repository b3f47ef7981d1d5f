"""Where customers act unseen: gaps in tracking and groups that a source never shows, priced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod.analyses.spent import spent
from trod.analyses.unseen import Unseen
from trod.insights.journey_map import Count
from trod.journeys.batch import Journeys

_MOST_VALUES: Final = 20
_EXPECTED: Final = 20  # customers of a group who should have been seen, for their absence to tell
_SELDOM: Final = 20  # seen so many times less often than the others


class BlindSpot(NamedTuple):
    """Something that is not recorded, with the customers and the money it touches."""

    what: str  # in words: a source, a touchpoint, a group
    source: str
    touchpoint: str | None
    group: tuple[str, str] | None  # attribute and value, where a group is never seen
    first_day: str | None  # ISO dates; None where it was never there
    last_day: str | None
    missing: int  # estimated rows, or customers of a group who should have been seen
    customers: Count  # who were seen elsewhere meanwhile: a lower bound
    value_micros: int  # money on record of these customers
    evidence: str

    @property
    def command(self) -> str:
        """What lists the customers in a terminal; empty where no key names any."""
        if not (self.customers.key and self.customers.n):
            return ""
        return f"trod export customers --where '{self.customers.key}' --unit person"


class Silence(NamedTuple):
    """A gap, as the touchpoints it kept away and the moments between which it lasted."""

    source: str
    touchpoint: str | None
    names: tuple[str, ...]  # touchpoints that only this source brings
    first_us: int
    end_us: int
    first_day: str
    last_day: str
    expected: int


def of_silences(journeys: Journeys, found: Sequence[Silence]) -> Iterator[BlindSpot]:
    """Price gaps in tracking: who was seen elsewhere meanwhile, and their money on record."""
    if not found:
        return
    money = _value(journeys)
    for gap in found:
        names = tuple(name for name in gap.names if name in journeys.vocabulary.touchpoints)
        if not names:
            continue
        who = Unseen(names, gap.first_us, gap.end_us)
        touched = np.concatenate([np.zeros(0, np.bool_), *(who.mask(b) for b in journeys)])
        days = f"{gap.first_day} to {gap.last_day}"
        what = f"{gap.touchpoint} of {gap.source}" if gap.touchpoint else f"all of {gap.source}"
        yield BlindSpot(
            what,
            gap.source,
            gap.touchpoint,
            None,
            gap.first_day,
            gap.last_day,
            gap.expected,
            Count(int(np.count_nonzero(touched)), who.key),
            int(money[touched].sum()),
            f"No row from {days}, where the weeks around it bring {gap.expected:,}.",
        )


def of_groups(
    journeys: Journeys,
    seen: Mapping[str, Sequence[NDArray[np.bool_]]],
    left_out: Mapping[str, str],
) -> Iterator[BlindSpot]:
    """Find groups of customers whom a source that shows the others never shows.

    Parameters
    ----------
    journeys
        With attributes.
    seen
        By source: for each batch, which customers the source ever showed, shape (n_customers,).
    left_out
        By source: the condition by which rows are left out on purpose. Groups by an attribute that
        it names are no blind spot.
    """
    table = journeys.attributes
    if table is None or not journeys.n_customers:
        return
    everyone = pa.chunked_array([b.customer for b in journeys], pa.string())
    place = pc.index_in(everyone, value_set=table["customer"].combine_chunks()).combine_chunks()
    value = _value(journeys)
    showed = {source: np.concatenate([*masks]) for source, masks in seen.items()}
    yield from _widest([*_groups(table, place, showed, left_out, value)])


def _groups(
    table: pa.Table,
    place: pa.Array,
    showed: Mapping[str, NDArray[np.bool_]],
    left_out: Mapping[str, str],
    value: NDArray[np.int64],
) -> Iterator[tuple[BlindSpot, NDArray[np.bool_]]]:
    """Give each group that a source never shows, with its members."""
    for name in table.column_names:
        if name == "customer":
            continue
        column = table[name].combine_chunks()
        groups = pc.unique(column.drop_null())
        if not 2 <= len(groups) <= _MOST_VALUES:
            continue
        mine = column.take(place)
        for group in sorted(str(g) for g in groups.to_pylist()):
            inside = pc.equal(mine.cast(pa.string()), group).fill_null(False)
            member = inside.to_numpy(zero_copy_only=False)
            for source, mask in showed.items():
                if name in left_out.get(source, ""):
                    continue
                if spot := _never(source, name, group, member, mask, value):
                    yield spot, member


def _widest(found: Sequence[tuple[BlindSpot, NDArray[np.bool_]]]) -> Iterator[BlindSpot]:
    """Leave out groups whose members are all in another group of the source: one thing, told once.

    A course that has run this year only lacks its results because this year does.
    """
    for i, (spot, member) in enumerate(found):
        others = (
            other
            for k, (wider, other) in enumerate(found)
            if wider.source == spot.source
            and ((n := wider.customers.n) > spot.customers.n or (n == spot.customers.n and k < i))
        )
        if not any((other | ~member).all() for other in others):
            yield spot


def _never(
    source: str,
    attribute: str,
    group: str,
    member: NDArray[np.bool_],
    mask: NDArray[np.bool_],
    value: NDArray[np.int64],
) -> BlindSpot | None:
    n, rest = int(member.sum()), int((~member).sum())
    here, there = int((mask & member).sum()), int((mask & ~member).sum())
    expected = n * there // max(rest, 1)
    if expected < _EXPECTED or here * _SELDOM > expected:
        return None
    seen = f"only {here:,}" if here else "none"
    return BlindSpot(
        f"{source} of customers whose {attribute} is {group}",
        source,
        None,
        (attribute, group),
        None,
        None,
        expected,
        Count(n, ""),
        int(value[member].sum()),
        f"Of {n:,} such customers {seen} ever shows in {source}; of the others {there:,} of "
        f"{rest:,} do, so about {expected:,} would be usual.",
    )


def _value(journeys: Journeys) -> NDArray[np.int64]:
    """Give the money on record of every customer, in order of the batches."""
    return np.concatenate([np.zeros(0, np.int64), *(spent(batch) for batch in journeys)])


def ranked(spots: Sequence[BlindSpot]) -> tuple[BlindSpot, ...]:
    """Put blind spots in order: the most money first, then customers, then missing rows."""
    return tuple(
        sorted(
            spots, key=lambda s: (-s.value_micros, -s.customers.n, -s.missing, s.what, s.evidence)
        )
    )
