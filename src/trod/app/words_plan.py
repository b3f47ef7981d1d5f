"""Plans as a terminal tells them, and as files."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from trod.actions.plans.markdown import facts, in_common, markdown
from trod.actions.plans.plan import SECTIONS, Item, Plan
from trod.app import say


def plan(made: Plan, *, queries: bool = False) -> str:
    """Tell a plan; the queries that test it only where they are wanted."""
    lines = [say.folded(f"{say.strong(made.journey)}  {made.headline}")]
    lines += [say.folded(each, indent="  ", more="    ") for each in made.given]
    if made.flags:
        lines += ["", say.strong("To settle first")]
        for flag in made.flags:
            lines.append(say.folded(flag.problem, indent="  ", more="    "))
            lines.append(say.folded(f"Do: {flag.write}", indent="    ", more="      "))
    for name, title in SECTIONS:
        lines += _section(title, getattr(made, name), queries=queries)
    if made.not_supported:
        lines += ["", say.strong("Looked at and not supported")]
        lines += [
            say.folded(f"{each.title}: {each.why}", indent="  ", more="    ")
            for each in made.not_supported
        ]
    lines += ["", *(say.folded(each, more="  ") for each in (*made.missing, *made.notes))]
    if made.definition:
        lines += ["", say.strong("The journey for trod.yml"), made.definition]
    asked = any(item.ask for name, _ in SECTIONS for item in getattr(made, name))
    if asked and not queries:
        more = "The query that tests each: `trod plan CONTEXT --queries`, or `--out plan.md`."
        lines += ["", say.folded(more, more="")]
    return "\n".join(lines)


def _section(title: str, items: tuple[Item, ...], *, queries: bool) -> list[str]:
    if not items:
        return []
    lines, common = ["", say.strong(title)], in_common(items)
    if common:
        lines.append(say.folded(f"Needed for each: {common}.", indent="  ", more="    "))
    for item in items:
        lines.append(
            say.folded(f"{item.rank}. {item.title} [{item.status}]", indent="  ", more="     ")
        )
        lines.append(say.folded(item.why, indent="     ", more="     "))
        lines += [
            say.folded(text, indent="     ", more="       ") for text in facts(item, common=common)
        ]
        if queries and item.ask:
            lines += [f"       {line}" for line in item.ask.splitlines()]
    return lines


def told(made: Plan) -> dict[str, Any]:
    """Give the same for programs."""
    return asdict(made)


def rendered(made: Plan, how: str) -> bytes:
    """Give a plan as Markdown, as a page, or as JSON."""
    if how == "html":
        from trod.figures.plan_page import plan_html

        return plan_html(made).encode()
    if how == "json":
        return (json.dumps(told(made), ensure_ascii=False, indent=2) + "\n").encode()
    return markdown(made).encode()
