"""Messages arrive at least once with one id, whatever happens: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.actions.receiver import LOOPBACK, Receiver, cut, lost, nonsense, receiving
from trod._store.state.database import State
from trod.actions.messages import send as sending
from trod.actions.messages.deliver import Attempt, deliver, held, ready
from trod.actions.messages.message import Message, put
from trod.actions.messages.outbox import (
    LEASE_US,
    SECOND_US,
    TRIES,
    backoff_us,
    claim,
    counts,
    listed,
    replay,
    settle,
)
from trod.actions.messages.send import Destination, judged, opened, send
from trod.actions.messages.signing import headers, verified
from trod.actions.messages.spec import DestinationSpec
from trod.actions.messages.tables import OUTBOX
from trod.actions.messages.tried import Later, Never, Sent
from trod.errors import DataError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEXT = "whsec_" + "QUJD" * 8
DAY_US = 86_400 * SECOND_US


class Clock:
    def __init__(self, now_us: int = 1_700_000_000 * SECOND_US) -> None:
        self.now_us = now_us

    def __call__(self) -> int:
        return self.now_us


def message(n: int, *, kind: str = "audience", to: str = "hook", level: str = "info") -> Message:
    return Message(f"{kind}/{n:03}", to, kind, f"No. {n}", "Text.", {"n": n}, level)


def written(state: State, messages: list[Message], clock: Clock) -> None:
    for n, each in enumerate(messages):
        with state.write() as con:
            put(con, each, clock() - 1000 + n)


def hook(receiver: Receiver, **more: object) -> dict[str, Destination]:
    given = {"name": "hook", "webhook": receiver.url, "secret_env": ("KEY",), "allow": (LOOPBACK,)}
    spec = DestinationSpec.model_validate({**given, **more})
    return {"hook": opened(spec, {"KEY": SECRET, "NEW": NEXT})}


def all_sent(state: State, destinations: dict[str, Destination], clock: Clock) -> list[Attempt]:
    """Deliver again and again, a day later each time, until nothing waits."""
    found: list[Attempt] = []
    for _ in range(TRIES + 2):
        found += deliver(state, destinations, clock)
        clock.now_us += DAY_US
    return found


@pytest.fixture
def file(tmp_path: Path) -> Iterator[State]:
    """The state as a file, where the kind of database makes no difference."""
    opened_state = State.in_folder(tmp_path)
    yield opened_state
    opened_state.close()


class Died(BaseException):
    """The process ended here."""


def test_X6_a_receiver_that_does_everything_wrong_loses_nothing_and_doubles_nothing(
    state: State,
) -> None:
    clock = Clock()
    n = 40
    with receiving() as receiver:
        moved = (302, {"location": "http://169.254.169.254/latest/"})
        bad = [500, cut, lost, nonsense, (429, {"retry-after": "3"}), 503, 200, cut]
        receiver.script = [*bad * 6, moved, *bad * 2]
        written(state, [message(i) for i in range(n)], clock)
        tries = all_sent(state, hook(receiver), clock)
    with state.read() as con:
        told = counts(con)["hook"]
        dead = listed(con, "dead")
    assert told == {"sent": n - 1, "dead": 1}
    assert [each.problem for each in dead] == [
        "it answered 302: it lies elsewhere now. Write its new address"
    ]
    ids = {each.id for each in map(_waiting(state), range(n))}
    assert ids - {dead[0].id} <= set(receiver.kept) <= ids  # everyone of them arrived
    assert max(receiver.kept.values()) > 1  # and what came twice came under one id
    assert len(tries) > n
    assert all(
        verified(got.headers, got.body, SECRET, now_s=int(got.headers["webhook-timestamp"]))
        for got in receiver.got
    )


def _waiting(state: State):
    with state.read() as con:
        every = listed(con)
    return every.__getitem__


@pytest.mark.parametrize("dies", ["before it is taken", "before it is sent", "before it is marked"])
def test_X6_a_death_between_any_two_steps_loses_nothing(state: State, dies: str) -> None:
    clock = Clock()
    with receiving() as receiver:
        to = hook(receiver)
        written(state, [message(1), message(2)], clock)
        with pytest.raises(Died):
            _die(state, to, clock, dies)
        early = list(deliver(state, to, clock))
        clock.now_us += LEASE_US
        late = list(deliver(state, to, clock))
    assert [each.status for each in early + late] == ["sent", "sent"]
    assert len(early) == (2 if dies == "before it is taken" else 1)
    assert len(receiver.kept) == 2
    assert sum(receiver.kept.values()) == (3 if dies == "before it is marked" else 2)


def _die(state: State, to: dict[str, Destination], clock: Clock, dies: str) -> None:
    """Go through the steps of a delivery, and end before one of them."""
    with state.write() as con:
        taken = claim(con, clock(), "dying", among=to)
        assert taken is not None
        if dies == "before it is taken":
            raise Died
    if dies == "before it is marked":
        assert send(to["hook"], taken, clock()) == Sent()
    raise Died


def test_X6_two_senders_never_send_the_same_message_at_once(state: State) -> None:
    clock = Clock()
    written(state, [message(i) for i in range(12)], clock)
    sent: Counter[str] = Counter()
    lock = threading.Lock()

    def sender(_to: Destination, taken: object, _now_us: int) -> Sent:
        with lock:
            sent[taken.message.key] += 1  # type: ignore[attr-defined]
        return Sent()

    to = ready([DestinationSpec(name="hook", webhook="https://a.example")])[0]
    threads = [
        threading.Thread(target=lambda: list(deliver(state, to, clock, sender=sender)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sent == Counter(message(i).key for i in range(12))


def test_X6_who_was_thought_dead_does_not_write_over_who_came_after(file: State) -> None:
    clock = Clock()
    written(file, [message(1)], clock)
    with file.write() as con:
        slow = claim(con, clock(), "slow", among=["hook"])
    clock.now_us += LEASE_US
    with file.write() as con:
        quick = claim(con, clock(), "quick", among=["hook"])
        assert settle(con, quick, Sent(), clock()) == "sent"
        assert settle(con, slow, Later("cut"), clock()) == "lost"
        assert listed(con)[0].status == "sent"


def test_X6_a_message_that_always_fails_is_given_up_after_days_and_can_be_sent_again(
    file: State,
) -> None:
    clock = Clock()
    began = clock()
    with receiving() as receiver:
        to = hook(receiver)
        written(file, [message(1)], clock)
        receiver.script = [500] * TRIES
        waits = []
        for n in range(TRIES):
            (tried,) = deliver(file, to, clock)
            assert tried.tries == n + 1
            with file.read() as con:
                due_us = listed(con)[0].due_us
            waits.append(due_us - clock())
            assert list(deliver(file, to, clock)) == []  # not before it is due
            clock.now_us = due_us
        assert tried.status == "dead"
        assert 2 * DAY_US < clock() - began < 6 * DAY_US
        assert all(0.5 * a < b for a, b in pairwise(waits))
        with file.write() as con:
            with pytest.raises(DataError, match="did you mean 'audience/001'"):
                replay(con, ["audience/01"], clock())
            assert replay(con, None, clock()) == 1
        assert [each.status for each in deliver(file, to, clock)] == ["sent"]
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert len({got.body for got in receiver.got}) == 1


def test_X6_a_message_that_kills_its_sender_is_given_up_too(file: State) -> None:
    clock = Clock()
    written(file, [message(1)], clock)
    for _ in range(TRIES):
        with file.write() as con:
            assert claim(con, clock(), "dies", among=["hook"]) is not None
        clock.now_us += LEASE_US
    with file.write() as con:
        assert claim(con, clock(), "lives", among=["hook"]) is None
        (given_up,) = listed(con, "dead")
        assert given_up.problem == "whoever sent it ended each time before it was known how it went"
        assert replay(con, None, clock()) == 1
        assert claim(con, clock(), "lives", among=["hook"]) is not None


def test_X6_whoever_delivers_is_told_of_a_message_that_killed_its_senders(file: State) -> None:
    clock = Clock()
    written(file, [message(1)], clock)
    for _ in range(TRIES):
        with file.write() as con:
            claim(con, clock(), "dies", among=["hook"])
        clock.now_us += LEASE_US
    with receiving() as receiver:
        tried = list(deliver(file, hook(receiver), clock))
    assert [(each.key, each.status) for each in tried] == [("audience/001", "dead")]
    assert receiver.got == []


def test_X6_the_receiver_says_how_long_to_wait(file: State) -> None:
    clock = Clock()
    with receiving() as receiver:
        receiver.script = [(429, {"retry-after": "3600"})]
        written(file, [message(1)], clock)
        list(deliver(file, hook(receiver), clock))
    with file.read() as con:
        assert listed(con)[0].due_us == clock() + 3600 * SECOND_US


@pytest.mark.parametrize(("told", "wait_s"), [("60", 60), ("Tue, 14 Nov 2023 22:15:20 GMT", 120)])
def test_X6_retry_after_is_read_as_seconds_and_as_a_date(told: str, wait_s: int) -> None:
    answer = sending.Answer(503, told)
    assert judged(answer, 1_700_000_000 * SECOND_US) == Later("it answered 503", wait_s)


BEYOND = [
    f"Tue, 14 Nov {'9' * 20} 22:15:20 GMT",
    f"Tue, 14 Nov 2023 {'9' * 20}:15:20 GMT",
    "Tue, 14 Nov 2023 22:15:20 +999999999999999",
]


@pytest.mark.parametrize("told", ["", "soon", "-5", "9" * 400, "Tue, 99 Foo 2023", *BEYOND])
def test_X6_a_retry_after_that_cannot_be_read_is_left_aside(told: str) -> None:
    assert judged(sending.Answer(503, told), 0) == Later("it answered 503", 0)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422, 301, 307])
def test_X6_what_would_fail_again_is_given_up_at_once(status: int) -> None:
    assert isinstance(judged(sending.Answer(status, None), 0), Never)


def test_X6_order_is_kept_where_the_destination_wants_it(file: State) -> None:
    clock = Clock()
    with receiving() as receiver:
        to = hook(receiver, in_order=True)
        written(file, [message(i) for i in range(3)], clock)
        receiver.script = [500]
        assert [each.key for each in deliver(file, to, clock)] == [message(0).key]
        clock.now_us += DAY_US
        assert [each.key for each in deliver(file, to, clock)] == [message(i).key for i in range(3)]


def test_N2_many_alerts_in_an_hour_become_one_message_and_none_is_forgotten(state: State) -> None:
    clock = Clock()
    with receiving() as receiver:
        to = hook(receiver, digest_over=5)
        alerts = [message(i, kind="alert") for i in range(12)]
        written(state, [*alerts, message(99, kind="alert", level="critical")], clock)
        clock.now_us += 60 * SECOND_US
        first = list(deliver(state, to, clock))
        assert [each.title for each in first] == ["No. 99", "12 alerts"]
        written(state, [message(i, kind="alert") for i in (20, 21)], clock)
        assert list(deliver(state, to, clock)) == []  # an hour of quiet
        clock.now_us += 3600 * SECOND_US
        assert [each.title for each in deliver(state, to, clock)] == ["No. 20", "No. 21"]
    told = [json.loads(got.body)["data"]["facts"] for got in receiver.got]
    keys = [each["key"] for facts in told for each in facts.get("alerts", [])]
    assert sorted(keys) == [message(i, kind="alert").key for i in range(12)]
    with state.read() as con:
        assert counts(con)["hook"] == {"digested": 12, "sent": 4}


def test_N2_a_few_alerts_go_one_by_one(file: State) -> None:
    clock = Clock()
    with receiving() as receiver:
        written(file, [message(i, kind="alert") for i in range(3)], clock)
        assert len(list(deliver(file, hook(receiver), clock))) == 3


def test_X6_what_cannot_be_sent_for_our_own_fault_waits_and_is_not_tried(file: State) -> None:
    clock = Clock()
    written(file, [message(1), message(2, to="gone")], clock)
    spec = DestinationSpec(name="hook", webhook="https://a.example", secret_env=("NOT_SET",))
    found, wrong = ready([spec], {})
    assert list(deliver(file, found, clock)) == []
    told = {each.to: each.why for each in held(file, found, wrong)}
    assert told == {
        "hook": "the environment variable NOT_SET is not set.",
        "gone": "trod.yml has no destination of this name.",
    }
    with file.read() as con:
        assert {each.tries for each in listed(con, "waiting")} == {0}


def test_X6_receivers_can_change_the_secret_while_messages_come(file: State) -> None:
    clock = Clock()
    with receiving() as receiver:
        written(file, [message(1)], clock)
        list(deliver(file, hook(receiver, secret_env=("NEW", "KEY")), clock))
    got = receiver.got[0]
    for secret in (SECRET, NEXT):
        assert verified(got.headers, got.body, secret, now_s=clock() // SECOND_US)


@pytest.mark.parametrize(
    "wrong",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": "1700000001"},
        {"webhook-timestamp": "x"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {},
    ],
)
def test_X6_a_message_that_was_changed_or_is_old_is_not_taken_for_ours(wrong) -> None:
    told = {**headers("msg_1", 1_700_000_000, b"{}", [SECRET]), **wrong}
    now_s = 1_700_000_000 if wrong else 1_700_000_301
    assert not verified(told, b"{}", SECRET, now_s=now_s)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "plain", "whsec_%%%%"])
def test_X6_a_weak_secret_is_refused_and_not_repeated(secret: str) -> None:
    spec = DestinationSpec(name="hook", webhook="https://a.example", secret_env=("KEY",))
    with pytest.raises(DataError) as told:
        opened(spec, {"KEY": secret})
    assert not secret or secret == "whsec_" or secret not in str(told.value)


def test_X6_waits_grow_and_are_spread() -> None:
    firsts = {backoff_us(f"k/{i}", 1) for i in range(50)}
    assert len(firsts) > 20
    assert all(7 * SECOND_US < each < 13 * SECOND_US for each in firsts)
    assert backoff_us("k", 40) <= DAY_US * 1.25


def test_X6_a_message_that_was_claimed_is_not_in_anybodys_way(file: State) -> None:
    clock = Clock()
    written(file, [message(1), message(2)], clock)
    with file.write() as con:
        first = claim(con, clock(), "a", among=["hook"])
        second = claim(con, clock(), "b", among=["hook"])
        assert claim(con, clock(), "c", among=["hook"]) is None
    assert first is not None
    assert second is not None
    assert first.message.key < second.message.key
    with file.read() as con:
        asked = sa.select(sa.func.count()).where(OUTBOX.c.claim.is_not(None))
        assert con.execute(asked).scalar_one() == 2
