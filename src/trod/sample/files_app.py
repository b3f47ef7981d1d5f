"""What leads did in the app, in files of its own: one row for each thing done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from trod.sample.calendar import Seconds, iso, office_time
from trod.sample.draws import Index
from trod.sample.files import Files


class Done(NamedTuple):
    """Who did something, and when."""

    who: Index
    time_s: Seconds  # before it is moved into office hours
    name: str


def write(files: Files, file: str, ids: str, done: Sequence[Done], *, before: Seconds) -> None:
    """Write what was done before a moment of each lead, in order of time.

    `ids` is how event ids are written, such as ``us{:08d}``.
    """
    who = np.concatenate([one.who for one in done])
    time_s = office_time(np.concatenate([one.time_s for one in done]))
    name = np.repeat([one.name for one in done], [one.who.size for one in done])
    order = np.flatnonzero(time_s < before[who])
    order = order[np.lexsort((name[order], who[order], time_s[order]))]
    columns = {
        "event_id": [ids.format(i) for i in range(1, order.size + 1)],
        "user_id": files.user[who[order]],
        "event": name[order].astype(object),
        "at": [f"{moment}Z" for moment in iso(time_s[order])],
    }
    files.note(file, files.csv(f"data/{file}", columns))
