"""`trod deliver`, `outbox`, `destinations` and `activate` as a terminal shows them."""

import json
import shutil
from pathlib import Path

import pytest

from tests.actions.receiver import LOOPBACK, Receiver, receiving
from tests.app.terminal import told, trod
from tests.company import known
from trod.actions.messages.message import Message, put
from trod.workspace import Workspace

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(known(100).folder, tmp_path / "acme")
    return tmp_path / "acme"


def with_hook(home: Path, receiver: Receiver) -> None:
    file = home / "trod.yml"
    text = file.read_text()
    text = text if "\nactions:\n" in text else f"{text}\nactions:\n"
    hook = f"    - {{name: crm, address_env: HOOK, secret_env: KEY, allow: {LOOPBACK}}}\n"
    file.write_text(text.replace("\nactions:\n", f"\nactions:\n  destinations:\n{hook}"))


def test_X6_without_destinations_it_says_what_to_write(home: Path) -> None:
    assert "`destinations: [{name: crm" in trod("-C", home, "destinations").stdout.replace(
        "\n  ", " "
    )
    assert trod("-C", home, "deliver", "--once").stdout == "Nothing is due.\n"


def test_X6_a_message_is_shown_sent_given_up_and_sent_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as receiver:
        with_hook(home, receiver)
        at = ("-C", home)
        with Workspace.open(home).state() as state, state.write() as con:
            put(con, Message("note/1", "crm", "note", "Fewer log-ins", "Since 3 May."), 0)
        waits = trod(*at, "deliver", "--once")
        assert "1 message waits for crm: the environment variable HOOK is not set." in waits.stderr
        monkeypatch.setenv("HOOK", f"{receiver.url}/T0KEN")
        monkeypatch.setenv("KEY", SECRET)
        draft = trod(*at, "deliver", "--dry-run").stdout
        assert '"title":"Fewer log-ins"' in draft
        assert "Nothing was sent" in draft
        assert receiver.got == []
        receiver.script = [410]
        gone = trod(*at, "deliver", "--once")
        sent = gone.stdout
        assert (gone.exit_code, "1 message was given up: note/1." in gone.stderr) == (1, True)
        assert sent == "crm  Fewer log-ins  given up (try 1): it answered 410: gone for good\n"
        assert [each["status"] for each in told(*at, "outbox", "--dead")] == ["dead"]
        assert "in line again" in trod(*at, "outbox", "--replay", "note/1").stdout
        again = trod(*at, "deliver", "--once")
        assert (again.exit_code, again.stdout) == (0, "crm  Fewer log-ins  sent\n")
        assert trod(*at, "destinations", "--test", "crm").exit_code == 0
        receiver.script = [500]
        failed = trod(*at, "destinations", "--test", "crm")
        assert (failed.exit_code, failed.stderr) == (1, "Error: crm: it answered 500.\n")
        shown = trod(*at, "destinations").stdout + draft + sent
    assert "T0KEN" not in shown
    assert SECRET not in shown
    assert json.loads(receiver.got[0].body)["data"]["title"] == "Fewer log-ins"


def test_X6_an_audience_leaves_when_it_is_said_twice(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as receiver:
        with_hook(home, receiver)
        monkeypatch.setenv("HOOK", receiver.url)
        monkeypatch.setenv("KEY", SECRET)
        at = ("-C", home, "activate", "--where", "left:Onboard")
        assert "Say --send to do it." in trod(*at, "--to", "webhook:crm").stdout
        assert trod("-C", home, "activate", "--log").stdout == "Nothing was handed on yet.\n"
        made = told(*at, "--to", "webhook:crm", "--send", "--by", "Ines")
        trod("-C", home, "deliver", "--once")
        facts = json.loads(receiver.got[0].body)["data"]["facts"]
        assert (facts["n"], len(facts["customers"])) == (made["n"], made["n"])
        file = tmp_path / "left.csv"
        assert trod(*at, "--out", file).exit_code == 0
        assert len(file.read_text().splitlines()) == made["n"] + 1
        assert trod(*at).stdout == file.read_text()
        kinds = [each["kind"] for each in told("-C", home, "activate", "--log")]
        assert kinds == ["csv", "csv", "webhook"]
        wrong = trod(*at, "--to", "hubspott")
        assert (wrong.exit_code, "did you mean 'hubspot'" in wrong.stderr) == (1, True)
