"""Trod maps the journeys customers really take.

Importing it is cheap: nothing is read into memory before it is asked for.

Examples
--------
>>> import trod
>>> print(trod.friction("1,000 entered. Sign up: 80%; First use: 40%; Pay: 30%").outcome)
Pay
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from trod._version import VERSION

if TYPE_CHECKING:
    from trod import errors, sample
    from trod.errors import DataError, DefinitionError, NotEnoughDataError, StoreError, TrodError
    from trod.insights.journey_map import JourneyMap
    from trod.insights.table import read_table as friction
    from trod.journeys.bare import from_arrow
    from trod.workspace import Map, Workspace
    from trod.workspace import map_files as map

__version__ = VERSION

__all__ = [
    "DataError",
    "DefinitionError",
    "JourneyMap",
    "Map",
    "NotEnoughDataError",
    "StoreError",
    "TrodError",
    "Workspace",
    "errors",
    "friction",
    "from_arrow",
    "map",
    "sample",
]

_WHERE: Final = {
    "DataError": ("trod.errors", "DataError"),
    "DefinitionError": ("trod.errors", "DefinitionError"),
    "JourneyMap": ("trod.insights.journey_map", "JourneyMap"),
    "Map": ("trod.workspace", "Map"),
    "NotEnoughDataError": ("trod.errors", "NotEnoughDataError"),
    "StoreError": ("trod.errors", "StoreError"),
    "TrodError": ("trod.errors", "TrodError"),
    "Workspace": ("trod.workspace", "Workspace"),
    "errors": ("trod.errors", None),
    "friction": ("trod.insights.table", "read_table"),
    "from_arrow": ("trod.journeys.bare", "from_arrow"),
    "map": ("trod.workspace", "map_files"),
    "sample": ("trod.sample", None),
}


def __getattr__(name: str) -> Any:
    """Import what was asked for, now that it is."""
    if name not in _WHERE:
        raise AttributeError(f"module 'trod' has no attribute {name!r}")
    room, attribute = _WHERE[name]
    module = import_module(room)
    found = module if attribute is None else getattr(module, attribute)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List what can be asked for."""
    return sorted([*globals(), *__all__])
