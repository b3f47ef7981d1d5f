"""A drawing as an SVG file that stands alone: colours written out, fonts named with fall-backs."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

from trod.figures import tokens
from trod.figures.markup import Markup, el
from trod.figures.text import ASSETS


def document(
    body: Markup,
    wide: float,
    high: float,
    width_px: int,
    theme: str,
    alt: str,
    ground: str = "paper",
) -> str:
    """Write a drawing as an SVG document of some width that asks for nothing outside of itself.

    Parameters
    ----------
    body
        Marks whose colours are ``var(--name)`` and whose classes are those of the style sheets.
    wide, high
        Size of the drawing in its own units.
    width_px
        Width of the picture; the height follows.
    theme
        ``"light"`` or ``"dark"``.
    alt
        What the picture shows, for people who listen.
    ground
        Colour behind the drawing.

    Raises
    ------
    ValueError
        If the theme is neither.
    """
    if theme not in tokens.THEMES:
        raise ValueError(f"theme is {theme!r}: write 'light' or 'dark'.")
    high = ceil(high)
    behind = el("rect", width=wide, height=high, fill=f"var(--{ground})")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_px}"'
        f' height="{round(width_px * high / wide)}" viewBox="0 0 {wide:g} {high}" role="img">'
        f"{el('title', alt)}<style>{_style(theme)}</style>"
        f"{tokens.resolve(str(behind), theme)}{tokens.resolve(str(body), theme)}</svg>"
    )


@lru_cache(maxsize=2)
def _style(theme: str) -> str:
    """Write the style sheet with colours in place of names."""
    css = "".join(
        (ASSETS / name).read_text(encoding="utf-8") for name in ("figures.css", "sheet.css")
    )
    return tokens.resolve(css + tokens.scales_css(), theme)
