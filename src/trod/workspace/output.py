"""Files for people: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def save(path: Path | str | None, content: bytes) -> bytes:
    """Write a file where a path is given, in place of any that is there; give its content.

    The file appears under its name when it is complete: a full disk or Ctrl-C leaves the old one.
    """
    if path is None:
        return content
    target = Path(path)
    if target.exists() and not target.is_file():
        target.write_bytes(content)  # a pipe or a device takes it as it comes
        return content
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        new.write_bytes(content)
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)
    return content


def save_text(path: Path | str | None, text: str) -> str:
    """Write a text where a path is given; give it."""
    save(path, text.encode())
    return text
