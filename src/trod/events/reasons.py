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
        "the line is longer than a row may be, 4 MB unless `limits:` says otherwise",
        "source",
        "Leave the huge value out of the export, or write `limits: {row: 16MB}` for the source.",
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
    Reason(
        "json_is_a_list",
        "the line is a JSON list, not an object",
        "source",
        "Write one object on each line.",
    ),
    Reason(
        "json_is_a_text",
        "the line is a JSON text, not an object",
        "source",
        "Write one object on each line.",
    ),
    Reason(
        "json_is_a_value",
        "the line is a JSON number or truth value, not an object",
        "source",
        "Write one object on each line.",
    ),
    Reason(
        "json_is_null",
        "the line is null, not an object",
        "source",
        "Write one object on each line.",
    ),
    Reason(
        "json_cut_off",
        "the JSON object is cut off",
        "source",
        "Fetch the file again; write the whole object on one line.",
    ),
    Reason(
        "json_more_behind",
        "something stands behind the JSON object",
        "source",
        "Write one object on each line.",
    ),
    Reason(
        "json_too_many_parts",
        "more than 200,000 lists and objects stand in the record, or two million where `each` "
        "makes rows of them",
        "source",
        "Write the record in parts, or leave the value out that holds so many.",
    ),
    Reason(
        "json_control_character",
        "a control character stands in a JSON text",
        "source",
        "Write line ends and tabs inside texts as \\n and \\t.",
    ),
    Reason(
        "json_bad_escape",
        "a backslash in a JSON text stands before the wrong letter",
        "source",
        "Write a backslash inside a text twice.",
    ),
    Reason(
        "json_single_quotes",
        "the object is written with single quotes, which is not JSON",
        "source",
        "Write it with a JSON library: keys and texts in double quotes.",
    ),
    Reason(
        "json_unquoted_key",
        "a key of the object is written without quotes",
        "source",
        "Write it with a JSON library: keys in double quotes.",
    ),
    Reason(
        "lone_surrogate",
        "half of a character (a lone surrogate) stands in a JSON text",
        "source",
        "Cut texts between characters, not inside them.",
    ),
    Reason(
        "header_repeated",
        "the line repeats the header",
        "nobody",
        "Nothing: files that were put together repeat their header.",
    ),
    Reason(
        "row_empty",
        "nothing stands in the row",
        "nobody",
        "Nothing, or leave empty rows out of the export.",
    ),
    # -- who ----------------------------------------------------------------------------------
    Reason(
        "no_id",
        "no id of a customer stands in the row",
        "source",
        "Export the id, or name another column that holds one under `ids:`.",
    ),
    Reason(
        "id_number_over_2_53",
        "the id is a number that its file has rounded",
        "source",
        "Export ids as text, or as whole numbers: a float holds 15 digits.",
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
    Reason(
        "nul_byte",
        "a NUL byte stands in the row",
        "source",
        "Export the file again; a NUL mostly means that it was written while it was copied.",
    ),
    Reason(
        "time_is_placeholder",
        "a word for nothing stands where the time is expected",
        "source",
        "Export the time; or list the word under `nulls:`.",
    ),
    Reason(
        "time_is_formula_error",
        "an error of a spreadsheet stands where the time is expected",
        "source",
        "Mend the formula in the sheet and export it again.",
    ),
    Reason(
        "time_is_zero",
        "the date is 0000-00-00",
        "source",
        "Export the time; a database writes this where none is known.",
    ),
    Reason(
        "time_is_a_word",
        "a word stands where the time is expected",
        "source",
        "Export the time, or name another column under `time:`.",
    ),
    Reason(
        "time_is_a_number",
        "a number stands where a written time is expected",
        "trod.yml",
        "Say what the number counts with `unit:` and `since:`.",
    ),
    Reason(
        "time_anchor_missing",
        "the moment is not known from which the time is counted",
        "trod.yml",
        "Name the missing moment in `since:`, or export it.",
    ),
    Reason(
        "time_in_other_unit",
        "the number is no time in the unit that is declared",
        "trod.yml",
        "Correct `unit:` of the time, or write `unit: auto`.",
    ),
    Reason(
        "time_with_more_behind",
        "something stands behind the time",
        "trod.yml",
        "Add the way it is written to `format:` of the time.",
    ),
    Reason(
        "time_without_day",
        "a year or a month stands where a time is expected",
        "source",
        "Export the day, and the clock where it is known.",
    ),
    Reason(
        "time_zone_unknown",
        "the time names its zone by a word that is not known",
        "source",
        "Write the offset, such as +02:00, or name the zone of the source with `zone:`.",
    ),
    Reason(
        "day_does_not_exist",
        "the day does not exist, such as 30 February",
        "source",
        "Correct the date.",
    ),
    Reason(
        "clock_does_not_exist",
        "the clock time does not exist, such as 25:00",
        "source",
        "Correct the time; midnight at the end of a day is 00:00 of the next.",
    ),
    Reason(
        "clock_without_day",
        "a clock time stands without a day",
        "trod.yml",
        "Name both columns: `time: [day, clock]`.",
    ),
    Reason(
        "time_in_skipped_hour",
        "the clock never showed this time: clocks were put forward",
        "trod.yml",
        "Write `skipped_hour: forward`, or export times in UTC.",
    ),
    Reason(
        "year_1",
        "the year is 1, which programs write where no time is known",
        "source",
        "Export the time, or leave it empty.",
    ),
    Reason(
        "year_9999",
        "the year is 9999, which programs write for never",
        "source",
        "Leave the time empty, or leave such rows out with `where:`.",
    ),
    Reason(
        "time_before_1900",
        "the time is before 1900",
        "source",
        "Correct the time, or its `unit:` or `format:`.",
    ),
    Reason(
        "time_after_2200",
        "the time is after 2200",
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
        "value_in_other_currency",
        "without the amount of money, which is in another currency",
        "nobody",
        "Export one currency, or give the others a source of their own; nothing is converted.",
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
