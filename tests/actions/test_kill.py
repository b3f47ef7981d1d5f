"""A campaign: deliverers are killed at any moment; nothing is lost, nothing doubled by id."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.actions.receiver import cut, receiving
from trod._store.state.database import State
from trod.actions.messages.message import Message, put
from trod.actions.messages.notify import clean_environment
from trod.actions.messages.outbox import listed


@pytest.mark.slow
def test_X6_deliverers_that_are_killed_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    kills, n = 60, 400
    drawn = random.Random(5)
    state = State.in_folder(tmp_path)
    with state.write() as con:
        for i in range(n):
            put(con, Message(f"audience/{i:04}", "hook", "audience", f"No. {i}", ""), i)
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
