"""How many of something, as it stands in a sentence: one function for every room."""

from __future__ import annotations


def count(n: int, one: str, many: str | None = None) -> str:
    """Say how many of what is named in the singular.

    Examples
    --------
    >>> count(1, "customer"), count(2_000, "customer"), count(2, "person", "people")
    ('1 customer', '2,000 customers', '2 people')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def plural(n: int, many: str) -> str:
    """Say how many of what is named in the plural.

    Examples
    --------
    >>> plural(1, "customers"), plural(1204, "accounts")
    ('1 customer', '1,204 accounts')
    """
    return count(n, one_of(many), many)


def one_of(many: str) -> str:
    """Give the word for one of several.

    Examples
    --------
    >>> one_of("customers"), one_of("accounts")
    ('customer', 'account')
    """
    return many.removesuffix("s")
