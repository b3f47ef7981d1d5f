"""The table of outcomes by family."""

from __future__ import annotations

from collections.abc import Sequence

from tests.badinput.badfile import BadFile
from tests.badinput.outcome import Outcome

_HEAD = (
    "family",
    "files",
    "read",
    "refused",
    "rows stored",
    "quarantined",
    "most MB",
    "beyond its size",
    "of a process beside",
    "MB written",
    "most s",
)


def table(found: Sequence[tuple[BadFile, Outcome]]) -> str:
    """Write it as Markdown; the last line is for all."""
    families = dict.fromkeys(bad.family for bad, _ in found)
    lines = [_line(name, [told for bad, told in found if bad.family == name]) for name in families]
    lines.append(_line("all", [told for _, told in found]))
    head = [f"| {' | '.join(_HEAD)} |", f"|{'---|' * len(_HEAD)}"]
    return "\n".join([*head, *lines])


def _line(name: str, told: Sequence[Outcome]) -> str:
    refused = sum(bool(one.refused) for one in told)
    figures = (
        len(told),
        len(told) - refused,
        refused,
        sum(one.stored for one in told),
        sum(one.quarantined for one in told),
        max(one.growth for one in told) >> 20,
        max(0, *(one.beyond for one in told)) >> 20,
        max(one.child for one in told) >> 20,
        max(one.written for one in told) >> 20,
        f"{max(one.seconds for one in told):.1f}",
    )
    return f"| {name} | {' | '.join(f'{n:,}' if isinstance(n, int) else n for n in figures)} |"
