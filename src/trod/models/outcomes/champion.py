"""The version in use against the new one, on customers whom neither has learned from."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from trod.models.features.catalog import Catalog
from trod.models.outcomes.cases import Cases
from trod.models.outcomes.model import OutcomeModel
from trod.models.outcomes.scorer import FEWEST_EVENTS, train
from trod.models.quality import Estimate, auc_difference

FEWEST_NEW: Final = 10
"""Outcomes that came after the data of the version in use, below which nothing is decided."""
Verdict = Literal["kept", "replaced"]


class Contest(NamedTuple):
    """Which version speaks from now on, and why."""

    verdict: Verdict  # of the version in use
    why: str  # a sentence
    difference: Estimate | None  # AUC of the new way less that of the version in use


def contest(
    cases: Cases,
    chosen: Catalog,
    before: OutcomeModel,
    before_us: int,
    version: int,
    *,
    known_after_us: int,
    share: float,
    seed: int = 0,
) -> Contest:
    """Compare the version in use with the new way on marks after the data the former learned from.

    Parameters
    ----------
    cases
        Rows whose outcome is known, with the features of `chosen`.
    chosen
        Features of the rows.
    before
        The version in use.
    before_us
        Last moment of the data it learned from.
    version
        Its number.
    known_after_us
        Time after a mark from which its outcome is known.
    share, seed
        Of the trees, as the new version is fitted.

    Returns
    -------
    Contest
        The new one replaces the version in use unless it does worse, with the interval of the
        difference below zero.
    """
    new = cases.take(cases.moment_us > before_us)
    if min(new.events, new.n - new.events) < FEWEST_NEW:
        told = f"{new.events} outcomes came after the data of version {version}"
        return Contest("replaced", f"{told}, fewer than the {FEWEST_NEW} to compare by.", None)
    known = cases.take(cases.moment_us + known_after_us <= int(new.moment_us.min()))
    if min(known.leavers, known.n - known.events) < FEWEST_EVENTS:
        return Contest("replaced", f"too little came before what version {version} had seen.", None)
    keys = [feature.key for feature in chosen.features]
    wanted = [feature.key for feature in before.catalog.features]
    if missing := [key for key in wanted if key not in keys]:
        return Contest("replaced", f"version {version} looks at {missing[0]}, gone since.", None)
    old = before.scorer.margin(new.x[:, [keys.index(key) for key in wanted]])
    scorer = train(known.x, known.label, group=known.customer, share=share, seed=seed)
    gained = auc_difference(scorer.margin(new.x), old, new.label)
    told = (
        f"AUC {gained.value:+.3f} ({gained.low:+.3f} to {gained.high:+.3f}) on {new.n:,} new cases"
    )
    if gained.high < 0:
        return Contest("kept", f"the new fit does worse: {told}.", gained)
    return Contest("replaced", f"the new fit does no worse: {told}.", gained)
