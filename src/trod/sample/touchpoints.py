"""The touchpoints that the passages leave behind in each source."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.sample import anomaly, channels, growth, plays, segments
from trod.sample.accounts import SIZES
from trod.sample.calendar import DAY, END_S, HOUR, NEVER
from trod.sample.draws import Index, Rng, heavy, moods, spread
from trod.sample.passage import (
    ADDS_SEATS,
    ALONE,
    CALL,
    DOCS,
    REFERS,
    STRAIGHT,
    TEMPLATE,
    TERM_S,
    TICKET,
    Passages,
)
from trod.sample.people import People
from trod.sample.tape import Rows, Tape

Tapes = dict[str, Tape]
SOURCES: Final = (
    "web",
    "app",
    "crm",
    "support",
    "chat",
    "email",
    "calls",
    "survey",
    "billing",
    "community",
    "visits",
    "till",
)
_MINUTE: Final = 60
SIGN_ON: Final = dict(zip(SIZES, (0.08, 0.55, 0.92), strict=True))
"""How many set up single sign-on, by size of the company: it goes with size, not with staying."""
PROFILE: Final = 0.35
"""How many complete their profile: it goes with nothing."""


def _evaluate(tapes: Tapes, rng: Rng, passages: Passages) -> None:
    new = passages.segment == segments.EMERGING
    who, starters = np.flatnonzero(~new), np.flatnonzero(new)
    start = passages.entered_s[who, 0]
    end = np.where(passages.left_in == 0, passages.gone_s, passages.entered_s[:, 1])[who]
    web = tapes["web"]
    web.add(who, start, "Website visit", 0)
    web.add(*spread(rng, who, heavy(rng, who.size, 30) - 1, start, end), "Website visit", 0)
    for name, share in (("Pricing page", 0.62), ("Review site", 0.19)):
        some = (rng.random(who.size) < share).astype(np.int64)
        web.add(*spread(rng, who, some, start, end), name, 0)
    asks = passages.asks_demo[who]
    asked, held = ((start + share * (end - start)).astype(np.int64)[asks] for share in (0.3, 0.6))
    web.add(who[asks], asked, "Demo requested", 0)
    tapes["crm"].add(who[asks], asked + DAY // 4, "Opportunity opened", 0)
    tapes["crm"].add(who[asks], held, "Sales demo", moods(rng, 0.9, int(asks.sum())))
    stays = np.flatnonzero(passages.left_in == 0)
    web.add(stays, passages.gone_s[stays], "Website visit", 0)
    web.add(starters, passages.entered_s[starters, 0], "Template gallery", 0)


def _onboard(tapes: Tapes, rng: Rng, passages: Passages) -> None:
    entered, connects, route = passages.entered_s, passages.connects_s, passages.route
    who = np.flatnonzero(passages.left_in >= 1)
    tapes["app"].add(who, entered[who, 1], "workspace_set_up", moods(rng, 0.4, who.size))
    # A third of those who leave without an error never try to connect anything.
    never = (passages.left_in == 1) & (route == STRAIGHT) & (rng.random(passages.n) < 1 / 3)
    tries = who[~never[who] & (route[who] != TEMPLATE)]
    tapes["app"].add(tries, connects[tries], "connect_data_source", 0)
    done = np.where(passages.left_in == 1, passages.gone_s, entered[:, 2])
    length = done - connects

    def step(people: Index, share: float, source: str, name: str, middle: float | None) -> None:
        mood = 0 if middle is None else moods(rng, middle, people.size)
        at = connects[people] + (share * length[people]).astype(np.int64)
        tapes[source].add(people, at, name, mood)

    stuck = tries[route[tries] != STRAIGHT]
    tapes["app"].add(
        stuck, connects[stuck] + 4 * _MINUTE, "connection_error", moods(rng, -1.4, stuck.size)
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


def _activate(tapes: Tapes, rng: Rng, passages: Passages, size: Index) -> None:
    who = np.flatnonzero(passages.left_in >= 2)
    dashboard = passages.entered_s[who, 2]
    alone = passages.invited_s[who] == NEVER
    app = tapes["app"]
    app.add(who, dashboard, "first_dashboard", moods(rng, 1.5, who.size))
    team = who[~alone]
    app.add(team, passages.invited_s[team], "invite_team", moods(rng, 0.6, team.size))
    seen = dashboard + (rng.random(who.size) * 20 * DAY).astype(np.int64)
    sized = np.array(list(SIGN_ON.values()))[size[who]]
    for name, share in (("sso_configured", sized), ("profile_completed", PROFILE)):
        some = rng.random(who.size) < share
        app.add(who[some], seen[some], name, 0)
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
        moods(rng, felt, asked.size),
    )


def _adopt(tapes: Tapes, rng: Rng, passages: Passages) -> None:
    who = np.flatnonzero(passages.left_in >= 3)
    pays = passages.entered_s[who, 3]

    def some(
        share: float | NDArray[np.float64],
        source: str,
        name: str,
        low: int,
        high: int,
        middle: float,
    ) -> None:
        chosen = rng.random(who.size) < share
        at = pays + (low + (high - low) * rng.random(who.size) * DAY).astype(np.int64) + low * DAY
        tapes[source].add(who[chosen], at[chosen], name, moods(rng, middle, int(chosen.sum())))

    tapes["billing"].add(who, pays, "Subscription started", 0)
    some(0.67, "app", "scheduled_report", 8, 40, 1.2)
    some(0.27, "crm", "Business review", 60, 110, 1.4)
    writes = segments.WRITES[passages.segment[who]]
    some(0.2 * writes, "support", "Support ticket", 20, 130, -0.6)
    on_phone = rng.random(who.size) < 0.4
    end = np.minimum(passages.gone_s[who], pays + TERM_S - 31 * DAY)
    pace = np.where(on_phone, heavy(rng, who.size, 40), 0) / (TERM_S - 36 * DAY)
    count = rng.poisson(np.maximum(end - pays - 5 * DAY, 0) * pace).astype(np.int64)
    mobile, at = spread(rng, who, count, pays + 5 * DAY, end)
    tapes["app"].add(mobile, at, "mobile_app", moods(rng, 0.5, mobile.size))
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
        talks, passages.price_talk_s[talks], "Pricing call", moods(rng, -1, talks.size)
    )
    fails = np.flatnonzero(passages.payment_fails_s != NEVER)
    for hours, share in ((0, 1.0), (30, 0.5), (70, 0.25)):
        tries = fails[rng.random(fails.size) < share]
        at = passages.payment_fails_s[tries] + hours * HOUR
        tapes["billing"].add(tries, at, "Payment failed", 0)
    may = segments.WRITES[passages.segment[fails]]
    writes = fails[may & (rng.random(fails.size) < 0.5)]
    tapes["support"].add(
        writes,
        passages.payment_fails_s[writes] + 8 * HOUR,
        "Support ticket",
        moods(rng, -1.7, writes.size),
    )
    troubled = (passages.price_talk_s[who] != NEVER) | (passages.payment_fails_s[who] != NEVER)
    answers = rng.random(who.size) < 0.6
    mood = moods(rng, np.where(troubled, -0.6, 1.0), who.size)
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
        mood = moods(rng, 1.5, chosen.size)
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
    shift = segments.column("pace")[passages.segment[everyone.host[who]]]
    pace = np.exp(-1.6 + shift + 1.0 * rng.standard_normal(who.size))
    for name, share in (("dashboard_viewed", 0.75), ("report_exported", 0.25)):
        count = rng.poisson(np.minimum(weeks * pace * share, 400)).astype(np.int64)
        app.add(*spread(rng, who, count, begin + HOUR, end), name, 0)
    guests = np.arange(everyone.n_leads, everyone.n)
    app.add(guests, everyone.joined_s[guests], "invitation_accepted", 0)


def _afterwards(tapes: Tapes, rng: Rng, passages: Passages) -> None:
    """Some who left still open a newsletter, long before the data ends; some say why they left."""
    left = np.flatnonzero((passages.left_in >= 1) & (passages.gone_s < END_S - 150 * DAY))
    left = left[rng.random(left.size) < 0.04]
    at = passages.gone_s[left] + ((10 + 90 * rng.random(left.size)) * DAY).astype(np.int64)
    tapes["email"].add(left, at, "Newsletter", 0, late=True)
    quits = np.flatnonzero(np.isin(passages.left_in, (3, 4)))
    quits = quits[rng.random(quits.size) < 0.6]
    at = passages.gone_s[quits] + ((1 + 3 * rng.random(quits.size)) * DAY).astype(np.int64)
    felt = moods(rng, -1.0, quits.size)
    tapes["survey"].add(quits, at, "Cancellation survey", felt, late=True)


def touchpoints(
    rng: Rng, growing: Rng, passages: Passages, everyone: People
) -> tuple[dict[str, Rows], growth.Growth]:
    """Write down what everyone did, by source; give who fades and who grows, too."""
    tapes = {source: Tape() for source in SOURCES}
    where = everyone.where
    for part in (_evaluate, _onboard, _adopt, _renew, _expand):
        part(tapes, rng, passages)
    _activate(tapes, rng, passages, where.size[where.of_lead])
    _daily_use(tapes, rng, passages, everyone)
    _afterwards(tapes, rng, passages)
    channels.chat(tapes["chat"], rng, passages, everyone)
    channels.community(tapes["community"], rng, passages)
    channels.in_person(tapes["visits"], tapes["till"], rng, passages, everyone)
    channels.voicemail(tapes["calls"], rng, passages, everyone)
    channels.news(tapes["web"], rng, passages)
    anomaly.sync_errors(tapes["app"], rng, passages)
    plays.touchpoints(tapes["app"], tapes["email"], passages.tried, passages.back_s)
    until_s = passages.gone_s[everyone.host]
    grown = growth.draw(growing, passages, everyone, tapes["billing"].rows(until_s))
    growth.touchpoints(tapes["app"], tapes["billing"], growing, passages, grown)
    return {source: tape.rows(until_s) for source, tape in tapes.items()}, grown
