"""The lanes of a workspace, as people see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trod.actions.lanes.lane import Lane, Why
    from trod.actions.lanes.view import Lanes, LaneView, Moved
    from trod.workspace.acting.lanes import Ground
    from trod.workspace.folder import Workspace
    from trod.workspace.plate import Plate


def lanes(
    workspace: Workspace,
    journey: str | None = None,
    unit: str | None = None,
    *,
    only: Lane | None = None,
    top: int = 5,
) -> Lanes:
    """Put everyone who is still there in exactly one lane, and say what moved within a week.

    Parameters
    ----------
    workspace
        With touchpoints; scores speak where they are fitted and have passed their backtest.
    journey, unit
        As declared by default.
    only
        Show customers of this lane; of the two lanes in which something is to be done by default.
    top
        Customers shown of each.

    Raises
    ------
    DefinitionError
        If there is no such journey, or `actions: lanes:` names an outcome that is not there.
    DataError
        If nothing was ingested yet.
    """
    from trod.workspace.acting.lanes import ground

    on = ground(workspace, journey, unit)
    return view(on, only=only, top=top)


def view(on: Ground, *, only: Lane | None = None, top: int = 5) -> Lanes:
    """Give the lanes of what was looked at."""
    from trod.actions.lanes.lane import LANES
    from trod.actions.lanes.view import Lanes
    from trod.workspace.acting.lanes_shown import first, placed

    rows = [r for lane in LANES if _wanted(lane, only) for r in first(on, lane, top)]
    money = money_of(on)
    return Lanes(
        on.plan.journey,
        on.journey,
        on.journeys.unit,
        on.journeys.zone,
        on.journeys.currency,
        on.moment_us,
        on.before_us,
        int((on.now.lane >= 0).sum()),
        tuple(_view(on, lane, money) for lane in LANES),
        _moved(on),
        tuple((v.name, v.how, v.model.spec.bad) for v in on.voices),
        on.silent,
        placed(on, rows, money),
    )


def _wanted(lane: Lane, only: Lane | None) -> bool:
    return lane == only if only else lane != "thriving"


def money_of(on: Ground) -> NDArray[np.int64]:
    """Give the money on record of everyone who was looked at, in millionths; NO_VALUE without."""
    import numpy as np
    import pyarrow.compute as pc

    from trod.journeys.batch import NO_VALUE

    found = []
    for batch in on.journeys:
        known = batch.value != NO_VALUE
        sums = np.concatenate([[0], np.cumsum(np.where(known, batch.value, 0))])
        times = np.concatenate([[0], np.cumsum(known)])
        total = np.diff(sums[batch.offsets])
        some = np.diff(times[batch.offsets]) > 0
        here = pc.is_in(batch.customer, value_set=on.looked.customer).to_numpy(False)
        found.append(np.where(some, total, NO_VALUE)[here])
    return np.concatenate([np.empty(0, np.int64), *found])


def _view(on: Ground, lane: Lane, money: NDArray[np.int64]) -> LaneView:
    import numpy as np

    from trod.actions.lanes.lane import LANES, TITLES, WHYS
    from trod.actions.lanes.view import LaneView
    from trod.insights.journey_map import Count
    from trod.journeys.batch import NO_VALUE
    from trod.journeys.predicate import count

    rows, code = on.rows(lane), LANES.index(lane)
    known = money[rows][money[rows] != NO_VALUE]
    was = on.then.lane == code
    now = on.now.lane == code
    stages = np.bincount(on.looked.stage[rows, -1], minlength=on.plan.n_stages)
    predicate = on.predicate(lane)
    return LaneView(
        lane,
        TITLES[lane],
        Count(count(predicate, on.journeys), on.key(lane)),
        int(known.sum()) if known.size else None,
        int((now & ~was).sum()),
        int((was & ~now).sum()),
        _most(WHYS[k] for k in on.now.why[rows].tolist()),
        tuple((s, int(n)) for s, n in zip(on.plan.stages, stages, strict=True) if n),
    )


def _most(whys: Iterable[Why]) -> tuple[tuple[Why, int], ...]:
    from trod.actions.lanes.lane import WHYS

    found = Counter(whys)
    return tuple(sorted(found.items(), key=lambda each: (-each[1], WHYS.index(each[0]))))


def _moved(on: Ground) -> tuple[Moved, ...]:
    """Count who changed lanes, the most frequent change first."""
    import numpy as np

    from trod.actions.lanes.lane import LANES, WHYS
    from trod.actions.lanes.view import GONE, NEW, Moved

    found = []
    changed = on.now.lane != on.then.lane
    pairs = {*zip(on.then.lane[changed].tolist(), on.now.lane[changed].tolist(), strict=True)}
    for a, b in sorted(pairs):
        rows = np.flatnonzero(changed & (on.then.lane == a) & (on.now.lane == b))
        whys = _most(WHYS[k] for k in on.now.why[rows].tolist() if k >= 0)
        before = LANES[a] if a >= 0 else NEW
        after = LANES[b] if b >= 0 else GONE
        found.append(Moved(before, after, rows.size, whys))
    return tuple(sorted(found, key=lambda m: -m.n))


def plate(workspace: Workspace, found: Lanes) -> Plate:
    """Draw the lanes."""
    from trod.figures.lanes import lanes_figure
    from trod.workspace.measured import plan_of
    from trod.workspace.plate import Plate, setting

    journeys = workspace.journeys(found.unit)
    plan = plan_of(workspace, found.other, journeys)
    return Plate((lanes_figure(found),), setting(journeys, plan.journey), journeys, plan)
