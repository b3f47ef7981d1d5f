"""Questions that are open: alerts, and hypotheses that could not be decided."""

from __future__ import annotations

from collections.abc import Sequence

from trod.actions.alerts.alert import Alert
from trod.insights.hypotheses.kept import Kept
from trod.insights.watching import words
from trod.journeys.label import units
from trod.outcomes.reviews.review import Item, Section

_MOST = 5


def questions(alerts: Sequence[Alert], hypotheses: Sequence[Kept]) -> Section:
    """Tell alerts that last, and hypotheses with their verdicts; the undecidable ones first."""
    ordered = sorted(hypotheses, key=lambda each: (each.judged.verdict != "undecidable", each.id))
    items = [_alert(each) for each in alerts[:_MOST]]
    items += [_hypothesis(each) for each in ordered[:_MOST]]
    more = len(alerts) + len(hypotheses) - len(items)
    return Section(
        "open",
        "Questions open",
        f"Alerts that last: {len(alerts)}. Hypotheses tested: {len(hypotheses)}.",
        tuple(items),
        none="No alert lasts and no hypothesis was tested: see `trod watch`, `trod hypotheses`.",
        note=f"{more} more in `trod alerts` and `trod hypotheses`." if more else "",
    )


def _alert(each: Alert) -> Item:
    found, unit = each.anomaly, units(each.unit)
    lines = [words.statement(found, unit)]
    lines += [found.evidence[0]] if found.evidence else []
    lines.append(f"{each.owner or 'Nobody owns it'}. {each.status.capitalize()} since {each.day}.")
    tag = "Tracking" if found.nature == "tracking" else "Alert"
    return Item(f"alert/{each.id}", words.title(found), tuple(lines), tag)


def _hypothesis(each: Kept) -> Item:
    judged = each.judged
    lines = [f"{judged.why}. n {judged.n:,}, as of {each.as_of}. {judged.evidence}."]
    if judged.verdict == "undecidable" and judged.needed:
        lines.append(f"{judged.needed:,} more customers would tell.")
    return Item(f"hypothesis/{each.id}", each.statement, tuple(lines), judged.verdict.capitalize())
