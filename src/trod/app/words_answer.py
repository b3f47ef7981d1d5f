"""What every answer says below its figures: who was asked, within which time, how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trod.app.say import folded
from trod.insights.wording import count

if TYPE_CHECKING:
    from trod.analyses.answer import Answer


def one_of(unit: str) -> str:
    """Give the word for one of those who are counted.

    Examples
    --------
    >>> one_of("person"), one_of("account")
    ('customer', 'account')
    """
    return "account" if unit == "account" else "customer"


def told(found: Answer[Any], more: str = "", *, dated: bool = False) -> str:
    """Tell population, window and method; with `dated` the moment up to which they hold."""
    whom = f"{found.population}: {count(found.n, one_of(found.unit))}."
    window = f"Within {found.window}." if found.window else ""
    as_of = f"As of {found.as_of:%Y-%m-%d} ({found.zone})." if dated else ""
    said = [whom, window, as_of, found.method, more, *found.warnings]
    return folded(" ".join(text for text in said if text), more="")
