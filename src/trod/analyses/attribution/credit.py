"""Credit by several methods on the same paths, with intervals, adding up to the total."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.attribution import rules
from trod.analyses.attribution.exact import shared_out
from trod.analyses.attribution.markov import markov
from trod.analyses.attribution.shapley import equal, shapley
from trod.analyses.attribution.table import MILLION, PathTable
from trod.analyses.attribution.weights import Method, Weights
from trod.errors import DefinitionError, NotEnoughDataError, unknown

RESAMPLES: Final = 200
MODELS: Final = (
    "first",
    "last",
    "linear",
    "position",
    "decay",
    "markov-1",
    "markov-2",
    "markov-3",
    "markov-1-converters",
    "markov-2-converters",
    "markov-3-converters",
    "shapley",
    "shapley-converters",
)
USUAL: Final = ("first", "last", "linear", "position", "decay", "markov-1", "shapley")
DATA_DRIVEN: Final = "markov-1"
"""By whose credit rows are sorted."""

_RULES: Final[dict[str, Callable[[PathTable], Method]]] = {
    "first": lambda table: rules.by_place(table, rules.first),
    "last": lambda table: rules.by_place(table, rules.last),
    "linear": lambda table: rules.by_place(table, rules.linear),
    "position": lambda table: rules.by_place(table, rules.position),
    "decay": rules.decay,
    "shapley-converters": equal,
}


class Credit(NamedTuple):
    """What one method gives each name; row i is name i."""

    model: str
    conversions: NDArray[np.int64]  # (n_names,) millionths of a conversion; they add up
    low: NDArray[np.float64]  # (n_names,) 95 % interval, in conversions
    high: NDArray[np.float64]
    value: NDArray[np.int64]  # (n_names,) millionths of money; they add up
    value_low: NDArray[np.float64]  # in money
    value_high: NDArray[np.float64]


class AttributionResult(NamedTuple):
    """Credit by name, for each method on the same paths."""

    names: tuple[str, ...]  # the most credit of the data-driven method first
    by_model: tuple[Credit, ...]
    conversions: int  # of which somebody is credited, by every method
    uncredited: int  # conversions before which nothing was met
    nulls: int  # paths without a conversion
    value: int  # money of the credited conversions, in millionths
    value_uncredited: int
    n_valued: int  # conversions with money on record
    n_paths: int  # different paths

    def of(self, model: str) -> Credit:
        """Give the credit of one method."""
        return next(each for each in self.by_model if each.model == model)

    @property
    def main(self) -> Credit:
        """The data-driven method, or the last one where it was not asked for."""
        found = [each for each in self.by_model if each.model == DATA_DRIVEN]
        return (found or [self.by_model[-1]])[0]

    def columns(self) -> dict[str, Any]:
        """Give one row per method and name."""
        rows = [(each, k) for each in self.by_model for k in range(len(self.names))]
        found: dict[str, Any] = {
            "model": [each.model for each, _ in rows],
            "name": [self.names[k] for _, k in rows],
            "credit": [int(each.conversions[k]) / MILLION for each, k in rows],
            "low": [round(float(each.low[k]), 6) for each, k in rows],
            "high": [round(float(each.high[k]), 6) for each, k in rows],
            "evidence": ["observed (association)"] * len(rows),
        }
        if self.n_valued:
            found["value"] = [int(each.value[k]) / MILLION for each, k in rows]
            found["value_low"] = [round(float(each.value_low[k]), 6) for each, k in rows]
            found["value_high"] = [round(float(each.value_high[k]), 6) for each, k in rows]
        return found


def credited(
    table: PathTable,
    models: Sequence[str] = USUAL,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> AttributionResult:
    """Share the conversions of a table of paths out among the steps, by several methods.

    Parameters
    ----------
    table
        The paths; from journeys by `attribution`, or counted by somebody else by `path_table`.
    models
        Names of `MODELS`. ``markov-2`` reads the last two steps; ``-converters`` leaves null
        paths out.
    resamples
        How often all paths are drawn again, with their chances, for the intervals.
    seed
        Of those draws.

    Returns
    -------
    AttributionResult
        Credit is rounded to millionths by largest remainder, so each method adds up to the total.

    Raises
    ------
    DefinitionError
        If a method is not known.
    NotEnoughDataError
        If no path with a step ends in a conversion.

    Notes
    -----
    A resample draws as many paths as there are from all paths, converting ones and null paths,
    and takes the money of a conversion as the mean of its path. The intervals say what chance in
    the data leaves open, not whether a method fits: they are 2.5 % to 97.5 % of the resamples.

    Examples
    --------
    >>> from trod.analyses.attribution.table import path_table
    >>> table = path_table([["mail", "shop"], ["mail"], ["shop"]], [4, 1, 2], [4, 9, 2])
    >>> found = credited(table, ["linear", "markov-1"])
    >>> found.names, found.of("linear").conversions
    (('shop', 'mail'), array([4000000, 3000000]))
    """
    if wrong := [name for name in models if name not in MODELS]:
        raise DefinitionError(unknown("model", name, MODELS, listed=20) for name in wrong)
    some = table.some
    won, worth = int(table.conversions[some].sum()), int(table.value[some].sum())
    if not won:
        raise NotEnoughDataError(
            "no conversion has a step before it. Widen the lookback, or name other touchpoints."
        )
    weights = Weights(
        *(c.astype(np.float64) for c in (table.conversions, table.nulls, table.value))
    )
    drawn = _drawn(table, models, weights, resamples, seed)
    made = []
    for name in models:
        rng = np.random.default_rng([seed, 0])
        exact = _method(name, table).credit(weights, rng)
        low, high = np.quantile(drawn[name], (0.025, 0.975), axis=0)
        made.append(
            Credit(
                name,
                shared_out(exact[0], won * MILLION),
                low[0],
                high[0],
                shared_out(exact[1], worth),
                low[1] / MILLION,
                high[1] / MILLION,
            )
        )
    found = AttributionResult(
        table.names,
        tuple(made),
        won,
        int(table.conversions[~some].sum()),
        int(table.nulls.sum()),
        worth,
        int(table.value[~some].sum()),
        table.n_valued,
        table.conversions.size,
    )
    return _sorted(found)


def _method(name: str, table: PathTable, *, again: bool = False) -> Method:
    if name in _RULES:
        return _RULES[name](table)
    if name == "shapley":
        return shapley(table, again=again)
    order = int(name.removeprefix("markov-")[0])
    return markov(table, order, nulls=not name.endswith("-converters"))


def _drawn(
    table: PathTable, models: Sequence[str], weights: Weights, resamples: int, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Give the credit of each method in each resample, (resamples, 2, n_names)."""
    methods = {name: _method(name, table, again=True) for name in models}
    some = np.flatnonzero(table.some)
    each = np.concatenate([weights.conversions[some], weights.nulls[some]])
    mean = np.divide(
        weights.value, weights.conversions, out=weights.value * 0, where=weights.conversions > 0
    )
    found = {name: np.zeros((resamples, 2, len(table.names))) for name in models}
    for k in range(resamples):
        rng = np.random.default_rng([seed, k + 1])
        again = rng.multinomial(int(each.sum()), each / each.sum())
        won, nulls = weights.conversions * 0, weights.nulls * 0
        won[some], nulls[some] = again[: some.size], again[some.size :]
        once = Weights(won, nulls, mean * won)
        for name, method in methods.items():
            found[name][k] = _scaled(method.credit(once, rng), once)
    return found


def _scaled(credit: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    """Scale credit to the totals of a resample."""
    total = np.array([weights.conversions.sum(), weights.value.sum()])
    whole = credit.sum(axis=1)
    scale = np.divide(total, whole, out=np.zeros(2), where=whole != 0)
    return np.asarray(credit * scale[:, None], np.float64)


def _sorted(found: AttributionResult) -> AttributionResult:
    """Put the most credit of the data-driven method first; equal ones by name."""
    order = np.array(
        sorted(
            range(len(found.names)),
            key=lambda k: (-int(found.main.conversions[k]), found.names[k]),
        )
    )
    by_model = tuple(Credit(m.model, *(column[order] for column in m[1:])) for m in found.by_model)
    return found._replace(names=tuple(found.names[k] for k in order), by_model=by_model)
