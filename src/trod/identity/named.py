"""The id that a person means by a text: of any kind, or of a kind named before a colon."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

import pyarrow.compute as pc

from trod.errors import DataError
from trod.identity.ids import ACCOUNT, Ids

_COMPARED: Final = 200  # ids of each kind that are looked at for the nearest one


def named(ids: Ids, given: str) -> int:
    """Give the number of the id that a text means.

    Parameters
    ----------
    ids
        All ids of the log.
    given
        An id, as in the data, or with its kind, such as ``email:ann@acme.com``. Where several
        kinds have it, the most telling one is meant.

    Raises
    ------
    DataError
        If no row has it, or it is what programs write where an id is missing.
    """
    kind, _, value = given.partition(":")
    if kind in ids.kinds and (found := int(ids.numbers(kind, [value])[0])) >= 0:
        return found
    for each in ids.kinds:
        if (found := int(ids.numbers(each, [given])[0])) >= 0:
            return found
    for refused in ids.refused:
        if refused.kind != ACCOUNT and given in {text for text, _ in refused.values}:
            raise DataError(
                f"{given!r} is no id of anybody: it is what programs write where one is missing "
                "(or `identity.illegal` lists it)."
            )
    raise DataError(_nobody(ids, given))


def _nobody(ids: Ids, given: str) -> str:
    alike: list[str] = []
    for _, values in ids.by_kind():
        alike += values.filter(pc.starts_with(values, given[:2]))[:_COMPARED].to_pylist()
    close = get_close_matches(given, alike, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"no row of the log has the id {given!r}, among {ids.n_ids:,} ids.{hint}"
