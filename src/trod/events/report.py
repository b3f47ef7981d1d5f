"""What became of the rows of one file: nothing is lost without a word."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

SAME_ID: Final = "same message id, other content"
_EXAMPLES: Final = 3


@dataclass(slots=True)
class Report:
    """The account of one delivery; complete once its batches are drained.

    rows + expanded = mapped + merged + ignored + number of rejected.

    Attributes
    ----------
    source, file
        Where the rows came from.
    rows
        Rows read from the file.
    expanded
        Touchpoints beyond one a row: further dates of a wide table.
    mapped
        Touchpoints (or profiles) given out.
    merged
        Rows that went into the touchpoint of another row (`group_by`, `repeats: once`).
    ignored
        Rows left out on purpose by `where`.
    rejected
        By reason: how many, and the first of them.
    unread
        By role (value, score): how many could not be read, and the first of them. Their
        touchpoints are kept.
    zone_assumed
        True where times that name no zone were read in the default zone.
    """

    source: str
    file: str
    rows: int = 0
    expanded: int = 0
    mapped: int = 0
    merged: int = 0
    ignored: int = 0
    rejected: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    unread: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    zone_assumed: bool = False

    @property
    def n_rejected(self) -> int:
        """How many rows were rejected, for any reason."""
        return sum(n for n, _ in self.rejected.values())

    @property
    def received(self) -> int:
        """How many touchpoints were offered: those mapped and those rejected."""
        return self.mapped + self.n_rejected

    def reject(self, reason: str, n: int, example: str | None = None) -> None:
        """Count rejected rows, and remember the first ones."""
        _count(self.rejected, reason, n, example)

    def take_back(self, reason: str, n: int) -> None:
        """Count touchpoints as rejected that were given out as mapped."""
        self.mapped -= n
        self.reject(reason, n)

    def miss(self, role: str, n: int, example: str | None = None) -> None:
        """Count values that could not be read, and remember the first ones."""
        _count(self.unread, role, n, example)

    def words(self) -> tuple[str, ...]:
        """Say what a person must know about the rows that did not arrive."""
        out = []
        for reason, (n, examples) in sorted(self.rejected.items()):
            some = f" ({'; '.join(examples)})" if examples else ""
            out.append(f"{self.file}: {n:,} rows rejected: {reason}{some}.")
        for role, (n, examples) in sorted(self.unread.items()):
            some = f" ({'; '.join(examples)})" if examples else ""
            out.append(
                f"{self.file}: {n:,} touchpoints kept without {role}: it cannot be read{some}."
            )
        return tuple(out)


def _count(
    into: dict[str, tuple[int, tuple[str, ...]]], key: str, n: int, example: str | None
) -> None:
    before, examples = into.get(key, (0, ()))
    if example is not None and len(examples) < _EXAMPLES:
        examples = (*examples, example)
    into[key] = (before + n, examples)
