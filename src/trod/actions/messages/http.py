"""The one way out over HTTP: resolved once, judged, connected to what was judged.

No redirects, no proxies, no cookies, no environment; 15 seconds and 64 kB in all.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from queue import Empty, Queue
from threading import Thread
from typing import Final

from trod.actions.messages.guard import ForbiddenError, Network, Target, judge, target

SECONDS: Final = 15.0
BYTES: Final = 64 << 10
Lookup = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a name, as texts."""


class NoAnswerError(OSError):
    """Nothing that could be understood came back; the message may have arrived all the same."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said. Its words are not kept: they are nobody's business here."""

    status: int
    retry_after: str | None


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow: Sequence[Network] = (),
    seconds: float = SECONDS,
    lookup: Lookup | None = None,
    tls: ssl.SSLContext | None = None,
) -> Answer:
    """Send one request to a checked address.

    Parameters
    ----------
    url, body, headers
        What to send, where.
    allow
        Private networks that were opened on purpose.
    seconds
        For everything together: name, connection, sending, answer.
    lookup
        Gives the addresses of a name; the machine's own way by default.
    tls
        Whom to trust; what the machine trusts by default.

    Returns
    -------
    Answer
        Whatever the status is, redirects included: none is followed.

    Raises
    ------
    ForbiddenError
        If the address, or one of those that its name leads to, is not open to messages.
    NoAnswerError
        If it could not be reached, or did not answer in time or in HTTP.
    """
    deadline = time.monotonic() + seconds
    where = target(url, allow)
    told = _request(where, body, headers)
    try:
        numbers = addresses(where, allow, deadline, lookup or _resolve)
        with _connected(numbers, where, deadline, tls) as sock:
            _send(sock, told, deadline)
            return _answer(sock, deadline)
    except (OSError, http.client.HTTPException) as exc:
        raise NoAnswerError(_why(exc)) from exc


def addresses(
    where: Target, allow: Sequence[Network], deadline: float, lookup: Lookup
) -> tuple[str, ...]:
    """Resolve a host once, and judge everything it leads to: one bad address spoils all."""
    if where.number is not None:
        found: Sequence[str] = (str(where.number),)  # judged when it was taken apart
    else:
        found = _in_time(lambda: lookup(where.host, where.port), deadline)
    if not found:
        raise NoAnswerError("its name leads nowhere")
    for each in found:
        try:
            judge(ip_address(each.partition("%")[0]), allow)
        except ForbiddenError:
            raise
        except ValueError:
            raise ForbiddenError("its name leads to something that is no address.") from None
    return tuple(found)


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise NoAnswerError("its name is not known") from exc
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _in_time(ask: Callable[[], Sequence[str]], deadline: float) -> Sequence[str]:
    """Ask in a thread, for a name server can be silent longer than there is time."""
    said: Queue[Sequence[str] | BaseException] = Queue()

    def answer() -> None:
        try:
            said.put(ask())
        except Exception as exc:  # raised again below
            said.put(exc)

    Thread(target=answer, daemon=True).start()
    try:
        found = said.get(timeout=_left(deadline))
    except Empty:
        raise NoAnswerError("its name server does not answer") from None
    if isinstance(found, BaseException):
        raise found
    return found


def _connected(
    numbers: Sequence[str], where: Target, deadline: float, tls: ssl.SSLContext | None
) -> socket.socket:
    """Connect to the first of the judged addresses that answers; by number, so nothing is asked."""
    problem: OSError | None = None
    for n, number in enumerate(numbers):
        share = _left(deadline) / (len(numbers) - n)  # a silent one leaves time for the next
        try:
            sock = socket.create_connection((number, where.port), timeout=share)
        except OSError as exc:
            problem = exc
            continue
        if not where.tls:
            return sock
        try:
            context = tls or ssl.create_default_context()
            sock.settimeout(_left(deadline))
            return context.wrap_socket(sock, server_hostname=where.host)
        except BaseException:
            sock.close()
            raise
    raise problem or NoAnswerError("it has no address")


def _request(where: Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    host = where.shown.partition("://")[2]
    told = {"Host": host, **headers, "Content-Length": str(len(body)), "Connection": "close"}
    for name, value in told.items():
        if not (value.isascii() and value.isprintable() and name.isascii()):
            raise ValueError(f"the header {name} holds what no header can hold.")
    lines = [f"POST {where.path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _send(sock: socket.socket, told: bytes, deadline: float) -> None:
    """Send it all in the time that is left; with TLS, `sendall` gives that time to each part."""
    rest = memoryview(told)
    while rest:
        sock.settimeout(_left(deadline))
        rest = rest[sock.send(rest) :]


class _Timed(io.RawIOBase):
    """What a socket gives, until the time is over or too much came."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline
        self._rest = BYTES

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Read what is there."""
        if self._rest <= 0:
            raise NoAnswerError(f"its answer is longer than {BYTES >> 10} kB")
        self._sock.settimeout(_left(self._deadline))
        found = self._sock.recv(min(len(buffer), self._rest))
        buffer[: len(found)] = found
        self._rest -= len(found)
        return len(found)


class _Readable:
    """The side of a socket that `http.client` reads."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._raw = _Timed(sock, deadline)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Give the stream."""
        return io.BufferedReader(self._raw)


def _answer(sock: socket.socket, deadline: float) -> Answer:
    found = http.client.HTTPResponse(_Readable(sock, deadline), method="POST")  # type: ignore[arg-type]
    try:
        found.begin()
        status, later = found.status, found.getheader("retry-after")
        with suppress(OSError, http.client.HTTPException):  # it has said how it went
            found.read(BYTES)  # to its end, so that the receiver is not cut off in the middle
        return Answer(status, later)
    finally:
        found.close()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _why(exc: Exception) -> str:
    """Say in words what went wrong, without addresses: they may hold a token."""
    if isinstance(exc, NoAnswerError):
        return str(exc)
    if isinstance(exc, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {exc.verify_message}"
    for kind, words in _WORDS.items():
        if isinstance(exc, kind):
            return words
    return f"the connection broke ({(exc.strerror if isinstance(exc, OSError) else '') or 'cut'})"


_WORDS: Final[dict[type[Exception], str]] = {
    TimeoutError: "it did not answer in time",
    ssl.SSLError: "no safe connection came about",
    http.client.HTTPException: "what it answered is not HTTP",
    ConnectionRefusedError: "nobody listens there",
}
