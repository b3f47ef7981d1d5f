"""A plan as Markdown, to be pasted where people work."""

from __future__ import annotations

from trod.actions.plans.plan import SECTIONS, Item, Plan


def markdown(plan: Plan) -> str:
    """Write a plan as Markdown; the same bytes for the same plan.

    Examples
    --------
    >>> empty = Plan("Trial", "Set up", "accounts", False, "Nothing yet.", (), (), (), (), (), ())
    >>> print(markdown(empty).splitlines()[0])
    # Trial: a plan for Set up
    """
    lines = [f"# {plan.journey}: a plan for {plan.stage}", "", f"**{plan.headline}**", ""]
    if plan.given:
        lines += ["## Given", "", *(f"- {each}" for each in plan.given), ""]
    if plan.flags:
        lines += ["## To settle first", ""]
        lines += [f"- {each.problem} **Do:** {each.write}" for each in plan.flags] + [""]
    for name, title in SECTIONS:
        items: tuple[Item, ...] = getattr(plan, name)
        if items:
            common = in_common(items)
            lines += [f"## {title}", ""]
            lines += [f"Needed for each: {common}.", ""] if common else []
            lines += [line for item in items for line in _item(item, common)]
    if plan.not_supported:
        lines += ["## Looked at and not supported", ""]
        lines += [f"- {each.title}: {each.why}" for each in plan.not_supported] + [""]
    if plan.missing:
        lines += ["## Missing", "", *(f"- {each}" for each in plan.missing), ""]
    if plan.definition:
        lines += ["## The journey for trod.yml", "", "```yaml", plan.definition, "```", ""]
    lines += ["## How to read this", "", *(f"- {each}" for each in plan.notes)]
    return "\n".join(lines).rstrip() + "\n"


def _item(item: Item, common: str) -> list[str]:
    lines = [
        f"### {item.rank}. {item.title}",
        "",
        f"*{item.status[:1].upper()}{item.status[1:]}.* {item.why}",
        "",
    ]
    lines += [f"- {text}" for text in facts(item, common=common)]
    if item.ask:
        lines += ["", "```sql", item.ask, "```"]
    return [*lines, ""]


def in_common(items: tuple[Item, ...]) -> str:
    """Give what all items need alike; "" where it differs."""
    needed = {item.needed for item in items}
    return needed.pop() if len(needed) == 1 and len(items) > 1 else ""


def facts(item: Item, *, common: str = "") -> list[str]:
    """Give what stands below an item, a line each, but for what all have in common."""
    found = list(item.figures)
    if item.order:
        found.append(f"{item.order[:1].upper()}{item.order[1:]}.")
    if item.when_not:
        found.append(f"Not: {item.when_not[:1].lower()}{item.when_not[1:]}".rstrip(".") + ".")
    if item.measure:
        found.append(f"Measure: {item.measure}.".replace("..", "."))
    if item.needed and item.needed != common:
        found.append(f"Needed: {item.needed}.")
    if item.command:
        found.append(f"With Trod: `{item.command}`")
    return found
