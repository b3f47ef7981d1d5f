"""Figures of a finding counted again by their keys, before anybody is shown them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from trod.insights.changes.figures import per_cent
from trod.insights.claims import recounted
from trod.insights.findings.finding import Finding
from trod.insights.journey_map import Count, Fact
from trod.insights.wording import share
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan


def keys_of(finding: Finding) -> tuple[str, ...]:
    """Give the keys of all customers whom a finding counts."""
    counts = [fact.behind for fact in finding.facts if fact.behind]
    keys = {finding.population.key, *(count.key for count in counts), *finding.wholes}
    return tuple(sorted(key for key in keys if key))


def verify(found: Sequence[Finding], journeys: Journeys, plan: StagePlan) -> None:
    """Count the customers behind every figure of some findings again, in one pass.

    Raises
    ------
    AssertionError
        If a figure is not what its key lists: a bug, never shown.
    """
    counts = recounted([key for each in found for key in keys_of(each)], journeys, plan)
    for finding in found:
        if wrong := differing(finding, counts):
            raise AssertionError(f"{finding.id} ({finding.title}): {'; '.join(wrong)}.")


def differing(finding: Finding, counts: Mapping[str, int]) -> list[str]:
    """List the figures of a finding that are not what their keys count.

    Examples
    --------
    >>> from trod.insights.journey_map import Count, Fact
    >>> said = Finding("friction", "Onboard", "Trial", "account", "", "12% leave.",
    ...     (Fact("rate", "12%", Count(12, "left:Onboard")),), Count(12, "left:Onboard"),
    ...     "Observed", "weak", "", "", "", "", None, wholes=("reached:Onboard",))
    >>> differing(said, {"left:Onboard": 12, "reached:Onboard": 100})
    []
    >>> differing(said, {"left:Onboard": 13, "reached:Onboard": 100})
    ['12 said for left:Onboard, 13 listed', "'12%' said of left:Onboard, which is 13%"]
    """
    wrong = [_miscount(finding.population, counts)] if finding.population.key else []
    for fact, whole in zip_longest(finding.facts, finding.wholes, fillvalue=""):
        if not isinstance(fact, Fact) or fact.behind is None or not fact.behind.key:
            continue
        texts = _texts(counts[fact.behind.key], counts[str(whole)] if whole else None)
        wrong.append(_miscount(fact.behind, counts))
        if fact.text not in texts:
            wrong.append(f"{fact.text!r} said of {fact.behind.key}, which is {texts[0]}")
    return list(dict.fromkeys(each for each in wrong if each))


def _texts(n: int, whole: int | None) -> tuple[str, ...]:
    """Write a number of customers, or a share in the two ways in which one is told."""
    if whole is None:
        return (f"{n:,}",)
    return share(n, whole), *([per_cent(n / whole)] if whole else [])


def _miscount(said: Count, counts: Mapping[str, int]) -> str:
    n = counts[said.key]
    return "" if n == said.n else f"{said.n:,} said for {said.key}, {n:,} listed"
