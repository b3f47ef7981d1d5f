"""How a score did in its backtest, and the scores of one customer, as typed values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from trod.events.counted import count
from trod.insights.journey_map import Rate
from trod.insights.rates import rate
from trod.insights.wording import day_ended
from trod.journeys.label import units
from trod.models.outcomes.model import OutcomeModel
from trod.models.quality import calibration, gain

_GROUPS: Final = 10
_POINTS: Final = 20


@dataclass(frozen=True, slots=True)
class Told:
    """A group of cases that were told about the same probability, and what came."""

    said: float  # mean probability
    came: Rate


@dataclass(frozen=True, slots=True)
class Taken:
    """The highest scores up to a share of all cases, and what they hold."""

    share: float  # of all cases
    found: float  # share of all outcomes
    cases: int
    outcomes: int


@dataclass(frozen=True, slots=True)
class BacktestView:
    """Whether probabilities are right, and how much the top of the list holds."""

    name: str
    title: str
    subtitle: str
    note: str
    told: tuple[Told, ...]
    taken: tuple[Taken, ...]


def backtest_view(name: str, model: OutcomeModel) -> BacktestView:
    """Read the backtest of a fitted score.

    Parameters
    ----------
    name
        Of the outcome.
    model
        The score; it keeps what was said beforehand and what came.
    """
    said, came = model.tested[:, 0].astype(float), model.tested[:, 1] > 0
    groups = calibration(said, came, _GROUPS)
    told = tuple(
        Told(float(p), rate(int(c), int(n)))
        for p, c, n in zip(groups.said, groups.came, groups.n, strict=True)
    )
    table = gain(said, came, _POINTS)
    taken = tuple(
        Taken(float(s), float(g), int(n), int(f))
        for s, g, n, f in zip(table.share, table.gain, table.taken, table.found, strict=True)
    )
    fifth = min(taken, key=lambda each: abs(each.share - 0.2))
    title = (
        f"The highest fifth of the scores holds {100 * fifth.found:.0f}% of all with the outcome"
    )
    cases, outcomes = count(came.size, "case"), count(int(came.sum()), "outcome")
    return BacktestView(
        name,
        title,
        f"{name}, within {model.spec.within.days} days: what was said beforehand, and what came. "
        f"{cases}, {outcomes}.",
        "Left: of cases told the same, the share with the outcome, with its 95% range; on the line "
        "both agree. Right: of all outcomes, the share in the top of the list. Cases are customers "
        "at marks: one customer can stand at several.",
        told,
        taken,
    )


@dataclass(frozen=True, slots=True)
class GivenScore:
    """One score of one customer."""

    day: str
    moment_us: int
    probability: float
    version: int
    stage: str


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The scores of one customer for one outcome, oldest first."""

    customer: str
    title: str
    subtitle: str
    note: str
    scores: tuple[GivenScore, ...]
    high: float | None  # probability from which customers are pointed out


def history_view(
    customer: str,
    name: str,
    model: OutcomeModel,
    scores: Sequence[GivenScore],
    high: float | None,
) -> HistoryView:
    """Put the scores of one customer together.

    Parameters
    ----------
    customer
        Canonical id.
    name
        Of the outcome.
    model
        The score in use.
    scores
        Oldest first.
    high
        Probability from which customers are pointed out now.
    """
    now = f"{100 * scores[-1].probability:.0f}%" if scores else "no score"
    return HistoryView(
        customer,
        f"{name} of {customer}: {now}",
        f"Probability within {model.spec.within.days} days, by the day it was told. "
        f"{count(len(scores), 'score')}; {units(model.unit)} are scored.",
        "Estimated. Each score was told by the version in use on its day; a step may be another "
        "version and not another customer.",
        tuple(scores),
        high,
    )


def given_on(moment_us: int, probability: float, version: int, stage: str, zone: str) -> GivenScore:
    """Name the day of a score: the end of a day belongs to it."""
    return GivenScore(day_ended(moment_us, zone), moment_us, probability, version, stage)
