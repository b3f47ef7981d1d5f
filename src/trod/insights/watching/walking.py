"""From day to day through the record: what stands out, what lasts, what has passed.

Every day is judged with what was known then, so that the walk over past days tells what would have
been told, and tells the same again. One thing makes one alert for as long as it lasts, however many
groups and series show it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import numpy as np

from trod.insights.watching.building import Built
from trod.insights.watching.false_alarms import Budget, discoveries
from trod.insights.watching.judging import Judged
from trod.insights.watching.material import Material
from trod.insights.watching.series import COUNT, Thing
from trod.insights.watching.sight import Newcomers, Sight, Subject, Way

Family = Literal["stages", "day", "week"]
FAMILIES: Final[tuple[Family, ...]] = ("stages", "day", "week")
"""What is judged together: stages of everyone, what people ask about first; the rest, by grain."""
_OF_STAGES: Final = ("entries", "conversion", "dwell", "score")
_SMALL: Final = 0.05
_OTHER: Final[dict[Way, tuple[Way, ...]]] = {
    "fell": ("rose",),
    "rose": ("fell", "silent"),
    "silent": ("fell",),
    "new": (),
}
"""What comes back from the one is no news of the other."""
_CALM: Final = {"day": 3, "week": 2}
"""So many periods more than half of the way back, and it has passed."""
LASTS: Final = 56
"""After so many days it is no news any more, but how it is now."""
WORSE: Final = 1.5
"""So many times as far off as was told last, and it is told again."""


@dataclass(slots=True)
class Event:
    """Something that happened to an alert on a day."""

    day: int
    what: Literal["opened", "worse", "recovered", "as it is now"]
    subject: Subject
    sight: Sight
    tested: int = 0  # how many were judged together with it on that day
    level: float = 0.0  # at which they were judged
    also: tuple[Sight, ...] = ()  # what is part of it


class Walked(NamedTuple):
    """All events, oldest first, and what was looked at on the last day."""

    events: tuple[Event, ...]
    lasting: tuple[Subject, ...]  # at the end
    tested: int  # series that could be judged
    short: int  # series with too little history yet


@dataclass(slots=True)
class _Open:
    """An alert that lasts."""

    day: int
    lead: Sight
    told: float  # size as it was told last
    calm: int = 0

    def off(self, t: int, span: int = 1) -> float:
        """Give how far off some periods are from what was usual before it began.

        Counts as a share of it, others in their units.
        """
        one = self.lead.judged
        assert one is not None
        first = self.lead.period - self.lead.span + 1
        value = one.told(t, span).value
        if one.series.kind != COUNT:
            return value - one.told(self.lead.period, self.lead.span).usual
        level = float(one.usual[first]) / max(float(one.factor[first]), 0.05)
        usual = level * float(one.factor[t - span + 1 : t + 1].sum())
        return (value - usual) / max(usual, 1.0)

    def back(self, t: int) -> bool:
        """Say whether a period lies nearer to what was usual than to what was seen."""
        then = self.off(self.lead.period, self.lead.span)
        return abs(self.off(t)) < 0.5 * abs(then)


@dataclass(slots=True)
class _Walk:
    """The state of a walk."""

    material: Material
    budget: dict[Family, Budget]
    lasting: dict[Subject, _Open] = field(default_factory=dict)
    closed: dict[Thing, tuple[int, _Open]] = field(default_factory=dict)  # the last one, and when
    events: list[Event] = field(default_factory=list)


def walk(
    material: Material,
    built: Built,
    series: Sequence[Judged],
    newcomers: Sequence[Newcomers] = (),
    *,
    false_share: float = 0.1,
) -> Walked:
    """Walk through the record day by day and tell what would have been told.

    Parameters
    ----------
    material, built, series
        What was counted, made into series, and judged.
    newcomers
        Tests of ways of beginning, month by month, judged together with the series.
    false_share
        Share of alerts that may be false, over any 28 days.

    Returns
    -------
    Walked
        The same events for the same data, whatever was told before.
    """
    due = _due(material, series)
    state = _Walk(material, {family: Budget(false_share / len(FAMILIES)) for family in FAMILIES})
    for day in range(material.last_whole_day + 1):
        sights, tested = _seen(material, built, series, due[day], newcomers, day)
        level = {family: state.budget[family].level() for family in FAMILIES}
        found = [
            each
            for family in FAMILIES
            for old in (False, True)
            for each in _standing(
                [
                    one
                    for one in sights
                    if family_of(one) == family and (one.subject in state.lasting) == old
                ],
                level[family],
                tested[family],
            )
        ]
        opened = _step(state, found, day, tested, level)
        for family in FAMILIES:
            spent = level[family] if tested[family] else 0.0
            state.budget[family].spend(spent, opened[family])
        _passed(state, due[day], series, day)
    last = [bool(np.flatnonzero(one.known).size) for one in series]
    lasting = tuple(sorted(state.lasting))
    return Walked(tuple(state.events), lasting, sum(last), len(last) - sum(last))


def _standing(sights: Sequence[Sight], level: float, tested: int) -> Iterator[Sight]:
    """Give what chance does not explain, and what is large enough to matter."""
    stands = discoveries(np.array([each.p for each in sights]), level, tested)
    for each, stood in zip(sights, stands, strict=True):
        if stood and _matters(each):
            yield each


def family_of(sight: Sight) -> Family:
    """Say with what something is judged together."""
    return _family(sight.judged)


def _family(one: Judged | None) -> Family:
    if one is None:
        return "day"
    if one.series.everyone and one.series.thing.sort in _OF_STAGES:
        return "stages"
    return one.series.grain


def _due(material: Material, series: Sequence[Judged]) -> list[list[tuple[int, int]]]:
    """Give for each day the series and periods that are mature at its end."""
    due: list[list[tuple[int, int]]] = [[] for _ in range(material.calendar.n_days)]
    for i, one in enumerate(series):
        own = one.series
        for t in np.flatnonzero(one.known).tolist():
            day = material.calendar.last_day(own.grain, t) + own.lag
            if day < len(due):
                due[day].append((i, t))
    return due


def _seen(
    material: Material,
    built: Built,
    series: Sequence[Judged],
    due: Iterable[tuple[int, int]],
    newcomers: Sequence[Newcomers],
    day: int,
) -> tuple[list[Sight], Counter[Family]]:
    """Give what is far off on a day, and how many things were tested in each family."""
    due = list(due)
    sights = [_sight(series[i], t, 1) for i, t in due if series[i].p[t] < _SMALL]
    sights += [
        _sight(series[i], t, k)
        for i, t in due
        for k, each in series[i].together.items()
        if each.p[t] < _SMALL
    ]
    tested: Counter[Family] = Counter()
    for i, _ in due:
        tested[_family(series[i])] += 1 + len(series[i].together)
    for source, one in built.silence.items():
        if one.silent[day] and one.run[day] > material.late_days:
            tested["day"] += 1
            p = _nothing(float(one.missing[day]), float(one.spread[day]))
            subject = Subject(Thing("source", source), "silent")
            sights.append(Sight(subject, None, day, p, 1.0))
    for each in newcomers:
        if each.due == day:
            tested["day"] += 1
            subject = Subject(Thing("beginning", each.pattern), "new")
            size = each.customers / max(each.newcomers, 1)
            sights.append(Sight(subject, None, day, each.p, size, 1, each))
    return sights, tested


def _nothing(missing: float, spread: float) -> float:
    """Give the chance that nothing comes where so much is missing."""
    even = spread <= 1.0001
    log_p = -missing if even else -missing / (spread - 1) * float(np.log(spread))
    return float(np.exp(max(log_p, -690.0)))


def _sight(one: Judged, t: int, span: int) -> Sight:
    told = one.told(t, span)
    off = told.value - told.mean
    size = abs(off) / max(told.usual, 1.0) if one.series.kind == COUNT else abs(off)
    p = float(one.p[t] if span == 1 else one.together[span].p[t])
    return Sight(Subject(one.series.thing, "rose" if off > 0 else "fell"), one, t, p, size, span)


def _matters(sight: Sight) -> bool:
    if sight.newcomers is not None:
        return sight.newcomers.stands
    return sight.judged is None or sight.judged.material(sight.period, sight.span)


def _step(
    state: _Walk,
    found: Sequence[Sight],
    day: int,
    tested: Mapping[Family, int],
    level: Mapping[Family, float],
) -> Counter[Family]:
    """Open what is new, tell what is worse; say how many were opened in each family."""
    by_subject: dict[Subject, list[Sight]] = {}
    for sight in found:
        by_subject.setdefault(sight.subject, []).append(sight)
    opened: Counter[Family] = Counter()
    known = set(by_subject) | set(state.lasting)
    for subject, every in sorted(by_subject.items()):
        if subject not in state.lasting and (
            _part_of(state.material, subject, known) is not None
            or _told(state, subject)
            or any(Subject(subject.thing, other) in state.lasting for other in _OTHER[subject.way])
        ):
            continue
        sights = [each for each in every if not _over(state, day, each)]
        if not sights:
            continue
        lead = min(sights, key=_first)
        family = family_of(lead)
        at = tested[family], level[family]
        last = state.lasting.get(subject)
        if last is None:
            state.lasting[subject] = _Open(day, lead, lead.size)
            also = tuple(_parts(state.material, subject, by_subject, known))
            state.events.append(Event(day, "opened", subject, lead, *at, also))
            opened[family] += 1
        elif lead.judged is not None and last.lead.judged is lead.judged:
            size = abs(last.off(lead.period, lead.span))
            if size >= WORSE * last.told:
                last.told = size
                state.events.append(Event(day, "worse", subject, lead._replace(size=size), *at))
    return opened


def _told(state: _Walk, subject: Subject) -> bool:
    """Say whether entries to a stage are told already, by the one touchpoint that enters it."""
    if subject.thing.sort != "entries":
        return False
    names = state.material.enters[subject.thing.name]
    volume = Subject(Thing("volume", names[0]), subject.way) if len(names) == 1 else None
    return volume in state.lasting


def _over(state: _Walk, day: int, sight: Sight) -> bool:
    """Say whether what was seen is only what an alert that was closed left behind."""
    if sight.judged is None or sight.subject.thing not in state.closed:
        return False
    closed, last = state.closed[sight.subject.thing]
    grain, first = sight.judged.series.grain, sight.period - sight.span + 1
    if state.material.calendar.first_day(grain, first) <= closed:
        return True
    if last.lead.judged is not sight.judged or day - closed > LASTS:
        return False
    return last.back(sight.period)  # as it was before it began


def _first(sight: Sight) -> tuple[bool, float, str]:
    """Let everyone's series speak before those of groups, then the least likely."""
    if sight.judged is None:
        return False, sight.p, ""
    own = sight.judged.series
    return not own.everyone, sight.p, f"{own.by}/{own.group}"


def _part_of(material: Material, subject: Subject, known: set[Subject]) -> Subject | None:
    """Give what a subject is a part of, where that stands out too: it is told there."""
    thing, way = subject
    if thing.sort == "entries":
        brings = {s for name in material.enters[thing.name] for s in material.sources_of(name)}
        silent = (Subject(Thing("source", source), "silent") for source in sorted(brings))
        return next((each for each in silent if each in known), None) if way == "fell" else None
    if thing.sort == "volume":
        sources = material.sources_of(thing.name)
        above = [Subject(Thing("source", s), w) for s in sources for w in (way, "silent")]
        if len(sources) > 1:
            above = []
        stages = [s for s, names in material.enters.items() if names == (thing.name,)]
        above += [Subject(Thing("entries", stage), way) for stage in stages]
        return next((each for each in above if each in known), None)
    return None


def _parts(
    material: Material,
    subject: Subject,
    found: dict[Subject, list[Sight]],
    known: set[Subject],
) -> Iterator[Sight]:
    """Give what is told together with a subject."""
    for other, sights in sorted(found.items()):
        if other != subject and _part_of(material, other, known) == subject:
            yield min(sights, key=_first)


def _passed(
    state: _Walk,
    due: Iterable[tuple[int, int]],
    series: Sequence[Judged],
    day: int,
) -> None:
    """Close what has come back, or has stayed so long that it is the usual now."""
    looked = {id(series[i]): t for i, t in due}
    for subject, last in sorted(state.lasting.items()):
        lead = last.lead
        if lead.judged is None:
            if _spoke(state.material, subject, lead, day):
                _close(state, Event(day, "recovered", subject, lead))
            continue
        t = looked.get(id(lead.judged))
        if t is None:
            continue
        now = lead._replace(period=t, span=1)
        last.calm = last.calm + 1 if last.back(t) else 0
        if last.calm >= _CALM[lead.judged.series.grain]:
            _close(state, Event(day, "recovered", subject, now))
        elif day - last.day >= LASTS:
            _close(state, Event(day, "as it is now", subject, now))


def _spoke(material: Material, subject: Subject, lead: Sight, day: int) -> bool:
    """Say whether a silent source is back; what is new is so for a month."""
    if subject.way == "silent":
        return bool(material.of_source(subject.thing.name)[day] > 0)
    return day - lead.period > 28


def _close(state: _Walk, event: Event) -> None:
    state.closed[event.subject.thing] = event.day, state.lasting.pop(event.subject)
    state.events.append(event)
