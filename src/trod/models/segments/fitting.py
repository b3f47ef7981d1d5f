"""Finding the segments of a company, or finding that there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod.events.counted import plural
from trod.journeys.help import asks_for_help
from trod.journeys.label import units
from trod.journeys.passage import OPEN
from trod.models.card import Card, Measure, Verdict
from trod.models.fitted import Fitted
from trod.models.ground import Ground
from trod.models.segments.behaviour import (
    LEAST_DAYS,
    LEAST_STAY_DAYS,
    LEAST_TOUCHPOINTS,
    Expected,
    Seen,
    expected,
    look,
    touchpoints,
)
from trod.models.segments.difference import NO_DIFFERENCE, Difference, differ
from trod.models.segments.emerging import emerging
from trod.models.segments.grouping import (
    CLEAR,
    STABLE,
    Grouping,
    chosen,
    groupings,
    nearest,
    one_thread,
)
from trod.models.segments.merging import merged
from trod.models.segments.naming import Conditions, Name, conditions
from trod.models.segments.newcomers import newcomers, words
from trod.models.segments.persist import carried, told
from trod.models.segments.segmentation import (
    Rising,
    Segment,
    Segmentation,
    assigned,
    recounted,
)
from trod.models.segments.space import Space, space

NAME: Final = "segments"
NEEDED: Final = 200
_LEARNED: Final = 20_000
_SAYS: Final = "Which {unit} behave alike, beside what their stages and their stay let expect."

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """Customers that segments are found among."""

    ratios: Floats  # (n_customers, n_columns)
    asked: Conditions
    ends: NDArray[np.int8]  # 0 left, 1 done, -1 not over yet
    needs: NDArray[np.int8]  # 1 for those who asked for help


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What the search came to: groups and names, or the reasons why there are none."""

    space: Space
    centres: Floats
    names: tuple[Name, ...]
    best: Grouping | None
    reasons: tuple[str, ...]
    end: Difference = NO_DIFFERENCE
    need: Difference = NO_DIFFERENCE


def fit(ground: Ground) -> tuple[Fitted, ...]:
    """Find segments among customers who did enough to be judged.

    Returns
    -------
    tuple of Fitted
        One model, also where there is no structure: what is new is looked for all the same.

    Notes
    -----
    Learns from at most 20,000 customers, spread evenly over their ids; everybody else is put to the
    nearest centre. One thread, fixed seeds: the same journeys give the same bytes.
    """
    with one_thread():
        return (_fitted(ground),)


def _fitted(ground: Ground) -> Fitted:
    journeys, plan = ground.journeys, ground.plan
    seen, whole, middle = look(journeys, plan, touchpoints(journeys, plan))
    usual = expected(seen, whole, middle)
    judged = _sorted(seen, np.flatnonzero(seen.enough))
    n = judged.size
    if n < NEEDED or not seen.names:
        return Fitted(_too_few(ground, n, seen.names))
    step = -(-n // _LEARNED)
    sample = _sample(seen.take(judged[::step]), usual)
    found = _search(sample, np.random.default_rng(ground.seed))
    everyone = seen.take(judged)
    label = _labels(found, everyone, usual)
    names = recounted(found.names, everyone, usual, label) if found.names else ()
    ids, next_id, changes = _carry(ground, everyone.customer, label, len(names))
    rising, rose = _rising(ground, seen, judged, label, ids, usual)
    made = Segmentation(
        usual, found.space, found.centres, tuple(map(Segment, ids, names)), everyone.customer,
        label.astype(np.int8), rising, rose, next_id, changes,
    )  # fmt: skip
    return Fitted(_card(ground, seen, found, made), made.stored())


def _sorted(seen: Seen, rows: Labels) -> Labels:
    """Order customers by id, so that nothing depends on how they lie in batches."""
    ids = seen.customer.take(pa.array(rows))
    return np.asarray(rows[pc.sort_indices(ids).to_numpy()], np.int64)


def _sample(seen: Seen, usual: Expected) -> _Sample:
    ratios = usual.ratios(seen)
    help_ = np.array([asks_for_help(name) for name in seen.names])
    return _Sample(
        ratios,
        conditions(seen.names, seen.counts, ratios),
        np.where(seen.status == OPEN, -1, seen.status - 1).astype(np.int8),
        (seen.counts[:, help_].sum(axis=1) > 0).astype(np.int8),
    )


def _search(sample: _Sample, rng: np.random.Generator) -> _Found:
    laid = space(sample.ratios, rng)
    none = np.empty((0, laid.n_axes))
    if laid.n_axes == 0:
        return _Found(laid, none, (), None, ("No two behaviours go together beyond chance.",))
    places = laid.places(sample.ratios)
    found = groupings(places, rng)
    best = chosen(found, [_useful(sample, nearest(places, one.centres)) for one in found])
    if best is None:
        clearest = max(found, key=lambda one: one.clearness, default=None)
        return _Found(laid, none, (), clearest, ())
    kept = merged(places, best.centres, sample.asked, sample.ends)
    centres = kept.centres
    # Groups that were given up may leave a number of groups that was judged by itself.
    best = next((one for one in found if one.n == centres.shape[0]), best)
    if centres.shape[0] < 2 or not best.holds:
        return _Found(laid, none, (), best, kept.reasons)
    label = nearest(places, centres)
    ends, needs = differ(label, sample.ends), differ(label, sample.needs)
    return _Found(laid, centres, _names(sample.asked, label), best, kept.reasons, ends, needs)


def _useful(sample: _Sample, label: Labels) -> bool:
    return differ(label, sample.ends).matters or differ(label, sample.needs).matters


def _names(asked: Conditions, label: Labels) -> tuple[Name, ...]:
    """Name each group; the largest choose first, so that no two have one name."""
    sizes = np.bincount(label)
    names: dict[int, Name] = {}
    for g in np.argsort(-sizes, kind="stable").tolist():
        names[g] = asked.name(label == g, taken=[name.words for name in names.values()])
    return tuple(names[g] for g in range(sizes.size))


def _labels(found: _Found, everyone: Seen, usual: Expected) -> Labels:
    if not found.names:
        return np.full(len(everyone.customer), -1, np.int64)
    return assigned(everyone, usual, found.space, found.centres)


def _carry(
    ground: Ground, customer: pa.StringArray, label: Labels, n: int
) -> tuple[tuple[str, ...], int, dict[str, Any]]:
    """Give the segments the ids they had, where there was a fit before."""
    if NAME not in ground.before:
        return tuple(f"s{g + 1}" for g in range(n)), n + 1, {}
    last = Segmentation.of(ground.before[NAME])
    place = pc.index_in(customer, value_set=last.member)
    both = np.flatnonzero(place.is_valid().to_numpy(zero_copy_only=False) & (label >= 0))
    was = last.label[place.take(pa.array(both)).to_numpy()].astype(np.int64)
    known = was >= 0
    found = carried(last.ids, last.next_id, was[known], label[both][known], n)
    return found.ids, found.next_id, told(found)


def _rising(
    ground: Ground, seen: Seen, judged: Labels, label: Labels, ids: Sequence[str], usual: Expected
) -> tuple[tuple[Rising, ...], tuple[tuple[str, ...], ...]]:
    """Find what is new among newcomers: ways to begin, segments, and being unlike any segment."""
    came = newcomers(ground.journeys)
    n = came.period.size
    known = np.zeros(n, np.bool_)
    known[judged] = True
    patterns: dict[str, NDArray[np.bool_]] = {}
    among: dict[str, NDArray[np.bool_]] = {}
    vocabulary = ground.journeys.vocabulary.touchpoints
    codes, counts = np.unique(came.path[came.path >= 0], return_counts=True)
    for code in codes[counts >= 5].tolist():
        patterns[words(came.steps(code), vocabulary)] = came.path == code
    for g, segment in enumerate(ids):
        patterns[f"are in {segment}"] = _at(n, judged[label == g])
        among[f"are in {segment}"] = known
    if ids:
        odd = _unlike(seen.take(judged), label, usual)
        patterns["are unlike any segment"] = _at(n, judged[odd])
        among["are unlike any segment"] = known
    found = emerging(came.period, patterns, among)
    last = len(came.label) - 1
    rising = tuple(
        Rising(f"n{i + 1}", one.pattern, came.label[one.since], one.customers, one.newcomers,
               one.before, one.came_before, one.p, one.since >= last - 1, one.so_far)
        for i, one in enumerate(found)
    )  # fmt: skip
    rose = tuple(
        tuple(sorted(seen.customer.take(
            pa.array(np.flatnonzero(patterns[one.pattern] & (came.period >= one.since)))
        ).to_pylist()))
        for one in found
    )  # fmt: skip
    return rising, rose


def _at(n: int, rows: Labels) -> NDArray[np.bool_]:
    mask = np.zeros(n, np.bool_)
    mask[rows] = True
    return mask


def _unlike(seen: Seen, label: Labels, usual: Expected) -> NDArray[np.bool_]:
    """Say who lies farther from the middle of their segment than 19 of 20 do."""
    ratios = usual.ratios(seen)
    middles = np.stack([ratios[label == g].mean(axis=0) for g in range(int(label.max()) + 1)])
    far = ((ratios - middles[label]) ** 2).sum(axis=1)
    return np.asarray(far > np.quantile(far, 0.95), np.bool_)


def _too_few(ground: Ground, n: int, names: Sequence[str]) -> Card:
    unit = units(ground.journeys.unit)
    if not names:
        why = "No touchpoint tells of behaviour: all of them enter a stage, end it, or are rare."
        return replace(_blank(ground, "not enough data", n), remarks=(why,))
    why = (
        f"{n:,} {unit} did enough to be judged ({LEAST_TOUCHPOINTS} touchpoints on {LEAST_DAYS} "
        f"days in {LEAST_STAY_DAYS} days or more); {NEEDED} are needed."
    )
    return replace(_blank(ground, "not enough data", n), remarks=(why,))


def _blank(ground: Ground, verdict: Verdict, n: int) -> Card:
    first, last = ground.journeys.span_us()
    unit = ground.journeys.unit
    return Card(
        NAME, _SAYS.format(unit=units(unit)), verdict, unit, n, first, last,
        "on customers drawn anew, and beside customers of one piece",
    )  # fmt: skip


def _card(ground: Ground, seen: Seen, found: _Found, made: Segmentation) -> Card:
    verdict: Verdict = "fitted" if made.segments else "no structure"
    n = len(made.member)
    card = _blank(ground, verdict, n)
    unit = units(ground.journeys.unit)
    few = int(np.count_nonzero(seen.furthest >= 0)) - n
    remarks = [*found.reasons]
    if not made.segments:
        remarks.insert(0, _no_structure(found))
    elif not (found.end.matters or found.need.matters):
        remarks.append("The segments differ neither in how they end nor in asking for help.")
    remarks.append(f"{plural(few, unit)} did too little to be judged and are in no segment.")
    return replace(
        card,
        measures=_measures(found, n),
        remarks=tuple(remarks),
        settings=_settings(seen),
    )


def _no_structure(found: _Found) -> str:
    if found.best is None:
        return "Nobody stands out."
    return (
        f"The best {found.best.n} groups agree with those of new draws by "
        f"{found.best.stability:.2f} ({STABLE:g} needed) and are {found.best.clearness:.2f} closer "
        f"than cuts through one piece ({CLEAR:g} needed)."
    )


def _measures(found: _Found, n: int) -> tuple[Measure, ...]:
    if found.best is None:
        return ()
    best = found.best
    measures = [
        Measure("agreement with groupings of new draws", round(best.stability, 4), n,
                baseline="chance", baseline_value=0.0),
        Measure("clearness", round(best.clearness, 4), n, baseline="one piece",
                baseline_value=0.0),
    ]  # fmt: skip
    for what, one in (("ends differ", found.end), ("need of help differs", found.need)):
        if one.n:
            measures.append(
                Measure(f"{what} (Cramér's V)", round(one.strength, 4), one.n,
                        baseline="alike", baseline_value=0.0)
            )  # fmt: skip
    return tuple(measures)


def _settings(seen: Seen) -> Mapping[str, Any]:
    return {
        "touchpoints": len(seen.names),
        "least_touchpoints": LEAST_TOUCHPOINTS,
        "least_days": LEAST_DAYS,
        "least_stay_days": LEAST_STAY_DAYS,
    }
