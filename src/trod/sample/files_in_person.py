"""Offline: the call log, the lists of events, the till. Their clocks show local time."""

from __future__ import annotations

from typing import Final

import numpy as np

from trod.sample.calendar import HOUR, Seconds, at, iso, local
from trod.sample.channels import FOLD_NIGHT, GAP_NIGHT
from trod.sample.dirt import (
    DRIFT_DAY,
    OFF_FROM,
    OFF_TO,
    ClockChange,
    ClockOff,
    Drift,
    clock_not_turned,
)
from trod.sample.draws import Index, Mask
from trod.sample.files import Files, Texts, stars
from trod.sample.tape import Rows

_AGENTS: Final = ("Noor", "Piet", "Sana", "Theo")
_ARTICLES: Final = (
    ("KIT-01", "Training kit", 4_900),
    ("KIT-02", "Workbook", 1_950),
    ("MER-01", "Mug", 1_200),
    ("MER-02", "Notebook", 850),
    ("MER-03", "Poster of charts", 1_500),
)
_LATE_CALLS: Final = ("2025-10-01", "2025-10-31", "2026-01-12")
_LATE_TILL: Final = ("2025-12-01", "2025-12-31", "2026-02-02")


def _in(time_s: Seconds, span: tuple[str, str, str]) -> Mask:
    inside: Mask = (time_s >= at(span[0])) & (time_s < at(span[1]) + 24 * HOUR)
    return inside


def _shown(time_s: Seconds) -> Seconds:
    """Give the clock of the call log, which skips no hour in spring."""
    night = (time_s >= at(GAP_NIGHT) + HOUR) & (time_s < at(GAP_NIGHT) + 2 * HOUR)
    return local(time_s) - night * np.int64(HOUR)


def _call_columns(files: Files, rows: Rows) -> dict[str, object]:
    rng, n = files.rng, rows.n
    phone = files.number(rows.person)
    alone = (phone != "") & (files.phone[rows.person] != "")
    outcome = np.array(["reached", "reached", "call back"], object)
    columns: dict[str, object] = {
        "call_id": [f"CALL-{i + 1:06d}" for i in range(n)],
        "started_at": iso(_shown(rows.time_s), sep=" "),
        "phone": phone,
        "contact_email": np.where(alone, "", files.email[rows.person]),
        "purpose": rows.name,
        "outcome": outcome[rng.integers(3, size=n)],
        "duration_s": 60 + (rng.random(n) ** 3 * 2_400).astype(np.int64),
        "rating": stars(rows.mood, rng.random(n) < 0.5),
        "agent": np.array(_AGENTS, object)[rng.integers(len(_AGENTS), size=n)],
        "queue": np.array(["support", "sales"], object)[(rows.name == "Pricing call").astype(int)],
    }
    return columns


def calls(files: Files, rows: Rows) -> None:
    """The call log: a file a year, October 2025 late; from 2026 a column has another name."""
    columns = _call_columns(files, rows)
    new = rows.time_s >= at(DRIFT_DAY)
    late = _in(rows.time_s, _LATE_CALLS)
    for file, mask, broken in (
        ("data/calls_2025.csv", ~new & ~late, True),
        ("data/calls_2026.csv", new, False),
        ("late/calls_2025-10.csv", late, False),
    ):
        part = _part(columns, np.flatnonzero(mask))
        if file == "data/calls_2026.csv":
            part["agent_name"] = part.pop("agent")
        else:
            del part["queue"]
        name = file.split("/")[1]
        bad = _broken_calls(files, name) if broken else []
        count = files.csv(file, part, more=bad)
        files.note(name, count, broken=len(bad))
        if file.startswith("late"):
            files.late(file, "calls", _LATE_CALLS[2], _LATE_CALLS[:2], count)
    files.dirt.drift.append(Drift("calls", DRIFT_DAY, (("agent", "agent_name"),), ("queue",)))
    for day, kind, file in (
        (FOLD_NIGHT, "fold", "calls_2025-10.csv"),
        (GAP_NIGHT, "gap", "calls_2026.csv"),
    ):
        begin = at(day) if kind == "fold" else at(day) + HOUR
        hours = 2 if kind == "fold" else 1
        n = int(((rows.time_s >= begin) & (rows.time_s < begin + hours * HOUR)).sum())
        files.dirt.changes.append(ClockChange(file, day, kind, n))


def _part(columns: dict[str, object], which: Index) -> dict[str, object]:
    return {
        key: np.asarray(values, object if isinstance(values, list) else None)[which]
        for key, values in columns.items()
    }


def _broken_calls(files: Files, file: str) -> list[list[str]]:
    """Give rows that lost their time, their caller, or their place between the commas."""
    files.break_rows(file, "bad time", 3)
    files.break_rows(file, "no id", 2)
    files.break_rows(file, "too many columns", 2)
    rest = ["Onboarding call", "reached", "300", "", "Noor"]
    return [
        *([f"CALL-9{i:05d}", "n/a", "+999 20 0000000", "", *rest] for i in range(3)),
        *([f"CALL-9{i:05d}", "2025-05-06 10:00:00", "", "", *rest] for i in range(3, 5)),
        *(
            [f"CALL-9{i:05d}", "2025-05-06 10:00:00", "+999 20 0000001", "", *rest, "a", "b"]
            for i in range(5, 7)
        ),
    ]


def visits(files: Files, rows: Rows) -> None:
    """Who came to a fair, a workshop or a customer day: badges scanned at the door."""
    firms = np.array(files.people.where.firms, object)
    stamps = [f"{t[8:10]}.{t[5:7]}.{t[:4]} {t[11:16]}" for t in iso(local(rows.time_s))]
    count = files.csv(
        "data/visits.csv",
        {
            "badge": [f"V{i + 1:06d}" for i in range(rows.n)],
            "event": rows.name,
            "checked_in": stamps,
            "email": files.email[rows.person],
            "company": firms[files.people.account[rows.person]],
            "feedback": stars(rows.mood, files.rng.random(rows.n) < 0.4),
        },
        delimiter=";",
    )
    files.note("visits.csv", count)


def _basket(files: Files, rows: Rows, off: Seconds) -> tuple[dict[str, Texts], Index]:
    """Give one to four lines a receipt, and the receipt of each line."""
    rng = files.rng
    receipt = np.repeat(np.arange(rows.n), 1 + (rng.random(rows.n) ** 2 * 4).astype(np.int64))
    line = np.arange(receipt.size) - np.searchsorted(receipt, receipt)
    article = rng.integers(len(_ARTICLES), size=receipt.size)
    quantity = 1 + (rng.random(receipt.size) ** 4 * 5).astype(np.int64)
    cents = np.array([price for _, _, price in _ARTICLES])[article] * quantity
    known = np.where(rng.random(rows.n) < 0.94, files.email[rows.person], "")
    sold = np.array(iso(local(rows.time_s) + off, sep=" "), object)
    return {
        "receipt": np.array([f"R{i + 1:06d}" for i in receipt.tolist()], object),
        "line": (line + 1).astype(str).astype(object),
        "sold_at": sold[receipt],
        "place": rows.detail[receipt],
        "sku": np.array([sku for sku, _, _ in _ARTICLES], object)[article],
        "article": np.array([name for _, name, _ in _ARTICLES], object)[article],
        "quantity": quantity.astype(str).astype(object),
        "amount": np.array([f"{c // 100},{c % 100:02d}" for c in cents.tolist()], object),
        "loyalty_email": known[receipt],
    }, receipt


def till(files: Files, rows: Rows) -> None:
    """Till lines, several a basket; the clock of the till was not turned back in October."""
    off, n_off = clock_not_turned(rows.time_s)
    columns, receipt = _basket(files, rows, off)
    late = _in(rows.time_s, _LATE_TILL)[receipt]
    for file, mask in (("data/till.csv", ~late), ("late/till_2025-12.csv", late)):
        part: dict[str, object] = {key: values[mask] for key, values in columns.items()}
        name = file.split("/")[1]
        count = files.csv(file, part, delimiter=";")
        nobody = int((columns["loyalty_email"][mask] == "").sum())
        files.break_rows(name, "no id", nobody)
        files.note(name, count, broken=nobody)
        if file.startswith("late"):
            files.late(file, "till", _LATE_TILL[2], _LATE_TILL[:2], count)
    files.dirt.clocks.append(ClockOff("till", HOUR, OFF_FROM, OFF_TO, n_off))
