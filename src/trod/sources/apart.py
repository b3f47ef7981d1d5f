"""A reader in a process of its own: what takes that down takes nothing else down.

The library that reads workbooks lays a sheet out as a full grid. Two cells in opposite corners, a
file of a kilobyte, ask for half a terabyte, and the library answers by ending its process. So it
has one of its own, with a bound on its memory.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from trod.errors import DataError

_LEAST: Final = 512 << 20
_MOST: Final = 8 << 30
_PER_BYTE: Final = 200  # of memory, for each byte of the file
_ASIDE: Final = ("note: ", "skipping ")  # what Rust says behind its reason
_PATIENCE_S: Final = 1800
"""Seconds until a process that gives no answer is ended; the largest sheet takes a minute."""


def asked_apart(module: str, path: Path, asked: object, *, patience_s: float = _PATIENCE_S) -> Any:
    """Have a module answer in a process of its own; see `answer`.

    Parameters
    ----------
    module
        Its name; it calls `answer` where it is run.
    path
        The file it reads, which says how much memory that may take.
    asked
        What it is asked, as JSON holds it.
    patience_s
        Seconds until its process is ended.

    Raises
    ------
    DataError
        If the module raised one, or if its process ended, or was ended, without an answer.
    """
    memory = min(_MOST, _LEAST + _PER_BYTE * path.stat().st_size)
    importable = os.pathsep.join(filter(None, sys.path))
    with tempfile.TemporaryDirectory(prefix="trod-") as scratch:
        out = Path(scratch, "answer.json")
        try:
            told = subprocess.run(
                [sys.executable, "-P", "-m", module, str(memory), json.dumps(asked), str(out)],
                env={**os.environ, "PYTHONPATH": importable, "RUST_BACKTRACE": "0"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # of libraries: the answer goes its own way
                stderr=subprocess.PIPE,
                timeout=patience_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DataError(
                f"{path}: reading the workbook took longer than {patience_s:,.0f} s and was ended. "
                "Save the sheet as CSV."
            ) from None
        return _answered(path, out, memory, told)


def _answered(path: Path, out: Path, memory: int, told: subprocess.CompletedProcess[bytes]) -> Any:
    """Give an answer, or raise what stands in its place."""
    if told.returncode:
        raise DataError(
            f"{path}: the workbook is damaged, or reading it takes more than {memory >> 20:,} MB "
            f"of memory: its reader {_end(told)}. Save the sheet as CSV."
        )
    try:
        found = json.loads(out.read_bytes())
        problem, answered = found["problem"], found["answer"]
    except (OSError, ValueError, KeyError, TypeError):
        raise DataError(
            f"{path}: the reader of the workbook ended without an answer. Save the sheet as CSV."
        ) from None
    if problem is not None:
        raise DataError(problem)
    return answered


def _end(told: subprocess.CompletedProcess[bytes]) -> str:
    """Say how a process ended: by which signal or with which code, and its last word."""
    lines = [line.strip() for line in told.stderr.decode(errors="replace").splitlines()]
    words = [line for line in lines if line and not line.startswith(_ASIDE)]
    said = f" ({words[-1][:200].rstrip('.')})" if words else ""
    if told.returncode > 0:
        return f"ended with code {told.returncode}{said}"
    try:
        return f"was ended by {signal.Signals(-told.returncode).name}{said}"
    except ValueError:
        return f"was ended by signal {-told.returncode}{said}"


def answer(answering: Callable[[Any], Any]) -> None:
    """Answer what this process was started for, within the memory that it was given."""
    memory = int(sys.argv[1])
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    told: dict[str, Any] = {"problem": None, "answer": None}
    try:
        told["answer"] = answering(json.loads(sys.argv[2]))
    except DataError as problem:
        told["problem"] = str(problem)
    Path(sys.argv[3]).write_text(json.dumps(told))
