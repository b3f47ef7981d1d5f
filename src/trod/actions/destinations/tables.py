"""Table of exports: which customers were handed to which tool, by whom. Rows are only added."""

from __future__ import annotations

import sqlalchemy as sa

from trod._store.state.columns import METADATA, Json, moment, number, text

EXPORT = sa.Table(
    "export",
    METADATA,
    number(),
    moment("time_us", index=True),
    text("who"),
    text("audience"),  # key of the predicate, or of the list of ids
    text("unit"),
    text("kind"),  # csv, jsonl, hubspot, salesforce, segment, sql, webhook ...
    text("place"),  # file, table or destination, without what may be secret
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("left_out", sa.Integer, nullable=False),
    sa.Column("personal", sa.Boolean, nullable=False),
    text("reason"),  # why personal data were handed on; empty where none were
    text("sha256"),  # of what was written or sent
    sa.Column("told", Json, nullable=False),
)
