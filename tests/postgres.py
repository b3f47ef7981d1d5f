"""A PostgreSQL server of Debian's package, on a socket in a folder that goes with the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import psycopg

PASSWORD = "correct-horse-battery"
_USERS = ("postgres", "nobody")


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _as_somebody() -> dict[str, int]:
    """PostgreSQL refuses to run as root: give another user where the tests do."""
    if os.getuid():
        return {}
    for name in _USERS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid}
    pytest.skip("no unprivileged user is there to run PostgreSQL")


def serving() -> Iterator[str]:
    """Give the address of a server: user `ann`, who needs a password, and a database `shop`."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed: run tools/system, or apt-get install postgresql")
    who = _as_somebody()
    home = Path(tempfile.mkdtemp(prefix="trod-pg-"))
    if who:
        os.chown(home, who["user"], who["group"])
    try:
        yield from _server(binaries, home, who)
    finally:
        shutil.rmtree(home, ignore_errors=True)


# The server ends with whoever holds the other end of its input: also with tests that are killed.
GUARDED = '"$@" > log 2>&1 & read _; kill -QUIT $!; wait'


def _server(binaries: Path, home: Path, who: dict[str, int]) -> Iterator[str]:
    def started(*command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            **who,
        )

    data, secret = str(home / "data"), home / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    making = started(
        *(f"{binaries}/initdb", "-D", data, "-U", "ann", "--auth=scram-sha-256"),
        *(f"--pwfile={secret}", "-E", "UTF8", "--no-sync"),
    )
    _, said = making.communicate()
    assert making.returncode == 0, said
    server = started(
        *("sh", "-c", GUARDED, "sh", f"{binaries}/postgres", "-D", data, "-k", str(home)),
        *(
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
            "-c",
            "autovacuum=off",
            "-c",
            "timezone=Asia/Tokyo",
        ),
    )
    try:
        with _answering(home) as connection:
            connection.execute("CREATE DATABASE shop")
        yield f"postgresql://ann@/shop?host={home}"
    finally:
        server.communicate()


def _answering(home: Path) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect as soon as the server answers."""
    import psycopg

    until = time.monotonic() + 60
    while True:
        try:
            return psycopg.connect(
                host=str(home), user="ann", password=PASSWORD, dbname="postgres", autocommit=True
            )
        except psycopg.OperationalError as problem:
            if time.monotonic() > until:
                raise AssertionError((home / "log").read_text()) from problem
            time.sleep(0.05)
