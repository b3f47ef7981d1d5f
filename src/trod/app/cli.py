"""The `trod` command. Each command parses, calls the library, prints; see ``commands_*.py``."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from traceback import clear_frames
from types import FrameType
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from trod import __version__
from trod.app import hints, say
from trod.app.commands_activate import activate
from trod.app.commands_ask import friction, funnel, paths
from trod.app.commands_audit import audit
from trod.app.commands_compare import compare
from trod.app.commands_coverage import coverage
from trod.app.commands_doctor import doctor
from trod.app.commands_effects import effects, roi
from trod.app.commands_figures import report
from trod.app.commands_findings import accept, findings
from trod.app.commands_hypotheses import hypotheses, interview
from trod.app.commands_identity import identity
from trod.app.commands_journey import journey
from trod.app.commands_keep import verify
from trod.app.commands_lanes import lanes
from trod.app.commands_look import customer, export, sql
from trod.app.commands_map import map_
from trod.app.commands_measure import conform, retention, stuck
from trod.app.commands_messages import deliver, destinations, outbox
from trod.app.commands_metrics import baseline, metrics
from trod.app.commands_models import fit, models
from trod.app.commands_names import names
from trod.app.commands_next import next_, what_if
from trod.app.commands_plan import plan
from trod.app.commands_playbooks import playbooks
from trod.app.commands_quarantine import quarantine, replay
from trod.app.commands_queue import interventions, queue
from trod.app.commands_review import review
from trod.app.commands_scores import health, score
from trod.app.commands_segments import segments
from trod.app.commands_signals import signals
from trod.app.commands_start import check, demo, ingest, init
from trod.app.commands_survival import survival
from trod.app.commands_value import attribution, value
from trod.app.commands_voice import answers, sentiment, topics
from trod.app.commands_watch import alerts, watch
from trod.app.groups import help_of
from trod.errors import TrodError

STOPPED: Final = 130
_WHY: Final = {
    errno.ENOSPC: "the disk is full. Nothing half-written was kept",
    errno.EDQUOT: "your disk quota is used up. Nothing half-written was kept",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.EROFS: "the disk is read-only",
    errno.ENOENT: "no such file or folder",
    errno.EISDIR: "is a folder where a file is needed",
    errno.ENOTDIR: "is a file where a folder is needed",
    errno.EEXIST: "is there already",
    errno.EFBIG: "grows larger than a file may be here. Nothing half-written was kept",
    errno.EMFILE: "too many files are open",
}


_stopped = Event()


class Commands(TyperGroup):
    """A mistake becomes one message and an exit code; anything else is a bug, with a trace."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command and turn what went wrong into words."""
        try:
            try:
                result = super().invoke(ctx)
            finally:
                say.settle()
            sys.stdout.flush()
        except (Exception, KeyboardInterrupt) as exc:
            code = _ending(exc)
            if code is None:
                raise
            _let_go(exc)
            raise typer.Exit(code) from exc
        return result


def _ending(exc: BaseException) -> int | None:
    """Say how a command ended that did not end well; None for a bug, and for what typer says."""
    if isinstance(exc, KeyboardInterrupt) or _stopped.is_set():
        say.note("\nStopped. What was finished is kept; nothing half-done is.")
        return STOPPED
    if isinstance(exc, BrokenPipeError):
        # The reader (head, less) has seen enough; keep Python from flushing into the void.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if isinstance(exc, TrodError | OSError):
        say.problem(_in_words(exc) if isinstance(exc, OSError) else str(exc))
        return 1
    if isinstance(exc, UnicodeEncodeError) and "surrogates" in exc.reason:
        byte = ord(exc.object[exc.start]) & 0xFF  # as Python writes a byte that is no text
        say.problem(f"byte {byte:02x} of what was written is not UTF-8. Write it in UTF-8.")
        return 1
    return None


def _let_go(exc: BaseException | None) -> None:
    """Let go of what the frames of a failure hold.

    A reader of DuckDB that lives until Python ends can end it with a signal, after all was said.
    """
    while exc is not None:
        clear_frames(exc.__traceback__)
        exc = exc.__cause__ or exc.__context__


def _in_words(exc: OSError) -> str:
    what = _WHY.get(exc.errno or 0, (exc.strerror or str(exc)).lower())
    return f"{exc.filename}: {what}." if exc.filename else f"{what}."


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        say.answer(f"trod {__version__}")
        raise typer.Exit


def trod(
    ctx: typer.Context,
    folder: Annotated[
        Path, typer.Option("-C", metavar="DIR", help="Folder of the workspace.")
    ] = Path("."),
    _asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    r"""Map the journeys customers really take.

    \b
    First steps:
      trod demo                        a map of an invented company
      trod map visits.csv sales.csv    a map of your own files
    """
    ctx.obj = folder
    hints.about(folder)


app.callback(help=help_of(trod.__doc__))(trod)
_COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "demo": demo,
    "init": init,
    "check": check,
    "ingest": ingest,
    "audit": audit,
    "quarantine": quarantine,
    "replay": replay,
    "names": names,
    "map": map_,
    "report": report,
    "paths": paths,
    "funnel": funnel,
    "friction": friction,
    "baseline": baseline,
    "metrics": metrics,
    "conform": conform,
    "stuck": stuck,
    "retention": retention,
    "survival": survival,
    "fit": fit,
    "models": models,
    "score": score,
    "health": health,
    "review": review,
    "lanes": lanes,
    "plan": plan,
    "activate": activate,
    "destinations": destinations,
    "deliver": deliver,
    "outbox": outbox,
    "playbooks": playbooks,
    "queue": queue,
    "interventions": interventions,
    "compare": compare,
    "coverage": coverage,
    "findings": findings,
    "accept": accept,
    "hypotheses": hypotheses,
    "interview": interview,
    "effects": effects,
    "roi": roi,
    "watch": watch,
    "alerts": alerts,
    "next": next_,
    "what-if": what_if,
    "value": value,
    "attribution": attribution,
    "signals": signals,
    "topics": topics,
    "sentiment": sentiment,
    "answers": answers,
    "segments": segments,
    "customer": customer,
    "sql": sql,
    "export": export,
    "doctor": doctor,
    "verify": verify,
}
for _name, _command in _COMMANDS.items():
    app.command(_name, help=help_of(_command.__doc__))(_command)
app.add_typer(identity)
app.add_typer(journey)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """Remember Ctrl-C: libraries that it reaches in the middle of a query say something else."""
    _stopped.set()
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGINT, _stop)
    app(prog_name="trod")
