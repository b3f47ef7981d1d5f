"""Delivers what waits in a state file until it is killed: folder, port, seconds ahead."""

import sys
import time
from pathlib import Path

from tests.actions.receiver import LOOPBACK
from trod._store.state.database import State
from trod.actions.messages.deliver import deliver, ready
from trod.actions.messages.spec import DestinationSpec


def main(folder: str, port: str, ahead_s: str) -> None:
    """Deliver by a clock that is ahead: the claims of those who were killed have run out."""
    spec = DestinationSpec(name="hook", webhook=f"http://127.0.0.1:{port}/", allow=(LOOPBACK,))
    found, _ = ready([spec])
    state = State.in_folder(Path(folder))
    print("begins", flush=True)
    for attempt in deliver(state, found, lambda: time.time_ns() // 1000 + int(ahead_s) * 1_000_000):
        print(attempt.key, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
