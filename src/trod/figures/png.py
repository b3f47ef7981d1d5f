"""An SVG as pixels, without a browser, in the shipped fonts."""

from __future__ import annotations

from resvg_py import svg_to_bytes

from trod.figures.text import ASSETS

FONTS = ("Inter.ttf", "TrodSerif-Medium.ttf", "TrodSerif-Italic.ttf")


def png(svg: str, width: int = 2400) -> bytes:
    r"""Draw an SVG as a PNG of some width.

    Names in scripts the shipped fonts do not hold take a font of the system where it has one.

    Parameters
    ----------
    svg
        A standalone SVG, as `journey_map_svg` writes it.
    width
        Pixels.

    Examples
    --------
    >>> png('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"/>', 8)[:4]
    b'\x89PNG'
    """
    return svg_to_bytes(
        svg_string=svg,
        width=width,
        font_files=[str(ASSETS / name) for name in FONTS],
        font_family="Inter",
        sans_serif_family="Inter",
        serif_family="Trod Serif",
        skip_system_fonts=svg.isascii(),
    )
