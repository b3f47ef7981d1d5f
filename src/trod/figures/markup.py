"""Elements of HTML and SVG as escaped text: what is not markup already is escaped."""

from __future__ import annotations

from markupsafe import Markup, escape

__all__ = ["Markup", "el", "join", "number"]


def number(value: float) -> str:
    """Write a coordinate with one decimal, and none where it is whole.

    Examples
    --------
    >>> number(12.04), number(12.34), number(-0.01)
    ('12', '12.3', '0')
    """
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def el(tag: str, *children: str | Markup, **attributes: object) -> Markup:
    """Write one element. Names lose a trailing underscore, other underscores become hyphens.

    Attributes that are None are left out; numbers are coordinates.

    Examples
    --------
    >>> el("text", "Me & you", x=12.04, class_="name", text_anchor=None)
    Markup('<text x="12" class="name">Me &amp; you</text>')
    """
    parts = [f"<{tag}"]
    for name, value in attributes.items():
        if value is None:
            continue
        shown = number(value) if isinstance(value, float) else escape(str(value))
        key = name.removesuffix("_")
        parts.append(f' {key if key == "viewBox" else key.replace("_", "-")}="{shown}"')
    inner = "".join(str(escape(child)) for child in children)
    if not inner and tag in _VOID:
        return Markup("".join(parts) + "/>")
    return Markup("".join(parts) + f">{inner}</{tag}>")


def join(*parts: str | Markup) -> Markup:
    """Put elements one after the other."""
    return Markup("").join(parts)


_VOID = frozenset({"path", "rect", "circle", "line", "stop", "use", "br", "polygon"})
