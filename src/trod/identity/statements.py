"""What people state about who is who: a list that only grows, kept beside the evidence.

A statement links two ids, separates two ids, or retracts an earlier statement. It says who stated
it, when, and why. Nothing is ever edited or deleted: a retraction is a statement too. Each one is
signed over the one before it, so that a changed or missing statement is found when they are read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, NamedTuple

from trod._store.manifest import Part
from trod._store.store import Store
from trod.errors import DefinitionError, StoreError

KIND: Final = "identity"
"""Kind of the parts in the store that hold statements."""
LINK: Final = "link"
SEPARATE: Final = "separate"
RETRACT: Final = "retract"
Verb = Literal["link", "separate", "retract"]


class IdOf(NamedTuple):
    """An id as statements name it: its kind, and its value in normal form."""

    kind: str
    value: str


class Draft(NamedTuple):
    """A statement that nobody has made yet."""

    verb: Verb
    one: IdOf | None = None  # of a link or a separation
    other: IdOf | None = None
    of: int | None = None  # number of the statement that a retraction takes back


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, as it is kept."""

    number: int  # counted from 1, in the order in which they were made
    verb: Verb
    one: IdOf | None
    other: IdOf | None
    of: int | None
    by: str
    at_us: int  # when it was stated, in microseconds since 1970, UTC
    why: str
    signature: str = ""

    def signed(self, before: str) -> str:
        """Give the signature of this statement where `before` is that of the one before it."""
        told = asdict(self)
        del told["signature"]
        body = json.dumps([before, told], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(body.encode()).hexdigest()


def link(one: IdOf, other: IdOf) -> Draft:
    """Say that two ids are one person."""
    return _pair(LINK, one, other)


def separate(one: IdOf, other: IdOf) -> Draft:
    """Say that two ids are not one person."""
    return _pair(SEPARATE, one, other)


def retract(number: int) -> Draft:
    """Take back the statement of a number."""
    return Draft(RETRACT, of=number)


def _pair(verb: Verb, one: IdOf, other: IdOf) -> Draft:
    if one == other:
        raise DefinitionError([f"{one.kind} {one.value!r} is given twice. Name two ids."])
    return Draft(verb, min(one, other), max(one, other))


def state(
    store: Store, drafts: Sequence[Draft], *, by: str, at_us: int, why: str = ""
) -> tuple[Statement, ...]:
    """Keep statements, all of them or none, after those that are there.

    Parameters
    ----------
    store
        Where they are kept.
    drafts
        What is stated.
    by
        Who states it.
    at_us
        When, in microseconds since 1970, UTC.
    why
        The reason, in words.

    Raises
    ------
    DefinitionError
        If nobody is named, or a retraction names a statement that is not in force.
    StoreError
        If another process writes to the store, or what is there was changed.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> store = Store.create(pathlib.Path(tempfile.mkdtemp()) / ".trod")
    >>> ann = IdOf("customer", "ann"), IdOf("customer", "ann-2")
    >>> [made] = state(store, [link(*ann)], by="Ada", at_us=0, why="two logins, one passport")
    >>> made.number, made.verb, made.other.value
    (1, 'link', 'ann-2')
    """
    if not by.strip():
        raise DefinitionError(["nobody is named who states this. Say it with --by NAME."])
    with store.write() as tx:
        made = add(read(store), drafts, by=by.strip(), at_us=at_us, why=why.strip())
        new = made[len(made) - len(drafts) :]
        body = "".join(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in new)
        tx.add(KIND, "jsonl", lambda file: file.write(body.encode()), rows=len(new))
        tx.commit()
    return new


def add(
    statements: Sequence[Statement], drafts: Sequence[Draft], *, by: str, at_us: int, why: str
) -> tuple[Statement, ...]:
    """Give the list as it would be with more statements, numbered and signed."""
    made = list(statements)
    for draft in drafts:
        if draft.of is not None:
            _check_retraction(made, draft.of)
        before = made[-1].signature if made else ""
        bare = Statement(len(made) + 1, *draft, by=by, at_us=at_us, why=why)
        made.append(replace(bare, signature=bare.signed(before)))
    return tuple(made)


def _check_retraction(statements: Sequence[Statement], number: int) -> None:
    """Refuse to take back what was never said, or what was taken back already."""
    if not 1 <= number <= len(statements):
        there = f"There are statements 1 to {len(statements)}." if statements else "There is none."
        raise DefinitionError(
            [f"no statement has number {number}. {there} See `trod identity log`."]
        )
    gone = retracted(statements)
    by = {each.of: each.number for each in statements if each.number not in gone}
    if number in by:
        raise DefinitionError([f"statement {number} was retracted by statement {by[number]}."])


def retracted(statements: Sequence[Statement]) -> frozenset[int]:
    """Give the numbers of statements that are not in force.

    A retraction that was itself retracted takes nothing back.
    """
    gone: set[int] = set()
    for each in reversed(statements):
        if each.of is not None and each.number not in gone:
            gone.add(each.of)
    return frozenset(gone)


def read(store: Store) -> tuple[Statement, ...]:
    """Give all statements, in the order in which they were made.

    Raises
    ------
    StoreError
        If one was changed, or is missing.
    """
    made: list[Statement] = []
    for part in store.manifest.of(KIND):
        for line in bytes(store.checked(part)).decode().splitlines():
            each = _told(store, part, line)
            before = made[-1].signature if made else ""
            if each.number != len(made) + 1 or each.signature != each.signed(before):
                raise StoreError(
                    f"{store.path(part)}: statement {each.number} was changed, or one before it "
                    "is missing. Restore the file from a backup."
                )
            made.append(each)
    return tuple(made)


def _told(store: Store, part: Part, line: str) -> Statement:
    try:
        told: dict[str, Any] = json.loads(line)
        pair = {name: told[name] and IdOf(*told[name]) for name in ("one", "other")}
        return Statement(**{**told, **pair})
    except (ValueError, KeyError, TypeError) as problem:
        raise StoreError(f"{store.path(part)}: damaged: {problem}.") from problem


def signature(statements: Sequence[Statement]) -> str:
    """Give a short text that differs where the statements differ; empty without any."""
    return statements[-1].signature[:16] if statements else ""
