"""Paths with how often each was gone: what every method of attribution reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.attribution.csv_file import figure, read
from trod.errors import DataError

MILLION: Final = 1_000_000
_COLUMNS: Final = {
    "path": ("path",),
    "conversions": ("conversions", "total_conversions"),
    "nulls": ("nulls", "total_null", "total_nulls"),
    "value": ("value", "total_conversion_value", "total_value"),
}


class PathTable(NamedTuple):
    """Different paths, and what came of them."""

    names: tuple[str, ...]  # channels or touchpoints
    offsets: NDArray[np.int64]  # (n_paths + 1,) steps of path p are step[offsets[p]:offsets[p + 1]]
    step: NDArray[np.int64]  # (n_steps,) index into names
    conversions: NDArray[np.int64]  # (n_paths,)
    nulls: NDArray[np.int64]  # (n_paths,) how often it led to none
    value: NDArray[np.int64]  # (n_paths,) money of its conversions, in millionths
    n_valued: int = 0  # conversions with money on record
    decay: NDArray[np.int64] | None = None  # (n_steps, 2) credit by age, where times are known

    @property
    def path_of_step(self) -> NDArray[np.int64]:
        """The path that each step belongs to, (n_steps,)."""
        return np.repeat(np.arange(self.offsets.size - 1), np.diff(self.offsets))

    @property
    def some(self) -> NDArray[np.bool_]:
        """Which paths have a step at all, (n_paths,)."""
        return np.asarray(np.diff(self.offsets) > 0, np.bool_)


def path_table(
    paths: Sequence[Sequence[str]],
    conversions: Sequence[int],
    nulls: Sequence[int] | None = None,
    value: Sequence[int] | None = None,
) -> PathTable:
    """Give paths that somebody counted already.

    Parameters
    ----------
    paths
        The steps of each path, in order.
    conversions
        How often each led to a conversion.
    nulls
        How often each led to none; never by default.
    value
        Money of its conversions, in millionths; none by default.

    Examples
    --------
    >>> table = path_table([["mail", "shop"], ["mail"]], [3, 1], [5, 9])
    >>> table.names, table.step
    (('mail', 'shop'), array([0, 1, 0]))
    """
    names = tuple(sorted({step for path in paths for step in path}))
    code = {name: k for k, name in enumerate(names)}
    none = np.zeros(len(paths), np.int64)
    won = np.asarray(conversions, np.int64)
    return PathTable(
        names,
        np.cumsum([0, *map(len, paths)], dtype=np.int64),
        np.array([code[step] for path in paths for step in path], np.int64),
        won,
        none if nulls is None else np.asarray(nulls, np.int64),
        none if value is None else np.asarray(value, np.int64),
        0 if value is None else int(won.sum()),
    )


def read_paths(file: Path, *, between: str = ">") -> PathTable:
    """Read a table of paths: `path`, `conversions`, and `nulls` and `value` where they are known.

    Parameters
    ----------
    file
        CSV with a header; commas, semicolons or tabs. Steps of a path are joined by ``>``.
    between
        What joins the steps.

    Raises
    ------
    DataError
        If a column is missing, or a figure is none.
    """
    known = [_COLUMNS["path"], _COLUMNS["conversions"]]
    rows = read(file, known, such_as="path,conversions,nulls,value")
    given = rows[0].cells if rows else {}
    columns = {
        name: next(each for each in spelled if each in given)
        for name, spelled in _COLUMNS.items()
        if set(spelled) & set(given)
    }
    found = {
        name: [_whole(row.cells[columns[name]], scale, row.where) for row in rows]
        for name, scale in (("conversions", 1), ("nulls", 1), ("value", MILLION))
        if name in columns
    }
    paths = [
        [step for part in row.cells[columns["path"]].split(between) if (step := part.strip())]
        for row in rows
    ]
    return path_table(paths, found.get("conversions", []), found.get("nulls"), found.get("value"))


def _whole(text: str, scale: int, where: str) -> int:
    number = figure(text or "0", where, "")
    if scale == 1 and (number < 0 or number != int(number)):
        raise DataError(f"{where}: {text!r} is not a count. Write a whole number, 0 or more.")
    return int((number * scale).to_integral_value())
