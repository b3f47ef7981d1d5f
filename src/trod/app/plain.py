"""Answers as JSON knows them: every named field keeps its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def plain(value: Any) -> Any:
    """Turn dataclasses and named tuples into dictionaries, however deep they lie.

    Examples
    --------
    >>> from typing import NamedTuple
    >>> class Size(NamedTuple):
    ...     rows: int
    >>> plain({"sizes": (Size(3), None)})
    {'sizes': [{'rows': 3}, None]}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value
