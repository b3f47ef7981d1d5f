"""The command that lists, in a terminal, the customers behind a figure."""

from __future__ import annotations


def listing(key: str, unit: str, journey: str = "") -> str:
    """Say what lists all customers behind a key; "" where no journey is to be named.

    Examples
    --------
    >>> print(listing("left:Onboard", "account", "Trial"))
    trod export customers --where 'left:Onboard' --unit account --journey 'Trial'
    """
    return f"trod export customers --where {_quoted(key)}{about(unit, journey)}"


def about(unit: str, journey: str = "") -> str:
    """Say which unit and journey a key is about, as options of a command."""
    return f" --unit {unit}" + (f" --journey {_quoted(journey)}" if journey else "")


def _quoted(text: str) -> str:
    """Quote a text for a shell."""
    return "'" + text.replace("'", "'\"'\"'") + "'"
