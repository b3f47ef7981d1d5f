"""One request, to a receiver that behaves badly: it ends in time, in words, and leaks nothing."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.actions.receiver import LOOPBACK, cut, drip, flood, hang, lost, nonsense, receiving
from trod.actions.messages.guard import openable
from trod.actions.messages.http import NoAnswerError, post

OPEN = [openable(LOOPBACK)]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (hang(1.0), "did not answer in time"),
        (drip(1.0), "did not answer in time"),
        (flood, "longer than 64 kB|not HTTP"),
        (nonsense, "not HTTP"),
        (lost, "not HTTP|broke"),
        (cut, "not HTTP|broke"),
    ],
    ids=["hangs", "drips", "floods", "nonsense", "lost", "cut"],
)
def test_X6_a_receiver_that_behaves_badly_is_left_in_time(step, words: str) -> None:
    with receiving() as receiver:
        receiver.script = [step]
        began = time.monotonic()
        with pytest.raises(NoAnswerError, match=words):
            post(receiver.url, b"{}", {}, allow=OPEN, seconds=0.3)
        assert time.monotonic() - began < 0.8


def test_X6_a_port_at_which_nobody_listens_is_said_so() -> None:
    with receiving() as receiver:
        url = receiver.url
    with pytest.raises(NoAnswerError, match="nobody listens"):
        post(url, b"", {}, allow=OPEN)


def test_X6_a_name_server_that_is_silent_does_not_hold_us() -> None:
    def silent(*_: object) -> list[str]:
        time.sleep(1.0)
        return ["9.9.9.9"]

    began = time.monotonic()
    with pytest.raises(NoAnswerError, match=r"answer"):
        post("https://slow.example/", b"", {}, seconds=0.1, lookup=silent)
    assert time.monotonic() - began < 0.8


def test_X6_status_and_retry_after_are_read_and_nothing_else() -> None:
    with receiving() as receiver:
        receiver.script = [(503, {"retry-after": "7", "set-cookie": "a=b"}), 204]
        first = post(receiver.url, b"{}", {"X-Test": "1"}, allow=OPEN)
        second = post(receiver.url, b"{}", {}, allow=OPEN)
    assert (first.status, first.retry_after, second.status) == (503, "7", 204)
    assert receiver.got[0].headers["x-test"] == "1"
    assert "cookie" not in receiver.got[1].headers


def test_S2_a_header_cannot_carry_another_one() -> None:
    with pytest.raises(ValueError, match="holds what no header can"):
        post("http://127.0.0.1:1/", b"", {"X": "1\r\nY: 2"}, allow=OPEN, lookup=lambda *_: [])


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_S2_the_certificate_must_be_of_the_name_and_trusted(tmp_path: Path) -> None:
    _certificate(tmp_path, "hooks.example")
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    names: list[str | None] = []
    served.sni_callback = lambda _sock, name, _context: names.append(name)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    with Tls(served) as port:
        here = {"allow": OPEN, "lookup": lambda *_: ["127.0.0.1"]}
        good = f"https://hooks.example:{port}/"
        assert post(good, b"{}", {}, tls=trusting, **here).status == 200
        with pytest.raises(NoAnswerError, match="certificate is not trusted"):
            post(f"https://other.example:{port}/", b"{}", {}, tls=trusting, **here)
        with pytest.raises(NoAnswerError, match="certificate is not trusted"):
            post(good, b"{}", {}, **here)
    assert names[0] == "hooks.example"


def _certificate(folder: Path, name: str) -> None:
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    told = ["openssl", *options.split(), *files, *names]
    subprocess.run(told, check=True, capture_output=True)


class Tls:
    """A server that answers 200 to whoever trusts it."""

    def __init__(self, context: ssl.SSLContext) -> None:
        import socket

        self._context = context
        self._sock = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> int:
        self._thread.start()
        return self._sock.getsockname()[1]

    def __exit__(self, *_: object) -> None:
        import socket

        self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._sock.accept()
            except OSError:
                return
            with plain:
                try:
                    with self._context.wrap_socket(plain, server_side=True) as sock:
                        sock.recv(65536)
                        sock.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                except OSError:
                    continue
