"""An experiment that was run elsewhere, judged from its table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from trod.errors import NotEnoughDataError
from trod.events.counted import count
from trod.workspace.acting.effects import Effects, Play

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trod.outcomes.table import Columns, Experiment
    from trod.outcomes.verdict import Way


def experiment(file: Path, columns: Columns, *, worth_having: float, better: Way = "up") -> Effects:
    """Judge an experiment that was run elsewhere: each arm beside those held back.

    Parameters
    ----------
    file
        CSV or Parquet, a row for each customer.
    columns
        Which column says what.
    worth_having
        As `worth_having` of trod.yml.
    better
        Which way is good.

    Raises
    ------
    DataError
        If the file is no table, or a value is missing.
    DefinitionError
        If there is no such column, or nobody can tell who was held back.
    """
    from trod.outcomes.priors import expected
    from trod.outcomes.table import experiments
    from trod.outcomes.verdict import beside_others

    arms = experiments(file, columns)
    plays = tuple(_arm(each, columns, worth_having, better, len(arms)) for each in arms)
    told = {play.name: play.effect for play in plays if play.effect is not None}
    p = beside_others([effect.p for effect in told.values()])
    sure = tuple(name for name, one in zip(told, p, strict=True) if one < 0.05)
    return Effects(plays, "person", None, 0, "UTC", expected(told), sure, ())


def _arm(each: Experiment, columns: Columns, worth_having: float, better: Way, many: int) -> Play:
    import numpy as np

    from trod.outcomes.difference import shares
    from trod.outcomes.judged import Asked, Rows, judge
    from trod.outcomes.varied import by_groups, ranked

    n = each.outcome.size
    more: tuple[str, ...] = ()
    chance = each.propensity
    if columns.chosen:
        chance = each.treated.astype(np.float64)
    if chance is None:
        chance = shares(each.treated, each.stratum)
        alone = (chance <= 0) | (chance >= 1)
        if alone.any():
            said = count(int(alone.sum()), "customer")
            more = (f"{said} in strata with one side only: nobody to compare with, left out.",)
            each, chance = each.take(~alone), chance[~alone]
            n = each.outcome.size
    rows = Rows(
        tuple(f"row {i}" for i in range(n)),
        each.outcome,
        each.treated,
        chance,
        np.full(n, "", np.str_) if each.stratum is None else each.stratum,
        each.covariates,
        each.names,
        np.zeros(n, np.int64),
        each.cluster,
    )
    unit = "share" if _yes_or_no(each.outcome) else "number"
    asked = Asked(each.arm, columns.outcome, unit, better, worth_having, 0, once=True)
    made = Play(judge(asked, rows, more), (), frozenset())
    if made.effect is None or not each.names or columns.chosen:
        return made
    some = rows.drawn
    kinds = {name: groups[some] for name, groups in each.groups.items()}
    of = each.outcome[some], each.treated[some]
    together = None if each.cluster is None else each.cluster[some]
    groups = by_groups(*of, kinds, propensity=chance[some], cluster=together, of_several=many)
    try:
        order = ranked(*of, each.covariates[some], propensity=chance[some], cluster=together)
    except NotEnoughDataError:
        order = None
    return replace(made, groups=groups, ranked=order)


def _yes_or_no(outcome: NDArray[np.float64]) -> bool:
    return set(outcome.tolist()) <= {0.0, 1.0}
