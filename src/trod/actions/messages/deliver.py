"""Delivering: what is due is taken, sent, and written down; at least once, with one id.

Between any two steps the process may die. Before the claim nothing has happened. After it, and
after the sending, the claim runs out and the message is sent again with the same id. The claim of
one who was thought dead and was not is void: see `trod.actions.messages.outbox.settle`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex

from trod._store.state.database import State
from trod.actions.messages.digest import gather
from trod.actions.messages.dropped import forget
from trod.actions.messages.outbox import Waiting, claim, counts, give_up_deadly, settle
from trod.actions.messages.send import Destination, opened, send
from trod.actions.messages.spec import DestinationSpec
from trod.actions.messages.tried import Later, Never, Tried
from trod.errors import DataError

Clock = Callable[[], int]
"""Gives the time in microseconds since 1970."""
Sender = Callable[[Destination, Waiting, int], Tried]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, and what it came to."""

    key: str
    to: str
    title: str
    tries: int
    status: str  # sent, waiting (to be tried again), dead, lost (somebody else had it by then)
    problem: str


@dataclass(frozen=True, slots=True)
class Held:
    """Messages that cannot be tried now, for a reason that is on our side. None is lost."""

    to: str
    n: int
    why: str


def ready(
    specs: Sequence[DestinationSpec], environment: Mapping[str, str] | None = None
) -> tuple[dict[str, Destination], dict[str, str]]:
    """Open all destinations; those that cannot be opened come with the reason."""
    found: dict[str, Destination] = {}
    wrong: dict[str, str] = {}
    for spec in specs:
        try:
            found[spec.name] = opened(spec, environment)
        except DataError as exc:
            wrong[spec.name] = str(exc)
    return found, wrong


def held(state: State, found: Mapping[str, Destination], wrong: Mapping[str, str]) -> list[Held]:
    """Say what waits for destinations that cannot be sent to."""
    with state.read() as con:
        waits = {to: by.get("waiting", 0) for to, by in counts(con).items()}
    unknown = "trod.yml has no destination of this name."
    return [Held(to, n, wrong.get(to, unknown)) for to, n in waits.items() if n and to not in found]


def deliver(
    state: State, destinations: Mapping[str, Destination], clock: Clock, *, sender: Sender = send
) -> Iterator[Attempt]:
    """Send everything that is due, one after the other, and tell each try.

    Parameters
    ----------
    state
        With the outbox.
    destinations
        By name. Messages to others stay where they are.
    clock
        Asked before and after each try.
    sender
        Sends one message once.
    """
    _together(state, destinations, clock())
    in_order = [name for name, to in destinations.items() if to.spec.in_order]
    while True:
        mark = token_hex(16)
        with state.write() as con:
            given_up = give_up_deadly(con, clock())
            taken = claim(con, clock(), mark, among=destinations, in_order=in_order)
            if taken is None:
                forget(con, clock(), among=destinations)
        yield from (_attempt(each, "dead", each.problem or "") for each in given_up)
        if taken is None:
            return
        tried = _tried(sender, destinations[taken.message.to], taken, clock())
        with state.write() as con:
            status = settle(con, taken, tried, clock())
        problem = tried.problem if isinstance(tried, Later | Never) else ""
        yield _attempt(taken, status, problem)


def _attempt(taken: Waiting, status: str, problem: str) -> Attempt:
    message = taken.message
    return Attempt(message.key, message.to, message.title, taken.tries, status, problem)


def _tried(sender: Sender, to: Destination, taken: Waiting, now_us: int) -> Tried:
    """Try once; a message that cannot be sent for a fault of ours holds up no other one."""
    try:
        return sender(to, taken, now_us)
    except Exception as exc:  # its words may hold a token
        return Later(f"it could not be sent ({type(exc).__name__})")


def _together(state: State, destinations: Mapping[str, Destination], now_us: int) -> None:
    """Put alerts together where there are too many."""
    with state.write() as con:
        for name, to in destinations.items():
            gather(con, name, to.spec.digest_over, now_us)
