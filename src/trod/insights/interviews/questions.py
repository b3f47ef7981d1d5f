"""What to ask: open questions made from a finding, which do not say what is hoped for."""

from __future__ import annotations

from trod.insights.findings.finding import Finding
from trod.journeys.label import readable


def questions(finding: Finding) -> tuple[str, ...]:
    """Give questions about a finding, from the widest to the nearest.

    None can be answered by yes or no, none names a cause, and what the finding is about is named
    last, for those who have not named it themselves: whoever is led says what is wanted.

    Examples
    --------
    >>> from trod.insights.journey_map import Count
    >>> one = Finding("friction", "Onboard", "Trial", "account", "", "", (), Count(0, ""),
    ...     "Observed", "weak", "", "", "", "", None, stage="Onboard", touchpoint="connect_error")
    >>> for question in questions(one):
    ...     print(question)
    What did you want to get done in those weeks, and how far did you get?
    Tell me what you did from the beginning of Onboard on, step by step.
    What made you go on, or stop, and what did you do instead?
    Where it has not come up: what was it like with Connect error, and what came after it?
    What would have to be different for you to do it again?
    """
    where = f"from the beginning of {finding.stage} on" if finding.stage else "in those weeks"
    asked = [
        "What did you want to get done in those weeks, and how far did you get?",
        f"Tell me what you did {where}, step by step.",
        "What made you go on, or stop, and what did you do instead?",
    ]
    if finding.touchpoint:
        name = readable(finding.touchpoint)
        asked.append(
            f"Where it has not come up: what was it like with {name}, and what came after it?"
        )
    return (*asked, "What would have to be different for you to do it again?")
