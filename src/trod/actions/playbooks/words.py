"""Playbooks in words: when they keep away, and by what they are judged."""

from __future__ import annotations

from trod.actions.playbooks.spec import ContraindicationSpec, PlaybookSpec
from trod.analyses.names import decode
from trod.insights.wording import in_words


def kept_away(each: ContraindicationSpec) -> str:
    """Say when a contraindication keeps away: as trod.yml says it, else by what it asks.

    Examples
    --------
    >>> kept_away(ContraindicationSpec(touchpoints=["Complaint"], until=["Closed"]))
    'had Complaint, and no Closed since'
    >>> kept_away(ContraindicationSpec(contacted="14d"))
    'contacted in the last 14 days'
    """
    if each.why:
        return each.why
    if each.where:
        return f"{decode(each.where)} holds"
    if each.contacted:
        return f"contacted in the last {days(each.contacted.days)}"
    if each.played:
        return f"in a play in the last {days(each.played.days)}"
    had = f"had {in_words(list(each.touchpoints))}"
    if each.within is not None:
        had += f" in the last {days(each.within.days)}"
    return f"{had}, and no {in_words(list(each.until))} since" if each.until else had


def days(n: int) -> str:
    """Say a number of days after "the last": day, 14 days."""
    return "day" if n == 1 else f"{n:,} days"


def when_not(spec: PlaybookSpec) -> str:
    """Say when a playbook is not for somebody who triggers it."""
    some = [kept_away(each) for each in spec.contraindications]
    return f"if {' or if '.join(some)}" if some else "where they ask to be left alone"


def judged(spec: PlaybookSpec) -> str:
    """Say by what a playbook is judged, and within what time."""
    success = spec.success
    what = "money received" if success.money else f"share with {', '.join(success.touchpoints)}"
    if success.ends:
        what = "share that leaves" if success.ends == "left" else "share that completes"
    elif success.reaches:
        what = f"share that reaches {success.reaches}"
    return f"{what} within {days(success.within.days)}"
