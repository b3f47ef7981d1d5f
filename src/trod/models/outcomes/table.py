"""Scores from a plain table: one row for each customer, columns of any sort, and what came.

For data that carry no time. Where touchpoints do, `trod.models.outcomes.fit` learns from journeys,
which cannot look ahead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod.errors import DataError, NotEnoughDataError, unknown
from trod.models.calibration import Calibration, calibrated
from trod.models.outcomes.leaks import Leak, leaking_columns
from trod.models.outcomes.scorer import FEWEST_EVENTS, Scorer, share_of_trees, train
from trod.models.stored import Stored

Floats = NDArray[np.float64]
MOST_VALUES: Final = 20
"""Different values of one column that become features of their own."""
_FOLDS: Final = 4
_NUMBERS: Final = 0.95  # of the cells with something in them, from which a text column is numbers
Kind = Literal["number", "values", "number and values"]


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is read."""

    name: str
    kind: Kind
    values: tuple[str, ...] = ()  # that have a feature of their own

    def read(self, given: ArrayLike) -> list[NDArray[np.float32]]:
        """Give its features, (n_rows,) each."""
        told = []
        if self.kind != "values":
            told.append(_numbers(given)[0].astype(np.float32))
        if self.values:
            texts = _texts(given)
            told += [(texts == value).astype(np.float32) for value in self.values]
        return told


@dataclass(frozen=True, slots=True, eq=False)
class TableModel:
    """A score learned from a table."""

    columns: tuple[Column, ...]
    scorer: Scorer
    calibration: Calibration
    refused: tuple[Leak, ...]  # columns that were not used: they look as if known too late
    left_out: tuple[str, ...]  # columns that name each row, or say the same of all

    def probability(self, columns: Mapping[str, ArrayLike]) -> Floats:
        """Give the probability of the outcome for each row, (n_rows,).

        Raises
        ------
        DataError
            If a column is missing.
        """
        return self.calibration.probability(self.margin(columns))

    def margin(self, columns: Mapping[str, ArrayLike]) -> Floats:
        """Give the log-odds of each row before calibration, (n_rows,): what ranks them."""
        return self.scorer.margin(self.read(columns))

    def explain(self, columns: Mapping[str, ArrayLike]) -> dict[str, Floats]:
        """Give what each column adds to the log-odds of each row, (n_rows,) each; exact."""
        x = self.read(columns)
        whole = np.zeros(x.shape)
        whole[:, self.scorer.columns] = self.scorer.explain(x)
        places = _places(self.columns)
        return {name: whole[:, list(of)].sum(axis=1) for name, of in places.items()}

    def read(self, columns: Mapping[str, ArrayLike]) -> NDArray[np.float32]:
        """Give the features it looks at, (n_rows, n_features).

        Raises
        ------
        DataError
            If a column is missing.
        """
        if missing := [c.name for c in self.columns if c.name not in columns]:
            raise DataError(unknown("column", missing[0], list(columns)))
        return _table(self.columns, columns)

    def stored(self) -> Stored:
        """Give it as plain arrays and facts."""
        facts = {
            "columns": [[c.name, c.kind, list(c.values)] for c in self.columns],
            "library": self.scorer.library,
            "how": self.calibration.how,
            "refused": [list(leak) for leak in self.refused],
            "left_out": list(self.left_out),
        }
        arrays = {f"calibration.{k}": a for k, a in self.calibration.arrays().items()}
        return Stored(facts, {**self.scorer.arrays(), **arrays})

    @classmethod
    def of(cls, stored: Stored) -> TableModel:
        """Read what `stored` gave."""
        from trod.models.outcomes.scorer import part

        facts = stored.facts
        return cls(
            tuple(Column(name, kind, tuple(values)) for name, kind, values in facts["columns"]),
            Scorer.of(stored.arrays, facts["library"]),
            Calibration.of(part(stored.arrays, "calibration"), facts["how"]),
            tuple(Leak(*each) for each in facts["refused"]),
            tuple(facts["left_out"]),
        )


def learn(
    columns: Mapping[str, ArrayLike],
    label: ArrayLike,
    *,
    allow: Sequence[str] = (),
    seed: int = 0,
) -> TableModel:
    """Learn a score from a table.

    Parameters
    ----------
    columns
        (n_rows,) each. Numbers, yes or no, and texts; text that is numbers is read as numbers.
        Texts, and whole numbers of few values, get a feature for each value.
    label
        (n_rows,) whether the outcome came.
    allow
        Columns that are used although they look as if they were known too late.
    seed
        The same rows and seed give the same score.

    Raises
    ------
    DataError
        If columns differ in length, or one under `allow` is not there.
    NotEnoughDataError
        If fewer than 30 rows have the outcome, or fewer than 30 have not.

    Notes
    -----
    About ten fits: leaks, folds to calibrate, the last one.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> plan = rng.choice(["free", "paid"], 800)
    >>> left = rng.random(800) < np.where(plan == "free", 0.5, 0.1)
    >>> model = learn({"plan": plan}, left)
    >>> model.probability({"plan": ["free", "paid"]}).round(1).tolist()
    [0.5, 0.1]
    """
    truth = np.asarray(label).astype(bool)
    sizes = {name: len(np.asarray(column)) for name, column in columns.items()}
    if wrong := [f"{name} has {n:,}" for name, n in sizes.items() if n != truth.size]:
        raise DataError(f"label has {truth.size:,} rows, {wrong[0]}: need the same of all.")
    for name in allow:
        if name not in columns:
            raise DataError(unknown("column", name, list(columns)))
    few = min(int(truth.sum()), int((~truth).sum()))
    if few < FEWEST_EVENTS:
        raise NotEnoughDataError(
            f"{few:,} rows of the rarer kind: {FEWEST_EVENTS} are needed to learn a score."
        )
    read = [each for name, column in columns.items() if (each := _kind(name, column))]
    left_out = tuple(name for name in columns if name not in {c.name for c in read})
    x = _table(read, columns)
    of = {n: p for n, p in _places(read).items() if n not in allow}
    refused = leaking_columns(x, truth, of, seed=seed)
    used = [c for c in read if c.name not in {leak.name for leak in refused}]
    scorer, calibration = _fit(_table(used, columns), truth, seed)
    return TableModel(tuple(used), scorer, calibration, refused, left_out)


def _fit(x: NDArray[np.float32], label: NDArray[np.bool_], seed: int) -> tuple[Scorer, Calibration]:
    """Fit, and learn from folds what the log-odds are worth."""
    fold = np.empty(label.size, np.int64)
    drawn = np.random.default_rng(seed)
    for kind in (label, ~label):
        fold[kind] = drawn.permutation(np.arange(int(kind.sum())) % _FOLDS)
    whose = np.arange(label.size) * _FOLDS + fold  # each row its own customer, a fold held back
    share = share_of_trees(x, label, whose, seed=seed)
    away = np.empty(label.size)
    for f in range(_FOLDS):
        part = train(x[fold != f], label[fold != f], share=share, seed=seed)
        away[fold == f] = part.margin(x[fold == f])
    return train(x, label, share=share, seed=seed), calibrated(away, label)


def _table(read: Sequence[Column], columns: Mapping[str, ArrayLike]) -> NDArray[np.float32]:
    told = [feature for each in read for feature in each.read(columns[each.name])]
    n = len(np.asarray(next(iter(columns.values())))) if columns else 0
    return np.column_stack(told) if told else np.empty((n, 0), np.float32)


def _places(read: Sequence[Column]) -> dict[str, tuple[int, ...]]:
    """Say which features are made of each column."""
    places, at = {}, 0
    for each in read:
        n = (each.kind != "values") + len(each.values)
        places[each.name] = tuple(range(at, at + n))
        at += n
    return places


def _kind(name: str, given: ArrayLike) -> Column | None:
    """Say how a column is read; None where it tells nothing, or names each row."""
    number, share = _numbers(given)
    texts = _texts(given)
    values, counts = np.unique(texts[texts != ""], return_counts=True)
    if values.size < 2:
        return None
    if share >= _NUMBERS:
        whole = bool(np.all(np.nan_to_num(number) % 1 == 0))
        few = tuple(values.tolist()) if whole and 2 < values.size <= MOST_VALUES else ()
        return Column(name, "number and values" if few else "number", few)
    if values.size > MOST_VALUES and counts.max() <= 0.01 * texts.size:
        return None
    most = np.lexsort((values, -counts))[:MOST_VALUES]
    return Column(name, "values", tuple(sorted(values[most].tolist())))


def _numbers(given: ArrayLike) -> tuple[Floats, float]:
    """Read numbers, NaN where there is none; and the share of filled cells that are numbers."""
    column = np.asarray(given)
    if column.dtype.kind in "biuf":
        return column.astype(np.float64), 1.0
    texts = _texts(given)
    filled = texts != ""
    told = np.full(texts.size, np.nan)
    for i in np.flatnonzero(filled).tolist():
        try:
            told[i] = float(texts[i])
        except ValueError:
            continue
    return told, float(np.isfinite(told[filled]).mean()) if filled.any() else 0.0


def _texts(given: ArrayLike) -> NDArray[np.str_]:
    """Give cells as text, empty for missing ones."""
    column = np.asarray(given)
    if column.dtype.kind == "f":
        return np.where(np.isnan(column), "", column.astype(str))
    if column.dtype.kind == "O":
        return np.array(["" if cell is None else str(cell).strip() for cell in column.tolist()])
    return np.char.strip(column.astype(str))
