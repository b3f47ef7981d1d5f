"""The truth about the company: what a map of its files has to find."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from trod.sample.answers import (
    Answers,
    Person,
    PlantedFriction,
    PlantedPath,
    SegmentTruth,
    Showcase,
    StageTruth,
)
from trod.sample.calendar import DAY, END_S, NEVER, RELEASE_S, Seconds, iso, office_time
from trod.sample.draws import Mask
from trod.sample.passage import ALONE, CALL, DOCS, ROUTES, STAGES, STRAIGHT, TICKET, Passages
from trod.sample.people import People
from trod.sample.segments import EMERGING, SEGMENTS
from trod.sample.sharing import SharedId
from trod.sample.tape import Rows

LEFT, OPEN, DONE = _STATUSES = ("left", "open", "done")
_SILENCE_S: Final = 30 * DAY


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where each lead stands on the last day."""

    entered_s: Seconds  # (n_leads, n_stages) in office hours; NEVER where not entered in time
    furthest: NDArray[np.int64]  # (n_leads,)
    status: NDArray[np.object_]  # (n_leads,)


def standing(passages: Passages, rows: Mapping[str, Rows], n_people: int) -> Standing:
    """Judge each lead by what the files show, as the journey is defined in trod.yml."""
    entered = office_time(passages.entered_s)
    entered[entered >= END_S] = NEVER
    last = np.zeros(n_people, np.int64)
    for part in rows.values():
        np.maximum.at(last, part.person, part.time_s)
    # Of some who only looked nothing was recorded.
    furthest = (entered != NEVER).sum(axis=1) - 1
    furthest[last[: passages.n] == 0] = -1
    silent = last[: passages.n] <= last.max() - _SILENCE_S
    cancelled = np.zeros(n_people, bool)
    billing = rows["billing"]
    cancelled[billing.person[billing.name == "Subscription cancelled"]] = True
    status = np.where(silent | cancelled[: passages.n], LEFT, OPEN).astype(object)
    status[furthest == len(STAGES) - 1] = DONE
    status[furthest < 0] = "unseen"
    return Standing(entered, furthest, status)


def _stages(at: Standing) -> tuple[StageTruth, ...]:
    truths = []
    for s, name in enumerate(STAGES):
        here = at.furthest == s
        on = at.furthest > s
        length = (at.entered_s[on, s + 1] - at.entered_s[on, s]) / DAY if on.any() else None
        left, still_there, done = (int((here & (at.status == how)).sum()) for how in _STATUSES)
        truths.append(
            StageTruth(
                name=name,
                reached=int((at.furthest >= s).sum()),
                left=left,
                open=still_there,
                done=done,
                median_days=None if length is None else round(float(np.median(length)), 2),
            )
        )
    return tuple(truths)


def _frictions(passages: Passages, at: Standing) -> tuple[PlantedFriction, ...]:
    status, furthest, route = at.status, at.furthest, passages.route
    stuck = (route == TICKET) | (route == DOCS) | (route == ALONE)
    alone = passages.invited_s == NEVER
    trouble = (passages.price_talk_s != NEVER) | (passages.payment_fails_s != NEVER)

    def planted(
        stage: int,
        touchpoints: tuple[str, ...],
        what: str,
        met: NDArray[np.bool_],
        other: NDArray[np.bool_],
        since: str | None = None,
    ) -> PlantedFriction:
        left = (furthest == stage) & (status == LEFT)
        reached = furthest >= stage
        after = (furthest > stage) & (status != OPEN)
        share = (after & (status == DONE)).sum() / max(int(after.sum()), 1)
        return PlantedFriction(
            STAGES[stage],
            touchpoints,
            what,
            (int((left & met).sum()), int((reached & met).sum())),
            (int((left & other).sum()), int((reached & other).sum())),
            since,
            round(float(left.sum() * share)),
        )

    found = (
        planted(
            1,
            ("connect_data_source", "connection_error", "Support ticket", "Help docs"),
            "Connecting a data source fails; a call saves nearly all, tickets and docs do not.",
            stuck,
            route == CALL,
            iso(np.array([RELEASE_S]))[0][:7],
        ),
        planted(
            2,
            ("invite_team", "first_dashboard"),
            "Those who work alone, without inviting their team, leave.",
            alone,
            ~alone,
        ),
        planted(
            4,
            ("Pricing call", "Payment failed", "Renewal invoice", "Renewal notice"),
            "Price talk and failed payments before the renewal.",
            trouble,
            ~trouble,
        ),
    )
    return tuple(sorted(found, key=lambda friction: -friction.recoverable))


def _called(passages: Passages, calls: Rows) -> Mask:
    """Say whose onboarding call stands in a file."""
    there = np.zeros(passages.n, bool)
    there[calls.person[calls.name == "Onboarding call"]] = True
    called: Mask = there & (passages.route == CALL)
    return called


def _paths(passages: Passages, at: Standing, calls: Rows) -> tuple[PlantedPath, ...]:
    on = at.furthest >= 2
    straight = ("workspace_set_up", "connect_data_source", "first_dashboard")
    detour = (*straight[:2], "connection_error", "Onboarding call", *straight[1:])
    return (
        PlantedPath("main", straight, int((on & (passages.route == STRAIGHT)).sum())),
        PlantedPath("detour", detour, int((on & _called(passages, calls)).sum())),
    )


def _segments(passages: Passages, at: Standing) -> tuple[SegmentTruth, ...]:
    def count(mask: Mask, s: int) -> int:
        return int((mask & (passages.segment == s)).sum())

    return tuple(
        SegmentTruth(
            segment.name,
            segment.what,
            count(at.furthest >= 0, s),
            count(at.status == LEFT, s),
            count(at.status == OPEN, s),
            count(at.status == DONE, s),
            "2026-05" if s == EMERGING else None,
        )
        for s, segment in enumerate(SEGMENTS)
        if np.any(passages.segment == s)
    )


def _showcase(everyone: People, rows: Mapping[str, Rows], at: Standing) -> Showcase:
    """Choose the lead who came to the end through most channels."""
    first = np.full((len(rows), everyone.n_leads), NEVER, np.int64)
    count = np.zeros(everyone.n_leads, np.int64)
    for s, part in enumerate(rows.values()):
        own = part.person < everyone.n_leads
        np.minimum.at(first[s], part.person[own], part.time_s[own])
        count += np.bincount(part.person[own], minlength=everyone.n_leads)
    alone = ~everyone.in_mailbox & (np.array(everyone.phone) != "")
    fit = (at.status == DONE) & alone[: everyone.n_leads] & (count <= 120)
    best = int(np.argmax(np.where(fit, (first != NEVER).sum(axis=0), -1)))
    names = list(rows)
    used = np.flatnonzero(first[:, best] != NEVER)
    order = used[np.argsort(first[used, best], kind="stable")].tolist()
    return Showcase(
        everyone.user[best],
        everyone.where.ids[int(everyone.account[best])],
        tuple(names[s] for s in order),
        int(count[best]),
    )


def _person(
    i: int,
    everyone: People,
    passages: Passages,
    at: Standing,
    devices: Set[str],
    lone: Mapping[str, tuple[str, ...]],
) -> Person:
    ids: dict[str, tuple[str, ...]] = {
        "customer": (everyone.user[i],),
        "email": (everyone.email[i],),
        "phone": (everyone.phone[i],),
        "anonymous": tuple(one for one in everyone.devices[i] if one in devices),
    }
    lead = i < everyone.n_leads
    connected = lead and int(at.furthest[i]) >= 1
    ids = {kind: tuple(v for v in values if v) for kind, values in ids.items()}
    ids = {kind: (*values, *lone.get(kind, ())) for kind, values in ids.items()}
    return Person(
        {kind: values for kind, values in ids.items() if values},
        everyone.where.ids[int(everyone.account[i])],
        lead,
        STAGES[int(at.furthest[i])] if lead else None,
        str(at.status[i]) if lead else None,
        ROUTES[int(passages.route[i])] if connected else None,
        SEGMENTS[int(passages.segment[everyone.host[i]])].name,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What was planned, what the files show of it, and whose ids stand in them."""

    passages: Passages
    everyone: People
    rows: Mapping[str, Rows]  # as recorded
    devices: Set[str]  # of one person each, that stand in a file
    lone: Mapping[tuple[str, str], int]  # ids that could be shared and were not: kind, id: person
    sharing: tuple[SharedId, ...]


def _people(shown: Evidence, at: Standing) -> tuple[Person, ...]:
    # A colleague whose first login lies beyond the last day is nobody the files could know.
    seen = np.zeros(shown.everyone.n, bool)
    for part in shown.rows.values():
        seen[part.person] = True
    lone: dict[int, dict[str, tuple[str, ...]]] = {}
    for (kind, one), person in sorted(shown.lone.items()):
        kinds = lone.setdefault(person, {})
        kinds[kind] = (*kinds.get(kind, ()), one)
    return tuple(
        _person(i, shown.everyone, shown.passages, at, shown.devices, lone.get(i, {}))
        for i in np.flatnonzero(seen).tolist()
    )


def answers(shown: Evidence, at: Standing, *, told: Mapping[str, Any]) -> Answers:
    """Put the truth together."""
    present = [part.time_s for part in shown.rows.values() if part.n]
    first, last = min(int(t.min()) for t in present), max(int(t.max()) for t in present)
    moments = iso(np.array([first, last]), suffix="Z")
    people = _people(shown, at)
    kinds = sorted({one.kind for one in shown.sharing})
    return Answers(
        first_moment=moments[0],
        last_moment=moments[1],
        accounts=len(
            {person.account for person in people if {"customer", "email"} & set(person.ids)}
        ),
        stages=_stages(at),
        frictions=_frictions(shown.passages, at),
        paths=_paths(shown.passages, at, shown.rows["calls"]),
        shared_ids={k: tuple(one.id for one in shown.sharing if one.kind == k) for k in kinds},
        sharing=shown.sharing,
        illegal_ids=("undefined",),
        segments=_segments(shown.passages, at),
        showcase=_showcase(shown.everyone, shown.rows, at),
        people=people,
        **told,
    )
