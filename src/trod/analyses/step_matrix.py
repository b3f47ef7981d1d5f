"""Where customers are after one touchpoint, two, three: the step matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod._kernels.arrays import given
from trod._kernels.steps import count_steps
from trod.analyses.answer import Answer, answer
from trod.analyses.names import codes_of, encode
from trod.errors import DefinitionError
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Journeys, Vocabulary


class StepMatrixResult(NamedTuple):
    """Row k is step k, from the first touchpoint on; every row sums to all customers."""

    name: tuple[str, ...]  # (n_names,)
    customers: NDArray[np.int64]  # (n_steps, n_names) customers whose step k is the touchpoint
    ended: NDArray[np.int64]  # (n_steps,) customers with fewer touchpoints

    def columns(self) -> dict[str, Any]:
        """Give one row per touchpoint that occurs, one column per step; the ended ones last."""
        some = np.flatnonzero(self.customers.any(axis=0))
        order = some[np.lexsort((some, -self.customers[0, some]))]
        table: dict[str, Any] = {"touchpoint": [*(self.name[k] for k in order), "(ended)"]}
        for step, row in enumerate(self.customers):
            table[f"step_{step + 1}"] = np.append(row[order], self.ended[step])
        return table


@dataclass(frozen=True, slots=True, eq=False)
class StepMatrixCounts(Sums):
    """Customers by step and touchpoint; the last column is ended."""

    counts: NDArray[np.int64]  # (n_steps, n_names + 1)


@dataclass(frozen=True, slots=True)
class StepMatrix:
    """Customers by touchpoint at each of the first `steps` touchpoints."""

    vocabulary: Vocabulary
    steps: int = 10

    def empty(self) -> StepMatrixCounts:
        """Give the counts of no data."""
        return StepMatrixCounts(
            np.zeros((self.steps, len(self.vocabulary.touchpoints) + 1), np.int64)
        )

    def read(self, batch: JourneyBatch) -> StepMatrixCounts:
        """Count one batch."""
        state = self.empty()
        count_steps(given(batch.offsets, np.int64), given(batch.code, np.uint16), state.counts)
        return state

    def finish(self, state: StepMatrixCounts) -> StepMatrixResult:
        """Name the columns."""
        return StepMatrixResult(
            self.vocabulary.touchpoints, state.counts[:, :-1], state.counts[:, -1]
        )


@dataclass(frozen=True, slots=True)
class AtStep:
    """Customers whose so-many-th touchpoint is this one; None for those with fewer."""

    step: int  # from 1
    name: str | None

    @property
    def key(self) -> str:
        """Such as ``at:3=NAME``; ``at:3=$`` for those with fewer touchpoints."""
        return f"at:{self.step}={'$' if self.name is None else encode(self.name)}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say whose step it is."""
        long_enough = np.diff(batch.offsets) >= self.step
        if self.name is None:
            return ~long_enough
        found = long_enough
        rows = batch.offsets[:-1][long_enough] + self.step - 1
        found[long_enough] = batch.code[rows] == codes_of(batch.vocabulary, [self.name])[0]
        return found


def step_matrix(journeys: Journeys, *, steps: int = 10) -> Answer[StepMatrixResult]:
    """Count customers by touchpoint at their first, second, third touchpoint, and so on.

    Parameters
    ----------
    journeys
        The data.
    steps
        How many steps from the first touchpoint on.

    Returns
    -------
    Answer
        With a `StepMatrixResult`; `AtStep` gives the customers behind each figure.

    Raises
    ------
    DefinitionError
        If `steps` is below 1.

    Notes
    -----
    O(n_customers * steps).

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "ann", "bob", "bob"],
    ...     "touchpoint": ["visit", "call", "buy", "visit", "call"],
    ...     "time": [0, 10, 30, 0, 20],
    ... }))
    >>> step_matrix(journeys, steps=3).to_arrow().to_pydict()
    {'touchpoint': ['visit', 'buy', 'call', '(ended)'],
     'step_1': [2, 0, 0, 0], 'step_2': [0, 0, 2, 0], 'step_3': [0, 1, 0, 1]}
    """
    if steps < 1:
        raise DefinitionError([f"steps is {steps}: give 1 or more."])
    result = fold.run({"it": StepMatrix(journeys.vocabulary, steps)}, journeys)["it"]
    return answer(
        "step_matrix",
        result,
        journeys,
        method="Customers by touchpoint at each step from their first touchpoint on.",
    )
