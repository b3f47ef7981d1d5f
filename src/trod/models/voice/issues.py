"""Topics as issues: how many write, how they feel, what comes before, what the next weeks bring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.answer import Answer, answer
from trod.analyses.emotion import ENOUGH as ENOUGH_MOODS
from trod.analyses.emotion import moods
from trod.analyses.periods import Periods, periods_of
from trod.errors import NotEnoughDataError
from trod.journeys.batch import NO_SCORE, Journeys
from trod.models.card import Card
from trod.models.voice.classify import Classifier
from trod.models.voice.counts import TopicResult, TopicWeeks
from trod.models.voice.forecast import Forecast, forecast
from trod.models.voice.intent import URGENT, Judged, Kind, judge
from trod.models.voice.preceding import Precedes, Preceding, PrecedingResult, precedes
from trod.models.voice.quotes import Said, nearest
from trod.models.voice.sentiment import asked_for
from trod.models.voice.topics import NO_TOPIC, Topics
from trod.models.voice.written import Written, written


class Mood(NamedTuple):
    """Mean score of texts with its interval; None where fewer than ten show a mood."""

    n: int
    mean: float | None
    low: float | None
    high: float | None


class Issue(NamedTuple):
    """One topic."""

    name: str
    words: tuple[str, ...]
    texts: int
    customers: int
    contacts: int  # texts that no survey asked for: what follows is about these
    mood: Mood
    intents: tuple[tuple[str, int], ...]  # the most frequent first
    urgent: int
    by_week: tuple[int, ...]  # whole weeks, the oldest first
    ahead: Forecast | None
    why_not: str  # there is no forecast
    before: tuple[Precedes, ...]
    preventable: tuple[float, float, float] | None  # of the next weeks: above the base rate
    quotes: tuple[Said, ...]
    who: tuple[str, ...]  # canonical ids of the customers who are counted


class IssuesResult(NamedTuple):
    """Topics, the most texts first, and what belongs to none."""

    issues: tuple[Issue, ...]
    texts: int
    other: int  # texts of no topic
    weeks: tuple[str, ...]  # Mondays
    intent_by: str
    urgency_by: str

    def columns(self) -> dict[str, Any]:
        """Give one row per topic."""
        told = [_told(issue) for issue in self.issues]
        return {name: [row[name] for row in told] for name in (told[0] if told else ())}


def issues(
    journeys: Journeys,
    topics: Topics,
    card: Card,
    models: Mapping[Kind, tuple[Card, Classifier]] | None = None,
) -> Answer[IssuesResult]:
    """Say for each topic how often customers write about it, after what, and what comes next.

    Parameters
    ----------
    journeys
        The data.
    topics, card
        The fitted topics.
    models
        Classifiers of intent and urgency that speak instead of the rules.

    Returns
    -------
    Answer
        With an `IssuesResult`. What comes before a topic is observed, not a cause.

    Notes
    -----
    Reads every text. `preventable` is what would not come if contacts after the touchpoint that
    stands first in `before` came as rarely as after other touchpoints.
    """
    said = written(journeys)
    topic = topics.of_texts(said.text)
    unasked = np.where(asked_for(said, journeys.moods), NO_TOPIC, topic)
    label = _by_row(journeys, said, unasked)
    n, weeks = len(topics.top), periods_of(journeys, "week")
    as_of = journeys.span_us()[1]
    found = fold.run(
        {
            "counts": TopicWeeks(weeks, label, n),
            "before": Preceding(journeys.vocabulary, label, n, as_of),
        },
        journeys,
    )
    judged = judge(said.text, models)
    whole = _whole(weeks, journeys)
    near = topics.nearness(said.text) if n else np.zeros((said.n, 0))
    told = []
    sizes = np.bincount(topic[topic >= 0], minlength=n)
    for k in np.lexsort((np.arange(n), -sizes)).tolist():
        mine = np.flatnonzero(topic == k)
        facts = _Facts(topics, found["counts"], found["before"], whole)
        its = [judged[i] for i in mine.tolist()]
        told.append(_issue(journeys, facts, k, said.take(mine), near[mine, k], its))
    by = judged[0] if judged else Judged(None, "rules", "", "rules")
    result = IssuesResult(
        tuple(told),
        said.n,
        int((topic == NO_TOPIC).sum()),
        weeks.label[whole.start : whole.stop],
        by.intent_by,
        by.urgency_by,
    )
    return answer(
        "topics",
        result,
        journeys,
        n=said.n,
        population="Texts of customers",
        method=f"Topics of version {card.version}: each text has the topic whose words it uses "
        "most. Contacts are texts that no survey asked for; forecasts are of these. Before: "
        "contacts a day within 3 days after a touchpoint, to those after others.",
        warnings=["What comes before is observed: it need not be the reason."],
    )


class _Facts(NamedTuple):
    topics: Topics
    counts: TopicResult
    before: PrecedingResult
    whole: slice


def _issue(
    journeys: Journeys,
    facts: _Facts,
    k: int,
    said: Written,
    near: NDArray[np.float64],
    judged: Sequence[Judged],
) -> Issue:
    names = journeys.vocabulary.touchpoints
    by_week = facts.counts.by_week[facts.whole, k]
    before = precedes(facts.before, names, k)
    ahead, why_not = _ahead(by_week)
    contacts = int(facts.counts.texts[k])
    who = tuple(sorted(set(said.customer)))
    return Issue(
        facts.topics.names[k],
        facts.topics.top[k],
        said.n,
        len(who),
        contacts,
        _mood(said.score),
        _most(each.intent for each in judged),
        sum(each.urgency == URGENT for each in judged),
        tuple(by_week.tolist()),
        ahead,
        why_not,
        before,
        _preventable(before, contacts, ahead),
        nearest(said, near, names, facts.topics.top[k][:3]),
        who,
    )


def _by_row(journeys: Journeys, said: Written, topic: NDArray[np.int64]) -> NDArray[np.int16]:
    """Give the topic of each row of the log."""
    last = max((int(batch.row.max()) for batch in journeys if batch.n_events), default=-1)
    label = np.full(last + 1, NO_TOPIC, np.int16)
    label[said.row] = topic
    return label


def _whole(weeks: Periods, journeys: Journeys) -> slice:
    """Give the weeks that are on record from beginning to end."""
    first, last = journeys.span_us()
    return slice(0 if weeks.start_us[0] >= first else 1, weeks.complete(last))


def _ahead(by_week: NDArray[np.int64]) -> tuple[Forecast | None, str]:
    try:
        return forecast(by_week), ""
    except NotEnoughDataError as few:
        return None, str(few)


def _preventable(
    before: Sequence[Precedes], contacts: int, ahead: Forecast | None
) -> tuple[float, float, float] | None:
    """Give how many of the next contacts lie above the base rate after the first touchpoint."""
    if not before or ahead is None or not contacts:
        return None
    first, expected = before[0], ahead.total[0] / contacts
    middle, low, high = (
        max(0.0, each) * expected for each in (first.excess, first.excess_low, first.excess_high)
    )
    return middle, low, high


def _mood(score: NDArray[np.int16]) -> Mood:
    known = score[score != NO_SCORE].astype(np.int64)
    sums = np.array([known.size, known.sum(), (known * known).sum()], np.int64)
    found = moods(sums[None], ENOUGH_MOODS)
    if not found.known[0]:
        return Mood(int(known.size), None, None, None)
    return Mood(int(known.size), *(float(x[0]) for x in (found.mean, found.low, found.high)))


def _most(intents: Any) -> tuple[tuple[str, int], ...]:
    counts = Counter(intent for intent in intents if intent is not None)
    return tuple(sorted(counts.items(), key=lambda it: (-it[1], it[0])))


def _told(issue: Issue) -> dict[str, Any]:
    """Give an issue as JSON."""
    told = issue._asdict()
    told["ahead"] = None if issue.ahead is None else issue.ahead._asdict()
    told["before"] = [each._asdict() for each in issue.before]
    told["quotes"] = [each._asdict() for each in issue.quotes]
    told["mood"] = issue.mood._asdict()
    return told
