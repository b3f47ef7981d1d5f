"""Notices to Slack, Teams, mail and a hundred others, sent by `apprise` in a confined process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

from trod.actions.messages.guard import Network
from trod.actions.messages.http import SECONDS
from trod.actions.messages.message import Message
from trod.actions.messages.tried import Later, Never, Sent, Tried

_MODULE: Final = "trod.actions.messages.confined"
_STARTING: Final = 10.0  # seconds, until apprise is loaded
_PROXIES: Final = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy")
_BLANK: Final = {"NO_PROXY": "*", "NETRC": os.devnull, "PYTHONWARNINGS": "ignore"}


def notice(address: str, message: Message, *, allow: Sequence[Network] = ()) -> Tried:
    """Send a message to a service by the address that `apprise` knows it under."""
    asked = {
        "address": address,
        "title": message.title,
        "body": message.body,
        "level": {"critical": "failure"}.get(message.level, message.level),
        "allow": [str(each) for each in allow],
    }
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", _MODULE],  # no module of the folder we happen to be in
            input=json.dumps(asked) + "\n",
            capture_output=True,
            text=True,
            timeout=SECONDS + _STARTING,
            env=clean_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Later("it did not answer in time")
    return _read(done.stdout)


def installed() -> bool:
    """Say whether apprise is there."""
    return find_spec("apprise") is not None


def clean_environment() -> dict[str, str]:
    """Give the environment without proxies, and without passwords kept for other hosts."""
    kept = {name: value for name, value in os.environ.items() if name.lower() not in _PROXIES}
    path = os.pathsep.join(each or os.getcwd() for each in sys.path)
    return {**kept, **_BLANK, "PYTHONPATH": path}


def _read(told: str) -> Tried:
    try:
        said = json.loads(told.splitlines()[-1])
    except (ValueError, IndexError):
        return Later("the process that sends broke off")
    if said["refused"]:
        return Never(said["refused"])
    if not said["known"]:
        return Never("apprise knows no such address. See https://appriseit.com for how to write it")
    return Sent() if said["sent"] else Later("the service did not take it")
