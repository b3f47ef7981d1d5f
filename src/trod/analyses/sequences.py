"""The exact sequences of steps from a touchpoint on, or up to it: the way real customers went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.anchor import Anchor, Direction
from trod.analyses.answer import Answer, answer
from trod.analyses.spent import spent
from trod.analyses.variants import PathsResult
from trod.journeys.batch import JourneyBatch, Journeys, Vocabulary
from trod.journeys.label import readable
from trod.journeys.predicate import Predicate

_END: Final = {"after": "(nothing more)", "before": "(nothing before)"}


@dataclass(frozen=True, slots=True, eq=False)
class SequenceCounts:
    """Customers, outcomes and money by sequence, the sequences in order of their codes."""

    path: NDArray[np.int32]  # (n_paths, n_steps + 1)
    counts: NDArray[np.int64]  # (n_paths, 3) customers, those with the outcome, money in millionths

    def __add__(self, other: SequenceCounts) -> SequenceCounts:
        return _merged(
            np.concatenate([self.path, other.path]), np.concatenate([self.counts, other.counts])
        )

    def __sub__(self, other: SequenceCounts) -> SequenceCounts:
        return _merged(
            np.concatenate([self.path, other.path]), np.concatenate([self.counts, -other.counts])
        )


def _merged(path: NDArray[np.int32], counts: NDArray[np.int64]) -> SequenceCounts:
    """Add up what stands on equal sequences, and drop what comes to nothing."""
    if not path.shape[0]:
        return SequenceCounts(path, counts)
    different, which = np.unique(path, axis=0, return_inverse=True)
    sums = np.zeros((different.shape[0], 3), np.int64)
    np.add.at(sums, which.reshape(-1), counts)
    there = sums[:, 0] != 0
    return SequenceCounts(different[there], sums[there])


@dataclass(frozen=True, slots=True)
class Sequences:
    """The `top` most frequent sequences of `n_steps` steps from an anchor."""

    vocabulary: Vocabulary
    anchor: Anchor
    n_steps: int = 4
    top: int = 10
    outcome: Predicate | None = None

    def empty(self) -> SequenceCounts:
        """Nobody yet."""
        none = np.zeros((0, 3), np.int64)
        return SequenceCounts(np.zeros((0, self.n_steps + 1), np.int32), none)

    def read(self, batch: JourneyBatch) -> SequenceCounts:
        """Count one batch."""
        who, path = self.anchor.paths(batch, self.n_steps)
        good = np.zeros(who.size, np.int64)
        if self.outcome is not None:
            good = self.outcome.mask(batch)[who].astype(np.int64)
        ones = np.ones(who.size, np.int64)
        return _merged(path, np.column_stack([ones, good, spent(batch)[who]]))

    def finish(self, state: SequenceCounts) -> PathsResult:
        """Name the most frequent sequences; equally frequent ones in order of their codes."""
        customers, outcome, money = state.counts.T
        order = np.argsort(-customers, kind="stable")
        first, rest = order[: self.top], order[self.top :]
        return PathsResult(
            tuple(self._named(state.path[row].tolist()) for row in first),
            customers[first],
            outcome[first],
            money[first],
            int(customers[rest].sum()),
            int(outcome[rest].sum()),
            int(money[rest].sum()),
            rest.size,
        )

    def _named(self, codes: list[int]) -> tuple[str, ...]:
        """Name the steps in the order of time, up to the first end."""
        names = self.vocabulary.touchpoints
        ended = next((i for i, code in enumerate(codes) if code >= len(names)), len(codes))
        steps = [names[code] for code in codes[:ended]]
        if ended < len(codes):
            steps.append(_END["before" if self.anchor.direction == "before" else "after"])
        return tuple(reversed(steps)) if self.anchor.direction == "before" else tuple(steps)


def sequences(
    journeys: Journeys,
    anchor: str,
    *,
    direction: Direction = "after",
    steps: int = 4,
    top: int = 10,
    collapse_loops: bool = False,
    outcome: Predicate | None = None,
) -> Answer[PathsResult]:
    """Find the most frequent exact sequences after a touchpoint, or before it.

    Parameters
    ----------
    journeys
        The data.
    anchor
        Touchpoint whose first time for a customer is where the sequence starts, or ends.
    direction
        "after" or "before".
    steps
        How many steps beside the anchor.
    top
        How many sequences to name; all others are one row, so the rows sum to all at the anchor.
    collapse_loops
        Whether the same touchpoint several times in a row is one step.
    outcome
        Predicate counted on every sequence, such as `trod.analyses.stages.Done`.

    Returns
    -------
    Answer
        With a `PathsResult`; `n` is the customers at the anchor.

    Notes
    -----
    One pass. Memory grows with the different sequences, not with the touchpoints.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "ann", "bob", "bob"],
    ...     "touchpoint": ["visit", "call", "buy", "visit", "call"],
    ...     "time": [0, 10, 30, 0, 20],
    ... }))
    >>> found = sequences(journeys, "call", steps=1)
    >>> found.data.path, found.data.customers
    ((('call', 'buy'), ('call', '(nothing more)')), array([1, 1]))
    """
    asked = Sequences(
        journeys.vocabulary, Anchor(anchor, direction, None, collapse_loops), steps, top, outcome
    )
    result: PathsResult = fold.run({"it": asked}, journeys)["it"]
    loops = ", repeats in a row taken as one" if collapse_loops else ""
    return answer(
        "sequences",
        result,
        journeys,
        n=result.total,
        population=f"Customers with {readable(anchor)}",
        method=f"Exact sequences {direction} each customer's first {readable(anchor)}{loops}.",
    )
