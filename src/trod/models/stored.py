"""Models at rest: plain arrays and facts in one file, which loads no code.

The file is NumPy's ``.npz`` with facts as JSON beside the arrays. Arrays of objects are refused on
both ways, so no pickle is ever written or read; the manifest holds the checksum of the file.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from trod.errors import StoreError

_FACTS: Final = "facts.json"


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """What a model is made of."""

    facts: Mapping[str, Any] = field(default_factory=dict)  # JSON
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Write it: the same bytes for the same model.

        Raises
        ------
        ValueError
            If an array holds Python objects.

        Examples
        --------
        >>> stored = Stored({"order": 3}, {"counts": np.arange(3)})
        >>> again = Stored.of_bytes(stored.to_bytes())
        >>> again.facts, again.arrays["counts"].tolist()
        ({'order': 3}, [0, 1, 2])
        """
        facts = json.dumps(self.facts, ensure_ascii=False, sort_keys=True, allow_nan=False)
        file = io.BytesIO()
        columns = {name: np.asarray(self.arrays[name]) for name in sorted(self.arrays)}
        for name, column in columns.items():
            if column.dtype.hasobject:
                raise ValueError(f"{name} holds objects, which only pickle could store.")
        told = np.frombuffer(facts.encode(), np.uint8)
        np.savez_compressed(file, allow_pickle=False, **{_FACTS: told}, **columns)
        return file.getvalue()

    @staticmethod
    def facts_in(content: bytes) -> dict[str, Any]:
        """Read the facts alone, and leave the arrays packed.

        Raises
        ------
        StoreError
            If it is no such file.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                return _facts(file[_FACTS])
        except (ValueError, KeyError, OSError, EOFError) as problem:
            raise StoreError(f"a model is damaged: {problem}. Fit it again.") from problem

    @classmethod
    def of_bytes(cls, content: bytes) -> Stored:
        """Read what `to_bytes` wrote.

        Raises
        ------
        StoreError
            If it is no such file.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            facts = _facts(arrays.pop(_FACTS))
        except (ValueError, KeyError, OSError, EOFError) as problem:
            raise StoreError(f"a model is damaged: {problem}. Fit it again.") from problem
        return cls(facts, arrays)


def _facts(told: NDArray[Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told.tobytes().decode())
    return found
