"""Why a row, or a value of it, could not be taken: one code for each reason.

A code is what programs filter by; it never changes its meaning. The sentences are for people and
may be worded better at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Mender = Literal["source", "trod.yml", "nobody"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why a row, or a value of it, could not be taken."""

    code: str
    what: str  # the sentence after "3 rows quarantined: "
    who: Mender  # who can mend it
    todo: str
    kept: bool = False  # the touchpoint is kept, without the value


_ALL: Final = (
    # -- the row cannot be cut out of the file ------------------------------------------------
    Reason(
        "too_many_columns",
        "the line has too many columns",
        "source",
        "Put quotes around values that hold the delimiter, or name the delimiter in trod.yml.",
    ),
    Reason(
        "wrong_encoding",
        "the line is not written in the encoding of the file",
        "source",
        "Export the file in one encoding, or name it with `encoding:`.",
    ),
    Reason(
        "line_too_long",
        "the line is longer than 16 MB",
        "source",
        "Leave the huge value out of the export, or cut the line.",
    ),
    Reason(
        "quote_misplaced",
        "a quote stands in the wrong place",
        "source",
        'Write a quote inside a value twice, or say `quote: ""` if quotes mean nothing.',
    ),
    Reason(
        "quote_never_closed",
        "a quote is opened and never closed",
        "source",
        'Close the quote, or say `quote: ""` if quotes mean nothing.',
    ),
    Reason(
        "line_unreadable",
        "the line cannot be cut into columns",
        "source",
        "Look at the line and export it again.",
    ),
    Reason(
        "not_a_json_object",
        "the line is not a JSON object",
        "source",
        "Write one object on each line.",
    ),
    # -- who ----------------------------------------------------------------------------------
    Reason(
        "no_id",
        "no id of a customer stands in the row",
        "source",
        "Export the id, or name another column that holds one under `ids:`.",
    ),
    # -- when ---------------------------------------------------------------------------------
    Reason(
        "time_missing",
        "no time stands in the row",
        "source",
        "Export the time, or name another column under `time:`.",
    ),
    Reason(
        "time_unreadable",
        "the time cannot be read",
        "trod.yml",
        "Add the way it is written to `format:` of the time.",
    ),
    Reason(
        "time_out_of_range",
        "the time is not between 1900 and 2200",
        "source",
        "Correct the time, or its `unit:` or `format:`.",
    ),
    # -- what ---------------------------------------------------------------------------------
    Reason(
        "touchpoint_missing",
        "no touchpoint stands in the row",
        "source",
        "Export what happened, or give a `{constant: ...}` under `touchpoint:`.",
    ),
    Reason(
        "message_id_conflict",
        "same message id, other content",
        "source",
        "Give each touchpoint an id of its own; which content counts does not depend on the order.",
    ),
    Reason(
        "group_incomplete",
        "another row of its group cannot be read",
        "trod.yml",
        "Mend the other row; both are then replayed together, as the one touchpoint they are.",
    ),
    # -- values that a touchpoint is kept without -----------------------------------------------
    Reason(
        "value_unreadable",
        "without the amount of money, which cannot be read",
        "trod.yml",
        "Say how amounts are written with `decimal:`, `unit:` and `currency:`.",
        kept=True,
    ),
    Reason(
        "score_unreadable",
        "without the score, which is not an answer on the scale",
        "trod.yml",
        "Name the right `scale:`, or `low:` and `high:`.",
        kept=True,
    ),
)
REASONS: Final[Mapping[str, Reason]] = {reason.code: reason for reason in _ALL}
"""Every reason, by its code."""
