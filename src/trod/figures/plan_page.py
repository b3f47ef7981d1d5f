"""A plan as one page: what to settle, signals, friction, what to do, what to follow."""

from __future__ import annotations

from typing import Final, NamedTuple

from trod.actions.plans.markdown import facts, in_common
from trod.actions.plans.plan import SECTIONS, Item, Plan
from trod.figures import shell
from trod.figures.links import Linked
from trod.figures.prose import coded
from trod.figures.text import ASSETS

_SUBTITLES: Final = {
    "signals": "What customers do, or do not, before they leave.",
    "frictions": "Where it may get stuck, and why it may.",
    "interventions": "What answers it, when not, and how to see whether it helps.",
    "metrics": "What to follow, and where it stands.",
}


class Section(NamedTuple):
    """A card of the page."""

    name: str
    title: str
    subtitle: str
    common: str  # what all items need alike
    items: tuple[Item, ...]


def plan_html(plan: Plan, *, theme: str = "auto") -> str:
    """Render a plan as a page that needs nothing else: no network, no other file.

    Parameters
    ----------
    plan
        Measured, or of hypotheses.
    theme
        ``"auto"`` follows the reader's system; ``"light"`` and ``"dark"`` start so.
    """
    linked = Linked()
    setting = shell.Setting(plan.journey, plan.unit, plan.as_of, "", False, None, "")
    rules = (ASSETS / "plan.css").read_text(encoding="utf-8")
    sections = [
        Section(name, title, _SUBTITLES[name], in_common(getattr(plan, name)), getattr(plan, name))
        for name, title in SECTIONS
    ]
    values = shell.view(setting, linked, theme=theme, rules=rules) | {
        "plan": plan,
        "sections": [section for section in sections if section.items],
        "facts": facts,
        "coded": coded,
    }
    return shell.page("plan.html.j2", values, setting, linked, {})
