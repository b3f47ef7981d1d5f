"""One shape of array for every kernel, so that each is compiled once.

Numba compiles a loop again for every combination of dtype, layout and writability. Columns mapped
from disk are read-only, columns made in memory are not: `given` makes both look the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


def given(array: NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """Give a read-only, aligned, C-contiguous view of an input; copies only where it must."""
    view = np.require(array, dtype, ["C", "A"]).view(np.ndarray)
    view.flags.writeable = False
    return view
