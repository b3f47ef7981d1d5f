"""The touchpoints that the passages leave behind in each source."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trod.sample.calendar import DAY, END_S, HOUR, NEVER, Seconds
from trod.sample.passage import (
    ADDS_SEATS,
    ALONE,
    CALL,
    DOCS,
    REFERS,
    STRAIGHT,
    TERM_S,
    TICKET,
    Passages,
    Rng,
)
from trod.sample.people import People
from trod.sample.tape import Index, Rows, Tape

Tapes = dict[str, Tape]
SOURCES = ("web", "app", "crm", "support", "email", "survey", "billing", "calls")
_MINUTE = 60


def _mood(rng: Rng, n: int, middle: float) -> NDArray[np.int8]:
    """Draw how it felt around a middle, from -2 to 2."""
    return np.clip(np.rint(middle + 0.8 * rng.standard_normal(n)), -2, 2).astype(np.int8)


def _spread(
    rng: Rng, who: Index, count: Index, begin: Seconds, end: Seconds
) -> tuple[Index, Seconds]:
    """Give each of `who` a number of moments between begin and end."""
    times = np.repeat(np.arange(who.size), count)
    room = np.maximum(end - begin, 1)[times]
    return who[times], begin[times] + (rng.random(times.size) * room).astype(np.int64)


def _heavy(rng: Rng, n: int, most: int) -> Index:
    """Draw counts of 1 and more with a heavy tail."""
    return np.minimum((1 / (1 - rng.random(n)) ** 0.7).astype(np.int64), most)


def _evaluate(tapes: Tapes, rng: Rng, passages: Passages) -> None:
    n = passages.n
    who = np.arange(n)
    start = passages.entered_s[:, 0]
    end = np.where(passages.left_in == 0, passages.gone_s, passages.entered_s[:, 1])
    web = tapes["web"]
    web.add(who, start, "Website visit", 0)
    web.add(*_spread(rng, who, _heavy(rng, n, 30) - 1, start, end), "Website visit", 0)
    web.add(
        *_spread(rng, who, (rng.random(n) < 0.62).astype(np.int64), start, end), "Pricing page", 0
    )
    web.add(
        *_spread(rng, who, (rng.random(n) < 0.19).astype(np.int64), start, end), "Review site", 0
    )
    asks = np.flatnonzero(passages.asks_demo)
    asked, held = (
        start[asks] + (share * (end - start)[asks]).astype(np.int64) for share in (0.3, 0.6)
    )
    web.add(asks, asked, "Demo requested", 0)
    tapes["crm"].add(asks, asked + DAY // 4, "Opportunity opened", 0)
    tapes["crm"].add(asks, held, "Sales demo", _mood(rng, asks.size, 0.9))
    stays = np.flatnonzero(passages.left_in == 0)
    web.add(stays, passages.gone_s[stays], "Website visit", 0)


def _onboard(tapes: Tapes, rng: Rng, passages: Passages) -> None:
    entered, connects, route = passages.entered_s, passages.connects_s, passages.route
    who = np.flatnonzero(passages.left_in >= 1)
    tapes["app"].add(who, entered[who, 1], "workspace_set_up", _mood(rng, who.size, 0.4))
    # A third of those who leave without an error never try to connect anything.
    never = (passages.left_in == 1) & (route == STRAIGHT) & (rng.random(passages.n) < 1 / 3)
    tries = who[~never[who]]
    tapes["app"].add(tries, connects[tries], "connect_data_source", 0)
    done = np.where(passages.left_in == 1, passages.gone_s, entered[:, 2])
    length = done - connects

    def step(people: Index, share: float, source: str, name: str, middle: float | None) -> None:
        mood = 0 if middle is None else _mood(rng, people.size, middle)
        at = connects[people] + (share * length[people]).astype(np.int64)
        tapes[source].add(people, at, name, mood)

    stuck = tries[route[tries] != STRAIGHT]
    tapes["app"].add(
        stuck, connects[stuck] + 4 * _MINUTE, "connection_error", _mood(rng, stuck.size, -1.4)
    )
    by = {r: stuck[route[stuck] == r] for r in (TICKET, DOCS, CALL, ALONE)}
    step(by[TICKET], 0.12, "support", "Support ticket", -1.2)
    again = by[TICKET][rng.random(by[TICKET].size) < 0.25]
    step(again, 0.55, "support", "Support ticket", -1.6)
    step(by[DOCS], 0.04, "web", "Help docs", None)
    step(by[DOCS][rng.random(by[DOCS].size) < 0.4], 0.3, "web", "Help docs", None)
    step(by[CALL], 0.35, "calls", "Onboarding call", 1.3)
    for share, some in ((0.3, 1.0), (0.6, 0.6), (0.8, 0.3)):
        loops = by[ALONE][rng.random(by[ALONE].size) < some]
        step(loops, share, "app", "connect_data_source", None)
        step(loops, share + 0.02, "app", "connection_error", -1.5)
    on = stuck[passages.left_in[stuck] > 1]
    tapes["app"].add(on, done[on] - HOUR, "connect_data_source", 0)


def _activate(tapes: Tapes, rng: Rng, passages: Passages) -> None:
    who = np.flatnonzero(passages.left_in >= 2)
    dashboard = passages.entered_s[who, 2]
    alone = passages.invited_s[who] == NEVER
    app = tapes["app"]
    app.add(who, dashboard, "first_dashboard", _mood(rng, who.size, 1.5))
    team = who[~alone]
    app.add(team, passages.invited_s[team], "invite_team", _mood(rng, team.size, 0.6))
    quoted = rng.random(who.size) < 0.45
    tapes["crm"].add(who[quoted], (dashboard + 16 * DAY)[quoted], "Quote sent", 0)
    mails = rng.random(who.size) < 0.55
    tapes["email"].add(who[mails], (dashboard + 14 * DAY)[mails], "Week-2 check-in", 0)
    asked = who[rng.random(who.size) < 0.4]
    felt = np.where(passages.invited_s[asked] == NEVER, -0.7, 1.1)
    tapes["survey"].add(
        asked,
        passages.entered_s[asked, 2] + 17 * DAY,
        "Onboarding survey",
        np.clip(np.rint(felt + 0.8 * rng.standard_normal(asked.size)), -2, 2).astype(np.int8),
    )


def _adopt(tapes: Tapes, rng: Rng, passages: Passages) -> None:
    who = np.flatnonzero(passages.left_in >= 3)
    pays = passages.entered_s[who, 3]

    def some(share: float, source: str, name: str, low: int, high: int, middle: float) -> None:
        chosen = rng.random(who.size) < share
        at = pays + (low + (high - low) * rng.random(who.size) * DAY).astype(np.int64) + low * DAY
        tapes[source].add(who[chosen], at[chosen], name, _mood(rng, int(chosen.sum()), middle))

    tapes["billing"].add(who, pays, "Subscription started", 0)
    some(0.67, "app", "scheduled_report", 8, 40, 1.2)
    some(0.27, "crm", "Business review", 60, 110, 1.4)
    some(0.16, "support", "Support ticket", 20, 130, -0.6)
    on_phone = rng.random(who.size) < 0.4
    count = np.where(on_phone, _heavy(rng, who.size, 40), 0)
    end = np.minimum(passages.gone_s[who], pays + TERM_S - 31 * DAY)
    mobile, at = _spread(rng, who, count, pays + 5 * DAY, end)
    tapes["app"].add(mobile, at, "mobile_app", _mood(rng, mobile.size, 0.5))
    quits = who[passages.left_in[who] == 3]
    tapes["billing"].add(quits, passages.gone_s[quits], "Subscription cancelled", 0)


def _renew(tapes: Tapes, rng: Rng, passages: Passages) -> None:
    who = np.flatnonzero(passages.left_in >= 4)
    notice = passages.entered_s[who, 4]
    end = passages.entered_s[who, 3] + TERM_S
    opens = rng.random(who.size) < 0.85
    wait = (rng.random(who.size) * 2 * DAY).astype(np.int64)
    tapes["email"].add(who[opens], (notice + wait)[opens], "Renewal notice", 0)
    tapes["billing"].add(who, notice, "Renewal invoice", 0)
    talks = np.flatnonzero(passages.price_talk_s != NEVER)
    tapes["calls"].add(
        talks, passages.price_talk_s[talks], "Pricing call", _mood(rng, talks.size, -1)
    )
    fails = np.flatnonzero(passages.payment_fails_s != NEVER)
    for hours, share in ((0, 1.0), (30, 0.5), (70, 0.25)):
        tries = fails[rng.random(fails.size) < share]
        at = passages.payment_fails_s[tries] + hours * HOUR
        tapes["billing"].add(tries, at, "Payment failed", 0)
    writes = fails[rng.random(fails.size) < 0.4]
    tapes["support"].add(
        writes,
        passages.payment_fails_s[writes] + 8 * HOUR,
        "Support ticket",
        _mood(rng, writes.size, -1.7),
    )
    troubled = (passages.price_talk_s[who] != NEVER) | (passages.payment_fails_s[who] != NEVER)
    answers = rng.random(who.size) < 0.6
    felt = np.where(troubled, -0.6, 1.0) + 0.8 * rng.standard_normal(who.size)
    mood = np.clip(np.rint(felt), -2, 2).astype(np.int8)
    tapes["survey"].add(who[answers], (end - 8 * DAY)[answers], "Renewal survey", mood[answers])
    quits = who[passages.left_in[who] == 4]
    tapes["billing"].add(quits, passages.gone_s[quits], "Subscription cancelled", 0)


def _expand(tapes: Tapes, rng: Rng, passages: Passages) -> None:
    who = np.flatnonzero(passages.entered_s[:, 5] != NEVER)
    renewed = passages.entered_s[who, 5]
    tapes["billing"].add(who, renewed, "Subscription renewed", 0)
    for share, source, name in (
        (ADDS_SEATS, "billing", "Seats added"),
        (REFERS, "crm", "Peer referred"),
    ):
        chosen = np.flatnonzero(rng.random(who.size) < share)
        wait = ((5 + 50 * rng.random(chosen.size)) * DAY).astype(np.int64)
        mood = _mood(rng, chosen.size, 1.5)
        tapes[source].add(who[chosen], renewed[chosen] + wait, name, mood)


def _daily_use(tapes: Tapes, rng: Rng, passages: Passages, everyone: People) -> None:
    """Dashboards are looked at from the first one to the end; most by few, a few by many."""
    begin = np.where(
        np.arange(everyone.n) < everyone.n_leads,
        passages.entered_s[everyone.host, 2],
        everyone.joined_s,
    )
    end = np.minimum(passages.gone_s[everyone.host], END_S)
    who = np.flatnonzero(begin < end)
    begin, end = begin[who], end[who]
    # Everyone comes back every twelve days or so: whoever is silent for thirty has left.
    beat = 12 * DAY
    steady = (end - begin) // beat
    turn = np.repeat(np.arange(who.size), steady)
    nth = np.arange(turn.size) - np.repeat(np.cumsum(steady) - steady, steady)
    jitter = (rng.random(turn.size) * 6 * DAY).astype(np.int64)
    app = tapes["app"]
    app.add(who[turn], begin[turn] + nth * beat + 6 * DAY + jitter, "dashboard_viewed", 0)
    weeks = (end - begin) / (7 * DAY)
    pace = np.exp(-1.5 + 1.1 * rng.standard_normal(who.size))
    for name, share in (("dashboard_viewed", 0.75), ("report_exported", 0.25)):
        count = rng.poisson(np.minimum(weeks * pace * share, 400)).astype(np.int64)
        app.add(*_spread(rng, who, count, begin + HOUR, end), name, 0)
    guests = np.arange(everyone.n_leads, everyone.n)
    app.add(guests, everyone.joined_s[guests], "invitation_accepted", 0)


def _afterwards(tapes: Tapes, rng: Rng, passages: Passages, until_s: Seconds) -> None:
    """Some who left still open a newsletter, long before the data ends."""
    left = np.flatnonzero((passages.left_in >= 1) & (passages.gone_s < END_S - 150 * DAY))
    left = left[rng.random(left.size) < 0.04]
    at = passages.gone_s[left] + ((10 + 90 * rng.random(left.size)) * DAY).astype(np.int64)
    tapes["email"].add(left, at, "Newsletter", 0)
    until_s[left] = at


def touchpoints(rng: Rng, passages: Passages, everyone: People) -> dict[str, Rows]:
    """Write down what everyone did, by source."""
    tapes = {source: Tape() for source in SOURCES}
    for part in (_evaluate, _onboard, _activate, _adopt, _renew, _expand):
        part(tapes, rng, passages)
    _daily_use(tapes, rng, passages, everyone)
    until_s = passages.gone_s[everyone.host]
    read_until = passages.gone_s.copy()
    _afterwards(tapes, rng, passages, read_until)
    until_mail = until_s.copy()
    until_mail[: passages.n] = read_until
    return {
        source: tape.rows(until_mail if source == "email" else until_s)
        for source, tape in tapes.items()
    }
