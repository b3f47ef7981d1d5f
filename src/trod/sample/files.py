"""The files of the company: where they go, whose ids stand in them, what was noted on the way."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from trod.sample.calendar import at
from trod.sample.dirt import BrokenRows, Dirt, LateFile
from trod.sample.draws import Index, Mask, Rng
from trod.sample.people import People
from trod.sample.sharing import HANDED, HOUSEHOLD, KIOSK, MAILBOX, OFFICE, SHARED_MAILBOX, Used
from trod.sample.tape import Rows

Texts = NDArray[np.object_]
_DELIVERED: Final = "2026-07-01"


class Files:
    """Writes the files of one company; knows everyone's ids as columns."""

    def __init__(self, folder: Path, rng: Rng, everyone: People, more: Rng) -> None:
        self.folder = folder
        self.rng = rng
        self.more = more  # what customers add to what they write
        self.people = everyone
        self.dirt = Dirt()
        self.used = Used()
        self.user = np.array(everyone.user, object)
        self.email = np.where(
            everyone.in_mailbox, SHARED_MAILBOX, np.array(everyone.email, object)
        ).astype(object)
        self.phone = np.array(everyone.phone, object)
        self.account = np.array(everyone.where.ids, object)[everyone.account]
        self.contact = np.array([f"003TF{i + 1:010d}" for i in range(everyone.n)], object)
        counts = np.array([len(ids) for ids in everyone.devices], np.int64)
        self._device_first = np.cumsum(counts) - counts
        self.device_count = counts
        self._device = np.array([one for ids in everyone.devices for one in ids], object)
        self.facts: dict[str, dict[str, int]] = {}
        self.devices: set[str] = set()  # anonymous ids of one person that stand in some file

    def own_device(self, person: Index, pick: Index) -> Texts:
        """Give the nth device of each person."""
        device: Texts = self._device[self._device_first[person] + pick]
        return device

    def some_device(self, person: Index) -> Texts:
        """Give one of each person's devices."""
        pick = (self.rng.random(person.size) * self.device_count[person]).astype(np.int64)
        return self.own_device(person, pick)

    def all_devices(self) -> list[str]:
        """Give every device that has one owner."""
        return [str(one) for one in self._device.tolist()]

    def on_shared(self, rows: Rows, device: Texts, may: Mask) -> Texts:
        """Put some rows on the device that a person shares, and note who truly stands there."""
        shares, person = self.people.sharing, rows.person
        handed_s = shares.handed_s[person]
        has_it = np.where(
            shares.first_owner[person], rows.time_s < handed_s, rows.time_s >= handed_s
        )
        put = []
        for how, ids, share, when in (
            (OFFICE, shares.office, 0.35, may),
            (HOUSEHOLD, shares.home, 0.3, may),
            (HANDED, shares.handed, 0.5, may & has_it),
            (KIOSK, shares.kiosk, 0.04, may),
        ):
            one = np.array(ids, object)[person]
            there = np.flatnonzero((one != "") & when & (self.rng.random(rows.n) < share))
            device[there] = one[there]
            put.append((how, one, there))
        for how, one, there in put:
            stays = there[device[there] == one[there]]  # a later one may have taken the row
            self.used.note("anonymous", how, one[stays].tolist(), person[stays].tolist())
        return device

    def address(self, rows: Rows) -> Texts:
        """Give the address each row was written from: now and then the shared one of a team."""
        team = np.array(self.people.sharing.mailbox, object)[rows.person]
        there = np.flatnonzero((team != "") & (self.rng.random(rows.n) < 0.5))
        mail: Texts = self.email[rows.person].copy()
        mail[there] = team[there]
        self.used.note("email", MAILBOX, team[there].tolist(), rows.person[there].tolist())
        return mail

    def number(self, person: Index) -> Texts:
        """Give the number of each person, or that of their household; note the latter."""
        home = np.array(self.people.sharing.phone, object)[person]
        there = np.flatnonzero(home != "")
        self.used.note("phone", HOUSEHOLD, home[there].tolist(), person[there].tolist())
        number: Texts = np.where(home != "", home, self.phone[person])
        return number

    def note(
        self, file: str, rows: int, *, resent: int = 0, broken: int = 0, nobody: int = 0
    ) -> None:
        """Keep how many rows a file has, and what is special about some."""
        self.facts[file] = {"rows": rows, "resent": resent, "broken": broken, "nobody": nobody}

    def break_rows(self, file: str, kind: str, rows: int) -> int:
        """Note broken rows."""
        self.dirt.broken.append(BrokenRows(file, kind, rows))
        return rows

    def csv(
        self,
        name: str,
        columns: Mapping[str, object],
        *,
        delimiter: str = ",",
        more: Sequence[Sequence[str]] = (),
    ) -> int:
        """Write a table; `more` are lines written as they are, with as many cells as they have."""
        table = pa.table({key: _column(values) for key, values in columns.items()})
        options = pyarrow.csv.WriteOptions(delimiter=delimiter, quoting_style="needed")
        path = self._path(name)
        with pa.OSFile(str(path), "wb") as out:
            pyarrow.csv.write_csv(table, out, options)
        if more:
            with path.open("a", newline="", encoding="utf-8") as out:
                csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(more)
        self._stamp(path, _DELIVERED)
        return int(table.num_rows) + len(more)

    def lines(self, name: str, lines: Iterable[str]) -> int:
        """Write one record a line."""
        whole = list(lines)
        path = self._path(name)
        path.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")
        self._stamp(path, _DELIVERED)
        return len(whole)

    def page(self, name: str, key: str, records: Sequence[str], more: str = "") -> None:
        """Write records as a page of an interface: a list under a key, beside it what it adds."""
        tail = f",{more}" if more else ""
        self.lines(name, [f'{{"{key}":[{",".join(records)}]{tail}}}'])

    def late(
        self, file: str, source: str, delivered: str, days: tuple[str, str], rows: int
    ) -> None:
        """Note a file that came late, and give it the date on which it came."""
        self._stamp(self.folder / file, delivered)
        self.dirt.late.append(LateFile(file, source, delivered, *days, rows))

    def _path(self, name: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _stamp(self, path: Path, day: str) -> None:
        moment = at(f"{day}T06:00")
        os.utime(path, (moment, moment))


def quoted(texts: Iterable[str]) -> list[str]:
    """Write texts as JSON: nothing becomes null."""
    return [json.dumps(text, ensure_ascii=False) if text else "null" for text in texts]


def stars(mood: NDArray[np.int8], rated: Mask) -> Texts:
    """Give 1 to 5 stars where something was rated, "" elsewhere."""
    answer: Texts = np.where(rated & (mood != 0), (mood + 3).astype("U1"), "").astype(object)
    return answer


def nth(person: Index) -> Index:
    """Number the rows of each person from 0, in order."""
    order = np.argsort(person, kind="stable")
    sorted_ = person[order]
    first = (
        np.concatenate([[True], sorted_[1:] != sorted_[:-1]]) if person.size else np.zeros(0, bool)
    )
    start = np.maximum.accumulate(np.where(first, np.arange(person.size), 0))
    number = np.empty(person.size, np.int64)
    number[order] = np.arange(person.size) - start
    return number


def _column(values: object) -> pa.Array:
    """Make a column; an empty text is written as nothing."""
    if isinstance(values, pa.Array):
        return values
    if isinstance(values, np.ndarray) and values.dtype != object:
        return pa.array(values)
    texts = list(values)  # type: ignore[call-overload]
    return pa.array([text or None for text in texts], pa.string())
