"""Campaigns: whatever receivers and deliverers do, nothing is lost, and nothing doubled by id."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.actions.connections import watched
from tests.actions.receiver import (
    LOOPBACK,
    cut,
    drip,
    flood,
    hang,
    lost,
    nonsense,
    receiving,
)
from trod._store.state.database import State
from trod.actions.messages.deliver import deliver, ready
from trod.actions.messages.message import Message, put
from trod.actions.messages.notify import clean_environment
from trod.actions.messages.outbox import counts, listed
from trod.actions.messages.spec import DestinationSpec


@pytest.mark.slow
def test_X6_deliverers_that_are_killed_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    kills, n = 60, 400
    drawn = random.Random(5)
    state = State.in_folder(tmp_path)
    with state.write() as con:
        for i in range(n):
            put(con, Message(f"note/{i:04}", "hook", "note", f"No. {i}", ""), i)
    with receiving() as receiver:
        receiver.script = [drawn.choice([200, 200, 200, 500, cut]) for _ in range(n)]
        for run in range(kills + 12):
            told = [sys.executable, "-m", "tests.actions.killed", str(tmp_path), str(receiver.port)]
            ahead = str(run * 90_000)
            with subprocess.Popen(
                [*told, ahead], env=clean_environment(), stdout=subprocess.PIPE
            ) as process:
                assert process.stdout is not None
                process.stdout.readline()
                if run < kills:
                    time.sleep(drawn.random() * 0.4)
                    process.kill()
                process.communicate()
    with state.read() as con:
        every = listed(con)
    state.close()
    assert [each.status for each in every] == ["sent"] * n
    assert set(receiver.kept) == {each.id for each in every}
    twice = sum(seen - 1 for seen in receiver.kept.values())
    print(f"{n} messages, {kills} kills: {len(receiver.kept)} arrived, {twice} repeats told by id")


PRIVATE = [
    "http://169.254.169.254/latest/",
    "http://10.0.0.1/",
    "http://[::1]/",
    "http://localhost/",
]


@pytest.mark.slow
def test_X6_a_receiver_that_fails_hangs_repeats_cuts_drips_and_redirects(tmp_path: Path) -> None:
    n = 200
    moved = [(status, {"location": each}) for each in PRIVATE for status in (302, 307)]
    bad = [500, cut, lost, nonsense, (429, {"retry-after": "3"}), 503, flood, 408]
    script = [*bad * 15, *moved, hang(16.0), drip(16.0)]
    random.Random(7).shuffle(script)
    now_us = [1_700_000_000_000_000]
    state = State.in_folder(tmp_path)
    with state.write() as con:
        for i in range(n):
            put(con, Message(f"note/{i:04}", "hook", "note", f"No. {i}", ""), i)
    with receiving() as receiver, watched() as seen:
        receiver.script = script
        spec = DestinationSpec(name="hook", webhook=receiver.url, allow=(LOOPBACK,))
        tries = 0
        for _ in range(14):
            tries += len(list(deliver(state, ready([spec])[0], lambda: now_us[0])))
            now_us[0] += 90_000 * 1_000_000
    with state.read() as con:
        told, every = counts(con)["hook"], listed(con)
    state.close()
    given_up = {each.id for each in every if each.status == "dead"}
    assert told == {"sent": n - len(moved), "dead": len(moved)}
    assert {each.id for each in every} - given_up <= set(receiver.kept)
    assert set(seen) == {("127.0.0.1", receiver.port)}
    twice = sum(count - 1 for count in receiver.kept.values())
    print(
        f"{n} messages, {tries} tries: {told['sent']} sent, {told['dead']} given up for redirects "
        f"to private addresses, {twice} repeats told by id, connections elsewhere: 0"
    )
