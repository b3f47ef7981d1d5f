"""Which of several touchpoints counts that one source gave the same id.

The log keeps all of them. The one whose content has the smallest hash counts: that is no better
than the others, but it is the same one in whatever order they arrive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from trod._store.manifest import Part
from trod._store.store import Store
from trod.events.event_id import CONTENT
from trod.events.log_part import ids_of_part


def set_aside(store: Store, log: Sequence[Part]) -> Mapping[str, NDArray[np.int64]]:
    """Find the rows of the log that do not count, by the path of their part.

    Only the ids of sources that contradicted themselves are read.
    """
    disputed = [part for part in log if part.facts["conflict"]]
    if not disputed:
        return {}
    wanted = np.unique(np.concatenate([ids_of_part(store, part)[0] for part in disputed]))
    sources = {part.facts["source"] for part in disputed}
    found = []
    for at, part in enumerate(log):
        if part.facts["source"] in sources:
            hi, lo = ids_of_part(store, part)
            rows = np.flatnonzero(np.isin(hi, wanted))
            found.append((hi[rows], lo[rows], np.full(rows.size, at), rows))
    hi, lo, of_part, row = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((lo, hi))
    own = lo[order] & ~CONTENT
    again = (np.diff(hi[order]) == 0) & (np.diff(own) == 0)
    beaten = order[1:][again]
    return {log[at].path: row[beaten[of_part[beaten] == at]] for at in np.unique(of_part[beaten])}
