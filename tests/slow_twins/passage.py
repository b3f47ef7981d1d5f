"""The obvious, slow walk through the stages, written from the definition of the words."""

from __future__ import annotations

from dataclasses import dataclass, field

OPEN, LEFT, DONE = 0, 1, 2


@dataclass
class Journey:
    """A definition: per stage the codes, states and first day that enter it."""

    names: list[set[int]]
    states: list[set[int]]
    days: list[int | None]  # in the unit of time of the test
    success: set[int] = field(default_factory=set)
    failure: set[int] = field(default_factory=set)
    window: int | None = None
    left_after: int = 5
    as_of: int = 0
    reentry_last: bool = False


def wanted_by_name_or_state(journey, code, state):
    named = [s for s, codes in enumerate(journey.names) if code in codes][:1]
    stated = [s for s, codes in enumerate(journey.states) if state in codes][:1]
    return max(named + stated, default=None)


def one_passage(events, start, journey):
    """Walk from the entry at `start`; gives stages by row, entered, furthest, status, last, end."""
    entry = events[start][0]
    entered = {}
    position = -1
    stages, status, last, end = {}, None, start, len(events)
    for i in range(start, len(events)):
        time, code, _, state = events[i]
        if journey.window is not None and time - entry > journey.window:
            continue
        wanted = wanted_by_name_or_state(journey, code, state)
        if i == start and wanted is None:
            wanted = 0
        begun = [
            s
            for s, day in enumerate(journey.days)
            if day is not None and s > position and time - entry >= day
        ]
        furthest = max([position, *begun, *([] if wanted is None else [wanted])])
        for s in begun:
            entered[s] = entry + journey.days[s]
        if wanted == furthest > position and wanted not in begun:
            entered[wanted] = time
        position = furthest
        stages[i] = position
        last = i
        if code in journey.success or code in journey.failure:
            status = DONE if code in journey.success else LEFT
            end = i + 1
            break
    return stages, entered, position, status, last, end


def walk(events, journey):
    """Give stage by row, {stage: entered}, furthest, status and last row of one customer."""
    passages = []
    i = 0
    while i < len(events):
        _, code, _, state = events[i]
        if wanted_by_name_or_state(journey, code, state) is None and journey.days[0] is None:
            i += 1
            continue
        passage = one_passage(events, i, journey)
        passages.append(passage)
        if passage[3] is None:
            break
        i = passage[5]
    if not passages:
        return [-1] * len(events), {}, -1, OPEN, -1
    stages, entered, furthest, status, last, _ = passages[-1 if journey.reentry_last else 0]
    if status is None:
        if not journey.success and furthest == len(journey.names) - 1:
            status = DONE
        elif journey.as_of - events[-1][0] >= journey.left_after:
            status = LEFT
        else:
            status = OPEN
    return [stages.get(i, -1) for i in range(len(events))], entered, furthest, status, last
