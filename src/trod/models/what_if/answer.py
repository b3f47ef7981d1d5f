"""Asking what if: the figures now and then, their difference, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.histogram import N_BINS, bin_bounds
from trod.analyses.names import encode
from trod.errors import NotEnoughDataError
from trod.events.counted import count
from trod.journeys.batch import Journeys
from trod.journeys.label import units
from trod.journeys.passage import DONE, LEFT, StagePlan
from trod.models.what_if.chain import INFLOW_DAYS, Chain, Forecast, forecast
from trod.models.what_if.change import Change, changed, parse_change
from trod.models.what_if.stays import Stays, StaysResult

DRAWS: Final = 200
FEWEST: Final = 30
"""Customers whose stay in a changed stage must have ended."""
Kind = Literal["share", "customers", "money"]


class Outcome(NamedTuple):
    """One figure now and then."""

    name: str
    kind: Kind
    now: float  # share from 0 to 1, customers, or currency
    then: float
    difference: float
    low: float  # 95 % interval of the difference
    high: float


class Moved(NamedTuple):
    """A changed stage, and the customers behind what is known of it."""

    stage: str
    change: str
    conversion_now: float
    conversion_then: float
    entered: int
    went_on: int
    left: int
    still_there: int
    keys: dict[str, str]  # of the four counts: predicates


class WhatIfResult(NamedTuple):
    """The answer, with everything needed to judge it."""

    changes: tuple[Moved, ...]
    days: int
    outcomes: tuple[Outcome, ...]
    inflow: float  # customers who come in a day
    waiting: int  # on the way now
    unit: str
    currency: str | None
    as_of_us: int
    zone: str
    assumptions: tuple[str, ...]
    keys: dict[str, str]  # predicates behind now: done, left, open


def what_if(
    journeys: Journeys,
    plan: StagePlan,
    asked: Sequence[str],
    *,
    days: int = 180,
    seed: int = 0,
) -> WhatIfResult:
    """Say what would become of customers if a stage kept more of them, or took less time.

    Parameters
    ----------
    journeys, plan
        The data, and the journey by `trod.journeys.passage.compile_plan`.
    asked
        Changes as people write them, see `trod.models.what_if.change`; all at once.
    days
        How far to look: what happens within so many days from now.
    seed
        Of the draws for the interval.

    Returns
    -------
    WhatIfResult
        *Estimated*: a calculation with what was seen, no experiment. The interval is that of the
        rates, from drawing the counts again as Poisson numbers (200 draws); it tells neither the
        luck of single customers nor whether the change can be had.

    Raises
    ------
    DefinitionError
        If a change is not written as one, or ends outside 0 to 100 %.
    NotEnoughDataError
        If fewer than 30 stays in a changed stage have ended.

    Notes
    -----
    O(n_customers * n_stages) to count, then 400 walks of the chain, together about a second.

    Examples
    --------
    Every day one customer looks; of two one talks a day later, and buys the day after.

    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> from trod.journeys.passage import compile_plan
    >>> from trod.journeys.spec import JourneySpec
    >>> day = 86_400_000_000
    >>> rows = [(f"c{c:03}", "visit", c * day) for c in range(200)]
    >>> rows += [(f"c{c:03}", "call", (c + 1) * day) for c in range(0, 200, 2)]
    >>> rows += [(f"c{c:03}", "buy", (c + 2) * day) for c in range(0, 200, 2)]
    >>> who, what, when = zip(*rows)
    >>> journeys = from_arrow(pa.table({"customer": who, "touchpoint": what, "time": when}))
    >>> stages = [{"name": "Look", "enter_on": "visit"}, {"name": "Talk", "enter_on": "call"}]
    >>> spec = JourneySpec(name="sale", stages=stages, success="buy", left_after="30d")
    >>> plan = compile_plan(spec, journeys)
    >>> found = what_if(journeys, plan, ["look conversion +10pt"]).outcomes[-1]
    >>> found.name, round(found.then - found.now, 3)
    ('done in the end, of those who come in', 0.1)
    """
    changes = [parse_change(text, plan.stages) for text in asked]
    found: StaysResult = fold.run({"it": Stays(plan)}, journeys)["it"]
    for change in changes:
        _enough(found, change)
    now = Chain.of(found)
    then = _then(now, changes, plan.stages)
    worth = _worth(found)
    before, after = (_figures(chain, days, worth) for chain in (now, then))
    spread = _drawn(found, changes, days, seed)
    return WhatIfResult(
        changes=tuple(_moved(found, change, now, then) for change in changes),
        days=days,
        outcomes=tuple(
            _outcomes(before, after, spread, days, units(journeys.unit), money=bool(worth.any()))
        ),
        inflow=round(float(now.inflow.sum()), 6),
        waiting=int(now.waiting.sum()),
        unit=journeys.unit,
        currency=journeys.currency,
        as_of_us=plan.as_of_us,
        zone=journeys.zone,
        assumptions=tuple(_assumptions(found, now, changes, days, journeys.unit)),
        keys={"done": "done", "left": "left", "open": "open"},
    )


def _enough(found: StaysResult, change: Change) -> None:
    ended = int(found.moved(change.stage)[:-1].sum())
    if ended < FEWEST:
        stage = found.stage[change.stage]
        raise NotEnoughDataError(
            f"what {stage} does is not known yet: {count(ended, 'stay')} in it ended, "
            f"{FEWEST} are needed."
        )


def _then(
    now: Chain, changes: Sequence[Change], stages: tuple[str, ...], *, strict: bool = True
) -> Chain:
    def one_more(chain: Chain, change: Change) -> Chain:
        return changed(chain, change, stages, strict=strict)

    return reduce(one_more, changes, now)


def _worth(found: StaysResult) -> NDArray[np.float64]:  # (2,) done, left
    """Give the money on record of a customer who is done, and of one who left; 0 without any."""
    n = np.maximum(found.customers[[DONE, LEFT]], 1)
    return np.asarray(found.money[[DONE, LEFT]] / n / 1e6, np.float64)


def _figures(chain: Chain, days: int, worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the figures in the order of `_outcomes`."""
    soon: Forecast = forecast(chain, days)
    share = float(chain.entry @ chain.in_the_end()[:, 0])
    money = soon.done_in_the_end * worth[0] + soon.left_in_the_end * worth[1]
    within = soon.done * worth[0]
    return np.array([soon.done, soon.left, within, soon.done_in_the_end, money, share])


def _drawn(
    found: StaysResult, changes: Sequence[Change], days: int, seed: int
) -> NDArray[np.float64]:  # (2, n_figures) 95 % interval of the difference
    """Draw the counts again, and take the difference each time: the same draw now and then."""
    draw = np.random.default_rng(seed)
    differences = []
    for _ in range(DRAWS):
        chain = Chain.of(found, draw.poisson(found.n).astype(np.float64))
        worth = _drawn_worth(found, draw)
        try:
            then = _then(chain, changes, found.stage, strict=False)
        except NotEnoughDataError:
            continue  # a draw in which nobody went on, or nobody left
        differences.append(_figures(then, days, worth) - _figures(chain, days, worth))
    if not differences:
        raise NotEnoughDataError("too few customers left or went on to say how sure this is.")
    return np.asarray(np.quantile(differences, [0.025, 0.975], axis=0))


def _drawn_worth(found: StaysResult, draw: np.random.Generator) -> NDArray[np.float64]:
    """Draw the mean money of those done and those who left, as sure as it is known."""
    middle = np.array([sum(bin_bounds(index)) / 2e6 for index in range(N_BINS)])
    worth, n = _worth(found), np.maximum(found.customers[[DONE, LEFT]], 1)
    apart = (middle[None, :] - worth[:, None]) ** 2 * found.by_money[[DONE, LEFT]]
    return np.asarray(worth + draw.standard_normal(2) * np.sqrt(apart.sum(axis=1)) / n, np.float64)


def _outcomes(
    now: NDArray[np.float64],
    then: NDArray[np.float64],
    spread: NDArray[np.float64],
    days: int,
    whom: str,
    *,
    money: bool,
) -> list[Outcome]:
    span = count(days, "day")
    kinds: list[tuple[str, Kind]] = [
        (f"done within {span}", "customers"),
        (f"left within {span}", "customers"),
        (f"money of those done within {span}", "money"),
        (f"done in the end, of the same {whom}", "customers"),
        (f"money in the end, of the same {whom}", "money"),
        ("done in the end, of those who come in", "share"),
    ]
    return [
        Outcome(
            name,
            kind,
            *(round(float(x[i]), 6) for x in (now, then, then - now, spread[0], spread[1])),
        )
        for i, (name, kind) in enumerate(kinds)
        if money or kind != "money"
    ]


def _moved(found: StaysResult, change: Change, now: Chain, then: Chain) -> Moved:
    name, to = found.stage[change.stage], found.moved(change.stage)
    left, there = int(to[-2]), int(to[-1])
    stage = encode(name)
    return Moved(
        stage=name,
        change=change.text,
        conversion_now=round(now.conversion(change.stage), 6),
        conversion_then=round(then.conversion(change.stage), 6),
        entered=int(to.sum()),
        went_on=int(to.sum()) - left - there,
        left=left,
        still_there=there,
        keys={
            "entered": f"in:{stage}",
            "left": f"left:{stage}",
            "still_there": f"open:{stage}",
        },
    )


def _assumptions(
    found: StaysResult, now: Chain, changes: Sequence[Change], days: int, unit: str
) -> list[str]:
    whom = units(unit)
    said = []
    if kept := _named(found, changes, "conversion"):
        said.append(
            f"The {whom} who would be moved in {kept} behave afterwards like those who go on from "
            "there now. They may be harder cases."
        )
    if timed := _named(found, changes, "time"):
        said.append(
            f"Those who go on from {timed} sooner or later behave afterwards like those who go on "
            "now, and those who leave it do so as before."
        )
    said += [
        "What happens in a stage depends on the time in it, not on the way to it.",
        f"As many come in as lately: {float(now.inflow.sum()):,.1f} a day, the mean of the last "
        f"{INFLOW_DAYS} days or of the record where it is shorter.",
        f"The {int(now.waiting.sum()):,} {whom} on the way now are changed as well.",
        "Where leaving is a silence it is seen when the silence is long enough.",
        f"The same {whom} are those on the way now and those who come in within "
        f"{count(days, 'day')}.",
    ]
    never = forecast(now, days).never
    if never:
        said.append(
            f"{never:,.0f} on the way are in a stage for longer than anybody before them; they are "
            "taken to stay there."
        )
    if found.money.any():
        worth = _worth(found)
        said.append(
            f"Money is what is on record of one who is done ({worth[0]:,.0f} on average, "
            f"{int(found.customers[DONE]):,} {whom}) or left ({worth[1]:,.0f}, "
            f"{int(found.customers[LEFT]):,}), as it is up to now."
        )
    return said


def _named(found: StaysResult, changes: Sequence[Change], what: str) -> str:
    """Name the stages of which one thing is changed."""
    stages = (found.stage[change.stage] for change in changes if change.what == what)
    return " and ".join(dict.fromkeys(stages))
