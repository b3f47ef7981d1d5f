"""Web as Segment delivers it, the app as PostHog exports it, mail as SendGrid reports it."""

from __future__ import annotations

from typing import Final

import numpy as np

from trod.sample import words
from trod.sample.calendar import DAY, HOUR, at, iso
from trod.sample.dirt import DeliveredTwice, SkewedDevice, skew
from trod.sample.files import Files, nth, quoted, stars
from trod.sample.plays import ASSIGNED
from trod.sample.sharing import TestAccount
from trod.sample.tape import Rows

_PATHS: Final = {
    "Website visit": "/",
    "Pricing page": "/pricing",
    "Review site": "/reviews",
    "Demo requested": "/demo",
    "Help docs": "/docs/connect",
    "Template gallery": "/templates",
    "Product news": "/news",
}
_REFERRERS: Final = ("search", "newsletter", "social", "partner", "direct")
_RATED: Final = 0.22  # share of app touchpoints that are rated on the spot
_RESENT: Final = 0.004  # share of web and app messages that arrive twice, id and all
_SIGN_UP: Final = ("workspace_set_up", "connect_data_source", "first_dashboard", "invite_team")
_WEEKS: Final = ("2026-06-01", "2026-06-08", "2026-06-15", "2026-06-22")


def web(files: Files, rows: Rows) -> None:
    """Segment messages; a few cookies are `undefined`, a few come twice, one line is torn."""
    rng, n = files.rng, rows.n
    device = files.some_device(rows.person)
    logged_in = (rows.time_s >= files.people.joined_s[rows.person]) & (rng.random(n) < 0.6)
    device = files.on_shared(rows, device, logged_in)
    mail = np.where(rows.name == "Demo requested", files.email[rows.person], "")
    files.devices.update(device.tolist())
    nobody = rng.choice(n, size=n // 120, replace=False)
    blank = np.full(nobody.size, "", object)
    lines = _web_lines(
        files,
        np.concatenate([rows.name, np.full(nobody.size, "Website visit", object)]),
        np.concatenate([device, np.full(nobody.size, "undefined", object)]),
        np.concatenate([np.where(logged_in, files.user[rows.person], ""), blank]),
        np.concatenate([mail, blank]),
        np.concatenate([rows.time_s, rows.time_s[nobody]]),
    )
    resent = rng.choice(n, size=int(n * _RESENT), replace=False).tolist()
    lines += [lines[i] for i in resent]
    torn = files.break_rows("web.jsonl", "torn line", 1)
    lines.append(lines[n // 2][:97])
    count = files.lines("data/web.jsonl", lines)
    files.note("web.jsonl", count, resent=len(resent), broken=torn, nobody=nobody.size)


def _web_lines(
    files: Files,
    name: np.ndarray,
    device: np.ndarray,
    user: np.ndarray,
    mail: np.ndarray,
    time_s: np.ndarray,
) -> list[str]:
    rng, n = files.rng, name.size
    off = skew(rng, sorted(set(device.tolist()) & set(files.all_devices())))
    files.dirt.skewed += [SkewedDevice(one, off[one]) for one in sorted(off)]
    shown = time_s + np.array([off.get(one, 0) for one in device.tolist()], np.int64)
    wait = (rng.random(n) * 4).astype(np.int64)
    wait[rng.random(n) < 0.004] += int(2.5 * DAY)  # was without a network
    referrer = rng.integers(len(_REFERRERS), size=n).tolist()
    agent = rng.integers(100, 140, size=n).tolist()
    return [
        f'{{"messageId":"web-{i:08d}",{_named(what)},"anonymousId":"{who}","userId":{login},'
        f'"context":{{"library":{{"name":"analytics.js","version":"2.11.1"}},'
        f'"page":{{"path":"{_PATHS[what]}","referrer":"{_REFERRERS[source]}"}},'
        f'"traits":{{"email":{address}}},"userAgent":"Firefox/{version}.0"}},'
        f'"originalTimestamp":"{said}.000Z","sentAt":"{sent}.000Z",'
        f'"receivedAt":"{received}.250Z","timestamp":"{true}.000Z"}}'
        for i, (what, who, login, address, true, said, sent, received, source, version) in (
            enumerate(
                zip(
                    name.tolist(),
                    device.tolist(),
                    quoted(user),
                    quoted(mail),
                    iso(time_s),
                    iso(shown),
                    iso(shown + wait),
                    iso(time_s + wait),
                    referrer,
                    agent,
                    strict=True,
                )
            )
        )
    ]


def _named(what: str) -> str:
    """Write what happened; pages have a name too."""
    if what == "Demo requested":
        return f'"type":"track","event":"{what}"'
    return f'"type":"page","name":"{what}","event":"{what}"'


def app(files: Files, rows: Rows, accounts: tuple[TestAccount, ...]) -> None:
    """PostHog events; the device is told at the start of some sessions."""
    rng, n = files.rng, rows.n
    number = nth(rows.person)
    count = files.device_count[rows.person]
    told = (number < count) | (rng.random(n) < 0.2)
    pick = np.where(number < count, number, (rng.random(n) * count).astype(np.int64))
    device = files.own_device(rows.person, pick)
    device = files.on_shared(rows, device, told & (number >= count))
    device = np.where(told, device, "")
    files.devices.update(device.tolist())
    rated = stars(rows.mood, rng.random(n) < _RATED)
    comment = np.full(n, "", object)
    spoke = np.flatnonzero((rated != "") & (rng.random(n) < 0.5))
    comment[spoke] = words.write(rng, "comment", rows.mood[spoke])
    lines = [
        f'{{"uuid":"0190{i:028x}","event":"{event}","distinct_id":"{user}",'
        f'"timestamp":"{time}.000Z","properties":{{"$device_id":{where},"$group_0":"{account}",'
        f'"$lib":"web","rating":{rating or "null"},"comment":{text}{more}}}}}'
        for i, (event, user, time, where, account, rating, text, more) in enumerate(
            zip(
                rows.name.tolist(),
                files.user[rows.person].tolist(),
                iso(rows.time_s),
                [f'"{one}"' if one else "null" for one in device.tolist()],
                files.account[rows.person].tolist(),
                rated.tolist(),
                quoted(comment),
                map(_more, rows.name.tolist(), rows.detail.tolist()),
                strict=True,
            )
        )
    ]
    resent = rng.choice(n, size=int(n * _RESENT), replace=False).tolist()
    lines = [*_tests(files, rows, accounts), *lines, *(lines[i] for i in resent)]
    files.note("app.jsonl", files.lines("data/app.jsonl", lines), resent=len(resent))


def _more(event: str, detail: str) -> str:
    """Write what only some events note."""
    if not detail:
        return ""
    if event == ASSIGNED:
        play, arm = detail.split("·")
        return f',"play":"{play}","arm":"{arm}"'
    return f',"connector":"{detail}"'


def _tests(files: Files, rows: Rows, accounts: tuple[TestAccount, ...]) -> list[str]:
    """Staff look at dashboards; test logins sign up again and again, as no customer does."""
    begin, end = int(rows.time_s.min()), int(rows.time_s.max())
    lines = []
    for nth_, one in enumerate(accounts):
        steps = ("dashboard_viewed",) if one.what == "staff" else _SIGN_UP
        moments = np.sort(files.rng.integers(begin, end - HOUR, size=60 // len(steps)))
        times = moments[:, None] + np.arange(len(steps)) * 90
        lines += [
            f'{{"uuid":"0199{nth_:014x}{i:014x}","event":"{steps[i % len(steps)]}",'
            f'"distinct_id":"{one.customer}","timestamp":"{time}.000Z","properties":'
            f'{{"$device_id":"{one.anonymous}","$group_0":null,"$lib":"web","rating":null,'
            f'"comment":null,"email":"{one.email}"}}}}'
            for i, time in enumerate(iso(times.ravel()))
        ]
    return lines


def email(files: Files, rows: Rows) -> None:
    """Opens and clicks; from June 2026 in weekly files that overlap by three days."""
    clicks = np.flatnonzero(files.rng.random(rows.n) < 0.3)
    index = np.concatenate([np.arange(rows.n), clicks])
    late = np.concatenate([np.zeros(rows.n, np.int64), np.full(clicks.size, 50)])
    order = np.lexsort((index, rows.time_s[index] + late))
    index, late = index[order], late[order]
    time_s = rows.time_s[index] + late
    lines = [
        f'{{"email":"{mail}","timestamp":{time},"event":"{"click" if clicked else "open"}",'
        f'"category":"{name}","sg_event_id":"sg-{i:08d}","sg_message_id":"msg-{nth_:08d}",'
        f'"useragent":"Thunderbird"}}'
        for i, (mail, time, clicked, name, nth_) in enumerate(
            zip(
                files.email[rows.person[index]].tolist(),
                time_s.tolist(),
                late.tolist(),
                rows.name[index].tolist(),
                index.tolist(),
                strict=True,
            )
        )
    ]
    cuts = np.searchsorted(time_s, [at(day) for day in _WEEKS]).tolist()
    before = np.searchsorted(time_s, [at(day) - 3 * DAY for day in _WEEKS]).tolist()
    files.note("email_events.jsonl", files.lines("data/email_events.jsonl", lines[: cuts[0]]))
    last = "email_events.jsonl"
    for day, start, cut, end in zip(_WEEKS, before, cuts, [*cuts[1:], len(lines)], strict=True):
        name = f"email_events_{day}.jsonl"
        if start == end:
            (files.folder / "data" / name).unlink(missing_ok=True)
            continue
        count = files.lines(f"data/{name}", lines[start:end])
        files.note(name, count, resent=cut - start)
        if cut > start:
            files.dirt.twice.append(DeliveredTwice(name, last, cut - start, "overlap"))
        last = name
