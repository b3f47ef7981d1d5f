"""The files of the company, each in the shape that its tool would export."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from trod.sample import words
from trod.sample.calendar import DAY, ZONE, iso, local
from trod.sample.passage import Rng
from trod.sample.people import COUNTRIES, SHARED_MAILBOX, SIZES, People
from trod.sample.tape import Index, Rows

_PATHS: Final = {
    "Website visit": "/",
    "Pricing page": "/pricing",
    "Review site": "/reviews",
    "Demo requested": "/demo",
    "Help docs": "/docs/connect",
}
_REFERRERS: Final = ("search", "newsletter", "social", "partner", "direct")
_LIFECYCLE: Final = {
    "Sales demo": "lead",
    "Business review": "customer",
    "Peer referred": "advocate",
}
_RATED: Final = 0.22  # share of app touchpoints that are rated on the spot
_RESENT: Final = 0.004  # share of web and app messages that arrive twice, id and all
_BROKEN_CALLS: Final = 3


class Files:
    """Writes the files of one company; knows everyone's ids as columns."""

    def __init__(self, folder: Path, rng: Rng, everyone: People) -> None:
        self._folder = folder
        self._rng = rng
        self._people = everyone
        self._user = np.array(everyone.user, object)
        self._email = np.array(
            [
                SHARED_MAILBOX if shared else mail
                for mail, shared in zip(everyone.email, everyone.in_mailbox, strict=True)
            ],
            object,
        )
        self._phone = np.array(everyone.phone, object)
        self._account = np.array(everyone.accounts, object)[everyone.account]
        counts = np.array([len(ids) for ids in everyone.devices], np.int64)
        self._device_first = np.cumsum(counts) - counts
        self._device_count = counts
        self._device = np.array([one for ids in everyone.devices for one in ids], object)
        self.facts: dict[str, dict[str, int]] = {}
        self.devices: set[str] = set()  # anonymous ids that stand in some file
        self.shared: list[str] = []  # of them, those that several people logged in on

    def write(
        self, rows: dict[str, Rows], *, price: NDArray[np.int64]
    ) -> dict[str, dict[str, int]]:
        """Write every file; give the rows, resent messages and broken rows of each."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._web(rows["web"])
        self._app(rows["app"])
        self._contacts()
        self._crm(rows["crm"], price)
        self._support(rows["support"])
        self._email_log(rows["email"])
        self._survey(rows["survey"])
        self._billing(rows["billing"], price)
        self._calls(rows["calls"])
        return self.facts

    def _note(
        self, file: str, rows: int, *, resent: int = 0, broken: int = 0, nobody: int = 0
    ) -> None:
        self.facts[file] = {"rows": rows, "resent": resent, "broken": broken, "nobody": nobody}

    def _csv(self, name: str, columns: dict[str, object], *, delimiter: str = ",") -> int:
        table = pa.table({key: _column(values) for key, values in columns.items()})
        options = pyarrow.csv.WriteOptions(delimiter=delimiter, quoting_style="needed")
        pyarrow.csv.write_csv(table, self._folder / name, options)
        return int(table.num_rows)

    def _some_device(self, person: Index) -> NDArray[np.object_]:
        pick = (self._rng.random(person.size) * self._device_count[person]).astype(np.int64)
        device: NDArray[np.object_] = self._device[self._device_first[person] + pick]
        return device

    def _web(self, rows: Rows) -> None:
        """Segment-like JSON lines; a few cookies are `undefined`, a few messages come twice."""
        rng, n = self._rng, rows.n
        device = self._some_device(rows.person)
        logged_in = (rows.time_s >= self._people.joined_s[rows.person]) & (rng.random(n) < 0.6)
        user = np.where(logged_in, self._user[rows.person], "")
        mail = np.where(rows.name == "Demo requested", self._email[rows.person], "")
        referrer = rng.integers(len(_REFERRERS), size=n).tolist()
        lines = [
            _web_line(i, *fields)
            for i, fields in enumerate(
                zip(rows.name, device, user, mail, iso(rows.time_s), referrer, strict=True)
            )
        ]
        self.devices.update(device.tolist())
        nobody = rng.choice(n, size=n // 120, replace=False)
        times = iso(rows.time_s[nobody])
        lines += [
            _web_line(n + i, "Website visit", "undefined", "", "", time, 4)
            for i, time in enumerate(times)
        ]
        resent = rng.choice(n, size=int(n * _RESENT), replace=False).tolist()
        lines += [lines[i] for i in resent]
        (self._folder / "web.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._note("web.jsonl", len(lines), resent=len(resent), nobody=len(times))

    def _app(self, rows: Rows) -> None:
        """One row an event; the device is told at the start of some sessions."""
        rng, n = self._rng, rows.n
        nth = _nth(rows.person)
        count = self._device_count[rows.person]
        told = (nth < count) | (rng.random(n) < 0.2)
        pick = np.where(nth < count, nth, (rng.random(n) * count).astype(np.int64))
        device = self._device[self._device_first[rows.person] + pick]
        office = np.array(self._people.office_device, object)[rows.person]
        at_office = told & (nth >= count) & (office != "") & (rng.random(n) < 0.35)
        device = np.where(at_office, office, np.where(told, device, ""))
        pairs = sorted(set(zip(office[at_office], rows.person[at_office].tolist(), strict=True)))
        users = Counter(one for one, _ in pairs)
        self.shared = [one for one, n in users.items() if n > 1]
        self.devices.update(device.tolist())
        rated = (rows.mood != 0) & (rng.random(n) < _RATED)
        comment = np.full(n, "", object)
        spoke = np.flatnonzero(rated & (rng.random(n) < 0.5))
        comment[spoke] = words.write(rng, "comment", rows.mood[spoke])
        rating = np.where(rated, (rows.mood + 3).astype("U1"), "").astype(object)
        index = np.concatenate([np.arange(n), rng.choice(n, size=int(n * _RESENT), replace=False)])
        self._csv(
            "app.csv",
            {
                "event_id": index + 1,
                "timestamp": pa.array(rows.time_s[index], pa.timestamp("s", "UTC")),
                "user_id": self._user[rows.person][index],
                "anonymous_id": device[index],
                "account_id": self._account[rows.person][index],
                "event": rows.name[index],
                "rating": rating[index],
                "comment": comment[index],
            },
        )
        self._note("app.csv", index.size, resent=index.size - n)

    def _contacts(self) -> None:
        """The CRM's people: e-mail, login where it knows it, phone, company."""
        everyone, rng = self._people, self._rng
        who = np.flatnonzero(self._email != "")
        size = rng.integers(len(SIZES), size=len(everyone.accounts))[everyone.account[who]]
        country = rng.integers(len(COUNTRIES), size=len(everyone.accounts))[everyone.account[who]]
        rows = self._csv(
            "crm_contacts.csv",
            {
                "contact_id": [f"C{i + 1:06d}" for i in range(who.size)],
                "email": self._email[who],
                "user_id": np.where(everyone.linked[who], self._user[who], ""),
                "phone": self._phone[who],
                "account_id": self._account[who],
                "company": np.array(everyone.firms, object)[everyone.account[who]],
                "size": np.array(SIZES, object)[size],
                "country": np.array(COUNTRIES, object)[country],
            },
        )
        self._note("crm_contacts.csv", rows)

    def _crm(self, rows: Rows, price: NDArray[np.int64]) -> None:
        """Activities one a row, and opportunities: one row each with several dates."""
        opens = rows.name == "Opportunity opened"
        quotes = rows.name == "Quote sent"
        acts = np.flatnonzero(~opens & ~quotes & (self._email[rows.person] != ""))
        mood = rows.mood[acts]
        rated = self._rng.random(acts.size) < 0.6
        count = self._csv(
            "crm_activities.csv",
            {
                "activity_id": [f"ACT-{i + 1:06d}" for i in range(acts.size)],
                "email": self._email[rows.person[acts]],
                "account_id": self._account[rows.person[acts]],
                "activity": rows.name[acts],
                "activity_date": iso(rows.time_s[acts], suffix="Z"),
                "lifecycle": np.array([_LIFECYCLE[name] for name in rows.name[acts]], object),
                "rating": np.where(rated, (mood + 3).astype("U1"), "").astype(object),
            },
        )
        self._note("crm_activities.csv", count)
        who = np.unique(rows.person[(opens | quotes) & (self._email[rows.person] != "")])
        day = {}
        for name, mask in (("opened_on", opens), ("quote_sent_on", quotes)):
            days = np.full(self._people.n, "", object)
            days[rows.person[mask]] = [text[:10] for text in iso(local(rows.time_s[mask]))]
            day[name] = days[who]
        count = self._csv(
            "crm_opportunities.csv",
            {
                "opportunity_id": [f"OPP-{i + 1:06d}" for i in range(who.size)],
                "email": self._email[who],
                "account_id": self._account[who],
                "amount": price[who],
                **day,
            },
        )
        self._note("crm_opportunities.csv", count)

    def _support(self, rows: Rows) -> None:
        """Tickets, semicolons between the columns, line breaks and quotes inside the text."""
        rng, n = self._rng, rows.n
        text = np.full(n, "", object)
        joined = self._people.joined_s[rows.person]
        late = rows.time_s - joined > 192 * DAY
        for book, mask in (("ticket", ~late), ("payment", late)):
            text[mask] = words.write(rng, book, rows.mood[mask])
        greeting = rng.random(n) < 0.3
        body = np.where(greeting, "Hello;\n" + text, text)
        user = np.where(rng.random(n) < 0.7, self._user[rows.person], "")
        count = self._csv(
            "support_tickets.csv",
            {
                "ticket_id": np.arange(n) + 40_001,
                "created_at": iso(rows.time_s, suffix="+00:00"),
                "requester_email": self._email[rows.person],
                "user_id": user,
                "description": body,
                "priority": np.where(rows.mood < -1, "high", "normal").astype(object),
            },
            delimiter=";",
        )
        self._note("support_tickets.csv", count)

    def _email_log(self, rows: Rows) -> None:
        """Opens and clicks, in local time without a zone."""
        n = rows.n
        clicks = np.flatnonzero(self._rng.random(n) < 0.3)
        index = np.concatenate([np.arange(n), clicks])
        late = np.concatenate([np.zeros(n, np.int64), np.full(clicks.size, 50)])
        order = np.lexsort((index, rows.time_s[index] + late))
        index, late = index[order], late[order]
        count = self._csv(
            "email_events.csv",
            {
                "email": self._email[rows.person[index]],
                "message": rows.name[index],
                "action": np.where(late > 0, "click", "open").astype(object),
                "happened_at": iso(local(rows.time_s[index] + late), sep=" "),
            },
        )
        self._note("email_events.csv", count)

    def _survey(self, rows: Rows) -> None:
        """NPS answers with a comment from about half of the people; dates as in Europe."""
        rng, n = self._rng, rows.n
        score = np.array([1, 5, 7, 9, 10])[rows.mood.astype(np.int64) + 2]
        score = np.clip(score + rng.integers(-1, 2, size=n), 0, 10)
        comment = np.full(n, "", object)
        for name in ("Onboarding survey", "Renewal survey"):
            some = np.flatnonzero((rows.name == name) & (rng.random(n) < 0.55))
            comment[some] = words.write(rng, name, rows.mood[some])
        stamps = [f"{t[8:10]}.{t[5:7]}.{t[:4]} {t[11:16]}" for t in iso(local(rows.time_s))]
        count = self._csv(
            "survey.csv",
            {
                "email": self._email[rows.person],
                "survey": rows.name,
                "answered_at": stamps,
                "nps": score,
                "comment": comment,
            },
        )
        self._note("survey.csv", count)

    def _billing(self, rows: Rows, price: NDArray[np.int64]) -> None:
        """Invoices and what became of them; money where it was paid."""
        share = {"Subscription started": 100, "Subscription renewed": 100, "Seats added": 25}
        percent = np.array([share.get(name, 0) for name in rows.name], np.int64)
        amount = pa.array(price[rows.person] * percent // 100, pa.int64(), mask=percent == 0)
        table = pa.table(
            {
                "entry_id": pa.array([f"BIL-{i + 1:07d}" for i in range(rows.n)]),
                "at": pa.array(rows.time_s * 1_000_000, pa.timestamp("us", "UTC")),
                "account_id": pa.array(self._account[rows.person]),
                "user_id": pa.array(self._user[rows.person]),
                "billing_email": pa.array(self._email[rows.person]),
                "entry": pa.array(rows.name),
                "amount": amount.cast(pa.decimal128(21, 2)),
                "currency": pa.array(["EUR"] * rows.n),
            }
        )
        pyarrow.parquet.write_table(table, self._folder / "billing.parquet")
        self._note("billing.parquet", rows.n)

    def _calls(self, rows: Rows) -> None:
        """The call log: a number or an address, an outcome, a length; some rows lost their time."""
        rng, n = self._rng, rows.n
        phone = self._phone[rows.person]
        outcome = np.array(["no answer", "reached", "reached", "call back"], object)
        zone = ZoneInfo(ZONE)
        began = [
            datetime.fromtimestamp(t, UTC).astimezone(zone).isoformat()
            for t in rows.time_s.tolist()
        ]
        rated = (rng.random(n) < 0.5) & (rows.mood != 0)
        broken = min(_BROKEN_CALLS, n)
        count = self._csv(
            "calls.csv",
            {
                "call_id": [f"CALL-{i + 1:06d}" for i in range(n + broken)],
                "started_at": began + ["n/a"] * broken,
                "phone": _more(phone, ["+999 20 0000000"] * broken),
                "contact_email": _more(
                    np.where(phone == "", self._email[rows.person], ""), [""] * broken
                ),
                "purpose": _more(rows.name, ["Onboarding call"] * broken),
                "outcome": outcome[rng.integers(1, 4, size=n + broken)],
                "duration_s": 60 + (rng.random(n + broken) ** 3 * 2_400).astype(np.int64),
                "rating": _more(
                    np.where(rated, (rows.mood + 3).astype("U1"), "").astype(object), [""] * broken
                ),
            },
        )
        self._note("calls.csv", count, broken=broken)


def _web_line(
    i: int, name: str, device: str, user: str, mail: str, time: str, referrer: int
) -> str:
    kind = "track" if name == "Demo requested" else "page"
    return (
        f'{{"messageId":"web-{i:08d}","type":"{kind}","event":"{name}","anonymousId":"{device}",'
        f'"userId":{json.dumps(user or None)},"email":{json.dumps(mail or None)},'
        f'"timestamp":"{time}.000Z","properties":{{"path":"{_PATHS[name]}",'
        f'"referrer":"{_REFERRERS[referrer]}"}}}}'
    )


def _nth(person: Index) -> Index:
    """Number the rows of each person from 0, in order."""
    order = np.argsort(person, kind="stable")
    sorted_ = person[order]
    first = (
        np.concatenate([[True], sorted_[1:] != sorted_[:-1]]) if person.size else np.zeros(0, bool)
    )
    start = np.maximum.accumulate(np.where(first, np.arange(person.size), 0))
    nth = np.empty(person.size, np.int64)
    nth[order] = np.arange(person.size) - start
    return nth


def _more(column: NDArray[np.object_], tail: Sequence[str]) -> list[str]:
    return [*column.tolist(), *tail]


def _column(values: object) -> pa.Array:
    """Make a column; an empty text is written as nothing."""
    if isinstance(values, pa.Array):
        return values
    if isinstance(values, np.ndarray) and values.dtype != object:
        return pa.array(values)
    texts = list(values)  # type: ignore[call-overload]
    return pa.array([text or None for text in texts], pa.string())
