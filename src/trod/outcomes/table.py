"""An experiment that was run elsewhere: a table with a row for each customer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.errors import DataError, DefinitionError, unknown

if TYPE_CHECKING:
    import pyarrow as pa

_FEW_VALUES = 12  # a column of numbers with no more of them is groups


class Columns(NamedTuple):
    """Which column says what."""

    arm: str
    outcome: str
    control: str | None = None  # value of the arm of those held back
    covariates: tuple[str, ...] = ()  # known before; empty: none
    strata: str | None = None
    propensity: str | None = None
    cluster: str | None = None
    chosen: bool = False  # nobody's chance decided


class Experiment(NamedTuple):
    """One arm beside those held back."""

    arm: str
    outcome: NDArray[np.float64]
    treated: NDArray[np.bool_]
    propensity: NDArray[np.float64] | None
    stratum: NDArray[np.str_] | None
    cluster: NDArray[np.str_] | None
    covariates: NDArray[np.float64]  # (n, k) numbers, and groups as one column each
    names: tuple[str, ...]  # (k,)
    groups: dict[str, NDArray[np.str_]]  # covariates as groups

    def take(self, which: NDArray[np.bool_]) -> Experiment:
        """Give some of the rows."""
        return Experiment(
            self.arm,
            self.outcome[which],
            self.treated[which],
            None if self.propensity is None else self.propensity[which],
            None if self.stratum is None else self.stratum[which],
            None if self.cluster is None else self.cluster[which],
            self.covariates[which],
            self.names,
            {name: groups[which] for name, groups in self.groups.items()},
        )


def experiments(file: Path, columns: Columns) -> tuple[Experiment, ...]:
    """Read a table: one experiment for each arm, beside those held back.

    Parameters
    ----------
    file
        CSV or Parquet, a row for each customer.
    columns
        Which column says what. Without `control`, the arm called 0, false, control, holdout, none
        or "held back", whatever the case.

    Raises
    ------
    DataError
        If the file cannot be read, or a value is missing or no number.
    DefinitionError
        If there is no such column, or nobody can tell who was held back.
    """
    table = _read(file)
    named = [columns.arm, columns.outcome, *columns.covariates]
    named += [c for c in (columns.strata, columns.propensity, columns.cluster) if c is not None]
    if wrong := [name for name in named if name not in table.column_names]:
        raise DefinitionError(
            f"{file.name}: {unknown('column', name, table.column_names)}" for name in wrong
        )
    arm = _words(table, columns.arm)
    control = _control(file, columns, arm)
    others = sorted(set(arm.tolist()) - {control})
    if not others:
        raise DataError(
            f"{file.name}: everyone in {columns.arm} is {control!r}: nobody is treated."
        )
    return tuple(_one(file, table, columns, arm, control, name) for name in others)


def _read(file: Path) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv, parquet

    if not file.is_file():
        raise DataError(f"{file}: there is no such file.")
    try:
        if file.suffix == ".parquet":
            return parquet.read_table(file)
        return csv.read_csv(file)
    except (pa.ArrowException, OSError) as exc:
        raise DataError(f"{file.name}: not a table of CSV or Parquet. {exc}") from exc


def _words(table: pa.Table, name: str) -> NDArray[np.str_]:
    column = table[name]
    if column.null_count:
        raise DataError(f"{name} is missing in {column.null_count:,} rows. Leave them out.")
    told = [f"{v:g}" if isinstance(v, float) else str(v) for v in column.to_pylist()]
    return np.array(told, np.str_)


def _numbers(file: Path, table: pa.Table, name: str) -> NDArray[np.float64]:
    import pyarrow as pa

    column = table[name]
    if column.null_count:
        raise DataError(f"{file.name}: {name} is missing in {column.null_count:,} rows.")
    try:
        return np.asarray(column.cast(pa.float64()).to_numpy(), np.float64)
    except pa.ArrowException as exc:
        raise DataError(f"{file.name}: {name} is not a column of numbers.") from exc


def _control(file: Path, columns: Columns, arm: NDArray[np.str_]) -> str:
    known = sorted(set(arm.tolist()))
    if columns.control is not None:
        if columns.control not in known:
            raise DefinitionError([f"{file.name}: {unknown('arm', columns.control, known)}"])
        return columns.control
    usual = {"0", "false", "control", "holdout", "none", "held back"}
    found = [name for name in known if name.lower() in usual]
    if len(found) != 1:
        raise DefinitionError(
            [
                f"{file.name}: which of {', '.join(known[:12])} in {columns.arm} were held back? "
                "Say so with --control."
            ]
        )
    return str(found[0])


def _one(
    file: Path,
    table: pa.Table,
    columns: Columns,
    arm: NDArray[np.str_],
    control: str,
    name: str,
) -> Experiment:
    at = np.flatnonzero((arm == name) | (arm == control))
    some = table.take(at)
    covariates, names, groups = _covariates(file, some, columns.covariates)
    chance = None if columns.propensity is None else _numbers(file, some, columns.propensity)
    if chance is not None and not ((chance >= 0) & (chance <= 1)).all():
        raise DataError(f"{file.name}: {columns.propensity} is a chance: write 0 to 1.")
    return Experiment(
        name if any(c.isalpha() for c in name) else f"{columns.arm} {name}",
        _numbers(file, some, columns.outcome),
        np.asarray(arm[at] == name, np.bool_),
        chance,
        None if columns.strata is None else _words(some, columns.strata),
        None if columns.cluster is None else _words(some, columns.cluster),
        covariates,
        names,
        groups,
    )


def _covariates(
    file: Path, table: pa.Table, wanted: Sequence[str]
) -> tuple[NDArray[np.float64], tuple[str, ...], dict[str, NDArray[np.str_]]]:
    """Give numbers as they are, words and few numbers as groups too."""
    import pyarrow.types as kinds

    columns: list[NDArray[np.float64]] = []
    names: list[str] = []
    groups: dict[str, NDArray[np.str_]] = {}
    for name in wanted:
        kind = table[name].type
        number = kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_boolean(kind)
        if not number or len(table[name].unique()) <= _FEW_VALUES:
            groups[name] = _words(table, name)
        if number:
            columns.append(_numbers(file, table, name))
            names.append(name)
            if name not in groups:
                groups[name] = _quarters(columns[-1])
            continue
        for value in sorted(set(groups[name].tolist()))[1:]:
            columns.append((groups[name] == value).astype(np.float64))
            names.append(f"{name} {value}")
    return np.column_stack([np.empty((table.num_rows, 0)), *columns]), tuple(names), groups


def _quarters(values: NDArray[np.float64]) -> NDArray[np.str_]:
    """Cut numbers into four groups of about one size."""
    cuts = np.quantile(values, [0.25, 0.5, 0.75])
    words = np.array(["lowest fourth", "second fourth", "third fourth", "highest fourth"], np.str_)
    return np.asarray(words[np.searchsorted(cuts, values, side="left")], np.str_)
