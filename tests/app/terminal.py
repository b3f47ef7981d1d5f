"""The command line, as tests run it: in this process, or in one of its own."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner, Result

from trod.app import hints
from trod.app.cli import app

# Typer makes all commands anew for each call, which takes longer than most of them.
vars(typer.testing)["_get_command"] = cache(typer.main.get_command)


def trod(*arguments: object, given: str | None = None) -> Result:
    try:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)
    finally:
        hints.about(Path())  # what this process says next is about no folder


def told(*arguments: object) -> Any:
    """Run a command and give what it tells other programs."""
    done = trod(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def run(*arguments: object, blocks: int | None = None) -> subprocess.Popen[str]:
    """Run trod in a process of its own, in which no file grows beyond blocks of 512 bytes."""
    limit = "" if blocks is None else f"ulimit -f {blocks}; "
    command = [sys.executable, "-m", "trod", *map(str, arguments)]
    return subprocess.Popen(
        ["sh", "-c", f'{limit}exec "$@"', "sh", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
