"""A receiver of webhooks that behaves badly in every way, and a place that nobody may come to."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

LOOPBACK = "127.0.0.0/8"


class Got(NamedTuple):
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Does what it is told for each request, in turn; then says that all is well."""

    port: int = 0
    script: list[Any] = field(default_factory=list)  # a status, (status, headers), or a function
    got: list[Got] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)  # ids it took, and how often it saw them
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        told = {name.lower(): value for name, value in self.headers.items()}
        with self.receiver.lock:
            self.receiver.got.append(Got(told, body))
            step = self.receiver.script.pop(0) if self.receiver.script else 200
        if callable(step):
            step(self)
            return
        status, more = step if isinstance(step, tuple) else (step, {})
        if 200 <= status < 300:
            self.take()
        self.reply(status, more)

    def take(self) -> None:
        """Keep it, once for each id: that is how a receiver tells repeats."""
        with self.receiver.lock:
            self.receiver.kept[self.headers.get("webhook-id", "")] += 1

    def reply(self, status: int, more: dict[str, str]) -> None:
        with suppress(OSError):
            self.send_response(status)
            for name, value in {"content-length": "0", **more}.items():
                self.send_header(name, value)
            self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


Step = Callable[[Any], None]


def cut(handler: Any) -> None:
    """Take it, and cut the connection before saying so."""
    handler.take()
    handler.connection.shutdown(socket.SHUT_RDWR)


def lost(handler: Any) -> None:
    """Cut the connection without having taken it."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def hang(seconds: float) -> Step:
    """Say nothing for longer than anybody waits, having taken it."""

    def step(handler: Any) -> None:
        handler.take()
        time.sleep(seconds)

    return step


def drip(seconds: float) -> Step:
    """Say how it went a letter at a time."""

    def step(handler: Any) -> None:
        end = time.monotonic() + seconds
        with suppress(OSError):
            for letter in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000:
                handler.wfile.write(bytes([letter]))
                time.sleep(0.05)
                if time.monotonic() > end:
                    return

    return step


def flood(handler: Any) -> None:
    """Answer without end."""
    handler.take()
    with suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(1000):
            handler.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")


def nonsense(handler: Any) -> None:
    """Answer something that is not HTTP."""
    handler.wfile.write(b"220 mail.example ESMTP\r\n")


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on loopback."""
    receiver = Receiver()
    handler = type("Handler", (_Handler,), {"receiver": receiver})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.block_on_close = False
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def canary() -> Iterator[Callable[[], int]]:
    """Listen on every address of this machine, and count who comes."""
    came = [0]
    sock = socket.create_server(("", 0))
    sock.settimeout(0.05)
    stop = threading.Event()

    def listen() -> None:
        while not stop.is_set():
            with suppress(OSError):
                sock.accept()[0].close()
                came[0] += 1

    thread = threading.Thread(target=listen)
    thread.start()
    seen = lambda: came[0]  # noqa: E731
    seen.port = sock.getsockname()[1]  # type: ignore[attr-defined]
    try:
        yield seen
    finally:
        stop.set()
        thread.join()
        sock.close()
