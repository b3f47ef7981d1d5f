"""Messages of a workspace: where they go, what waits, and how it is sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trod.errors import of_name

if TYPE_CHECKING:
    from trod.actions.messages.deliver import Attempt, Held
    from trod.actions.messages.outbox import Waiting
    from trod.actions.messages.tried import Tried
    from trod.workspace.folder import Workspace


@dataclass(frozen=True, slots=True)
class Place:
    """One destination, and how its messages stand."""

    name: str
    where: str  # without what may be secret
    signed: bool
    problem: str  # why nothing can be sent now; empty where it can
    waiting: int
    sent: int
    dead: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be sent, exactly."""

    to: str
    key: str
    where: str  # without what may be secret
    headers: dict[str, str]  # of a webhook; the signature is made when it is sent
    body: str
    due_us: int
    tries: int
    problem: str  # why it cannot be sent now; empty where it can


def now_us() -> int:
    """Give the time of the clock in microseconds since 1970."""
    return time.time_ns() // 1000


def places(workspace: Workspace) -> tuple[Place, ...]:
    """Give the destinations of trod.yml, and names in the outbox that it has not."""
    from trod.actions.messages.deliver import ready
    from trod.actions.messages.outbox import counts

    specs = workspace.project.actions.destinations
    found, wrong = ready(specs)
    with workspace.state() as state, state.read() as con:
        told = counts(con)
    names = [spec.name for spec in specs]
    every = [*names, *(name for name in told if name not in names)]
    return tuple(
        Place(
            name,
            found[name].shown if name in found else "",
            bool(found[name].secrets) if name in found else False,
            "" if name in found else wrong.get(name, "trod.yml has no destination of this name."),
            *(told.get(name, {}).get(status, 0) for status in ("waiting", "sent", "dead")),
        )
        for name in every
    )


def tested(workspace: Workspace, name: str, now_us: int) -> Tried:
    """Send a message to one destination now, past the outbox.

    Raises
    ------
    DefinitionError
        If trod.yml has no destination of this name.
    DataError
        If its address or secret is not there.
    """
    from trod.actions.messages.message import Message
    from trod.actions.messages.outbox import Waiting
    from trod.actions.messages.send import opened, send

    spec = of_name("destination", name, workspace.project.actions.destinations)
    text = "This is a test. Messages of Trod arrive here."
    message = Message(f"test/{name}/{now_us}", name, "test", "Test", text)
    waiting = Waiting(message, now_us, now_us, 1, "waiting", None, None, None, None)
    return send(opened(spec), waiting, now_us)


def drafts(workspace: Workspace, now_us: int) -> tuple[Draft, ...]:
    """Give everything that waits, exactly as it would be sent; nothing is sent or changed."""
    from trod.actions.messages.deliver import ready
    from trod.actions.messages.digest import gather
    from trod.actions.messages.outbox import listed

    found, wrong = ready(workspace.project.actions.destinations)
    with workspace.state() as state, state.write() as con:
        tried_out = con.begin_nested()
        for name, to in found.items():
            gather(con, name, to.spec.digest_over, now_us)
        waiting = listed(con, "waiting")
        tried_out.rollback()
    return tuple(_draft(each, found.get(each.message.to), wrong) for each in waiting)


def _draft(waiting: Waiting, to: object, wrong: dict[str, str]) -> Draft:
    from trod.actions.messages.send import Destination, payload, webhook_headers

    message = waiting.message
    held = wrong.get(message.to, "trod.yml has no destination of this name.")
    told: dict[str, str] = {}
    body, where, problem = f"{message.title}\n\n{message.body}", "", held
    if isinstance(to, Destination):
        where, problem = to.shown, ""
        if to.webhook:
            body, told = payload(waiting).decode(), webhook_headers(waiting.id, {})
    return Draft(message.to, message.key, where, told, body, waiting.due_us, waiting.tries, problem)


def run(
    workspace: Workspace,
    clock: Callable[[], int] = now_us,
    *,
    every_s: float | None = None,
    told: Callable[[Sequence[Held]], None] = lambda _: None,
) -> Iterator[Attempt]:
    """Send what is due, and go on looking every so many seconds; once where None is given.

    `told` hears what waits for a reason on our side, whenever that changes.
    """
    from trod.actions.messages.deliver import deliver, held, ready

    before: Sequence[Held] | None = None
    with workspace.state() as state:
        while True:
            found, wrong = ready(workspace.project.actions.destinations)
            yield from deliver(state, found, clock)
            if (stuck := held(state, found, wrong)) != before:
                told(stuck)
                before = stuck
            if every_s is None:
                return
            time.sleep(every_s)


def outbox(workspace: Workspace, *, dead: bool = False) -> tuple[Waiting, ...]:
    """Give messages that were not sent yet; only those that were given up where asked."""
    from trod.actions.messages.outbox import listed

    with workspace.state() as state, state.read() as con:
        given_up = listed(con, "dead")
        return given_up if dead else (*listed(con, "waiting"), *given_up)


def again(workspace: Workspace, keys: Sequence[str] | None, now_us: int) -> int:
    """Put messages that were given up back in line; all of them where None is given.

    Raises
    ------
    DataError
        If a key is of no message that was given up.
    """
    from trod.actions.messages.outbox import replay

    with workspace.state() as state, state.write() as con:
        return replay(con, keys, now_us)


def drop(workspace: Workspace, keys: Sequence[str] | None) -> int:
    """Take messages out of the line for good; all that were given up where None is given.

    Raises
    ------
    DataError
        If a key is of no message that waits or was given up.
    """
    from trod.actions.messages.dropped import drop as dropped

    with workspace.state() as state, state.write() as con:
        return dropped(con, keys)
