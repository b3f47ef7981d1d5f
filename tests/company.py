"""One ingested sample company that tests read and never change."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

from trod.sample import Answers, company
from trod.workspace import Workspace


class Known(NamedTuple):
    """A workspace, and the truth about the company in it."""

    folder: Path
    workspace: Workspace
    truth: Answers


def copied(folder: Path, customers: int = 100) -> Workspace:
    """Give an ingested company of its own to a test that changes it."""
    shutil.copytree(known(customers).folder, folder)
    return Workspace.open(folder)


@cache
def known(customers: int = 2000, seed: int = 7) -> Known:
    home = Path(tempfile.mkdtemp(prefix="trod-test-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    truth = company(home, customers=customers, seed=seed)
    workspace = Workspace.open(home)
    workspace.ingest()
    return Known(home, workspace, truth)
