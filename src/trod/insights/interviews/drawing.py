"""Whom to ask about a finding: some whom it concerns and some whom it does not, of every kind."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod.analyses.predicate import parse
from trod.insights.interviews.kept import Drawn, Whose
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.passage import DONE, LEFT, OPEN, StagePlan, passages

_ENDS: Final = {LEFT: "left", OPEN: "on the way", DONE: "done"}
_MOST_VALUES: Final = 6
_CONCERNED: Final = (2, 3)  # of a list; the rest are the contrast


class Known(NamedTuple):
    """A customer who may be asked."""

    customer: str
    concerned: bool
    stratum: str


def draw(
    journeys: Journeys,
    plan: StagePlan,
    *,
    finding: str,
    concerned: str,
    contrast: str,
    n: int,
    now_us: int,
    attribute: str | None = None,
    spared: Collection[str] = (),
    kept: Sequence[Drawn] = (),
) -> tuple[Drawn, ...]:
    """Draw customers to ask about a finding, the same ones whenever it is asked again.

    Two in three are of those whom it concerns, the rest of those beside whom they stand; each group
    is drawn by strata, in proportion to their sizes: how their journey ended, and an attribute, or
    without one the channel they use most. Within a stratum the order is by a hash of the finding
    and the customer, so that nobody chooses whom to ask.

    Parameters
    ----------
    concerned, contrast
        Keys of the two groups; who is in both is concerned.
    n
        How many are to be on the list.
    attribute
        By which to draw; see `attribute_of`.
    spared
        Customers who must not be asked.
    kept
        Who is on the list already: they stay, and count.

    Returns
    -------
    tuple of Drawn
        Those who are new on the list; fewer than wanted where there are no more.
    """
    known = [
        one
        for one in _known(journeys, plan, concerned, contrast, attribute)
        if one.customer not in {*spared, *(each.customer for each in kept)}
    ]
    part, whole = _CONCERNED
    groups = {True: [k for k in known if k.concerned], False: [k for k in known if not k.concerned]}
    had = {True: 0, False: 0}
    for each in kept:
        had[each.whose == "concerned"] += 1
    room = max(0, n - len(kept))
    wanted = max(0, min(room, -(-n * part // whole) - had[True]))
    first = min(len(groups[True]), wanted)
    others = min(len(groups[False]), room - first)
    first = min(len(groups[True]), room - others)  # where the others are too few
    made: list[Drawn] = []
    for is_concerned, some in ((True, first), (False, others)):
        whose: Whose = "concerned" if is_concerned else "contrast"
        chosen = _by_strata(groups[is_concerned], some, finding)
        made += [Drawn(k.customer, whose, k.stratum, now_us) for k in chosen]
    return tuple(sorted(made, key=lambda d: (d.whose, d.customer)))


def _by_strata(known: Sequence[Known], n: int, finding: str) -> list[Known]:
    """Choose from every stratum in proportion to its size, by largest remainders."""
    strata: dict[str, list[Known]] = defaultdict(list)
    for one in sorted(known, key=lambda k: _order(finding, k.customer)):
        strata[one.stratum].append(one)
    shares = {name: n * len(some) / max(len(known), 1) for name, some in strata.items()}
    places = {name: int(share) for name, share in shares.items()}
    left = n - sum(places.values())
    for name in sorted(shares, key=lambda s: (places[s] - shares[s], s))[:left]:
        places[name] += 1
    return [one for name in sorted(strata) for one in strata[name][: places[name]]]


def _order(finding: str, customer: str) -> str:
    return hashlib.sha256(f"{finding}\x1f{customer}".encode()).hexdigest()


def _known(
    journeys: Journeys, plan: StagePlan, concerned: str, contrast: str, attribute: str | None
) -> list[Known]:
    asked = [parse(key, plan, journeys.vocabulary, journeys.named) for key in (concerned, contrast)]
    values = {} if attribute is None else values_of(journeys, attribute)
    made = []
    for batch in journeys:
        mine, others = (predicate.mask(batch) for predicate in asked)
        status = passages(batch, plan).status
        kinds = None if attribute else _channels(batch)
        ids = batch.customer.to_pylist()
        for c in np.flatnonzero(mine | others).tolist():
            kind = kinds[c] if kinds is not None else values.get(ids[c], "unknown")
            stratum = f"{_ENDS.get(int(status[c]), 'outside')}, {kind}"
            made.append(Known(ids[c], bool(mine[c]), stratum))
    return made


def _channels(batch: JourneyBatch) -> list[str]:
    """Name the channel that each customer uses most; the first of equals."""
    names = (*batch.vocabulary.channels, "unknown")
    n = len(names)
    own = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
    channel: NDArray[np.int64] = np.minimum(batch.channel, n - 1).astype(np.int64)
    counts = np.bincount(own * n + channel, minlength=batch.n_customers * n).reshape(-1, n)
    return [names[k] for k in counts.argmax(axis=1).tolist()]


def attribute_of(journeys: Journeys) -> str | None:
    """Choose an attribute to draw by: of two to six values, the one that most customers have.

    Equal ones by name; None where there is none.
    """
    table = journeys.attributes
    if table is None:
        return None
    found = []
    for name in table.column_names:
        column = table[name].drop_null()
        if name != "customer" and 2 <= pc.count_distinct(column).as_py() <= _MOST_VALUES:
            found.append((-len(column), name))
    return min(found)[1] if found else None


def values_of(journeys: Journeys, attribute: str) -> Mapping[str, str]:
    """Give the value of an attribute of every customer who has one."""
    table = journeys.attributes
    if table is None or attribute not in table.column_names:
        return {}
    pairs = zip(table["customer"].to_pylist(), table[attribute].to_pylist(), strict=True)
    return {customer: str(value) for customer, value in pairs if value is not None}
