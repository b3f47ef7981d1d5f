"""Rows that a program gives: any iterable of dictionaries, or a resource of dlt."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trod.errors import DataError, unknown

_QUIET = "RUNTIME__DLTHUB_TELEMETRY"


def rows_of(given: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Give rows one by one, whatever they are packed in.

    Parameters
    ----------
    given
        Dictionaries, lists of dictionaries (pages), Arrow tables or batches, or pandas frames:
        what resources of dlt give.

    Raises
    ------
    DataError
        If something else is among them.

    Examples
    --------
    >>> import pyarrow as pa
    >>> list(rows_of([{"a": 1}, [{"a": 2}], pa.table({"a": [3]})]))
    [{'a': 1}, {'a': 2}, {'a': 3}]
    """
    for item in given:
        if isinstance(item, Mapping):
            yield item
        elif isinstance(item, list | tuple):
            yield from rows_of(item)
        elif hasattr(item, "to_pylist"):
            yield from item.to_pylist()
        elif hasattr(item, "to_dict"):
            yield from item.to_dict(orient="records")
        else:
            raise DataError(
                f"a row is a {type(item).__name__}. Give dictionaries with a value for each column."
            )


def dlt_rows(name: str, *, root: Path) -> Iterator[Mapping[str, Any]]:
    """Give the rows of a resource of dlt, all of them, without a pipeline and its state.

    Parameters
    ----------
    name
        ``module:resource``, or ``module:source.resource``.
    root
        Folder in which the module may lie.

    Raises
    ------
    DataError
        If dlt is not installed, or there is no such module or resource.
    """
    os.environ.setdefault(_QUIET, "false")  # before dlt is imported, by us or by the module
    try:
        import dlt
    except ImportError:
        raise DataError("`dlt:` needs dlt. Install it: pip install 'trod[connect]'") from None
    module, _, path = name.partition(":")
    if not path:
        raise DataError(f"dlt: {name!r} names no resource. Write module:resource.")
    with _beside(root):
        try:
            found: Any = importlib.import_module(module)
        except ModuleNotFoundError as problem:
            if problem.name != module:
                raise
            raise DataError(
                f"dlt: there is no module {module!r} beside trod.yml. Write module:resource."
            ) from None
        for part in path.split("."):
            found = _part(found, part, dlt, name)
        yield from rows_of(_made(found, dlt))


def _part(whole: Any, part: str, dlt: Any, name: str) -> Any:
    """Give a resource of a source, or something of a module."""
    whole = _made(whole, dlt)
    resources = getattr(whole, "resources", None)
    known = list(resources) if resources is not None else [n for n in vars(whole) if n[0] != "_"]
    if part not in known:
        raise DataError(f"dlt: {name}: {unknown('resource', part, known)}")
    return resources[part] if resources is not None else getattr(whole, part)


def _made(found: Any, dlt: Any) -> Any:
    """Call what makes a source or a resource; what is one already is taken as it is."""
    ready = isinstance(found, dlt.sources.DltResource | dlt.sources.DltSource)
    return found() if callable(found) and not ready else found


@contextmanager
def _beside(folder: Path) -> Iterator[None]:
    """Let modules of a folder be found."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
