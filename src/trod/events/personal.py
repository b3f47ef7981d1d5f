"""Personal data in free text: found by pattern, kept only where its check digits are right.

A finding says what kind of thing was seen and how often, never the thing itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final, NamedTuple

_EMAIL: Final = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_NUMBER: Final = re.compile(r"(?<![\w.])\+?\(?\d(?:[\s().\-/]{0,2}\d){6,18}(?!\w)")
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b")
_ADDRESS: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_DATE: Final = re.compile(
    r"(19|20)\d\d[-/.]?\d\d?[-/.]?\d\d?([T ]?\d\d:?\d\d(:?\d\d)?)?"
    r"|\d\d?[-/.]\d\d?[-/.](19|20)\d\d([T ]\d\d?)?"
)
_PHONE: Final = re.compile(r"(\+|00 ?)\d[\d\s().\-/]{7,18}|\(?0\d+[\s)\-/][\d\s\-/]{5,12}")
KINDS: Final = ("e-mail address", "payment card", "bank account", "phone number", "IP address")
"""What is looked for, the most certain first."""


class Seen(NamedTuple):
    """Personal data of one kind in some texts."""

    kind: str
    texts: int  # texts in which it stands


def personal(text: str) -> frozenset[str]:
    """Name the kinds of personal data in a text.

    Payment cards are 13 to 19 digits that pass Luhn's check [1]_ and begin as issuers' numbers do;
    bank accounts are IBANs whose check digits are right [2]_. Phone numbers are written with a
    plus, two zeros or a leading zero, so that order numbers are not taken for them.

    References
    ----------
    .. [1] ISO/IEC 7812-1, annex B.
    .. [2] ISO 13616-1: mod 97-10 of ISO 7064.

    Examples
    --------
    >>> sorted(personal("Ring +49 30 1234567 or write to ann@example.com"))
    ['e-mail address', 'phone number']
    >>> personal("card 4111 1111 1111 1111"), personal("order 4111 1111 1111 1112")
    (frozenset({'payment card'}), frozenset())
    >>> personal("opened 01-03-2016 08:12:44")
    frozenset()
    >>> personal("GB82 WEST 1234 5698 7654 32")
    frozenset({'bank account'})
    """
    found: set[str] = set()
    if "@" in text and _EMAIL.search(text):
        found.add("e-mail address")
    rest = text
    for match in _IBAN.finditer(text):
        if is_iban(match[0]):
            found.add("bank account")
            rest = rest.replace(match[0], " ")
    for match in _ADDRESS.finditer(rest):
        if _is_address(match[0]):
            found.add("IP address")
    for match in _NUMBER.finditer(_ADDRESS.sub(" ", rest)):
        kind = _of_number(match[0])
        if kind is not None:
            found.add(kind)
    return frozenset(found)


def scan(texts: Iterable[str | None]) -> tuple[Seen, ...]:
    """Count the texts that hold each kind of personal data; kinds not seen are left out.

    Examples
    --------
    >>> scan(["ann@example.com", "thanks", None, "bob@example.com and 192.0.2.7"])
    (Seen(kind='e-mail address', texts=2), Seen(kind='IP address', texts=1))
    """
    counts = dict.fromkeys(KINDS, 0)
    for text in texts:
        for kind in personal(text) if text else ():
            counts[kind] += 1
    return tuple(Seen(kind, n) for kind, n in counts.items() if n)


def is_card(digits: str) -> bool:
    """Say whether digits are a payment card: length, issuer and Luhn's check.

    Examples
    --------
    >>> is_card("4111111111111111"), is_card("4111111111111112"), is_card("0000000000000000")
    (True, False, False)
    """
    if not 13 <= len(digits) <= 19 or digits[0] not in "3456" or len(set(digits)) == 1:
        return False
    total = 0
    for i, digit in enumerate(reversed(digits)):
        n = int(digit) * (1 + i % 2)
        total += n - 9 if n > 9 else n
    return total % 10 == 0


def is_iban(text: str) -> bool:
    """Say whether a text is an IBAN with the right check digits.

    Examples
    --------
    >>> is_iban("DE89 3704 0044 0532 0130 00"), is_iban("DE88 3704 0044 0532 0130 00")
    (True, False)
    """
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34:
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _of_number(text: str) -> str | None:
    """Name what a long number is; None where it is a date or nobody's."""
    if _DATE.fullmatch(text.strip()):
        return None
    if is_card(re.sub(r"\D", "", text)):
        return "payment card"
    return "phone number" if _PHONE.fullmatch(text) else None
