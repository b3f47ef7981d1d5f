"""What the data can and cannot support, and why: said before anybody asks it of them."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import Final, Literal, NamedTuple

from trod.events.counted import count
from trod.insights.wording import SMALL_N

Verdict = Literal["yes", "partly", "no"]
_MONTH_DAYS: Final = 30.4375
_EVENTS: Final = 200  # outcomes of each kind for a score of about twenty features, ten to each
_FEW_EVENTS: Final = 50
_POWER: Final = 2.8016  # z of 0.975 plus z of 0.80


class Facts(NamedTuple):
    """What readiness is judged by."""

    days: int  # of data
    customers: int
    accounts: int
    entered: int
    done: int
    left: int
    spoken: int  # touchpoints with a score
    moods: int  # touchpoints (by stage) whose mood is known
    valued: int  # customers with money on record
    channels: int
    offline_channels: int
    worst_grade: str | None


class Support(NamedTuple):
    """One question, whether the data can answer it, and why."""

    question: str
    verdict: Verdict
    why: str


def readiness(facts: Facts) -> tuple[Support, ...]:
    """Judge what can be asked of the data.

    Examples
    --------
    >>> small = Facts(40, 25, 0, 20, 5, 3, 0, 0, 0, 1, 0, "A")
    >>> [(one.question, one.verdict) for one in readiness(small)][:2]
    [('Journey map', 'partly'), ('Seasons', 'no')]
    """
    return tuple(_judged(facts))


def _judged(facts: Facts) -> Iterator[Support]:
    months = facts.days / _MONTH_DAYS
    yield _map(facts)
    yield Support(
        "Seasons",
        "yes" if months >= 24 else "no",
        f"{count(round(months), 'month')} on record; a season must be seen twice, so 24 are needed."
        + " Until then a rise in December may be December or may be you." * (months < 24),
    )
    yield _trend(months)
    yield _score(facts)
    yield _effect(facts)
    yield Support(
        "Mood",
        "yes" if facts.moods >= 4 else "partly" if facts.moods else "no",
        f"{count(facts.spoken, 'answer or text', 'answers or texts')}; enough for "
        f"{count(facts.moods, 'touchpoint')} of a stage.",
    )
    yield Support(
        "Value",
        "yes" if facts.valued >= SMALL_N else "partly" if facts.valued else "no",
        f"{facts.valued:,} of {count(facts.customers, 'customer has', 'customers have')} money on "
        "record.",
    )
    yield Support(
        "Accounts",
        "yes" if facts.accounts >= SMALL_N else "partly" if facts.accounts else "no",
        f"{count(facts.accounts, 'account')} named."
        if facts.accounts
        else "No source names an account.",
    )
    yield Support(
        "Offline contact",
        "yes" if facts.offline_channels else "no",
        f"{facts.offline_channels} of {count(facts.channels, 'channel is', 'channels are')} "
        "offline or human."
        if facts.offline_channels
        else "Every channel is digital: calls, visits and shops are unseen.",
    )


def _map(facts: Facts) -> Support:
    few = facts.entered < SMALL_N
    graded = facts.worst_grade == "D"
    why = f"{count(facts.entered, 'customer')} entered the journey"
    if few:
        why += f"; below {SMALL_N} counts are shown, not shares"
    if graded:
        why += "; one stage is graded D, so nothing is claimed about it"
    return Support("Journey map", "partly" if few or graded else "yes", f"{why}.")


def _trend(months: float) -> Support:
    verdict: Verdict = "yes" if months >= 6 else "partly" if months >= 2 else "no"
    told = count(round(months), "month")
    return Support("Month against month", verdict, f"{told} on record; six are safe.")


def _score(facts: Facts) -> Support:
    """A score needs enough of both outcomes (ten to each feature, Peduzzi et al. 1996)."""
    fewer = min(facts.done, facts.left)
    verdict: Verdict = "yes" if fewer >= _EVENTS else "partly" if fewer >= _FEW_EVENTS else "no"
    features = f"so about {fewer // 10:,} features can be used" if fewer >= 10 else "so none can be"
    why = (
        f"{facts.left:,} left and {facts.done:,} succeeded; ten of the rarer outcome are needed "
        f"for each feature, {features}."
    )
    return Support("Scores of who will leave", verdict, why)


def _effect(facts: Facts) -> Support:
    """The smallest difference that two halves of a month's entrants show with 80 % power."""
    monthly = int(facts.entered / max(facts.days / _MONTH_DAYS, 1))
    arm = monthly // 2
    if arm < SMALL_N:
        return Support(
            "Tests with a holdout", "no", f"{monthly:,} enter a month: too few to halve."
        )
    if not facts.left:
        return Support("Tests with a holdout", "no", "Nobody left, so nothing can be prevented.")
    share = facts.left / max(facts.entered, 1)
    points = 100 * _POWER * sqrt(2 * max(share * (1 - share), 0.01) / arm)
    why = (
        f"{monthly:,} enter a month; half of them held back shows a difference of "
        f"{points:.1f} points or more in who leaves."
    )
    return Support("Tests with a holdout", "yes" if points <= 10 else "partly", why)
