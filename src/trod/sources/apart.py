"""A reader in a process of its own: what takes that down takes nothing else down.

The library that reads workbooks lays a sheet out as a full grid. Two cells in opposite corners, a
file of a kilobyte, ask for half a terabyte, and the library answers by ending its process. So it
has one of its own, with a bound on its memory.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from trod.errors import DataError

_LEAST: Final = 512 << 20
_MOST: Final = 8 << 30
_PER_BYTE: Final = 200  # of memory, for each byte of the file


def asked_apart(module: str, path: Path, asked: object) -> Any:
    """Have a module answer in a process of its own; see `answer`.

    Parameters
    ----------
    module
        Its name; it calls `answer` where it is run.
    path
        The file it reads, which says how much memory that may take.
    asked
        What it is asked, as JSON holds it.

    Raises
    ------
    DataError
        If the module raised one, or if its process ended without an answer.
    """
    memory = min(_MOST, _LEAST + _PER_BYTE * path.stat().st_size)
    told = subprocess.run(
        [sys.executable, "-P", "-m", module, str(memory), json.dumps(asked)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if told.returncode:
        raise DataError(
            f"{path}: the workbook is damaged, or reading it takes more than {memory >> 20:,} MB "
            "of memory. Save the sheet as CSV."
        )
    answered = json.loads(told.stdout)
    if "problem" in answered:
        raise DataError(answered["problem"])
    return answered["answer"]


def answer(answering: Any) -> None:
    """Answer what this process was started for, within the memory that it was given."""
    memory = int(sys.argv[1])
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, hard))
    try:
        told = {"answer": answering(json.loads(sys.argv[2]))}
    except DataError as problem:
        told = {"problem": str(problem)}
    sys.stdout.write(json.dumps(told))
