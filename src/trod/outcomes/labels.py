"""Whom somebody acted on, for the models: what came of them is no label of what comes by itself."""

from __future__ import annotations

import sqlalchemy as sa

from trod.actions.interventions.tables import INTERVENTION, INTERVENTION_EVENT

_UNTOUCHED = ("skipped",)


def treated_at(con: sa.Connection, unit: str) -> tuple[tuple[str, int], ...]:
    """Give each treated customer of a unit with the moment from which treatment could work.

    That is when it was started; of those planned and not yet started, the decision. Whoever was
    skipped was not acted on; whoever was held back is in it only where somebody was in touch all
    the same, from that moment on.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from trod._store.state.database import State
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     state = State.in_folder(pathlib.Path(folder))
    ...     with state.read() as con:
    ...         treated_at(con, "person")
    ...     state.close()
    ()
    """
    i = INTERVENTION.c
    asked = sa.select(i.customer, sa.func.coalesce(i.started_us, i.decided_us)).where(
        i.unit == unit, i.arm == "treated", i.status.not_in(_UNTOUCHED)
    )
    e = INTERVENTION_EVENT.c
    touched = sa.select(i.customer, e.time_us).where(
        i.unit == unit, e.intervention == i.id, e.what == "contacted"
    )
    rows = [*con.execute(asked), *con.execute(touched)]
    return tuple(sorted({(who, int(when)) for who, when in rows}))
