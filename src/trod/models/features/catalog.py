"""Which features there are: chosen once, and kept with a model, so that scoring sees the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.features import customers_by_code, customers_by_pair
from trod.journeys.batch import NO_SCORE, NO_VALUE, Journeys
from trod.journeys.help import asks_for_help
from trod.journeys.passage import StagePlan
from trod.models.features.breadth import Breadth, Seats
from trod.models.features.counted import EACH, Channels, Touchpoints, slots
from trod.models.features.family import Family
from trod.models.features.motifs import Motifs
from trod.models.features.profile import Profile, text_of
from trod.models.features.stage import Stage
from trod.models.features.table import Feature
from trod.models.features.tempo import Tempo
from trod.models.features.told import Money, Mood, Support

_FAMILIES: Final[Mapping[str, Any]] = {
    each.family: each
    for each in (
        Tempo, Stage, Breadth, Seats, Support, Mood, Money, Channels, Motifs, Touchpoints, Profile,
    )
}  # fmt: skip
_MOST_CHANNELS: Final = 4
_MOST_MOTIFS: Final = 10
_MOST_VALUES: Final = 5  # of one attribute
_MOTIFS_AMONG: Final = 64  # touchpoints that most customers had


@dataclass(frozen=True)
class Catalog:
    """The features of a model, in the order of their columns."""

    families: tuple[Family, ...] = field(default_factory=tuple)

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """Every feature."""
        return tuple(feature for family in self.families for feature in family.features)

    def placed(self) -> Iterator[tuple[Family, int]]:
        """Give each family with its first column."""
        column = 0
        for family in self.families:
            yield family, column
            column += len(family.features)

    def told(self) -> list[dict[str, Any]]:
        """Give it as JSON."""
        return [{"family": each.family, **asdict(each)} for each in self.families]  # type: ignore[call-overload]

    @classmethod
    def of(cls, told: Sequence[Mapping[str, Any]]) -> Catalog:
        """Read what `told` gave.

        Examples
        --------
        >>> Catalog.of(Catalog((Tempo(), Touchpoints(("visit",), 1))).told()).families
        (Tempo(), Touchpoints(names=('visit',), n_long=1))
        """
        return cls(tuple(_family(each) for each in told))


def _family(told: Mapping[str, Any]) -> Family:
    kept = {name: _tuples(value) for name, value in told.items() if name != "family"}
    found: Family = _FAMILIES[told["family"]](**kept)
    return found


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def catalog(
    journeys: Journeys,
    plan: StagePlan,
    *,
    most: int = 100,
    until_us: int | None = None,
    attributes: bool = False,
) -> Catalog:
    """Choose the features of some journeys.

    Parameters
    ----------
    journeys
        The data.
    plan
        The stages.
    most
        How many features there may be. Families come first, each whole or not at all; what is left
        is given to single touchpoints, the most customers first: at least three columns each.
    until_us
        Nothing later than this, in microseconds UTC, has a say in the choice; the moment of the
        plan by default.
    attributes
        Whether what profiles say is among them. Profiles carry no time: "reason for leaving" is
        known of customers who left, and of nobody else.

    Returns
    -------
    Catalog
        The same for the same data, whatever their order of arrival.

    Notes
    -----
    Two passes over the touchpoints. Ties are broken by name. Whether an amount, a score, a channel
    or an account's people are there at all decides whether there are features of them.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> from trod.journeys.passage import compile_plan
    >>> from trod.journeys.spec import JourneySpec
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "bob"],
    ...     "touchpoint": ["visit", "call", "visit"],
    ...     "time": [0, 10, 20],
    ... }))
    >>> stages = [{"name": "look", "enter_on": "visit"}, {"name": "talk", "enter_on": "call"}]
    >>> plan = compile_plan(JourneySpec(name="purchase", stages=stages), journeys)
    >>> chosen = catalog(journeys, plan)
    >>> len(chosen.features), chosen.features[0].words
    (37, 'Touchpoints in the last 7 days')
    """
    until = plan.as_of_us if until_us is None else until_us
    by_name = _customers(journeys, "code", len(journeys.vocabulary.touchpoints), until)
    by_channel = _customers(journeys, "channel", len(journeys.vocabulary.channels), until)
    names = _most(journeys.vocabulary.touchpoints, by_name)
    channels = _most(journeys.vocabulary.channels, by_channel)
    chosen: list[Family] = []
    left = most
    for family in _wholes(journeys, names, channels, until, attributes=attributes):
        n = len(family.features)
        if 0 < n <= left:
            chosen.append(family)
            left -= n
    motifs = _motifs(journeys, names, min(_MOST_MOTIFS, left // 4), until)
    if motifs.pairs:
        chosen.append(motifs)
        left -= len(motifs.pairs)
    touchpoints = _fitting(names, left)
    return Catalog((*chosen, touchpoints) if touchpoints.names else tuple(chosen))


def _wholes(
    journeys: Journeys,
    names: Sequence[str],
    channels: Sequence[str],
    until: int,
    *,
    attributes: bool,
) -> Iterator[Family]:
    """Give the families there are data for, the ones not to do without first."""
    yield Tempo()
    yield Stage()
    yield Breadth(len(channels) > 1)
    if journeys.unit == "account" and journeys.people is not None:
        yield Seats()
    help_names = tuple(sorted(n for n in names if asks_for_help(n)))
    help_channels = tuple(sorted(c for c in channels if asks_for_help(c)))
    if help_names or help_channels:
        yield Support(help_names, help_channels)
    if any(_any(batch.score != NO_SCORE, batch.time_us, until) for batch in journeys):
        yield Mood()
    if any(_any(batch.value != NO_VALUE, batch.time_us, until) for batch in journeys):
        yield Money(journeys.currency)
    if len(channels) > 1:
        yield Channels(tuple(channels[:_MOST_CHANNELS]))
    if attributes:
        yield Profile(_values(journeys.attributes))


def _any(there: NDArray[np.bool_], time_us: NDArray[np.int64], until: int) -> bool:
    return bool(there.any() and (there & (time_us <= until)).any())


def _customers(journeys: Journeys, column: str, n: int, until: int) -> NDArray[np.int64]:
    """Count customers by code up to a moment, (n,)."""
    counts = np.zeros(n, np.int64)
    for batch in journeys:
        customers_by_code(
            given(batch.offsets, np.int64),
            given(batch.time_us, np.int64),
            given(getattr(batch, column), np.uint16),
            until,
            counts,
        )
    return counts


def _most(names: Sequence[str], customers: NDArray[np.int64]) -> list[str]:
    """Order the names that anybody had, the most customers first, then by name."""
    there = [(-int(n), name) for name, n in zip(names, customers, strict=True) if n]
    return [name for _, name in sorted(there)]


def _motifs(journeys: Journeys, names: Sequence[str], most: int, until: int) -> Motifs:
    """Find the pairs that most customers had."""
    among = names[:_MOTIFS_AMONG]
    counts = np.zeros((len(among) + 1, len(among) + 1), np.int64)
    place = slots(among, journeys.vocabulary.touchpoints)
    for batch in journeys if most > 0 else ():
        customers_by_pair(
            given(batch.offsets, np.int64),
            given(batch.time_us, np.int64),
            given(batch.code, np.uint16),
            place,
            until,
            counts,
        )
    found = [(-int(counts[a, b]), (among[a], among[b])) for a, b in np.argwhere(counts[:-1, :-1])]
    return Motifs(tuple(pair for _, pair in sorted(found)[: max(most, 0)]))


def _fitting(names: Sequence[str], room: int) -> Touchpoints:
    """Choose touchpoints for so many columns: three quarters for more names, then more windows."""
    n = min(len(names), max(room * 3 // 4 // EACH, 1 if room >= EACH else 0))
    n_long = min(n, (room - n * EACH) // 2)
    n = min(len(names), (room - n_long * 2) // EACH)
    return Touchpoints(tuple(names[:n]), n_long)


def _values(told: pa.Table | None) -> tuple[tuple[str, str], ...]:
    """Give the values of each attribute that most customers have."""
    found: list[tuple[str, str]] = []
    if told is None:
        return ()
    for name in told.column_names:
        if name == "customer":
            continue
        counts = pc.value_counts(text_of(told[name]).drop_null()).to_pylist()
        ordered = sorted((-row["counts"], row["values"]) for row in counts)
        found += [(name, value) for n, value in ordered[:_MOST_VALUES] if n < -1]
    return tuple(found)
