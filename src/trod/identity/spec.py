"""The `identity:` part of trod.yml: which ids make people, and which do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from trod.identity.patterns import matching
from trod.sources.spec import Duration, Names, Spec

_NOTHING: Final = (
    "nan none null nil nul na n/a n.a. undefined undef missing empty blank inf infinity"
)
_NOBODY: Final = (
    "anonymous anon guest visitor unknown unk user users client system admin root login"
)
_NAMES: Final = (
    "id ids user_id userid username customer_id customerid anonymous_id anonymousid device_id "
    "deviceid account_id accountid distinct_id distinctid email e-mail mail phone name customer "
    "device account"
)
_TESTS: Final = "test tester testing demo example sample dummy temp tmp default noreply no-reply"
_CODES: Final = "-1 -9 -99 -999 true false yes no on off not_authenticated ffffffff"
ILLEGAL: Final = frozenset(
    {
        *f"{_NOTHING} {_NOBODY} {_NAMES} {_TESTS} {_CODES}".split(),
        "[object object]",
        "not set",
        "(not set)",
        "(not provided)",
        "(null)",
        "(none)",
        "(undefined)",
        "void",
        "void 0",
        "not available",
        "not applicable",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    }
)
"""Values that programs write where an id is missing: never an id of anybody."""

_PATTERNS: Final = (
    r"[0\pP\pS\pZ]*",  # 0000, 00000000-0000, ---
    r"x{3,}",
    r"\$\{.*\}|\{\{.*\}\}|%\w+%",  # a template nobody filled in
)
TESTED: Final = (
    r".*\+(test|tests|testing|qa|dummy)[-_.\d]*@.*|(test|tester|testing|example|demo)[+\d]*@.*"
)
"""Addresses that people make up to test: test3@acme.com, ann+test@acme.com."""
_EMAIL_PATTERNS: Final = (
    r".*@|@.*",
    r"(none|null|na|undefined|unknown|no-?reply|nobody)[+\d]*@.*",
    TESTED,
)


def _as_kind(value: object) -> object:
    """Read a bare name as a kind that is not known."""
    return {"name": value} if isinstance(value, str) else value


class KindSpec(Spec):
    """A kind of id."""

    name: str = Field(min_length=1, description="As in `sources.*.ids`; `customer` is built in.")
    known: bool = Field(
        default=False,
        description="True where the company gave the id to one person it knows: a login, a "
        "customer number. Two known ids of a kind never become one person.",
    )


Kind = Annotated[KindSpec, BeforeValidator(_as_kind)]
_KINDS: Final = (
    KindSpec(name="customer", known=True),
    KindSpec(name="email"),
    KindSpec(name="phone"),
    KindSpec(name="anonymous"),
    KindSpec(name="device"),
)


class IdentitySpec(Spec):
    """The `identity:` section: how ids lead to people."""

    kinds: Annotated[tuple[Kind, ...], Field(strict=False)] = Field(
        (),
        description="Kinds of ids, the most telling first. After those named here come, where "
        "they are not named, customer (known), email, phone, anonymous, device, then others.",
    )
    illegal: Names = Field((), description="Further values that are never an id, in any case.")
    max_people_per_id: int = Field(
        10, ge=1, description="An id seen with more people than this is used for nobody."
    )
    shared: Names = Field(
        (),
        description="Further ids that several people use, beside the mailboxes of a role "
        "(info@, support@, ...): they stand for themselves. `*` stands for any text.",
    )
    tests: Names = Field(
        (),
        description="Ids of test accounts, such as `*@our-company.com`: whoever has one is no "
        "customer, and the touchpoints are nobody's. `*` stands for any text.",
    )
    handover: Duration = Field(
        timedelta(days=7),
        description="How long one person must have had a device, number or address before "
        "another one, for the touchpoints until then to be the first one's.",
    )

    def ordered(self, found: Sequence[str]) -> tuple[str, ...]:
        """Give the kinds of ids in the data, the most telling first.

        Examples
        --------
        >>> IdentitySpec().ordered(["device", "crm", "customer"])
        ('customer', 'device', 'crm')
        """
        place = {name: at for at, name in enumerate(self._every_kind())}
        return tuple(sorted(found, key=lambda kind: (place.get(kind, len(place)), kind)))

    def known(self) -> frozenset[str]:
        """Give the kinds whose ids each belong to one person."""
        return frozenset(kind.name for kind in self._every_kind().values() if kind.known)

    def _every_kind(self) -> dict[str, KindSpec]:
        """Give the kinds by name, the most telling first, those named here before the others."""
        named = {kind.name: kind for kind in self.kinds}
        return {**named, **{kind.name: kind for kind in _KINDS if kind.name not in named}}

    def refused(self, kind: str, values: pa.StringArray) -> NDArray[np.bool_]:
        """Say of each value, shape (n,), whether it cannot be an id of anybody.

        Examples
        --------
        >>> spec = IdentitySpec()
        >>> spec.refused("customer", pa.array(["undefined", "0000-0000", "ann", "7"])).tolist()
        [True, True, False, False]
        >>> spec.refused("email", pa.array(["test@acme.com", "ann@acme.com"])).tolist()
        [True, False]
        """
        folded = pc.utf8_lower(pc.utf8_trim_whitespace(values))
        listed = sorted(ILLEGAL | {own.casefold() for own in self.illegal})
        patterns = (*_PATTERNS, *(_EMAIL_PATTERNS if kind == "email" else ()))
        pattern = f"(?s)^(?:{'|'.join(patterns)})$"
        either = pc.or_(
            pc.is_in(folded, value_set=pa.array(listed)),
            pc.match_substring_regex(folded, pattern=pattern),
        )
        mask: NDArray[np.bool_] = either.to_numpy(zero_copy_only=False)
        return mask & ~self._of_tests(kind, folded)

    def _of_tests(self, kind: str, folded: pa.StringArray) -> NDArray[np.bool_]:
        """Say which addresses, made up to test, are declared as those of test accounts.

        Such an address tells whose login it stands beside; one made up by a customer does not.
        """
        if kind != "email" or not self.tests:
            return np.zeros(len(folded), np.bool_)
        made_up = pc.match_substring_regex(folded, pattern=f"(?s)^(?:{TESTED})$")
        illegal = pa.array([one.casefold() for one in self.illegal], pa.string())
        fits = pc.and_not(made_up, pc.is_in(folded, value_set=illegal))
        return np.asarray(
            fits.to_numpy(zero_copy_only=False) & matching(folded, self.tests), np.bool_
        )


def is_made_up(address: str) -> bool:
    """Say whether an e-mail address was made up to test.

    Examples
    --------
    >>> is_made_up(" Ann+Test@acme.com"), is_made_up("contest@acme.com")
    (True, False)
    """
    return re.fullmatch(TESTED, address.strip().lower(), re.DOTALL) is not None


def normal(kind: str, values: pa.StringArray) -> pa.StringArray:
    """Write ids in the one way they count: trimmed, whole, e-mail addresses in lower case.

    A program that knows no missing integers writes 42.0 where another file says 42.

    Examples
    --------
    >>> normal("email", pa.array([" Ann@Acme.com "])).to_pylist()
    ['ann@acme.com']
    >>> normal("customer", pa.array([" A7 ", "42.0"])).to_pylist()
    ['A7', '42']
    """
    trimmed = pc.utf8_trim_whitespace(values)
    if kind == "email":
        return pc.utf8_lower(trimmed)
    return pc.replace_substring_regex(trimmed, pattern=r"^(\d+)\.0$", replacement=r"\1")
