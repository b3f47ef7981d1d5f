"""What is looked at: outcomes, days, and touchpoints that say more than the outcome itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from trod import fold
from trod.analyses.names import codes_of
from trod.analyses.periods import Periods, periods_of
from trod.analyses.signals.ground import Ground, GroundResult
from trod.analyses.signals.outcome import LEAVES, Outcome, Watch
from trod.analyses.signals.own import sends, sent, wanted
from trod.analyses.signals.screen import Pair
from trod.insights.early_warnings.warning import Lever, Reason
from trod.insights.wording import SMALL_N
from trod.journeys.batch import Journeys
from trod.journeys.passage import DAY_US, NO_STAGE, StagePlan

DAYS: Final = (1, 3, 7, 14, 21, 30, 45, 60, 90)
_MOST_GOOD: Final = 3
_AFTERWARDS: Final = 10


class Scene(NamedTuple):
    """The data, the outcomes that customers are watched for, and what is known beforehand."""

    journeys: Journeys
    plan: StagePlan
    watch: Watch
    ground: GroundResult
    periods: Periods

    @property
    def names(self) -> tuple[str, ...]:
        """The touchpoints, by code."""
        return self.journeys.vocabulary.touchpoints

    def era_us(self) -> tuple[int, ...]:
        """Give, by stage, the month from whose beginning half of the customers came."""
        need = max(self.watch.need_us, default=0)
        starts = np.array(self.periods.start_us, np.int64)
        followed = starts + need <= self.plan.as_of_us
        cuts = []
        for row in self.ground.months:
            so_far = np.concatenate([[0], np.cumsum(np.where(followed, row, 0))])
            cuts.append(int(starts[np.argmin(np.abs(2 * so_far[:-1] - so_far[-1]))]))
        return tuple(cuts)


def scene(
    journeys: Journeys, plan: StagePlan, toward: Sequence[str] = (), *, given: bool = False
) -> Scene:
    """Choose the outcomes that enough customers had, and learn how long to follow each.

    Leaving in every stage; and the touchpoints named in `toward`, or else those of the last stage
    that carry money: each counts in the stage where it happens most. With `given` only what is
    named is a good outcome.
    """
    periods = periods_of(journeys, "month")
    n_channels = len(journeys.vocabulary.channels)
    leave = tuple(Outcome(s) for s in range(plan.n_stages))

    def ask(outcomes: tuple[Outcome, ...]) -> GroundResult:
        asked = Ground(Watch(plan, outcomes), periods, n_channels)
        result: GroundResult = fold.run({"it": asked}, journeys)["it"]
        return result

    first = ask(leave)
    good = () if given and not toward else _good(journeys, plan, first, toward)
    more = ask(good) if good else first
    found = [*zip(leave, first.need_us, first.hits, strict=True)]
    found += [*zip(good, more.need_us, more.hits, strict=True)] if good else []
    kept = [(o, need) for o, need, hits in found if hits >= SMALL_N and need >= DAY_US]
    watch = Watch(plan, tuple(o for o, _ in kept), tuple(need for _, need in kept))
    return Scene(journeys, plan, watch, first, periods)


def _good(
    journeys: Journeys, plan: StagePlan, ground: GroundResult, toward: Sequence[str]
) -> tuple[Outcome, ...]:
    if toward:
        named = codes_of(journeys.vocabulary, toward)
        return tuple(Outcome(int(np.argmax(ground.rows[:, k])), k) for k in named)
    paid = ground.paid[-1]
    enters = (plan.enter_code != NO_STAGE) | plan.success | plan.failure
    codes = [int(k) for k in np.flatnonzero((paid >= SMALL_N) & ~enters)]
    codes = sorted(codes, key=lambda k: (-int(paid[k]), k))[:_MOST_GOOD]
    return tuple(Outcome(plan.n_stages - 1, k) for k in codes)


def pairs_of(scene: Scene, stage: str | None = None) -> tuple[Pair, ...]:
    """Pair outcomes with the stages from which days count: their own, and the one before it."""
    only = None if stage is None else scene.plan.stage(stage)
    found = [
        Pair(s, o)
        for o, outcome in enumerate(scene.watch.outcomes)
        for s in {outcome.stage, outcome.stage - 1 if outcome.code == LEAVES else outcome.stage}
        if s >= 0 and (only is None or only in (s, outcome.stage))
    ]
    return tuple(sorted(found))


def refused(scene: Scene, pair: Pair, ignored: Sequence[str]) -> dict[int, tuple[Reason, str]]:
    """Say which touchpoints say nothing but the outcome, or are known only afterwards."""
    plan, ground = scene.plan, scene.ground
    outcome = scene.watch.outcomes[pair.outcome]
    made: dict[int, tuple[Reason, str]] = {}
    for k, name in enumerate(scene.names):
        enters = [s for s in range(plan.n_stages) if plan.speaks_of(s)[k]]
        inside, after = int(ground.inside[k]), int(ground.afterwards[k])
        if k == outcome.code or plan.success[k] or plan.failure[k]:
            made[k] = "the step itself", "it is an outcome"
        elif any(s >= pair.stage for s in enters):
            stages = [plan.stages[s] for s in enters if s >= pair.stage]
            made[k] = "the step itself", f"it enters the stage {stages[0]}"
        elif after >= _AFTERWARDS and after >= 9 * inside:
            had = f"{after:,} of the {after + inside:,} who had it"
            made[k] = "known only afterwards", f"{had} had left before it"
        elif name in ignored:
            made[k] = "the step itself", "the journey ignores it"
    return made


def lever(scene: Scene, code: int) -> Lever:
    """Say what a company can do about a touchpoint that is missing.

    It is the company's own where it goes out by mail, sales, billing or phone, or is so named. What
    customers do can be asked of them. Nobody asks for failures and cancellations, and payments are
    not asked for to keep somebody.
    """
    name, counts = scene.names[code], scene.ground.channels[code]
    paid = 2 * int(scene.ground.paid[:, code].sum()) > int(scene.ground.rows[:, code].sum())
    if paid or not wanted(name):
        return "watch only"
    channels = scene.journeys.vocabulary.channels
    by = sum(int(counts[i]) for i, c in enumerate(channels) if sends(c, phone=True))
    return "yours to do" if sent(name) or 2 * by > int(counts.sum()) else "you can ask for it"
