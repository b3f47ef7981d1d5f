"""`trod ingest --watch`: a line for each increment, and a clean end at Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Any

import typer

from trod.app import say
from trod.app.options import duration, workspace
from trod.events.counted import count

if TYPE_CHECKING:
    from trod.workspace.watching import Increment, Refused


def follow(ctx: typer.Context, *, every: str, as_json: bool) -> None:
    """Follow the files of all sources until somebody says stop."""
    from trod.workspace.watching import watch

    pause = duration(every)
    assert pause is not None
    seconds = pause.total_seconds()
    if seconds <= 0:
        raise typer.BadParameter("--every is no time at all. Write 1s or more.")
    space = workspace(ctx, quiet=True)
    with _until_told() as stop:
        if not as_json:
            n = count(len(space.project.sources), "source")
            say.note(f"Following the files of {n}. Ctrl-C ends.")
            for line in _not_followed(space.project.sources):
                say.note(line)
        watch(
            space,
            told=_as_json if as_json else _in_words,
            wait=lambda: not stop.wait(seconds),
        )
    if not as_json:
        say.note("Stopped. Everything that was read is stored.")


def _not_followed(sources: Any) -> Iterator[str]:
    names = [spec.name for spec in sources if spec.aside is None and not spec.files]
    if names:
        yield f"Note: {', '.join(names)}: no files. Read by `trod ingest`."


@contextmanager
def _until_told() -> Iterator[Event]:
    """Give what is set at Ctrl-C or SIGTERM, so that the increment under way is finished."""
    stop = Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt  # the second time somebody means now
        stop.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _as_json(one: Increment | Refused) -> None:
    from trod.workspace.watching import Refused

    if isinstance(one, Refused):
        told: dict[str, Any] = {"file": one.file, "refused": one.why}
    else:
        told = {
            **one.report.as_dict(),
            "seconds": round(one.seconds, 3),
            "newest": _moment(one.newest_us),
            "age_seconds": None if one.age_seconds is None else round(one.age_seconds, 1),
        }
    say.line_json(told)


def _in_words(one: Increment | Refused) -> None:
    from trod.workspace.watching import Refused

    if isinstance(one, Refused):
        say.note(f"Note: {one.why}")
        return
    report = one.report
    parts = [f"{report.source}: {report.stored:,} stored"]
    for n, what in (
        (report.duplicate, "seen before"),
        (report.n_quarantined, "quarantined"),
        (report.n_dropped, "dropped"),
    ):
        if n:
            parts.append(f"{n:,} {what}")
    fresh = ""
    if one.newest_us is not None and one.age_seconds is not None:
        fresh = f"; the newest is of {_moment(one.newest_us)}, {_ago(one.age_seconds)}"
    say.line(f"{', '.join(parts)} in {one.seconds:.2f} s{fresh}")


def _moment(time_us: int | None) -> str | None:
    if time_us is None:
        return None
    return datetime.fromtimestamp(time_us / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _ago(seconds: float) -> str:
    """Say how long ago something was."""
    if seconds < 0:
        return "in the future"
    for unit, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit} ago"
    return f"{count(round(seconds), 'second')} ago"
