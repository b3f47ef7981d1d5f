"""How a command speaks: answers on stdout, everything else on stderr."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import textwrap
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from trod.app.hints import held, let_go, located
from trod.events.counted import count

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from trod.workspace.progress import Progress


_WIDEST: Final = 96
_NARROWEST: Final = 40
_BOLD: Final = "\033[1m"
_PLAIN: Final = "\033[0m"
_STRONG: Final = re.compile(r"\x1b\[1m([^\x1b]*)\x1b\[0m")
_MOVES: Final = (
    re.compile(  # controls, ends of lines but \n, what turns a text around, half letters
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
    )
)
_shown: list[Progress] = []  # what may still move on the terminal


def answer(text: str) -> None:
    """Print what was asked for; what would move the terminal is written out: see `tame`."""
    _write(tame(text))


def answer_json(value: Any) -> None:
    """Print what was asked for, for other programs: the same bytes for the same answer."""
    _write(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=_plain))


def _write(text: str) -> None:
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def line(text: str) -> None:
    """Print a line of an answer that goes on, at once."""
    answer(text)
    sys.stdout.flush()


def line_json(value: Any) -> None:
    """Print a line of JSON of an answer that goes on, at once."""
    _write(json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain))
    sys.stdout.flush()


def note(text: str) -> None:
    """Tell what is going on, beside the answer; commands in it can be typed as they stand."""
    sys.stderr.write(located(tame(text)) + "\n")


def strong(text: str) -> str:
    """Give a text in bold where a person reads it on a terminal."""
    return f"{_BOLD}{_tamed(text)}{_PLAIN}" if _in_bold() else text


def _in_bold() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def tame(text: str) -> str:
    r"""Write out what would move the terminal or turn the text around; lines and bold stay.

    Names come from data, and data from anybody: an escape sequence in one of them may clear the
    screen, or make the rest of a line read as something else. Whatever is printed goes through
    here.

    Examples
    --------
    >>> print(tame("one\x1b[2Jtwo\rthree"))
    one\x1b[2Jtwo\rthree
    """
    if not _in_bold():
        return _tamed(text)
    parts = _STRONG.split(text)  # plain, bold, plain, …
    parts = [strong(part) if i % 2 else _tamed(part) for i, part in enumerate(parts)]
    return "".join(parts)


def _tamed(text: str) -> str:
    return _MOVES.sub(lambda found: repr(found[0])[1:-1], text)


def width() -> int:
    """Give the columns to write in: those of the terminal, at most 96; 96 where there is none."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdigit() and int(asked) > 0:
        return max(_NARROWEST, min(_WIDEST, int(asked)))
    if not sys.stdout.isatty():
        return _WIDEST
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))


def folded(text: str, *, indent: str = "", more: str = "  ", keep: bool = False) -> str:
    """Break long lines between words, not within commands; what follows is set in by `more`.

    With `keep`, spaces at the beginning of a line and between columns stay as they are.

    Examples
    --------
    >>> folded("one customer left", indent="  ")
    '  one customer left'
    """
    lines = (
        line
        if keep and len(line) <= width()
        else textwrap.fill(
            line,
            width(),
            initial_indent=indent,
            subsequent_indent=more,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in held(tame(text)).splitlines()
    )
    return let_go("\n".join(lines))


def cut(text: str) -> str:
    r"""Give a text on one line of the terminal, its control characters written out.

    Examples
    --------
    >>> print(cut("one\ntwo"))
    one\ntwo
    """
    written = visible(text)
    return written if len(written) <= width() - 2 else f"{written[: width() - 3]}…"


def visible(text: str) -> str:
    r"""Give a text with its control characters written out: none of them moves the terminal.

    Examples
    --------
    >>> print(visible("one\x1b[2Jtwo"))
    one\x1b[2Jtwo
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def problem(text: str) -> None:
    """Say what went wrong."""
    note(f"Error: {text}")


def grid(
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int] = (),
    indent: str = "  ",
    spare: Sequence[int] = (),
) -> str:
    """Set rows in columns; columns in `right` stand to the right.

    Where the terminal is too narrow, columns in `spare` are left out, the first of them first.

    Examples
    --------
    >>> print(grid([["web", "8,055"], ["calls", "475"]], right=[1]))
      web    8,055
      calls    475
    """
    if not rows:
        return ""
    rows = [[tame(cell).replace("\n", "\\n") for cell in row] for row in rows]
    sizes = [max(map(len, column)) for column in zip(*rows, strict=True)]
    shown = list(range(len(sizes)))
    for i in spare:
        if len(indent) + sum(sizes[k] + 2 for k in shown) - 2 > width():
            shown.remove(i)
    lines = []
    for row in rows:
        cells = [row[i].rjust(sizes[i]) if i in right else row[i].ljust(sizes[i]) for i in shown]
        lines.append((indent + "  ".join(cells)).rstrip())
    return "\n".join(lines)


def fitting(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Set a table with a name in front; where it is wider than the terminal, in parts below each
    other, each with the names.

    Examples
    --------
    >>> print(fitting([["", "n", "share"], ["web", "8,055", "94%"]], right=[1, 2]))
             n  share
    web  8,055    94%
    """
    parts, begin = [], 1
    most = max(map(len, rows[0:1]), default=0)
    while begin < most:
        end = begin + 1
        while end < most and _fits(rows, begin, end + 1):
            end += 1
        part = [[row[0], *row[begin:end]] for row in rows]
        to_right = [i - begin + 1 for i in right if begin <= i < end]
        parts.append(grid(part, right=to_right, indent=""))
        begin = end
    return "\n\n".join(parts)


def _fits(rows: Sequence[Sequence[str]], begin: int, end: int) -> bool:
    """Say whether some columns stand in one line with the first."""
    columns = (0, *range(begin, end))
    needed = sum(max(len(row[i]) for row in rows) + 2 for i in columns) - 2
    return needed <= width()


def _plain(value: Any) -> Any:
    """Give what JSON knows in place of a date, a decimal or bytes."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def progress(*, quiet: bool = False) -> Progress:
    """Give a bar on a terminal, a line per stage elsewhere, nothing where nothing is wanted."""
    if quiet:
        from trod.workspace.progress import Silent

        return Silent()
    shown = _Bar() if sys.stderr.isatty() else _Lines()
    _shown.append(shown)
    return shown


def settle() -> None:
    """End what still moves on the terminal, whatever happened."""
    while _shown:
        _shown.pop().done()


class _Lines:
    """One line when a stage is over: its name, rows, seconds."""

    def __init__(self) -> None:
        self._name = ""
        self._rows = 0
        self._began = 0.0

    def stage(self, name: str) -> None:
        """End the stage before, begin this one."""
        self.done()
        self._name, self._rows, self._began = name, 0, time.monotonic()

    def count(self, n: int) -> None:
        """Add rows."""
        self._rows += n

    def done(self) -> None:
        """Say what the stage did."""
        if self._name:
            rows = f", {count(self._rows, 'row')}" if self._rows else ""
            note(f"{self._name}{rows}, {time.monotonic() - self._began:.1f} s")
        self._name = ""


class _Bar:
    """A moving line with stage, rows and time, which goes when the work is done."""

    def __init__(self) -> None:
        self._shown: RichProgress | None = None
        self._task: TaskID | None = None
        self._rows = 0

    def stage(self, name: str) -> None:
        """Show the name of the stage."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        if self._shown is None:
            self._shown = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[rows]}"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._shown.start()
        if self._task is not None:
            self._shown.remove_task(self._task)
        self._rows = 0
        self._task = self._shown.add_task(name, total=None, rows="")

    def count(self, n: int) -> None:
        """Count rows."""
        if self._shown is not None and self._task is not None:
            self._rows += n
            self._shown.update(self._task, rows=f"{self._rows:>12,} rows")

    def done(self) -> None:
        """Clear the line."""
        if self._shown is not None:
            self._shown.stop()
        self._shown = self._task = None
