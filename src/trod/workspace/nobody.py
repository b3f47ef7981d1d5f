"""Touchpoints that lead to nobody: how many, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from trod._store.store import Store
from trod.events.conflicts import set_aside
from trod.events.log_part import read_part
from trod.events.tables import ID

if TYPE_CHECKING:
    from trod.identity.ids import PartIds
    from trod.identity.resolve import People

TOUCHPOINTS: Final = "touchpoints"
NO_ID: Final = "they have no id"
TESTS: Final = "they are of test accounts"
SHARED: Final = "their id was seen with too many people"
NO_ACCOUNT: Final = "they lead to no account, or to several"
_LISTED: Final = 3


def reasons(store: Store, people: People) -> dict[str, dict[str, int]]:
    """Count, for each unit, the rows of the log that are nobody's touchpoint, by reason.

    Rows that were rejected for the sake of another row with their message id do not count: they
    are accounted for already. The order of arrival changes nothing.
    """
    parts = [part for part in people.ids.parts if part.part.kind == TOUCHPOINTS]
    aside = set_aside(store, [part.part for part in people.ids.parts])
    persons: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    accounts = 0
    for part in parts:
        rejected = aside.get(part.part.path, np.zeros(0, np.int64))
        nobody = _left_out(people, part, "person", rejected)
        tests = people.of_test(part)[nobody] if nobody.size else np.zeros(0, np.bool_)
        persons[TESTS] += int(tests.sum())
        shared, values, bare = _why(store, people, part, nobody[~tests])
        persons[SHARED] += shared
        persons[NO_ID] += bare
        refused += values
        if len(people.accounts):
            accounts += _left_out(people, part, "account", rejected).size
    persons[_was(refused)] += refused.total()
    return {"person": dict(sorted((+persons).items())), "account": _some(NO_ACCOUNT, accounts)}


def words(counted: Mapping[str, int], unit: str) -> tuple[str, ...]:
    """Say it in lines for people.

    Examples
    --------
    >>> words({"their id was 'undefined'": 2}, "person")
    ("2 rows name nobody: their id was 'undefined'.",)
    """
    whom = "are in no journey" if unit == "account" else "name nobody"
    one = whom.replace("are", "is").replace("name", "names")
    return tuple(
        f"{n:,} {f'row {one}' if n == 1 else f'rows {whom}'}: {_of_one(why) if n == 1 else why}."
        for why, n in counted.items()
    )


def _of_one(why: str) -> str:
    """Say a reason of several rows for a single one."""
    said = {"they have": "it has", "they are": "it is", "they lead": "it leads", "their": "its"}
    for many, one in said.items():
        why = why.replace(many, one)
    return why


def _left_out(
    people: People, part: PartIds, unit: str, rejected: NDArray[np.int64]
) -> NDArray[np.int64]:
    return np.setdiff1d(np.flatnonzero(people.of_rows(part, unit) < 0), rejected)


def _why(
    store: Store, people: People, part: PartIds, rows: NDArray[np.int64]
) -> tuple[int, Counter[str], int]:
    """Give how many rows have a shared id, which refused values stand in others, how many none."""
    if not rows.size:
        return 0, Counter(), 0
    kinds = [kind for kind in people.ids.kinds if kind in part.ids]
    shared = np.zeros(rows.size, np.bool_)
    for kind in kinds:
        shared |= part.ids[kind][rows] >= 0
    rest = rows[~shared]
    table = read_part(store, part.part, [f"{ID}{kind}" for kind in kinds]).take(rest)
    said = [_first(values) for values in zip(*(c.to_pylist() for c in table.columns), strict=True)]
    values = Counter(value for value in said if value is not None)
    return int(shared.sum()), values, int(rest.size) - values.total()


def _first(values: Sequence[str | None]) -> str | None:
    return next((value for value in values if value is not None), None)


def _was(refused: Mapping[str, int]) -> str:
    """Say which values stood in place of an id, those with most rows first."""
    listed = sorted(refused, key=lambda value: (-refused[value], value))
    more = f" or {len(listed) - _LISTED} other values" if len(listed) > _LISTED else ""
    return f"their id was {' or '.join(map(repr, listed[:_LISTED]))}{more}"


def _some(why: str, n: int) -> dict[str, int]:
    return {why: n} if n else {}
