"""No message goes to an address that is not open: not saved, tried, sent, redirected, rebound."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.actions.addresses import NUMBERS, URLS
from tests.actions.connections import watched
from tests.actions.receiver import LOOPBACK, canary, receiving
from trod.actions.messages.guard import ForbiddenError, judge, layers, openable, target
from trod.actions.messages.http import NoAnswerError, post
from trod.actions.messages.message import Message
from trod.actions.messages.notify import clean_environment
from trod.actions.messages.outbox import Waiting
from trod.actions.messages.send import Destination, judged, opened, send
from trod.actions.messages.spec import DestinationSpec
from trod.actions.messages.tried import Never
from trod.errors import DataError

NOTE = Waiting(Message("a/1", "hook", "alert", "T", "B"), 0, 0, 1, "waiting", None, None, None, "")


def test_S2_the_table_is_long_enough() -> None:
    assert len(set(URLS)) >= 150
    assert len(set(NUMBERS)) >= 100


@pytest.mark.parametrize("url", URLS)
def test_S2_no_forbidden_address_is_connected_to(url: str) -> None:
    with watched() as seen:
        with pytest.raises(ValidationError):  # saved in trod.yml
            DestinationSpec(name="hook", webhook=url)
        with suppress(DataError):  # tried, from the environment
            found = opened(DestinationSpec(name="hook", address_env="HOOK"), {"HOOK": url})
            assert not found.webhook  # apprise may know what it is; see below
        with pytest.raises(ForbiddenError):  # sent, past all earlier checks
            post(url, b"", {})
        unchecked = Destination(DestinationSpec(name="h", webhook="https://a.example"), url)
        assert isinstance(send(unchecked, NOTE, 0), Never)
    assert seen == []


@pytest.mark.parametrize("number", NUMBERS)
def test_S2_a_name_that_leads_to_a_forbidden_address_is_not_connected_to(number: str) -> None:
    with watched() as seen, pytest.raises(ForbiddenError):
        post("https://hooks.example/in", b"", {}, lookup=lambda *_: ["9.9.9.9", number])
    assert seen == []


def test_S2_a_name_is_asked_for_once_and_what_was_judged_is_what_is_connected_to() -> None:
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    with receiving() as receiver, watched() as seen:
        url = f"http://rebinding.example:{receiver.port}/hook"
        said = post(url, b"{}", {}, allow=[openable(LOOPBACK)], lookup=lambda *_: answers.pop(0))
    assert said.status == 200
    assert seen == [("127.0.0.1", receiver.port)]
    assert answers == [["169.254.169.254"]]
    assert receiver.got[0].headers["host"] == f"rebinding.example:{receiver.port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_S2_no_redirect_is_followed_wherever_it_points(status: int) -> None:
    with receiving() as receiver, watched() as seen, canary() as came:
        places = [*URLS[:40], f"http://127.0.0.1:{came.port}/", "https://elsewhere.example/"]
        places = [each for each in places if each.isascii() and each.isprintable()]
        receiver.script = [(status, {"location": each}) for each in places]
        for _ in places:
            said = post(receiver.url, b"", {}, allow=[openable(LOOPBACK)])
            assert isinstance(judged(said, 0), Never)
    assert set(seen) == {("127.0.0.1", receiver.port)}
    assert came() == 0


def test_S2_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver, canary() as came:
        for name in ("http_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{came.port}")
        assert post(receiver.url, b"", {}, allow=[openable(LOOPBACK)]).status == 200
        assert not {each for each in clean_environment() if "proxy" in each.lower()} - {"NO_PROXY"}
        assert came() == 0


def test_S2_apprise_connects_to_nothing_forbidden_by_any_address_redirect_or_name() -> None:
    numbers = [f"[{each}]" if ":" in each else each for each in NUMBERS if "%" not in each]
    with receiving() as receiver, canary() as came:
        closed = [f"json://{each}:{came.port}/" for each in numbers if ":" not in each]
        closed += [f"json://{each}:{came.port}/" for each in numbers if ":" in each][::6]
        closed += [f"json://localhost:{came.port}/", f"xml://0x7f.1:{came.port}/"]
        closed += [
            f"mailto://u:p@127.0.0.1:{came.port}?to=a@b.example",
            f"mqtt://127.0.0.1:{came.port}/t",
        ]
        closed += [f"form://2130706433:{came.port}/", f"gotify://127.1:{came.port}/token"]
        closed += URLS
        asked = [_asked(each) for each in closed]
        receiver.script = [(302, {"location": f"http://127.0.0.1:{came.port}/"})] * 2
        here = f"json://127.0.0.1:{receiver.port}/"
        asked += [_asked(here, LOOPBACK), _asked(f"{here}?redirect=yes", LOOPBACK)]
        asked += [_asked(here, LOOPBACK)]
        said = _confined(asked)
        assert came() == 0
    assert [each["sent"] for each in said] == [False] * (len(said) - 1) + [True]
    assert len(receiver.got) == 3  # two redirects that were not followed, and one that arrived
    assert sum(bool(each["refused"]) for each in said) >= 30


def _asked(address: str, *allow: str) -> dict[str, object]:
    return {"address": address, "title": "T", "body": "B", "level": "info", "allow": allow}


def _confined(asked: list[dict[str, object]]) -> list[dict[str, object]]:
    """Send several from one process: starting it is what takes long."""
    done = subprocess.run(
        [sys.executable, "-m", "trod.actions.messages.confined"],
        input="".join(json.dumps(each) + "\n" for each in asked),
        capture_output=True,
        text=True,
        timeout=60,
        env=clean_environment(),
        check=True,
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(said) == len(asked)
    return said


@pytest.mark.parametrize(
    "scheme", ["syslog", "dbus", "gnome", "windows", "macosx", "file", "blink1"]
)
def test_S2_apprise_speaks_with_no_program_of_this_machine(scheme: str) -> None:
    with pytest.raises(ValidationError, match="speaks with this machine"):
        DestinationSpec(name="here", apprise=f"{scheme}://")


@pytest.mark.parametrize(
    "network", ["0.0.0.0/0", "::/0", "169.254.0.0/16", "10.0.0.0/7", "x", "fe80::/10"]
)
def test_S2_only_networks_of_ones_own_can_be_opened(network: str) -> None:
    with pytest.raises(ValidationError):
        DestinationSpec(name="hook", webhook="https://a.example", allow=(network,))


def test_S2_an_opened_network_opens_only_itself_and_never_where_machines_get_keys() -> None:
    every = [ip_network("0.0.0.0/0"), ip_network("::/0")]
    judge(ip_address("10.1.2.3"), [openable("10.1.0.0/16")])
    judge(ip_address("::ffff:10.1.2.3"), [openable("10.1.0.0/16")])
    for wrong in ("10.2.0.1", "192.168.0.1", "127.0.0.1", "2002:a01:203::"):
        with pytest.raises(ForbiddenError):
            judge(ip_address(wrong), [openable("10.1.0.0/16")])
    for keys in ("169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "100.100.100.200"):
        with pytest.raises(ForbiddenError, match="Never open"):
            judge(ip_address(keys), every)


@pytest.mark.parametrize("public", ["9.9.9.9", "193.0.6.139", "2620:fe::fe", "64:ff9b::909:909"])
def test_X6_public_addresses_are_open(public: str) -> None:
    judge(ip_address(public))


@given(st.integers(0, 2**32 - 1), st.sampled_from(["::ffff:0:0", "64:ff9b::", "::ffff:0:0:0"]))
def test_S2_an_address_in_an_address_is_judged_as_what_it_leads_to(number: int, form: str) -> None:
    inner = ip_address(number)
    outer = ip_address(int(ip_address(form)) + number)
    assert layers(outer) == (outer, inner)
    if _refused(inner):
        assert _refused(outer)


def _refused(number: object) -> bool:
    try:
        judge(number)  # type: ignore[arg-type]
    except ForbiddenError:
        return True
    return False


@given(st.integers(0, 2**32 - 1))
def test_S2_nothing_that_python_calls_private_is_let_through(number: int) -> None:
    address = ip_address(number)
    if not address.is_global or address.is_multicast:
        assert _refused(address)


@pytest.mark.parametrize("url", ["https://t0ken.example/S3CRET", "https://a.example/x?key=S3CRET"])
def test_S2_what_is_shown_of_an_address_holds_no_token(url: str) -> None:
    spec = DestinationSpec(name="hook", webhook=url)
    assert "S3CRET" not in target(url).shown
    assert "S3CRET" not in repr(spec) + repr(opened(spec)) + opened(spec).shown


def test_S2_what_is_wrong_with_an_address_is_said_without_repeating_it() -> None:
    with pytest.raises(DataError) as told:
        opened(DestinationSpec(name="h", address_env="A"), {"A": "http://S3CRET@127.0.0.1/S3CRET"})
    assert "S3CRET" not in str(told.value)


def test_X6_a_name_that_nobody_knows_is_said_so() -> None:
    with pytest.raises(NoAnswerError, match="leads nowhere"):
        post("https://nobody.example/", b"", {}, lookup=lambda *_: [])
