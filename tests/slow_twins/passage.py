"""The obvious, slow walk through the stages, written from the definition of the words (ADR 11)."""

from __future__ import annotations

from dataclasses import dataclass, field

NO_STATE = 65535
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
    steps: list[tuple[str, list[int], int] | None] = field(default_factory=list)  # kind, codes, k
    unless: list[set[int]] = field(default_factory=list)
    back: list[bool] = field(default_factory=list)
    hold: bool = False

    def __post_init__(self):
        self.steps = self.steps or [None] * len(self.names)
        self.unless = self.unless or [set() for _ in self.names]
        self.back = self.back or [False] * len(self.names)


@dataclass
class Passage:
    begin: int
    entry: int
    position: int = -1
    status: int | None = None
    last: int = -1
    stages: dict[int, int] = field(default_factory=dict)
    entered: dict[int, int] = field(default_factory=dict)


def complete(rule, done):
    """Say whether the touchpoints done, in order, fulfil a rule of several steps."""
    kind, codes, k = rule
    if kind == "in_order":
        left = iter(done)
        return all(code in left for code in codes)
    return len(set(codes) & set(done)) >= (k if kind == "at_least" else len(codes))


class Walk:
    """Everything remembered while walking one customer."""

    def __init__(self, journey):
        self.journey = journey
        self.passages = []
        self.done = [[] for _ in journey.names]  # steps since the rule was completed
        self.here = []  # touchpoints since the customer came to where they stand

    def wanted(self, code, state):
        """The furthest stage that a touchpoint enters and no exclusion keeps them out of."""
        j = self.journey
        self.here.append(code)
        stages = [s for s, codes in enumerate(j.names) if code in codes][:1]
        stages += [max((s for s, states in enumerate(j.states) if state in states), default=-1)]
        for s, rule in enumerate(j.steps):
            if rule and code in rule[1]:
                self.done[s].append(code)
                if complete(rule, self.done[s]):
                    stages.append(s)
                    self.done[s] = []
        return max((s for s in stages if not j.unless[s] & set(self.here)), default=-1)

    def take(self, i, time, code, state):
        j = self.journey
        wanted = self.wanted(code, state)
        now = self.passages[-1] if self.passages else None
        if now is None or now.status is not None:
            if (wanted < 0 and j.days[0] is None) or (now and not j.reentry_last):
                return
            wanted = max(wanted, 0)
            now = Passage(i, time)
            self.passages.append(now)
        elif j.window is not None and time - now.entry > j.window:
            return
        self.move(now, wanted, time)
        now.stages[i] = now.position
        now.last = i
        if code in j.success or code in j.failure:
            now.status = DONE if code in j.success or at_goal(now, j) else LEFT
            self.done = [[] for _ in j.names]
            self.here = []

    def move(self, now, wanted, time):
        j = self.journey
        begun = [
            s
            for s, day in enumerate(j.days)
            if day is not None and s > now.position and time - now.entry >= day
        ]
        furthest = max([now.position, *begun, wanted])
        for s in begun:
            now.entered[s] = now.entry + j.days[s]
        if wanted == furthest > now.position and wanted not in begun:
            now.entered[wanted] = time
        if furthest > now.position:
            now.position = furthest
            self.here = []
        elif 0 <= wanted < now.position and j.back[wanted]:
            # As if nothing after this stage had been entered.
            since = [t for s, t in now.entered.items() if s >= wanted]
            now.entered = {s: t for s, t in now.entered.items() if s < wanted}
            now.entered[wanted] = min(since)
            now.stages = {i: min(s, wanted) for i, s in now.stages.items()}
            now.position = wanted
            self.done = [d if s <= wanted else [] for s, d in enumerate(self.done)]
            self.here = []


def passages_of(events, rows, journey):
    walk = Walk(journey)
    for i in rows:
        time, code, _, state = events[i]
        walk.take(i, time, code, state)
    return walk.passages


def the_one_that_counts(events, journey):
    """Give the passage of a customer, and the value it holds; None without one."""
    if not journey.hold:
        found = passages_of(events, range(len(events)), journey)
        return found[-1 if journey.reentry_last else 0] if found else None
    best = None
    for value in sorted({state for *_, state in events} - {NO_STATE}):
        rows = [i for i, (*_, state) in enumerate(events) if state == value]
        found = passages_of(events, rows, journey)
        if found:
            one = found[-1 if journey.reentry_last else 0]
            if best is None or rank(one, journey) > rank(best, journey):
                best = one
    if best is not None:
        take_along(events, best, journey)
    return best


def at_goal(passage, journey):
    """Without declared success, reaching the last stage is done."""
    return not journey.success and passage.position == len(journey.names) - 1


def rank(passage, journey):
    """Done before not done, then the furthest, then the earliest."""
    done = passage.status == DONE or at_goal(passage, journey)
    return done, passage.position, -passage.begin


def take_along(events, passage, journey):
    """Touchpoints without a value lie where the passage stands."""
    here, end = -1, passage.last
    for i in range(passage.begin, len(events)):
        time, _, _, state = events[i]
        late = journey.window is not None and time - passage.entry > journey.window
        if late or (passage.status is not None and i > end):
            break
        if state == NO_STATE:
            passage.stages[i] = here
            passage.last = max(passage.last, i)
        here = passage.stages.get(i, here)


def walk(events, journey):
    """Give stage by row, {stage: entered}, furthest, status and last row of one customer."""
    one = the_one_that_counts(events, journey)
    if one is None:
        return [-1] * len(events), {}, -1, OPEN, -1
    status = one.status
    if status is None:
        if at_goal(one, journey):
            status = DONE
        elif journey.as_of - events[-1][0] >= journey.left_after:
            status = LEFT
        else:
            status = OPEN
    stages = [one.stages.get(i, -1) for i in range(len(events))]
    return stages, one.entered, one.position, status, one.last


def outcome_then(events, i, journey):
    """Give the position and the outcome of a customer as they looked after touchpoint `i`."""
    one = the_one_that_counts(events[: i + 1], journey)
    if one is None:
        return -1, -1
    return one.position, -1 if one.status is None else one.status
