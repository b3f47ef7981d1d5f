"""Effects as they were known, kept so that a ranking can be explained later."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from trod.outcomes.effect import Effect
from trod.outcomes.tables import EFFECT


def keep(con: sa.Connection, effect: Effect) -> None:
    """Write down what is known of a playbook now."""
    row = {
        "playbook": effect.playbook,
        "as_of_us": effect.as_of_us,
        "verdict": effect.verdict,
        "told": asdict(effect),
    }
    con.execute(sa.insert(EFFECT), [row])


def latest(con: sa.Connection) -> dict[str, Effect]:
    """Give what was last known of each playbook, by its name.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from trod._store.state.database import State
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     state = State.in_folder(pathlib.Path(folder))
    ...     with state.read() as con:
    ...         latest(con)
    ...     state.close()
    {}
    """
    newest = sa.select(sa.func.max(EFFECT.c.number)).group_by(EFFECT.c.playbook)
    rows = con.execute(sa.select(EFFECT.c.told).where(EFFECT.c.number.in_(newest)))
    found = (Effect(**{**told, "caveats": tuple(told["caveats"])}) for (told,) in rows)
    return {each.playbook: each for each in sorted(found, key=lambda e: e.playbook)}
