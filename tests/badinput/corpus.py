"""At least 500 bad files, made anew each time and always the same."""

from __future__ import annotations

from tests.badinput.bad_csv import csvs
from tests.badinput.bad_encodings import encodings
from tests.badinput.bad_json import jsons
from tests.badinput.bad_logs import ocels, xeses
from tests.badinput.bad_packed import binaries, packed, parquets
from tests.badinput.bad_sheets import sheets
from tests.badinput.bad_times import empties, ids, times
from tests.badinput.badfile import BadFile

FAMILIES = (
    encodings,
    csvs,
    jsons,
    times,
    ids,
    empties,
    packed,
    parquets,
    binaries,
    sheets,
    xeses,
    ocels,
)


def corpus() -> list[BadFile]:
    """Give all of them, bombs aside."""
    return [file for family in FAMILIES for file in family()]
