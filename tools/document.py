"""Parts of the documentation that are written from the code, by cog: keys and commands."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from trod.sources.spec import Spec


def keys(model: type[Spec], *, leave_out: type[Spec] | None = None) -> str:
    """Give a table of the keys of a section: key, default, meaning."""
    known = set(leave_out.model_fields) if leave_out else set()
    rows = ["| key | default | meaning |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        if name not in known:
            meaning = " ".join((field.description or "").split()).replace("|", "\\|")
            rows.append(f"| `{field.alias or name}` | {_default(field)} | {meaning} |")
    return "\n".join(["", *rows, ""])


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value: Any = field.default
    if value is PydanticUndefined or value is None or value in ((), {}, ""):
        return ""
    if isinstance(value, Spec):
        return ""  # a table of its own
    if isinstance(value, tuple):
        return ", ".join(f"`{getattr(each, 'name', each)}`" for each in value)
    return f"`{_written(value)}`"


def _written(value: Any) -> str:
    """Write a value as people write it in YAML."""
    if isinstance(value, timedelta):
        return f"{value.days}d"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value >= 1 << 20:
        return f"{value >> 20}MB"
    return str(value)


def mappings() -> str:
    """Give a table of the shipped mappings: name, what it reads, where one gets it."""
    from trod.events.like import names, shipped

    rows = ["| `like:` | reads | where one gets it | recognised by |", "|---|---|---|---|"]
    for name in names():
        about = shipped(name).about
        marks = ", ".join(f"`{mark}`" for mark in (*about.recognise, *about.values))
        cells = (
            f"[{about.tool}]({about.docs}): {about.export}",
            about.get,
            ", ".join(dict.fromkeys(marks.split(", "))),
        )
        told = " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells)
        rows.append(f"| `{name}` | {told} |")
    return "\n".join(["", *rows, ""])


def commands() -> str:
    """Give the help of every command, as the terminal shows it at 92 columns."""
    os.environ.update({"COLUMNS": "92", "NO_COLOR": "1", "TERM": "dumb"})
    from typer.main import get_command
    from typer.testing import CliRunner

    from trod.app.cli import app

    runner = CliRunner()
    group = get_command(app)
    parts = []
    names = [""]
    for name, command in group.commands.items():
        names += [name, *(f"{name} {inner}" for inner in getattr(command, "commands", ()))]
    for name in names:
        arguments = [*name.split(), "--help"]
        shown = runner.invoke(app, arguments, prog_name="trod", terminal_width=92).output
        text = "\n".join(line.rstrip() for line in shown.strip().splitlines())
        parts.append(f"## {f'trod {name}'.strip()}\n\n```text\n{text}\n```")
    return "\n\n".join(parts)
