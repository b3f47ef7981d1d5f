"""Ids that are declared by patterns, such as `*@our-company.com`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def matching(values: pa.StringArray, patterns: Sequence[str]) -> NDArray[np.bool_]:
    """Say which values, shape (n,), fit one of the patterns; `*` stands for any text.

    Examples
    --------
    >>> matching(pa.array(["joe@acme.com", "ann@x.org"]), ["*@ACME.com"]).tolist()
    [True, False]
    """
    if not patterns:
        return np.zeros(len(values), np.bool_)
    either = "|".join(
        ".*".join(rf"\Q{piece}\E" if piece else "" for piece in pattern.split("*"))
        for pattern in patterns
    )
    found = pc.match_substring_regex(values, pattern=f"(?is)^(?:{either})$")
    mask: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False).copy()
    return mask
