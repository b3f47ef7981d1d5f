"""Interventions as the state keeps them, read for judging."""

from __future__ import annotations

import sqlalchemy as sa

from trod.actions.interventions.intervention import Intervention
from trod.actions.interventions.register import listed


def recorded(con: sa.Connection) -> tuple[Intervention, ...]:
    """Give all interventions, by playbook, moment of the decision, customer and id.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from trod._store.state.database import State
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     state = State.in_folder(pathlib.Path(folder))
    ...     with state.read() as con:
    ...         recorded(con)
    ...     state.close()
    ()
    """
    return tuple(sorted(listed(con), key=lambda i: (i.playbook, i.decided_us, i.customer, i.id)))
