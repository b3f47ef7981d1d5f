"""Gaps in tracking, found once for each state of the log and kept beside it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from trod._store.store import Store
from trod.errors import StoreError
from trod.events.gaps import Gap, gaps
from trod.events.volume import Volume, volume

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace

KIND: Final = "gaps"
WORTH_KEEPING: Final = 100_000
"""Rows of a log below which finding the gaps again is quicker than keeping them."""
_MADE_FROM: Final = "made_from"


def volume_of(workspace: Workspace) -> Volume:
    """Count the rows of the log by day, once for all who ask."""
    return workspace.opened.once(
        workspace, "volume", lambda: volume(workspace.store, zone=workspace.zone)
    )


def gaps_of(workspace: Workspace) -> tuple[Gap, ...]:
    """Find the days on which something usual did not happen, once for all who ask; keep nothing."""
    return workspace.opened.once(workspace, "gaps", lambda: gaps(volume_of(workspace)))


def kept_gaps(store: Store, zone: str) -> tuple[Gap, ...]:
    """Give the gaps of the log as it is; find and keep them where that was not done yet.

    Where another process writes to the store they are found and not kept.
    """
    log = store.manifest.of("touchpoints")
    told = [zone, *sorted(part.sha256 for part in log)]
    made_from = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
    # By another door: whoever reads this store goes on with the manifest that it opened.
    now = Store.open(store.folder, files=store.files)
    for part in now.manifest.of(KIND):
        if part.facts[_MADE_FROM] == made_from:
            return tuple(Gap(*each) for each in json.loads(bytes(now.checked(part))))
    found = gaps(volume(store, zone=zone))
    if sum(part.rows for part in log) < WORTH_KEEPING:
        return found
    body = json.dumps(found, ensure_ascii=False).encode()
    try:
        with now.write() as tx:
            tx.drop(KIND)
            tx.add(
                KIND,
                "json",
                lambda file: file.write(body),
                rows=len(found),
                facts={_MADE_FROM: made_from},
            )
            tx.commit()
    except StoreError:
        return found
    return found
