"""Answers as JSON knows them: every named field keeps its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def plain(value: Any, digits: int | None = None) -> Any:
    """Turn dataclasses and named tuples into dictionaries, however deep they lie.

    Parameters
    ----------
    value
        What is told.
    digits
        Decimals of floats; all of them by default.

    Examples
    --------
    >>> from typing import NamedTuple
    >>> class Size(NamedTuple):
    ...     rows: float
    >>> plain({"sizes": (Size(3.25), None)}), plain(Size(3.25), digits=1)
    ({'sizes': [{'rows': 3.25}, None]}, {'rows': 3.2})
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name), digits) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(each, digits) for key, each in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict(), digits)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each, digits) for each in value]
    return round(value, digits) if isinstance(value, float) and digits is not None else value
