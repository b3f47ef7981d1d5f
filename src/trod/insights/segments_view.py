"""Found segments as typed values: who they are, how each fares, and two side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.emotion import Emotion, EmotionResult
from trod.analyses.histogram import median_interval
from trod.analyses.interval import less
from trod.analyses.names import encode
from trod.analyses.predicate import parse
from trod.analyses.stages import Stages, StagesResult
from trod.events.counted import plural
from trod.insights.journey_map import Count, Mood, Rate
from trod.insights.rates import difference, rate
from trod.insights.wording import SMALL_N
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.label import units
from trod.journeys.passage import StagePlan
from trod.journeys.subset import subset
from trod.models.card import Card
from trod.models.segments.naming import Name, Share
from trod.models.segments.segmentation import Rising, Segmentation

EVERYONE = "all"


@dataclass(frozen=True, slots=True)
class Stay:
    """The median time in a stage, with its 95 % interval."""

    n: int
    median_us: int
    low_us: int
    high_us: int


@dataclass(frozen=True, slots=True)
class SegmentStage:
    """One stage of a segment."""

    stage: str
    reached: Count
    conversion: Rate  # went on or are done, of those whom shares of the stage are of
    mood: Mood
    stay: Stay | None  # of those who went on


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One segment, or everyone."""

    id: str
    name: str
    meaning: str  # the name said exactly
    members: Count
    holds: Rate  # of the members, for how many the name is true
    elsewhere: Rate  # of everybody else who was judged
    left: Rate  # of those who entered the journey
    done: Rate
    stages: tuple[SegmentStage, ...]


@dataclass(frozen=True, slots=True)
class NewRow:
    """Something that came up among newcomers."""

    id: str
    words: str
    since: str
    customers: Count  # up to now
    then: Rate  # newcomers with it, in the month in which it stands out
    before: Rate  # of all who came before
    p: float
    now: bool


@dataclass(frozen=True, slots=True)
class SegmentsView:
    """Everything about the segments of a journey."""

    title: str  # the finding
    subtitle: str
    note: str
    verdict: str
    unit: str
    everyone: SegmentRow
    segments: tuple[SegmentRow, ...]  # the largest first
    none: SegmentRow  # in no segment: did too little to be judged
    rising: tuple[NewRow, ...]
    remarks: tuple[str, ...]
    changes: tuple[str, ...]  # since the fit before
    small_n: int


@dataclass(frozen=True, slots=True)
class Contrast:
    """One figure of two segments, and the first less the second."""

    what: str
    a: float | None  # share, mood from -1 to 1, or microseconds
    b: float | None
    n: tuple[int, int]
    difference: float | None
    low: float | None  # 95 % interval of the difference
    high: float | None
    kind: str  # "share", "mood" or "time"

    @property
    def apart(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


def segments_view(
    journeys: Journeys, plan: StagePlan, card: Card, found: Segmentation
) -> SegmentsView:  # fmt: skip
    """Count how each segment fares: stages, mood and ends, of members alone.

    Notes
    -----
    One pass over the touchpoints of each segment, and one over all.
    """
    unit = units(journeys.unit)
    nobody = Name((), Share(0, 0), Share(0, 0))
    everyone = _row(journeys, plan, EVERYONE, nobody)
    rows = [_of_segment(journeys, plan, each.id, each.name) for each in found.segments]
    rows.sort(key=lambda row: (-row.members.n, row.id))
    return SegmentsView(
        title=_title(rows, unit),
        subtitle=f"{plural(card.n, unit)} judged of {journeys.n_customers:,}. Mood along the "
        "stages (line) against everyone (dashed); share who go on from each "
        "stage (dot; tick: everyone).",
        note="Estimated: found by a model from what they do, beside what their stages and their "
        "stay let expect. Ends are observed; may not be the cause.",
        verdict=card.verdict,
        unit=unit,
        everyone=everyone,
        segments=tuple(rows),
        none=_of_segment(journeys, plan, "none", nobody),
        rising=tuple(_new(one, unit) for one in found.rising),
        remarks=card.remarks,
        changes=_changes(found, unit),
        small_n=SMALL_N,
    )


def _of_segment(journeys: Journeys, plan: StagePlan, which: str, name: Name) -> SegmentRow:
    members = parse(f"segment:{which}", plan, journeys.vocabulary, journeys.named)
    return _row(subset(journeys, members), plan.remembering(), which, name)


def _row(journeys: Journeys, plan: StagePlan, which: str, name: Name) -> SegmentRow:
    counted: StagesResult
    felt: EmotionResult
    of_stages = Stages(plan)
    asked: dict[str, fold.Fold[JourneyBatch, Any, Any]] = {
        "stages": of_stages,
        "emotion": Emotion(journeys.vocabulary, plan),
    }
    counted, felt = fold.run(asked, journeys).values()
    times = sum((of_stages.read(b).dwell for b in journeys), of_stages.empty().dwell)
    key = "all" if which == EVERYONE else f"segment:{which}"
    entered, done = int(counted.reached[0]), int(counted.done.sum())
    return SegmentRow(
        which,
        name.words or ("Everyone" if which == EVERYONE else "In no segment"),
        "; ".join(condition.meaning for condition in name.conditions),
        Count(journeys.n_customers, key),
        rate(*name.members),
        rate(*name.others),
        rate(int(counted.left.sum()), entered),
        rate(done, entered),
        tuple(_stage(counted, felt, times[s], key, s) for s in range(len(counted.stage))),
    )


def _stage(
    counted: StagesResult, felt: EmotionResult, times: NDArray[np.int64], key: str, s: int
) -> SegmentStage:  # fmt: skip
    name = counted.stage[s]
    on = int(counted.went_on[s] + counted.done[s] - counted.passed_over[s])
    reached = f"reached:{encode(name)}"
    both = reached if key == "all" else f"{key}&{reached}"
    return SegmentStage(
        name,
        Count(int(counted.reached[s]), both),
        rate(on, int(counted.base[s])),
        _mood(felt, s),
        Stay(int(times.sum()), *median_interval(times)) if times.any() else None,
    )


def _mood(felt: EmotionResult, s: int) -> Mood:
    found = felt.by_stage
    if not found.known[s]:
        return Mood(int(found.n[s]), None, None, None)
    mean, low, high = (round(float(v[s]), 6) for v in (found.mean, found.low, found.high))
    return Mood(int(found.n[s]), mean, low, high)


def _new(one: Rising, unit: str) -> NewRow:
    return NewRow(
        one.id,
        f"{unit[:1].upper()}{unit[1:]} who {one.words}",
        one.since,
        Count(one.so_far, f"segment:{one.id}"),
        rate(one.customers, one.newcomers),
        rate(one.before, one.came_before),
        one.p,
        one.now,
    )


def _title(rows: Sequence[SegmentRow], unit: str) -> str:
    if not rows:
        return f"No structure: {unit} do not fall into groups"
    count = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six", 7: "Seven"}[len(rows)]
    worst = max(rows, key=lambda row: row.left.share)
    best = min(rows, key=lambda row: row.left.share)
    pairs = len(rows) * (len(rows) - 1) // 2  # the widest of so many differences was picked
    z = NormalDist().inv_cdf(1 - 0.025 / pairs)
    sides = ((worst.left.part, worst.left.whole), (best.left.part, best.left.whole))
    if difference(*sides, z)[0] > 0:
        return (
            f"{count} groups; of {worst.id} {worst.left.share:.0%} left, of {best.id} "
            f"{best.left.share:.0%}"
        )
    return f"{count} groups of {unit} behave differently"


def _changes(found: Segmentation, unit: str) -> tuple[str, ...]:
    """Say what became of segments since the fit before."""
    if not found.changes:
        return ()
    said = []
    for change in found.changes["changes"]:
        what, which, other = change["what"], change["segment"], change["other"]
        many = plural(change["members"], unit)
        said.append(
            {
                "born": f"{which} is new.",
                "ended": f"{which} ended: its {many} went several ways.",
                "split off": f"{which} is new: {many} of it were in {other}.",
                "merged into": f"{which} ended: {many} of it are in {other} now.",
            }[what]
        )
    moved = [
        f"{plural(each['customers'], unit)} moved from {each['from']} to {each['to']}."
        for each in found.changes["moved"]
    ]
    return (*said, *moved)


def contrasts(a: SegmentRow, b: SegmentRow) -> tuple[Contrast, ...]:
    """Put two segments side by side: ends, stages and moods, each difference with its interval.

    Differences of shares by Newcombe's method; of moods and of median times from the interval of
    each, as Zou and Donner do.
    """
    found = [_share("left", a.left, b.left), _share("done", a.done, b.done)]
    pairs = list(zip(a.stages, b.stages, strict=True))
    found += [_share(f"go on from {x.stage}", x.conversion, y.conversion) for x, y in pairs[:-1]]
    found += [_feeling(f"mood in {x.stage}", x.mood, y.mood) for x, y in pairs]
    found += [_length(f"time in {x.stage}", x.stay, y.stay) for x, y in pairs[:-1]]
    return tuple(found)


def _share(what: str, a: Rate, b: Rate) -> Contrast:
    if not (a.whole and b.whole):
        return Contrast(what, None, None, (a.whole, b.whole), None, None, None, "share")
    low, high = difference((a.part, a.whole), (b.part, b.whole))
    apart = a.share - b.share
    return Contrast(what, a.share, b.share, (a.whole, b.whole), apart, low, high, "share")


def _feeling(what: str, a: Mood, b: Mood) -> Contrast:
    x, y = (_three(a), _three(b))
    if x is None or y is None:
        return Contrast(what, a.mean, b.mean, (a.n, b.n), None, None, None, "mood")
    low, high = less(x, y)
    return Contrast(what, x[0], y[0], (a.n, b.n), x[0] - y[0], low, high, "mood")


def _three(mood: Mood) -> tuple[float, float, float] | None:
    if mood.mean is None or mood.low is None or mood.high is None:
        return None
    return mood.mean, mood.low, mood.high


def _length(what: str, a: Stay | None, b: Stay | None) -> Contrast:
    n = (a.n if a else 0, b.n if b else 0)
    if a is None or b is None:
        return Contrast(what, None, None, n, None, None, None, "time")
    x, y = ((float(s.median_us), float(s.low_us), float(s.high_us)) for s in (a, b))
    low, high = less(x, y)
    return Contrast(what, x[0], y[0], n, x[0] - y[0], low, high, "time")
