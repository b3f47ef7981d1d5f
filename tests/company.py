"""Ingested sample companies that tests read and never change."""

import atexit
import fcntl
import os
import pickle
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

from trod.sample import Answers, company
from trod.workspace import Workspace

SHARED = "TROD_TESTS_SHARED"
"""The variable that names the folder which the processes of one run share; see conftest."""


class Known(NamedTuple):
    """A workspace, and the truth about the company in it."""

    folder: Path
    workspace: Workspace
    truth: Answers


def copied(folder: Path, customers: int = 100) -> Workspace:
    """Give an ingested company of its own to a test that changes it."""
    shutil.copytree(known(customers).folder, folder)
    return Workspace.open(folder)


def known(customers: int = 2000, seed: int = 7) -> Known:
    """Give a company: the process of a run that asks first ingests it, and each has its copy."""
    return _known(customers, seed)


@cache
def _known(customers: int, seed: int) -> Known:
    made = _shared() / f"{customers}-{seed}"
    made.mkdir(exist_ok=True)
    told = made / "truth"
    with (made / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            truth = company(made / "company", customers=customers, seed=seed)
            Workspace.open(made / "company").ingest()
            told.write_bytes(pickle.dumps(truth))
    home = made / f"of-{os.getpid()}"
    shutil.copytree(made / "company", home)
    return Known(home, Workspace.open(home), pickle.loads(told.read_bytes()))


@cache
def _shared() -> Path:
    if named := os.environ.get(SHARED):
        return Path(named)
    home = Path(tempfile.mkdtemp(prefix="trod-test-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home
