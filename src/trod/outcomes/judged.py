"""One play judged: rows of customers in, an effect with design, interval and verdict out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.errors import NotEnoughDataError
from trod.events.counted import count
from trod.outcomes.always_valid import Range, always_valid, ever_as_sure, one_look
from trod.outcomes.difference import FEWEST, Difference, difference
from trod.outcomes.effect import Effect, EffectDesign
from trod.outcomes.observational import Observational, observational
from trod.outcomes.power import needed_in_all, smallest_effect
from trod.outcomes.verdict import Way, verdict

WEEK_US: Final = 7 * 86_400_000_000


class Asked(NamedTuple):
    """What is judged, and by what."""

    playbook: str
    metric: str
    unit: str  # "share", a currency, or "number"
    better: Way
    worth_having: float  # on a share; of money, that part of what those held back bring
    as_of_us: int
    once: bool = False  # the verdict is that of a single look, at a time fixed before


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Customers of one play whose outcome is known, one row each, in any fixed order."""

    customer: tuple[str, ...]
    outcome: NDArray[np.float64]  # (n,)
    treated: NDArray[np.bool_]  # (n,)
    propensity: NDArray[np.float64]  # (n,) 0 or 1 where no chance decided
    stratum: NDArray[np.str_]  # (n,)
    covariates: NDArray[np.float64]  # (n, k) known at the decision
    names: tuple[str, ...]  # (k,)
    decided_us: NDArray[np.int64]  # (n,)
    cluster: NDArray[np.str_] | None = None  # who was drawn together
    waiting: int = 0  # decided on too recently
    already: int = 0  # with nothing left to wait for at the decision
    gone: int = 0  # no longer on record, or not yet at the decision
    by_chance: bool = False  # chance decided on somebody, be the outcome known or not

    def take(self, which: NDArray[np.bool_]) -> Rows:
        """Give some of the rows."""
        at = np.flatnonzero(which)
        return Rows(
            tuple(self.customer[i] for i in at.tolist()),
            self.outcome[which],
            self.treated[which],
            self.propensity[which],
            self.stratum[which],
            self.covariates[which],
            self.names,
            self.decided_us[which],
            None if self.cluster is None else self.cluster[which],
            self.waiting,
            self.already,
            self.gone,
            self.by_chance,
        )

    @property
    def drawn(self) -> NDArray[np.bool_]:
        """Say on whom chance decided."""
        return np.asarray((self.propensity > 0) & (self.propensity < 1), np.bool_)


@dataclass(frozen=True, slots=True)
class TooFew:
    """A play of which nothing can be said yet, and what is missing."""

    playbook: str
    metric: str
    n_treated: int
    n_held_back: int
    waiting: int
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A play with its effect, and what it was computed from."""

    effect: Effect
    difference: Difference
    customer: tuple[str, ...]  # of each influence value
    observational: Observational | None = field(default=None)


def judge(asked: Asked, rows: Rows, more: Sequence[str] = ()) -> Judged | TooFew:
    """Judge a play: by those on whom chance decided; without any, by others like the treated.

    Parameters
    ----------
    asked
        What is judged, and by what.
    rows
        The customers.
    more
        Caveats beside those that the rows tell.

    Returns
    -------
    Judged or TooFew
        Too few are said as such, with what is missing.

    Examples
    --------
    >>> n = 2000
    >>> treated = np.arange(n) % 2 == 0
    >>> left = (np.arange(n) % 10 < 4 - 2 * treated) * 1.0
    >>> rows = Rows(
    ...     tuple(f"c{i:04d}" for i in range(n)), left, treated,
    ...     np.full(n, 0.5), np.full(n, ""), np.empty((n, 0)), (), np.arange(n) * 10**9,
    ... )
    >>> asked = Asked("Set-up call", "Left within 60 days", "share", "down", 0.03, 10**12)
    >>> effect = judge(asked, rows).effect
    >>> effect.design, effect.n_treated, effect.verdict
    ('randomised', 1000, 'works')
    """
    drawn = rows.drawn
    if not drawn.size:
        return TooFew(asked.playbook, asked.metric, 0, 0, rows.waiting, _nobody(rows))
    if not (drawn.any() or rows.by_chance):
        return _estimated(asked, rows, more)
    some, design = rows.take(drawn), _design(drawn)
    ones, zeros = int(some.treated.sum()), int((~some.treated).sum())
    if min(ones, zeros) < FEWEST:
        why = f"{FEWEST} on each side are needed before anything can be said"
        return TooFew(asked.playbook, asked.metric, ones, zeros, rows.waiting, why)
    try:
        found = difference(
            some.outcome,
            some.treated,
            propensity=some.propensity,
            stratum=some.stratum,
            covariates=some.covariates,
            cluster=some.cluster,
        )
    except NotEnoughDataError as why:
        return TooFew(asked.playbook, asked.metric, ones, zeros, rows.waiting, f"{why}".rstrip("."))
    caveats = (*_left_aside(rows, drawn), *more)
    return Judged(
        _effect(asked, some, found, design, _method(found), caveats), found, some.customer
    )


def _nobody(rows: Rows) -> str:
    """Say why nobody can be compared yet."""
    aside = _left_aside(rows, np.zeros(0, np.bool_))
    return " ".join(("nobody's outcome is known yet.", *aside)).removesuffix(".")


def _design(drawn: NDArray[np.bool_]) -> EffectDesign:
    return "randomised" if drawn.all() else "edge"


def _left_aside(rows: Rows, drawn: NDArray[np.bool_]) -> tuple[str, ...]:
    """Say who is not in the comparison, and why."""
    said = []
    if certain := int((~drawn).sum()):
        said.append(
            f"Holds for the {int(drawn.sum()):,} at the edge of capacity; {certain:,} were certain "
            "and are not compared."
        )
    if rows.already:
        said.append(f"{rows.already:,} had nothing left to wait for at the decision: left out.")
    if rows.gone:
        said.append(f"{rows.gone:,} were not on record at the decision: left out.")
    return tuple(said)


def _method(found: Difference) -> str:
    words = "Difference of weighted means, by intention to treat"
    if found.adjusted_for:
        words += f", adjusted for {count(found.adjusted_for, 'thing')} known before"
    return words


def _effect(
    asked: Asked,
    rows: Rows,
    found: Difference,
    design: EffectDesign,
    method: str,
    caveats: tuple[str, ...],
) -> Effect:
    ever, once = always_valid(found), one_look(found)
    if asked.unit == "share":
        ever, once = _of_shares(ever), _of_shares(once)
    worth = asked.worth_having * (1.0 if asked.unit == "share" else abs(found.held_back))
    judged_by = once if asked.once else ever
    said = verdict(*judged_by, asked.better, worth) if worth > 0 else "too early"
    return Effect(
        asked.playbook,
        asked.metric,
        asked.unit,
        asked.better,
        design,
        found.n_treated,
        found.n_held_back,
        rows.waiting,
        found.treated,
        found.held_back,
        found.estimate,
        ever.low,
        ever.high,
        once.low,
        once.high,
        said,
        _needed(found, worth) if said == "too early" else None,
        smallest_effect(found),
        asked.as_of_us,
        method,
        caveats,
        found.se,
        ever_as_sure(found),
        _per_week(rows.decided_us),
        worth,
    )


def _of_shares(ends: Range) -> Range:
    """No share changes by more than all of it."""
    return Range(max(ends.low, -1.0), min(ends.high, 1.0))


def _needed(found: Difference, worth: float) -> int | None:
    """Say how many customers more until an effect worth having would be found."""
    if worth <= 0 or found.se <= 0:
        return None
    per = (found.n_treated + found.n_held_back) / found.n  # customers in one draw
    return max(1, round((needed_in_all(found.se, found.n, worth) - found.n) * per))


def _per_week(decided_us: NDArray[np.int64]) -> float:
    """Give the customers decided on in a usual week."""
    if decided_us.size < 2 or decided_us.max() == decided_us.min():
        return 0.0
    weeks = max((int(decided_us.max()) - int(decided_us.min())) / WEEK_US, 1.0)
    return float(decided_us.size / weeks)


def _estimated(asked: Asked, rows: Rows, more: Sequence[str]) -> Judged | TooFew:
    """Compare customers that somebody chose with others like them."""
    ones, zeros = int(rows.treated.sum()), int((~rows.treated).sum())
    try:
        found = observational(rows.outcome, rows.treated, rows.covariates, names=rows.names)
    except NotEnoughDataError as why:
        return TooFew(asked.playbook, asked.metric, ones, zeros, rows.waiting, f"{why}".rstrip("."))
    caveats = ["Nobody was held back by chance: an estimate, not a test."]
    if found.e_value is not None:
        caveats.append(
            f"Something unseen that goes with being chosen and with the outcome, each "
            f"{found.e_value:.1f} times as often, would explain all of it."
        )
    if found.overlap.trimmed:
        caveats.append(
            f"{found.overlap.trimmed:.0%} have nobody like them on the other side and are left out."
        )
    method = "Augmented inverse-propensity weighting, cross-fitted"
    effect = _effect(asked, rows, found.difference, "observed", method, (*caveats, *more))
    return Judged(effect, found.difference, (), found)
