"""Fitting what comes next: choose how to read the counts, judge it, count everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from trod import fold
from trod.events.counted import count
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import DAY_US
from trod.models.card import Card, Measure, Verdict
from trod.models.fitted import Fitted
from trod.models.ground import Ground
from trod.models.next.chance import MOST_ORDER, Setting
from trod.models.next.grams import longest_order
from trod.models.next.judged import Judged, blocks, choose, counted, judge, surprise
from trod.models.next.model import NextModel
from trod.models.next.moves import Mean, hit_rate, log_loss, mean
from trod.models.next.waits import Waits, WaitsResult

FEWEST_MOVES: Final = 200
"""Moves that must come later than what was learned before a figure is given."""
CHOSEN_ON: Final = 2_000_000
"""Touchpoints to choose and judge on; beyond it whole batches of customers are left out."""
_SAYS: Final = (
    "Which touchpoint comes next after those a customer had so far, how likely, and how long it "
    "usually takes."
)


def fit(ground: Ground) -> Sequence[Fitted]:
    """Fit the model of the next touchpoint.

    Parameters
    ----------
    ground
        Journeys; of the stages only the silence is used that counts as having left.

    Returns
    -------
    sequence of Fitted
        One. Its card says "not enough data" where fewer than 200 moves can be judged.

    Notes
    -----
    Choosing and judging read at most about two million touchpoints, four times; the counts that are
    kept are of everyone.
    """
    journeys = ground.journeys
    order = longest_order(len(journeys.vocabulary.touchpoints), MOST_ORDER)
    some = _some(journeys.batches)
    cut = blocks(some, journeys.vocabulary, order, ground.plan.left_after_us)
    judged = sum(block.moves.came.size for block in cut[1:])
    if judged < FEWEST_MOVES:
        missing = f"{count(judged, 'move')} can be foretold from earlier ones; {FEWEST_MOVES} are "
        return [Fitted(_card(ground, "not enough data", remarks=(f"{missing}needed.",)))]
    surprises = [surprise(block) for block in cut]
    setting, seen = choose(surprises), judge(cut, surprises)
    model = NextModel(
        journeys.vocabulary.touchpoints,
        setting,
        counted(
            journeys.batches,
            journeys.vocabulary,
            setting.order,
            ground.plan.as_of_us,
            ground.plan.left_after_us,
        ),
        _waits(ground),
        ground.plan.left_after_us,
    )
    better = _gain(seen)
    return [
        Fitted(
            _card(
                ground,
                "fitted" if better.low > 0 else "no better than the baseline",
                measures=_measures(seen),
                remarks=_remarks(ground, setting),
                settings=setting._asdict(),
            ),
            model.stored(),
        )
    ]


def _some(batches: Sequence[JourneyBatch]) -> list[JourneyBatch]:
    """Give the first batches, which are customers by chance, up to so many touchpoints."""
    ends = np.cumsum([0, *(batch.n_events for batch in batches)])
    return [batch for batch, before in zip(batches, ends, strict=False) if before < CHOSEN_ON]


def _waits(ground: Ground) -> WaitsResult:
    asked = {"it": Waits(ground.journeys.vocabulary)}
    found: WaitsResult = fold.run(asked, ground.journeys)["it"]
    return found


def _gain(seen: Judged) -> Mean:
    """Give how much less surprising each move was than to the first-order chain."""
    gain = np.log(seen.chosen.chance) - np.log(seen.first_order.chance)
    return mean(gain, seen.chosen.customer)


def _measures(seen: Judged) -> tuple[Measure, ...]:
    found = []
    for words, of in (
        ("the last touchpoint only", seen.first_order),
        ("popularity", seen.popularity),
    ):
        for guesses in (1, 3):
            ours, theirs = hit_rate(seen.chosen, guesses), hit_rate(of, guesses)
            name = f"top-{guesses} hit rate"
            found.append(_measure(name, ours, words, theirs, higher=True))
        found.append(_measure("log loss", log_loss(seen.chosen), words, log_loss(of), higher=False))
    if seen.endings.chance.size:
        found.append(
            _measure(
                "log loss of nothing coming",
                log_loss(seen.endings),
                "its share after any touchpoint",
                log_loss(seen.endings_alike),
                higher=False,
            )
        )
    return tuple(found)


def _measure(name: str, ours: Mean, beside: str, theirs: Mean, *, higher: bool) -> Measure:
    return Measure(
        name, ours.value, ours.n, ours.low, ours.high, beside, theirs.value, higher_is_better=higher
    )


def _remarks(ground: Ground, setting: Setting) -> tuple[str, ...]:
    days = setting.half_life_days
    age = (
        "All counts weigh the same."
        if days is None
        else (
            f"A move weighs half after {days} days: what was usual lately foretold better than "
            "what was usual at any time."
        )
    )
    lasting = ", and how long the journey has lasted" if setting.lasting else ""
    left = count(ground.plan.left_after_us // DAY_US, "day")
    last = count(setting.order, "touchpoint") if setting.order > 1 else "touchpoint"
    return (
        f"Reads the last {last}{lasting}. {age}",
        "Whether anything comes is a chance of its own: nothing for "
        f"{left} counts as the end. Hit rates and log loss are of what came.",
    )


def _card(
    ground: Ground,
    verdict: Verdict,
    *,
    measures: tuple[Measure, ...] = (),
    remarks: tuple[str, ...] = (),
    settings: dict[str, int | None] | None = None,
) -> Card:
    first, last = ground.journeys.span_us()
    return Card(
        model="next",
        says=_SAYS,
        verdict=verdict,
        unit=ground.journeys.unit,
        n=ground.journeys.n_customers,
        first_us=first,
        last_us=last,
        validated="on the later 45 % of touchpoints in three blocks of time, each foretold from "
        "what came before it and by the setting that did best before it",
        measures=measures,
        remarks=remarks,
        settings=settings or {},
    )
