"""The process that notices are sent from: every connection in it is judged by its number.

`apprise` speaks with a hundred services, each in its own way, and follows where they point. So it
runs in a process of its own, which a hook of the interpreter keeps from connecting to anything
that is not open to messages: below every library, for every thread, until the process ends. Run
as ``python -m trod.actions.messages.confined``; see ``notify.py`` and ADR 29.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Any, Final

from trod.actions.messages.guard import ForbiddenError, Network, judge

_LEADS_OUT: Final = ("socket.connect", "socket.sendto", "socket.sendmsg")
_STARTS: Final = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "pty.spawn",
)


class Confined:
    """What the hook was told: which networks are open now, and what it refused."""

    def __init__(self) -> None:
        self.allow: Sequence[Network] = ()
        self.refused = ""

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        """Judge what the interpreter is about to do."""
        if event in _STARTS:
            self._refuse("it wanted to start a program.")
        if event not in _LEADS_OUT or args[1] is None:
            return
        place = args[1]
        if not isinstance(place, tuple):
            self._refuse("it wanted to speak with a program of this machine.")
        try:
            judge(ip_address(str(place[0]).partition("%")[0]), self.allow)
        except ForbiddenError as exc:
            self._refuse(str(exc))
        except ValueError:  # a name: what it leads to would be found out after us
            self._refuse("it wanted to connect to a name.")

    def _refuse(self, why: str) -> None:
        self.refused = self.refused or why
        raise ForbiddenError(why)


def main() -> None:
    """Send one notice for each line of JSON on stdin, and say on stdout how it went."""
    confined = Confined()
    sys.addaudithook(confined)
    from apprise import Apprise, AppriseAsset

    # No redirects, no plugins of the machine, no files; nothing that a log could tell.
    asset = AppriseAsset(
        http_redirects=False,
        plugin_paths=[],
        secure_logging=True,
        storage_mode="memory",
        app_id="Trod",
        app_desc="Trod",
        app_url="",
    )
    _follow_nothing()
    for line in sys.stdin:
        asked = json.loads(line)
        confined.allow = [ip_network(each) for each in asked["allow"]]
        confined.refused = ""
        sender = Apprise(asset=asset)
        said: dict[str, Any] = {"known": bool(sender.add(asked["address"])), "sent": False}
        if said["known"]:
            try:
                said["sent"] = bool(
                    sender.notify(
                        body=asked["body"],
                        title=asked["title"],
                        notify_type=asked["level"],
                        body_format="text",
                    )
                )
            except Exception as exc:  # of any of a hundred plugins; its words may hold a token
                said["problem"] = type(exc).__name__
        said["refused"] = confined.refused
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


def _follow_nothing() -> None:
    """Follow no redirect, whatever a plugin or an address asks for."""
    import requests

    def nowhere(_session: object, _answer: object) -> None:
        return None

    requests.sessions.SessionRedirectMixin.get_redirect_target = nowhere  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    main()
