"""What hostile receivers, crashes, clocks and mistakes may do, and what must not come of it."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.actions.receiver import LOOPBACK
from tests.actions.test_activation import members
from tests.actions.test_delivery import DAY_US, Clock, message, written
from tests.actions.test_http import _certificate
from trod._store.state.database import State
from trod.actions.destinations import segment_spec, sheets
from trod.actions.destinations.audience import names_a_person
from trod.actions.destinations.sql import place, upsert
from trod.actions.messages.deliver import deliver, ready
from trod.actions.messages.dropped import KEPT_DAYS, drop
from trod.actions.messages.guard import openable
from trod.actions.messages.http import NoAnswerError, post
from trod.actions.messages.message import Message, put
from trod.actions.messages.notify import notice
from trod.actions.messages.outbox import LEASE_US, Waiting, claim, counts, listed, settle
from trod.actions.messages.send import payload
from trod.actions.messages.spec import DestinationSpec
from trod.actions.messages.tried import Later, Never, Sent
from trod.errors import DataError
from trod.workspace import Workspace
from trod.workspace.acting.audiences import NO_CONSENT, Asked, audience

HOOK = DestinationSpec(name="hook", webhook="https://a.example", digest_over=2)
YEAR_US = 365 * DAY_US


@pytest.fixture
def file(tmp_path: Path) -> Iterator[State]:
    opened_state = State.in_folder(tmp_path)
    yield opened_state
    opened_state.close()


def told(state: State, clock: Clock, sender: Any = lambda *_: Sent()) -> list[str]:
    tries = deliver(state, ready([HOOK])[0], clock, sender=sender)
    return [f"{each.title}: {each.status}" for each in tries]


def holding(n: int) -> Message:
    return Message(f"audience/{n}", "hook", "audience", f"No. {n}", "", {"customers": ["Ann"]})


def test_X6_a_message_that_cannot_be_sent_holds_up_no_other_one(file: State) -> None:
    clock = Clock()
    written(file, [message(1), message(2)], clock)

    def sender(_to: object, taken: Waiting, _now_us: int) -> Sent:
        if taken.message.key.endswith("001"):
            raise OverflowError("S3CRET")
        return Sent()

    assert told(file, clock, sender) == ["No. 1: waiting", "No. 2: sent"]
    with file.read() as con:
        assert listed(con)[0].problem == "it could not be sent (OverflowError)"


def test_X6_a_clock_that_ran_a_year_ahead_holds_nothing_back_once_it_is_right(file: State) -> None:
    clock = Clock()
    ahead = Clock(clock() + YEAR_US)
    written(file, [message(1), message(2), message(3)], clock)
    assert told(file, ahead, lambda *_: Later("no"))[0] == "No. 1: waiting"
    with file.write() as con:
        put(con, message(4), clock())
        assert claim(con, ahead(), "dies", among=["hook"]) is not None
    assert sorted(told(file, clock)) == [f"No. {n}: sent" for n in (1, 2, 3, 4)]


def test_N2_a_digest_of_a_clock_that_ran_ahead_silences_nobody_for_a_year(file: State) -> None:
    clock = Clock()
    ahead = Clock(clock() + YEAR_US)
    written(file, [message(n, kind="alert") for n in (1, 2, 3)], ahead)
    assert told(file, ahead) == ["3 alerts: sent"]
    written(file, [message(n, kind="alert") for n in (4, 5, 6)], clock)
    assert told(file, clock) == ["3 alerts: sent"]


def test_X6_two_workspaces_that_tell_the_same_are_not_taken_for_a_repeat() -> None:
    one, other = (Waiting(message(1), us, us, 0, "waiting", *[None] * 4) for us in (1, 2))
    assert one.id != other.id


def test_X6_facts_that_json_does_not_know_do_not_spoil_a_message() -> None:
    facts = {"p": float("nan"), "more": [float("inf"), 0.5]}
    body = payload(Waiting(Message("a", "b", "alert", "", "", facts), 0, 0, 0, "", *[None] * 4))
    read = json.loads(body, parse_constant=pytest.fail)
    assert read["data"]["facts"] == {"p": None, "more": [None, 0.5]}


def test_X6_what_is_dropped_is_never_sent_nor_written_again_and_names_nobody(state: State) -> None:
    clock = Clock()
    written(state, [holding(n) for n in range(3)], clock)
    with state.write() as con:
        dead = claim(con, clock(), "me", among=["hook"])
        assert dead is not None
        settle(con, dead, Never("it answered 410"), clock())
        assert drop(con, None) == 1  # what was given up
        assert drop(con, ["audience/1"]) == 1  # what waits
        with pytest.raises(DataError, match="did you mean 'audience/2'"):
            drop(con, ["audience/3x", "audience/2"])
        assert not put(con, holding(0), clock())
        assert counts(con) == {"hook": {"dropped": 2, "waiting": 1}}
        assert [each.message.facts for each in listed(con, "dropped")] == [{}, {}]


def test_X6_whom_an_audience_holds_is_forgotten_where_it_does_not_arrive(file: State) -> None:
    clock = Clock()
    written(file, [holding(1), message(2, to="gone", kind="alert")], clock)
    assert told(file, clock, lambda *_: Never("no")) == ["No. 1: dead"]
    clock.now_us += (KEPT_DAYS - 1) * DAY_US
    assert told(file, clock) == []
    with file.read() as con:
        assert counts(con)["hook"] == {"dead": 1}
    clock.now_us += 2 * DAY_US
    assert told(file, clock) == []
    with file.read() as con:
        assert counts(con) == {"gone": {"waiting": 1}, "hook": {"dropped": 1}}
        assert "Ann" not in json.dumps([dict(each.message.facts) for each in listed(con)])


def test_X6_a_claim_by_a_clock_within_two_minutes_is_respected(file: State) -> None:
    clock = Clock()
    written(file, [message(1)], clock)
    with file.write() as con:
        assert claim(con, clock() + LEASE_US - 1, "ahead", among=["hook"]) is not None
        assert claim(con, clock(), "behind", among=["hook"]) is None


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_S2_a_receiver_that_takes_a_long_body_slowly_over_tls_is_left_in_time(tmp_path) -> None:
    _certificate(tmp_path, "hooks.example")
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_slowly, args=(listening, served), daemon=True).start()
        url = f"https://hooks.example:{listening.getsockname()[1]}/"
        here = {"allow": [openable(LOOPBACK)], "lookup": lambda *_: ["127.0.0.1"], "tls": trusting}
        began = time.monotonic()
        with pytest.raises(NoAnswerError, match="did not answer in time"):
            post(url, b"x" * (16 << 20), {}, seconds=0.5, **here)
        assert time.monotonic() - began < 1.5


def _slowly(listening: socket.socket, served: ssl.SSLContext) -> None:
    plain, _ = listening.accept()
    with suppress(OSError), served.wrap_socket(plain, server_side=True) as sock:
        while sock.recv(1 << 18):
            time.sleep(0.05)


def test_S2_a_notice_loads_no_module_of_the_folder_we_are_in(tmp_path, monkeypatch) -> None:
    mark = tmp_path / "ran"
    (tmp_path / "apprise.py").write_text(f"open({str(mark)!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    said = notice("json://127.0.0.1:1/", message(1))
    assert isinstance(said, Never)
    assert not mark.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"webhook": ["https://a.example/S3CRET"]},
        {"address_env": "slack://S3CRET"},
        {"address_env": ["S3CRET"]},
        {"webhook": "https://a.example", "secret_env": "whsec_S3CRET+/=="},
        {"webhook": "https://a.example", "secret_env": ["KEY", "whsec_S3CRET+/=="]},
    ],
)
def test_S2_a_secret_in_the_wrong_place_is_not_repeated(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        DestinationSpec.model_validate({"name": "hook", **wrong})
    for each in refused.value.errors():
        assert each["type"] == "value_error"  # whose words alone are told
        assert "S3CRET" not in each["msg"]


NAMES = [
    ("Customer", "Email"),
    ("As of", "ID"),
    (
        "Churn of customers in the whole of next year",
        "Churn of customers in the whole of last year",
    ),
    ("Churn", "churn!"),
]


@pytest.mark.parametrize("traits", NAMES)
def test_X6_no_score_takes_the_column_of_another_or_of_the_id(traits, tmp_path) -> None:
    several = tuple(each._replace(personal={"email": "a@b.example"}) for each in members(3).members)
    made = members(0, traits=traits, members=several)
    for write in (sheets.plain, sheets.hubspot, sheets.salesforce):
        columns = [name.casefold() for name in write(made).columns]
        assert len(set(columns)) == len(columns)
        assert max(map(len, columns)) <= 43 or write is not sheets.salesforce
    (first, *_) = segment_spec.calls(made)
    assert first["traits"]["trod_as_of"] == "2026-06-30"
    upsert(made, place("sqlite:///crm.db"), tmp_path)
    with sqlite3.connect(tmp_path / "crm.db") as con:
        assert [c for (c,) in con.execute("SELECT customer FROM trod_customers ORDER BY 1")] == [
            "c000",
            "c001",
            "c002",
        ]
    con.close()


def test_X6_a_table_of_somebody_else_and_a_write_that_fails_change_no_table(tmp_path) -> None:
    theirs = "CREATE TABLE people (customer TEXT PRIMARY KEY, name TEXT)"
    ours = (
        "CREATE TABLE ours (customer TEXT PRIMARY KEY, audience TEXT, snapshot TEXT, as_of TEXT, "
        "more TEXT NOT NULL)"
    )
    with sqlite3.connect(tmp_path / "crm.db") as con:
        con.execute(theirs)
        con.execute(ours)
    con.close()
    with pytest.raises(DataError, match=r"holds something else\. Name another one with --table"):
        upsert(members(3), place("sqlite:///crm.db"), tmp_path, table="people")
    with pytest.raises(DataError, match="Nothing was written"):
        upsert(members(3), place("sqlite:///crm.db"), tmp_path, table="ours")
    with sqlite3.connect(tmp_path / "crm.db") as con:
        assert [sql for (sql,) in con.execute("SELECT sql FROM sqlite_master WHERE sql > ''")] == [
            theirs,
            ours,
        ]
    con.close()


@pytest.mark.parametrize("id_", ["+31201234567", "+1 (555) 010-0199", "a@b.example", "phone:1"])
def test_X6_an_id_that_is_a_telephone_number_names_somebody(id_: str) -> None:
    assert names_a_person(id_)


@pytest.mark.parametrize("id_", ["u-17", "0042", "+5", "+abc1234567"])
def test_X6_other_ids_name_nobody(id_: str) -> None:
    assert not names_a_person(id_)


def test_X6_who_agreed_in_one_source_and_not_in_another_did_not_agree(tmp_path) -> None:
    (tmp_path / "trod.yml").write_text(
        "sources:\n"
        "  - {name: shop, files: e.csv, customer: id, time: at, touchpoint: event}\n"
        "  - {name: a, files: a.csv, customer: id, ids: {email: email}, attributes: [mail]}\n"
        "  - {name: b, files: b.csv, customer: id, attributes: [mail]}\n"
        "actions:\n  consent: {attribute: mail, values: granted}\n"
    )
    _rows(tmp_path / "e.csv", "id,at,event", [f"u{n},2026-03-01T09:00:00Z,visit" for n in range(4)])
    told = ("granted", "Granted ", "", "withdrawn")
    _rows(tmp_path / "a.csv", "id,email,mail", [f"u{n},u{n}@a.example,granted" for n in range(4)])
    _rows(tmp_path / "b.csv", "id,mail", [f"u{n},{said}" for n, said in enumerate(told)])
    space = Workspace.open(tmp_path)
    space.ingest()
    asked = Asked(where="all", unit="person", scores=[], personal=True)
    made = audience(space, asked, 0)
    assert [member.id for member in made.members] == ["u0", "u1", "u2"]
    assert made.left_out == {NO_CONSENT: 1}


def _rows(file: Path, header: str, rows: list[str]) -> None:
    file.write_text("\n".join([header, *rows]) + "\n")
