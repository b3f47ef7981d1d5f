"""Names come from data, and data from anybody: none of them moves the terminal that reads them."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.app.terminal import trod
from trod import app as trod_app
from trod.app.cli import app

EVIL = "\x1b[2J\x1b]0;mine\x07\rpaid\u202e\x9b31m\u2066"
VISIT, TRY, BUY, HELP, CALL = (
    f"{word}{EVIL}" for word in ("Visit", "Try it", "Buy", "Support ticket", "Call")
)
MOVES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
WHO = f"Acme{EVIL}7"
N = 160
YML = f"""\
sources:
  - {{name: app, files: events.jsonl, customer: user, account: company, time: at, touchpoint: what,
     text: said, value: paid}}
events: {{currency: EUR}}
metrics: [{{name: Sales, kind: conversion}}]
insights: {{coverage: {{contacts: [{json.dumps(CALL)}]}}}}
journeys:
  - name: Buying
    unit: account
    left_after: 30d
    success: {json.dumps(BUY)}
    stages:
      - {{name: Look, enter_on: {json.dumps(VISIT)}}}
      - {{name: Try, enter_on: {json.dumps(TRY)}}}
      - {{name: Buy, enter_on: {json.dumps(BUY)}}}
actions:
  people: [{{name: Ada, hours: 10}}]
  playbooks:
    - name: Call
      trigger: {{stage: Try}}
      steps: [{{do: Call, channel: phone}}]
      minutes: 20
      success: {{touchpoints: {json.dumps(BUY)}, within: 30d, worth: 100}}
      prior: [0.02, 0.3]
"""
COMMANDS = [
    ["paths"],
    ["paths", "--after", VISIT],
    ["funnel", VISIT, TRY, BUY],
    ["friction"],
    ["signals"],
    ["signals", "--set-aside"],
    ["compare"],
    ["coverage"],
    ["stuck"],
    ["stuck", "--stage", "Look"],
    ["retention"],
    ["retention", "--touchpoint", VISIT],
    ["survival"],
    ["conform"],
    ["metrics"],
    ["names"],
    ["attribution", "--by", "touchpoint"],
    ["topics"],
    ["sentiment"],
    ["answers"],
    ["segments"],
    ["score"],
    ["health"],
    ["models"],
    ["next"],
    ["value"],
    ["what-if", "Look conversion +5pt"],
    ["map", "--out", "{folder}/map.html"],
    ["report", "--out", "{folder}/report.html"],
    ["interview", "x"],
    ["accept", "x", "--owner", "Ada", "--due", "14d"],
    ["replay"],
    ["ingest"],
    ["plan"],
    ["plan", "--stage", "Try"],
    ["watch", "--since", "2026-03-01"],
    ["alerts"],
    ["findings"],
    ["hypotheses"],
    ["playbooks"],
    ["playbooks", "Call"],
    ["queue"],
    ["queue", "--commit", "--by", "Ada"],
    ["interventions"],
    ["lanes"],
    ["lanes", f"Acme{EVIL}159"],
    ["effects"],
    ["roi"],
    ["review"],
    ["customer", WHO, "--unit", "account"],
    ["sql", "select distinct touchpoint, customer from journeys"],
    ["identity", "explain", f"u7{EVIL}"],
    ["identity", "report"],
    ["audit"],
    ["doctor"],
    ["check"],
    ["journey", "touchpoints"],
    ["journey", "daily"],
    ["quarantine"],
    ["outbox"],
    ["destinations"],
    ["deliver", "--dry-run"],
    ["activate", "--where", "all", "--to", "jsonl", "--out", "{folder}/x", "--dry-run"],
    ["activate", "--log"],
    ["baseline", "list"],
    ["verify"],
]
ELSEWHERE = {
    "demo", "init",  # make a workspace
    "fit",  # takes long, and names no customer
    "export",  # writes data, as it is
}  # fmt: skip
NAMES_SHOWN = {
    "attribution", "audit", "check", "coverage", "customer", "effects", "funnel", "identity",
    "interventions", "journey", "lanes", "names", "paths", "plan", "queue", "retention", "review",
    "roi", "signals", "sql", "stuck",
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "trod.yml").write_text(YML)
    (folder / "events.jsonl").write_text("".join(json.dumps(row) + "\n" for row in _rows()))
    done = trod("-C", folder, "ingest")
    assert done.exit_code == 0, done.output
    return folder


def _rows() -> Iterator[dict[str, object]]:
    """Every company looks; most try, some ask and wait, half of those who did not ask buy."""
    draw = random.Random(7)
    for n in range(N):
        day = datetime(2026, 1, 1, 9, tzinfo=UTC) + timedelta(days=n)
        asks = n % 3 == 0
        told = [(VISIT, 0), (VISIT, 1), *([(TRY, 3)] if n % 2 else []), *([(HELP, 5)] * asks)]
        told += [(CALL, 6)] if n % 6 == 0 else []
        told += [(BUY, 9)] if n % 2 and n % 5 else []
        for what, after in told:
            at = day + timedelta(days=after + draw.random())
            yield {
                "user": f"u{n}{EVIL}", "company": f"Acme{EVIL}{n}", "at": at.isoformat(),
                "what": what, "said": f"Broken{EVIL}" if what == HELP else None,
                "paid": 100 if what == BUY else None,
            }  # fmt: skip


def test_X1_no_name_of_the_data_moves_the_terminal(home: Path) -> None:
    shown = set()
    for words in COMMANDS:
        done = trod("-C", home, *(word.replace("{folder}", str(home)) for word in words))
        assert done.exception is None or isinstance(done.exception, SystemExit), words
        said = done.stdout + done.stderr
        assert not MOVES.search(said), f"{words}: {said}"
        if "\\x1b" in said:
            shown.add(words[0])
    assert shown >= NAMES_SHOWN


def test_X1_every_command_is_among_those_tried() -> None:
    known = {command.name for command in app.registered_commands}
    known |= {group.typer_instance.info.name for group in app.registered_groups}
    assert {words[0] for words in COMMANDS} == known - ELSEWHERE


def test_X1_commands_print_by_one_way_only() -> None:
    for file in Path(trod_app.__file__).parent.glob("*.py"):
        found = re.findall(r"\bprint\(|\becho\(|stdout\.write\(|stderr\.write\(", file.read_text())
        assert file.name == "say.py" or not found, file.name


def test_X1_on_a_terminal_bold_stays_and_nothing_else() -> None:
    code = (
        "from trod.app import say; say.answer(say.strong('A\\x1b[2J') + 'B\\x1b[1mC\\x07\\u202e')"
    )
    ours, theirs = os.openpty()
    given = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    subprocess.run([sys.executable, "-c", code], stdout=theirs, check=True, env=given)
    said = os.read(ours, 1000).decode().strip()
    os.close(ours)
    os.close(theirs)
    assert said == "\x1b[1mA\\x1b[2J\x1b[0mB\\x1b[1mC\\x07\\u202e"
