"""Stages suggested from the data, where nobody has declared any."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.errors import NotEnoughDataError
from trod.fold import run
from trod.journeys.batch import Journeys
from trod.journeys.cuts import cuts
from trod.journeys.label import readable, shortened
from trod.journeys.passage import silence_us
from trod.journeys.seen import Seen, SeenResult, quantile
from trod.journeys.spec import JourneySpec, Stage, StepRule
from trod.journeys.written import to_yaml

__all__ = ["suggest", "to_yaml"]

_SLOTS: Final = 64  # touchpoints whose order is compared pair by pair
_FEWEST_PERCENT: Final = 1  # a touchpoint that fewer customers have does not make a stage
_DECISIVE: Final = 0.5  # how one-sided the order with others must be, 0 to 1
_BOUNDS: Final = (1, 7, 31, 91, 181, 366, 731)
_LATE: Final = 0.5
_MANY: Final = 24

_FAILURE = re.compile(
    r"\b(cancel(led|ed|s|lation)?|churn(ed|s)?|withdr(aw|ew|awn|awal)|unregister(ed|s)?|"
    r"unregistration|unsubscribed?|terminat(ed|ion)|lapsed?|expired|rejected|declined|"
    r"(account|contract|subscription) (closed|ended|deleted)|(delete|close)d? account|"
    r"opt(ed)? out|dropp?ed out|downgraded to free|non renewal|lost)\b"
)
_SUCCESS = re.compile(
    r"\b(purchas(e|ed|es)|bought|buy|pay|renew(ed|al|s)?|closed|won|complet(e|ed|ion)|convert(ed)?|"
    r"conversion|paid|order(ed)?|subscribed|resolved|solved|graduat(ed|ion)|passed|signed|"
    r"fulfilled|delivered|redeemed|redemption|success)\b"
)
_NOT_YET = re.compile(
    r"\b(notice|remind\w*|start\w*|fail\w*|pending|request\w*|page|view\w*|e?mail|survey|quote|"
    r"pricing|call|in progress|re ?opened?|waiting|wait|awaiting|not|begin\w*|due|overdue)\b"
)
_CONTACT = re.compile(
    r"\b(support|tickets?|help|complain(t|ts|ed)?|chat(s|ted)?|calls?|called|inquiry|enquiry|refund\w*)\b"
)


class _Candidates(NamedTuple):
    """Touchpoints that could make stages, with their place in the order."""

    codes: list[int]
    place: dict[int, float]  # share of touchpoints met before it, 0 to 1
    decisive: dict[int, float]  # how one-sided that order is, 0 to 1


def suggest(journeys: Journeys) -> JourneySpec:
    """Suggest the stages of a journey from the order in which customers meet touchpoints.

    Touchpoints are put in order by who meets them before which others (each customer's first
    meetings, pair by pair), and the order is cut into 3 to 6 stages where it has its widest gaps.
    A touchpoint that comes before and after the others alike makes no stage. Where no order can be
    told, stages are ranges of days since entry. Success and failure are told by their words
    (purchase, renewed, closed; cancelled, churned, unregistered) and by standing late. What mostly
    comes after success makes no stage, because success ends the journey. How long a
    silence counts as leaving is learned by `trod.journeys.passage.silence_us`.

    Parameters
    ----------
    journeys
        All journeys of one unit.

    Returns
    -------
    JourneySpec
        Named "Customer journey"; the same for the same data, whatever the batches.

    Raises
    ------
    NotEnoughDataError
        If there is no touchpoint at all.

    Notes
    -----
    Two passes, O(touchpoints + customers * distinct touchpoints squared), the 64 most frequent
    touchpoints compared.
    """
    n_names = len(journeys.vocabulary.touchpoints)
    if not journeys.n_events:
        other = "person" if journeys.unit == "account" else "account"
        raise NotEnoughDataError(
            f"no touchpoints with unit {journeys.unit}: nothing to suggest stages from. "
            f"Add a file, or use unit {other}."
        )
    events = sum(
        (np.bincount(b.code, minlength=n_names) for b in journeys), np.zeros(n_names, np.int64)
    )
    by_size = sorted(range(n_names), key=lambda i: (-int(events[i]), i))
    slots = tuple(i for i in by_size[:_SLOTS] if events[i])
    seen: SeenResult = run({"seen": Seen(n_names, slots)}, journeys)["seen"]
    words = [_spaced(name) for name in journeys.vocabulary.touchpoints]
    everyone = _candidates(seen, slots, journeys.n_customers)
    failure = [i for i in everyone.codes if _fails(words[i]) and seen.last_place[i] >= _LATE]
    success = _successes(words, everyone, failure)
    open_ = [i for i in everyone.codes if i not in {*failure, *success}]
    open_ = [i for i in open_ if not _after(success, i, seen, slots)] or open_
    stages = _stages(journeys, seen, everyone, open_ or everyone.codes)
    names = journeys.vocabulary.touchpoints
    return JourneySpec(
        name="Customer journey",
        unit="account" if journeys.unit == "account" else "person",
        stages=stages,
        success=tuple(names[i] for i in success if open_),
        failure=tuple(names[i] for i in failure if open_),
        left_after=timedelta(microseconds=silence_us(journeys)),
    )


def _spaced(name: str) -> str:
    return readable(re.sub(r"\s+", "_", name.strip())).lower()


def _fails(words: str) -> bool:
    return bool(_FAILURE.search(words)) and not _NOT_YET.search(words)


def _candidates(seen: SeenResult, slots: Sequence[int], n_customers: int) -> _Candidates:
    """Place each frequent touchpoint by the share of others that customers met before it."""
    fewest = max(1, n_customers * _FEWEST_PERCENT // 100)
    kept = [s for s, code in enumerate(slots) if seen.customers[code] >= fewest]
    kept = kept or list(range(min(len(slots), _MANY)))
    before = seen.before[np.ix_(kept, kept)]
    both = (before + before.T).sum(axis=1)
    after_others = before.sum(axis=0)
    # Of n customers who have two touchpoints in no order, the excess one way is about sqrt(n).
    excess = np.abs(before - before.T) - np.sqrt(before + before.T)
    one_sided = np.floor(np.maximum(excess, 0.0) * 1_000).astype(np.int64).sum(axis=1)
    codes = [slots[s] for s in kept]
    place, decisive = {}, {}
    for i, code in enumerate(codes):
        met = int(both[i])
        place[code] = round(int(after_others[i]) / met if met else float(seen.first_place[code]), 6)
        decisive[code] = int(one_sided[i]) / (1_000 * met) if met else 0.0
    return _Candidates(codes, place, decisive)


def _successes(words: list[str], found: _Candidates, failure: list[int]) -> list[int]:
    """Keep the touchpoints that sound like success and stand last; earlier ones are steps."""
    if len(found.codes) < 2:
        return []
    late = [
        i
        for i in found.codes
        if i not in failure
        and _SUCCESS.search(words[i])
        and not _NOT_YET.search(words[i])
        and found.place[i] >= _LATE
        and found.decisive[i] >= _DECISIVE
    ]
    last = max((found.place[i] for i in late), default=0.0)
    return sorted(i for i in late if found.place[i] >= last - 0.1)


def _after(success: list[int], code: int, seen: SeenResult, slots: Sequence[int]) -> bool:
    """Say whether more customers meet a touchpoint after success than before it."""
    i, ends = slots.index(code), [slots.index(each) for each in success]
    return int(seen.before[ends, i].sum()) > int(seen.before[i, ends].sum())


def _stages(
    journeys: Journeys, seen: SeenResult, found: _Candidates, open_: list[int]
) -> tuple[Stage, ...]:
    ordered = [i for i in open_ if found.decisive[i] >= _DECISIVE]
    names = journeys.vocabulary.touchpoints
    # Asking for help can happen anywhere: it makes a stage only where there is little else.
    own = [i for i in ordered if not _CONTACT.search(_spaced(names[i]))]
    ordered = own if len(own) >= 3 else ordered
    if len(ordered) < min(3, max(2, len(open_))):
        if by_days := _day_stages(seen):
            return by_days
        ordered = open_
    ordered = sorted(ordered, key=lambda i: (found.place[i], i))
    groups = cuts(
        [found.place[i] for i in ordered], [int(seen.customers[i]) for i in ordered], most=6
    )
    members = [[ordered[i] for i in group] for group in groups]
    return _named(journeys, seen, members, open_)


def _named(
    journeys: Journeys, seen: SeenResult, members: list[list[int]], open_: list[int]
) -> tuple[Stage, ...]:
    """Name each stage after the touchpoint most customers have in it."""
    names = journeys.vocabulary.touchpoints
    titles: list[str] = []
    for group in members:
        ranked = sorted(group, key=lambda i: (-int(seen.customers[i]), i))
        free = [t for i in ranked if (t := shortened(readable(names[i]), 28)) not in titles]
        titles.append(free[0] if free else f"Stage {len(titles) + 1}")
    placed = {i for group in members for i in group}
    if not _nearly_all(journeys, placed):
        # What has no place of its own begins the journey and later changes nothing.
        others = sorted(
            (i for i in open_ if i not in placed), key=lambda i: -int(seen.customers[i])
        )
        members = [members[0] + others[:_MANY], *members[1:]]
    return tuple(
        Stage(name=title, enter_on=StepRule(any_of=tuple(names[i] for i in sorted(group))))
        for title, group in zip(titles, members, strict=True)
    )


def _nearly_all(journeys: Journeys, codes: set[int]) -> bool:
    """Say whether at least 95 of 100 customers have one of these touchpoints."""
    wanted = np.zeros(len(journeys.vocabulary.touchpoints), np.int64)
    wanted[list(codes)] = 1
    inside = total = 0
    for batch in journeys:
        until = np.concatenate([[0], wanted[batch.code].cumsum()])
        hits: NDArray[np.int64] = until[batch.offsets[1:]] - until[batch.offsets[:-1]]
        inside += int(np.count_nonzero(hits))
        total += batch.n_customers
    return inside * 100 >= total * 95


def _day_stages(seen: SeenResult) -> tuple[Stage, ...]:
    """Cut the time since entry where no order of touchpoints can be told."""
    longest = quantile(seen.span_days, 90)
    if longest < 7:
        return ()
    starts = [0, *[b for b in _BOUNDS if b <= longest][-4:]]
    made = []
    for first, following in zip(starts, [*starts[1:], None], strict=True):
        last = None if following is None else following - 1
        if last is None:
            name = f"After {first - 1} days" if first > 1 else f"From day {first}"
        elif first == 0:
            name = "First day" if last == 0 else f"First {last} days"
        else:
            name = f"Days {first} to {last}"
        made.append(Stage(name=name, days=(first, last)))
    return tuple(made)
