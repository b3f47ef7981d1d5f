"""A finding as plain values, and back: how it rests in the database and goes to programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from trod.insights.findings.finding import Finding, Impact
from trod.insights.journey_map import Count, Fact


def plain(finding: Finding) -> dict[str, Any]:
    """Give a finding as JSON knows it, with its id."""
    return {"id": finding.id, **asdict(finding)}


def of_plain(told: Mapping[str, Any]) -> Finding:
    """Read what `plain` gave; what an older Trod did not know has its default.

    Examples
    --------
    >>> one = Finding("friction", "Onboard", "Trial", "account", "Slow", "12 left.",
    ...     (Fact("lost", "12", Count(12, "left:Onboard")),), Count(12, "left:Onboard"),
    ...     "Observed", "weak", "", "", "", "", Impact(1.0, 3.0, "accounts kept", 80, ""))
    >>> of_plain(plain(one)) == one
    True
    """
    given = {name: value for name, value in told.items() if name != "id"}
    given["facts"] = tuple(_fact(each) for each in told["facts"])
    given["population"] = Count(**told["population"])
    given["impact"] = None if told["impact"] is None else Impact(**told["impact"])
    given["wholes"] = tuple(told.get("wholes", ()))
    return Finding(**given)


def _fact(told: Mapping[str, Any]) -> Fact:
    behind = told["behind"]
    return Fact(told["name"], told["text"], None if behind is None else Count(**behind))
