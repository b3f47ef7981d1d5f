"""A CSV file without the records whose quotes are wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from trod.sources.cut import Layout, bad_quotes, mended
from trod.sources.dialect import Dialect
from trod.sources.engine import Engine
from trod.sources.text import Text

_copies = count()


def without_bad_quotes(
    engine: Engine, text: Text, dialect: Dialect
) -> tuple[Text, Mapping[str, int]]:
    """Take out the records whose quotes are wrong, before they take others with them.

    Most files have no quote at all, and are not looked at.
    """
    if not dialect.quote or (dialect.quote == '"' and not text.n_quotes):
        return text, {}
    layout = Layout.of(dialect, "utf-8", text.limits.row)
    if not (bad := bad_quotes(text.path, layout)):
        return text, {}
    copy = engine.scratch / f"mended-{next(_copies)}"
    mended(text.path, layout, copy)
    return replace(text, path=copy, compression="none"), bad
