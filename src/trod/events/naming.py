"""Names for sources and touchpoints, made from names of files and columns."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from trod.events.roles import tokens

_ENDINGS: Final = (
    ".gz",
    ".zst",
    ".csv",
    ".tsv",
    ".txt",
    ".json",
    ".jsonl",
    ".ndjson",
    ".parquet",
    ".pq",
    ".xlsx",
    ".xlsm",
    ".xlsb",
    ".xls",
    ".ods",
    ".xes",
    ".jsonocel",
)
_NOISE: Final = frozenset(
    {"sample", "export", "data", "table", "lite", "full", "log", "dump", "raw", "crm", "erp"}
    | {"hubspot", "salesforce", "shopify", "stripe", "zendesk", "intercom", "freshdesk"}
)
_WHEN: Final = frozenset(
    {"at", "date", "time", "timestamp", "datetime", "on", "ts", "utc", "day", "sys", "dt"}
)
_BOUGHT: Final = frozenset(
    {"transaction", "transactions", "order", "orders", "sales", "purchases", "baskets", "invoices"}
)


def source_name(path: Path) -> str:
    """Name a source after its file.

    Examples
    --------
    >>> source_name(Path("exports/events.csv.gz"))
    'events'
    """
    name = path.name
    while ending := next(
        (e for e in _ENDINGS if name.lower().endswith(e) and len(name) > len(e)), None
    ):
        name = name[: -len(ending)]
    return name


def touchpoint_of_file(path: Path) -> str:
    """Say what a row of a file is, where no column says it.

    Examples
    --------
    >>> touchpoint_of_file(Path("coupon_redemptions.parquet"))
    'Coupon redemption'
    """
    words = [w for w in tokens(source_name(path)) if w not in _NOISE and not w.isdigit()]
    if _BOUGHT.intersection(words):
        return "Purchase"
    if not words:
        return "Touchpoint"
    words[-1] = _singular(words[-1])
    return " ".join(words).capitalize()


def touchpoint_of_column(name: str, path: Path) -> str:
    """Say what happened at a date, from the name of its column; a bare deed needs the file's thing.

    Examples
    --------
    >>> touchpoint_of_column("opened_at", Path("tickets.csv"))
    'Ticket opened'
    >>> touchpoint_of_column("quote_sent_on", Path("deals.csv"))
    'Quote sent'
    """
    words = [word for word in tokens(name) if word not in _WHEN] or [name]
    thing = touchpoint_of_file(path)
    if len(words) == 1 and words[0] not in thing.casefold():
        return f"{thing} {words[0]}"
    return " ".join(words).capitalize()


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if re.fullmatch(r".{2,}[^su]s", word) else word
