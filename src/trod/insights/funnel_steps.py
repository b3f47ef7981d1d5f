"""A funnel as one typed value: who completed each step, who went no further, how long it took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trod.analyses.answer import Answer
from trod.analyses.funnel import Funnel, FunnelDepth, FunnelResult
from trod.events.counted import plural
from trod.insights.journey_map import Count, JourneyMap, Rate, Time
from trod.insights.rates import rate, time
from trod.insights.wording import SMALL_N
from trod.journeys.label import readable, units

HEAVY_PERCENT: Final = 20
"""A step after which more than so many per cent go no further is heavy."""
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step. customers = those of the next step + gone + still_there + done."""

    name: str
    customers: Count  # who completed it
    share: Rate  # of those who completed the first
    time: Time | None  # since the step before
    gone: Count  # completed this step and went no further
    gone_rate: Rate  # of those who completed it
    heavy: bool
    still_there: Count | None = None  # of a stage: neither left nor done
    done: Count | None = None  # of a stage: completed the journey in it
    before: float | None = None  # share frozen in a baseline, where one is named


@dataclass(frozen=True, slots=True)
class FunnelView:
    """A funnel, ready to be drawn."""

    title: str  # the finding
    subtitle: str  # population and unit
    unit: str
    gone: str  # what going no further is called: "left" of stages, "dropped" of steps
    steps: tuple[FunnelStep, ...]
    small_n: int


def of_stages(m: JourneyMap, before: Mapping[str, float] | None = None) -> FunnelView:
    """Read the stages of a map as a funnel: who reached each, and who left there.

    `before` is the share that reached each stage in a baseline.
    """
    frozen = before or {}
    first = m.stages[0].reached.n if m.stages else 0
    dwell: list[Time | None] = [None, *(stage.dwell for stage in m.stages)]
    steps = tuple(
        _step(
            stage.name,
            stage.reached,
            first,
            since,
            stage.left,
            before=frozen.get(stage.name),
            still_there=stage.still_there,
            done=stage.done,
        )
        for stage, since in zip(m.stages, dwell, strict=False)
    )
    return FunnelView(
        title=_title(steps, "stage", m.unit),
        subtitle=f"Share of the {plural(first, m.unit)} who entered, with its 95% range, and"
        " the middle time from stage to stage.",
        unit=m.unit,
        gone="left",
        steps=steps,
        small_n=m.small_n,
    )


def of_funnel(asked: Funnel, found: Answer[FunnelResult]) -> FunnelView:
    """Read the answer to a funnel question."""
    result, unit = found.data, units(found.unit)
    first = int(result.reached[0])
    n = len(result.step)
    steps = tuple(
        _step(
            name,
            Count(int(result.reached[i]), FunnelDepth(asked, i + 1).key),
            first,
            time(result.time[i]),
            Count(int(result.lost[i]), FunnelDepth(asked, i + 1, exactly=True).key * (i + 1 < n)),
        )
        for i, name in enumerate(result.step)
    )
    window = f" within {found.window}" if found.window else ""
    how = "directly one after another" if asked.strict else "in order"
    return FunnelView(
        title=_title(steps, "step", unit),
        subtitle=f"Share of the {plural(first, unit)} with the first step, with its 95% range,"
        f" and the middle time between steps. Completed {how}{window}.",
        unit=unit,
        gone="dropped",
        steps=steps,
        small_n=SMALL_N,
    )


def _step(
    name: str,
    customers: Count,
    first: int,
    since: Time | None,
    gone: Count,
    *,
    still_there: Count | None = None,
    done: Count | None = None,
    before: float | None = None,
) -> FunnelStep:
    n = customers.n
    return FunnelStep(
        name=name,
        customers=customers,
        share=rate(n, first),
        time=since,
        gone=gone,
        gone_rate=rate(gone.n, n),
        heavy=n >= SMALL_N and gone.n * 100 > HEAVY_PERCENT * n,
        still_there=still_there,
        done=done,
        before=before,
    )


def _title(steps: Sequence[FunnelStep], word: str, unit: str) -> str:
    """Say where most are lost: in several steps in a row, in one, or nowhere much."""
    before = steps[:-1] if word == "step" else steps
    if not before or not before[0].customers.n:
        return f"Nobody reached the first {word} yet"
    heavy = [i for i, step in enumerate(before) if step.heavy]
    run = list(range(len(before) - len(heavy), len(before)))
    if len(heavy) >= 2 and heavy == run:
        if len(heavy) == len(before):
            return f"Each {word} loses over a fifth"
        several = _NUMBERS[len(heavy)] if len(heavy) < len(_NUMBERS) else str(len(heavy))
        return f"Each of the last {several} {word}s loses over a fifth"
    worst = max(before, key=lambda step: (step.gone.n, step.gone_rate.share))
    if not worst.gone.n:
        return f"Nobody is lost on the way: {plural(before[0].customers.n, unit)}"
    name = readable(worst.name)
    if worst.customers.n < SMALL_N:
        return f"Most are lost at {name}: {worst.gone.n:,} of {worst.customers.n:,}"
    does = "leave" if word == "stage" else "go no further"
    return f"Most are lost at {name}: {worst.gone_rate.share * 100:.0f}% {does}"
