"""The friction of a journey that hardly anybody leaves: where it takes longest, and with what."""

from __future__ import annotations

from typing import Final

from trod.analyses.names import encode
from trod.insights.answers import Answers
from trod.insights.claims import Figure, claim, counted, verify
from trod.insights.delays import longest_delay
from trod.insights.journey_map import Count, Friction
from trod.insights.rates import mood, rate, stage_mood, stay
from trod.insights.wording import duration
from trod.journeys.label import readable, shortened

_NOTE: Final = (
    "Seen in hindsight, without a landmark: who stays long has more chances to meet it. Both times "
    "are medians read from bins at most 1/32 of the time wide."
)


def slowness(asked: Answers) -> tuple[Friction, ...]:
    """Give the one friction of time; none where nothing goes with a long stay."""
    found = longest_delay(asked)
    if found is None:
        return ()
    s, name = found.stage, asked.touches.name[found.code]
    stage = asked.stages.stage[s]
    figures = {
        "had": counted(
            int(asked.touches.customers[s, found.code]), f"touch:{encode(stage)}/{encode(name)}"
        ),
        "with_it": Figure(duration(found.median_with_us)),
        "without": Figure(duration(found.median_without_us)),
    }
    said = claim(
        "{had} had {touchpoint} in {stage}: the middle one stayed {with_it}; without it {without}.",
        figures,
        stage=stage,
        touchpoint=readable(name),
    )
    verify(said, asked)
    known = asked.emotion.known[s, found.code]
    return (
        Friction(
            rank=1,
            stage=s,
            touchpoint=name,
            title=f"Slow with {shortened(readable(name), 36)}",
            statement=said.text,
            facts=said.facts,
            lost=Count(int(asked.stages.left[s]), f"left:{encode(stage)}"),
            money_lost_micros=None,
            leave_rate=rate(int(asked.stages.left[s]), int(asked.stages.base[s])),
            compare_rate=None,
            compare_label=None,
            since=None,
            delay=stay(asked, s),
            mood=mood(asked, s, found.code) if known else stage_mood(asked, s),
            loops=int(asked.losses.rounds[s].sum()),
            before=(),
            quotes=(),
            cause="Waiting may be part of it, or only hard cases may meet it.",
            evidence="Observed",
            evidence_grade="weak",
            value_of_recovery=(0.0, 0.0),
            recovery_formula=f"what can be won here is time, not {asked.unit}",
            signals=("long_delay",),
            slower_us=found.median_with_us - found.median_without_us,
            evidence_note=_NOTE,
        ),
    )
