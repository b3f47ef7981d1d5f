"""The truth about the company: what a map of its files has to find."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from trod.sample.calendar import DAY, END_S, NEVER, RELEASE_S, Seconds, iso, office_time
from trod.sample.passage import ALONE, CALL, DOCS, ROUTES, STAGES, STRAIGHT, TICKET, Passages
from trod.sample.people import People
from trod.sample.tape import Rows

FILE: Final = "answers.json"
LEFT, OPEN, DONE = _STATUSES = ("left", "open", "done")
_SILENCE_S: Final = 30 * DAY


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody truly is, and how far they truly came."""

    ids: Mapping[str, tuple[str, ...]]  # by kind; ids shared with others are not here
    account: str
    lead: bool  # False for a colleague, who walks no journey of their own
    furthest: str | None  # stage
    status: str | None  # open, left or done
    route: str | None  # how their data source got connected


@dataclass(frozen=True, slots=True)
class StageTruth:
    """One stage, counted over the leads."""

    name: str
    reached: int
    left: int
    open: int
    done: int
    median_days: float | None  # of those who went on


@dataclass(frozen=True, slots=True)
class PlantedFriction:
    """A place where customers are lost on purpose."""

    stage: str
    touchpoints: tuple[str, ...]  # by which it can be recognised
    what: str
    with_it: tuple[int, int]  # left, of those who met it
    without: tuple[int, int]  # left, of those who did not, or did the other thing
    since: str | None  # month from which it is worse, as 2025-07
    recoverable: int  # lost in this stage, times the share of those who went on and were done


@dataclass(frozen=True, slots=True)
class PlantedPath:
    """A way through the stage Onboard, and who took it to the first dashboard."""

    name: str
    steps: tuple[str, ...]
    customers: int


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that is true about a sample company; ``answers.json`` holds the same."""

    company: str
    customers: int
    seed: int
    zone: str
    first_moment: str
    last_moment: str
    accounts: int  # that the files can know: somebody of theirs logged in or gave an address
    sources: Mapping[str, Mapping[str, int]]  # file: rows, resent, broken, nobody
    stages: tuple[StageTruth, ...]
    frictions: tuple[PlantedFriction, ...]  # by recoverable value
    paths: tuple[PlantedPath, ...]
    shared_ids: Mapping[str, tuple[str, ...]]  # by kind: ids that belong to nobody alone
    illegal_ids: tuple[str, ...]
    people: tuple[Person, ...]

    def save(self, file: Path) -> None:
        """Write the answers as JSON, one person a line."""
        told: dict[str, Any] = asdict(self)
        people = told.pop("people")
        head = json.dumps(told, ensure_ascii=False, indent=1)
        lines = ",\n".join(json.dumps(p, ensure_ascii=False) for p in people)
        file.write_text(f'{head[:-2]},\n "people": [\n{lines}\n ]\n}}\n', encoding="utf-8")


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
    furthest = (entered != NEVER).sum(axis=1) - 1
    last = np.zeros(n_people, np.int64)
    for part in rows.values():
        np.maximum.at(last, part.person, part.time_s)
    silent = last[: passages.n] <= last.max() - _SILENCE_S
    cancelled = np.zeros(n_people, bool)
    billing = rows["billing"]
    cancelled[billing.person[billing.name == "Subscription cancelled"]] = True
    status = np.where(silent | cancelled[: passages.n], LEFT, OPEN).astype(object)
    status[furthest == len(STAGES) - 1] = DONE
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


def _paths(passages: Passages, at: Standing) -> tuple[PlantedPath, ...]:
    on = at.furthest >= 2
    straight = ("workspace_set_up", "connect_data_source", "first_dashboard")
    detour = (*straight[:2], "connection_error", "Onboarding call", *straight[1:])
    return (
        PlantedPath("main", straight, int((on & (passages.route == STRAIGHT)).sum())),
        PlantedPath("detour", detour, int((on & (passages.route == CALL)).sum())),
    )


def _person(
    i: int, everyone: People, passages: Passages, at: Standing, devices: Set[str]
) -> Person:
    ids: dict[str, tuple[str, ...]] = {
        "customer": (everyone.user[i],),
        "email": (everyone.email[i],),
        "phone": (everyone.phone[i],),
        "anonymous": tuple(one for one in everyone.devices[i] if one in devices),
    }
    lead = i < everyone.n_leads
    connected = lead and int(at.furthest[i]) >= 1
    return Person(
        {kind: values for kind, values in ids.items() if any(values)},
        everyone.accounts[int(everyone.account[i])],
        lead,
        STAGES[int(at.furthest[i])] if lead else None,
        str(at.status[i]) if lead else None,
        ROUTES[int(passages.route[i])] if connected else None,
    )


def answers(
    passages: Passages,
    everyone: People,
    rows: Mapping[str, Rows],
    *,
    told: Mapping[str, Any],
    devices: Set[str],
    shared_ids: Mapping[str, tuple[str, ...]],
) -> Answers:
    """Put the truth together."""
    at = standing(passages, rows, everyone.n)
    present = [part.time_s for part in rows.values() if part.n]
    first, last = min(int(t.min()) for t in present), max(int(t.max()) for t in present)
    moments = iso(np.array([first, last]), suffix="Z")
    # A colleague whose first login lies beyond the last day is nobody the files could know.
    seen = np.zeros(everyone.n, bool)
    for part in rows.values():
        seen[part.person] = True
    people = tuple(
        _person(i, everyone, passages, at, devices) for i in np.flatnonzero(seen).tolist()
    )
    return Answers(
        first_moment=moments[0],
        last_moment=moments[1],
        accounts=len(
            {person.account for person in people if {"customer", "email"} & set(person.ids)}
        ),
        stages=_stages(at),
        frictions=_frictions(passages, at),
        paths=_paths(passages, at),
        shared_ids=shared_ids,
        illegal_ids=("undefined",),
        people=people,
        **told,
    )
