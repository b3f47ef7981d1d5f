"""What the sample company plants, beside what a score finds: the manual rule, and lead time."""

from typing import NamedTuple

import numpy as np

from trod.models.features.catalog import catalog
from trod.models.ground import Ground
from trod.models.outcomes.backtest import Backtest, backtest
from trod.models.outcomes.cases import Cases, cases
from trod.models.outcomes.fit import MOST_FEATURES, MOST_ROWS
from trod.models.outcomes.landmarks import grid, landmarks
from trod.models.outcomes.outcome import Outcome, outcome
from trod.workspace import Workspace
from trod.workspace.fitting import ground


class LookedBack(NamedTuple):
    """One outcome of the company, with what was said of it beforehand."""

    outcome: Outcome
    keys: list[str]
    rows: Cases
    test: Backtest


def looked_back(workspace: Workspace, name: str) -> LookedBack:
    """Ask scores of the past, at every week, about one outcome of trod.yml."""
    on: Ground = ground(workspace)
    (spec,) = [each for each in on.spec.outcomes if each.name == name]
    asked = outcome(spec, on.plan, on.journeys.vocabulary)
    first, last = on.journeys.span_us()
    marks = grid(first, last - asked.known_after_us)
    rows = landmarks(on.journeys, on.plan, asked, marks, most=MOST_ROWS)
    chosen = catalog(on.journeys, on.plan, most=MOST_FEATURES)
    (found,) = cases(on.journeys, on.plan, chosen, [(asked, rows)])
    test = backtest(found, asked.known_after_us)
    assert test is not None
    return LookedBack(asked, [f.key for f in chosen.features], found, test)


class Beside(NamedTuple):
    """Right, of how many listed: by the score, and by the rule, in lists of the same length."""

    score: int
    rule: int
    listed: int
    usual: float  # right, of anybody


def manual_rule(found: LookedBack) -> Beside:
    """List, at every mark, who has all seats taken and uses it more than the month before.

    The score lists as many customers at the same mark.
    """
    rows, x = found.test.cases, found.test.cases.x
    full = x[:, found.keys.index("count:seats_full@30d")] > 0
    more = np.nan_to_num(x[:, found.keys.index("tempo:change")]) > 0
    right = by_rule = listed = 0
    for mark in np.unique(rows.moment_us):
        here = np.flatnonzero(rows.moment_us == mark)
        chosen = here[(full & more)[here]]
        best = here[np.argsort(-found.test.margin[here], kind="stable")][: chosen.size]
        listed += chosen.size
        by_rule += int(rows.label[chosen].sum())
        right += int(rows.label[best].sum())
    return Beside(right, by_rule, listed, float(rows.label.mean()))
