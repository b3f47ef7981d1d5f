"""Companies whose plays have a known effect, watched daily: what estimators promise, counted.

Customers differ in how likely they are to leave. Each is drawn at some chance, is treated or held
back, and leaves or not; an effect moves the chance of those treated. Days pass, outcomes become
known in turns, and somebody looks every day. Before-after is the way without a control group: those
whose last score was highest are called, and their later score is laid beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from trod.outcomes.always_valid import always_valid, one_look
from trod.outcomes.difference import FEWEST, difference
from trod.outcomes.naive import before_after


@dataclass(frozen=True)
class Setting:
    """What is simulated."""

    accounts: int
    effect: float  # on the share that leaves: -0.05 is 5 points less
    share: float = 0.25  # that leaves without treatment
    edge: bool = False  # chances between 0.2 and 0.8 that grow with the risk, instead of a coin
    money: bool = False  # a skewed sum instead of yes or no
    looks: int = 60


class Counted(NamedTuple):
    """Of all runs, shares."""

    covered: float  # by the interval of one look, at the end
    always: float  # by the always-valid interval, at every look
    works: float  # called works at some look, good being down
    harms: float
    naive_error: float  # mean of before-after less the true effect
    naive_covered: float  # by the interval that before-after would have
    bias: float  # mean of the estimate less the true effect


def run(setting: Setting, seed: int) -> tuple[bool, bool, bool, bool, float, bool, float]:
    rng = np.random.default_rng(
        [seed, setting.accounts, round(1000 + 1000 * setting.effect), setting.edge]
    )
    n = setting.accounts
    risk = np.clip(rng.beta(2, 2 / setting.share - 2, n), 0.0, 1.0)
    low, high = min(0.0, setting.effect), max(0.0, setting.effect)
    risk = np.clip(risk, -low, 1 - high)
    chance = 0.2 + 0.6 * np.argsort(np.argsort(risk)) / n if setting.edge else np.full(n, 0.5)
    treated = rng.random(n) < chance
    if setting.money:
        scale = 1000 * risk
        y = rng.gamma(0.5, 2 * scale) + 1000 * setting.effect * treated
        true = 1000 * setting.effect
    else:
        y = (rng.random(n) < risk + setting.effect * treated).astype(float)
        true = setting.effect
    stratum = (risk > np.median(risk)).astype(int) if setting.edge else None
    order = rng.permutation(n)
    always, works, harms, found = True, False, False, None
    for known in np.unique(np.linspace(min(n, 2 * FEWEST), n, setting.looks).astype(int)):
        some = order[:known]
        if min(treated[some].sum(), (~treated[some]).sum()) < FEWEST:
            continue
        found = difference(
            y[some],
            treated[some],
            propensity=chance[some],
            stratum=None if stratum is None else stratum[some],
        )
        ever = always_valid(found)
        always &= ever.low <= true <= ever.high
        works |= ever.high < 0
        harms |= ever.low > 0
    once = one_look(found)
    naive, inside = naive_way(rng, risk, setting, true)
    return (
        once.low <= true <= once.high, always, works, harms, naive, inside, found.estimate - true
    )  # fmt: skip


def naive_way(rng, risk, setting: Setting, true: float) -> tuple[float, bool]:
    """Call those who did worst in the time before; compare them with themselves."""
    before = rng.binomial(4, risk) / 4
    called = before >= np.quantile(before, 0.8)
    after = rng.binomial(4, np.clip(risk + setting.effect * called, 0, 1)) / 4
    told = before_after(before[called], after[called])
    return told.change - setting.effect, bool(told.low <= setting.effect <= told.high)


def simulate(setting: Setting, runs: int, seed: int = 1) -> Counted:
    made = np.array([run(setting, seed * 100_003 + k) for k in range(runs)], float)
    covered, always, works, harms, naive, inside, off = made.mean(axis=0)
    return Counted(covered, always, works, harms, naive, inside, off)


SETTINGS = tuple(
    Setting(accounts, effect, edge=edge)
    for accounts in (200, 2_000, 20_000)
    for edge in (False, True)
    for effect in (-0.05, 0.0, 0.05)
)


def main(runs: int = 500) -> None:
    """Print the table of the campaign: `python -m tests.outcomes.simulator`."""
    print("accounts draw effect | one look  every look  works  harms  before-after off by  covers")
    for each in SETTINGS:
        made = simulate(each, runs)
        draw = "edge" if each.edge else "coin"
        told = f"{made.covered:.1%}  {made.always:.1%}  {made.works:.1%}  {made.harms:.1%}"
        naive = f"{made.naive_error:+.3f}  {made.naive_covered:.1%}"
        print(f"{each.accounts:>8} {draw} {each.effect:+.2f} | {told}  {naive}", flush=True)


if __name__ == "__main__":
    main()
