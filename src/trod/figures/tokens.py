"""Every colour Trod draws with, in light and in dark, and the scales made from them.

One encoding per colour: pine is better, clay is worse, ink is the interface. A colour is never
alone: sign, shape, position or a word always says the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#F6F5F1",
        "sheet": "#FFFFFF",
        "sheet2": "#FBFAF7",
        "rule": "#E6E3DB",
        "rule2": "#D5D1C6",
        "ink": "#17211F",
        "ink2": "#3B4744",
        "ink3": "#5D6865",
        "ink4": "#838C88",
        "pine": "#0F6C66",
        "clay": "#A9440F",
        "clay-tint": "#FBF0E8",
        "pine-tint": "#EBF4F2",
        "pine-rule": "#C2DCD8",
        "on-clay": "#FFFFFF",
        "spill": "#DDB498",
        "band": "#DDE2DF",
        "band2": "#C7CFCB",
        "focus": "#1D4FD8",
    }
)
DARK: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#101615",
        "sheet": "#171F1D",
        "sheet2": "#1B2422",
        "rule": "#29332F",
        "rule2": "#3A4642",
        "ink": "#EEF1EE",
        "ink2": "#CDD4D0",
        "ink3": "#A3AEA9",
        "ink4": "#6F7B76",
        "pine": "#66BDB3",
        "clay": "#F39350",
        "clay-tint": "#2A1E16",
        "pine-tint": "#14282A",
        "pine-rule": "#2A4A47",
        "on-clay": "#17110C",
        "spill": "#7A5238",
        "band": "#2B3633",
        "band2": "#42504B",
        "focus": "#8FB0FF",
    }
)
#: Worse to better, from −1 to +1. Dark sheets need the ends bright and the middle dim.
_DIVERGING = {
    "light": ("#7F2C06", "#B3480F", "#CB8349", "#97998D", "#539B92", "#23807A", "#084E4A"),
    "dark": ("#F7B184", "#F39350", "#BF7C46", "#7D7F75", "#4A968F", "#66BDB3", "#93DDD3"),
}
STEPS = 13
SHADES = 12
LEGIBLE = 4.5  # least contrast of words, WCAG AA
_PALEST, _DEEPEST = 0.06, 0.9  # how much pine the two end shades hold
THEMES = ("light", "dark")

_VARIABLE = re.compile(r"var\(--([a-z0-9-]+)\)")


def step(value: float) -> int:
    """Place a value from −1 (worse) to +1 (better) on the diverging scale of 13 steps.

    Examples
    --------
    >>> step(-1.0), step(0.0), step(0.3), step(7.0)
    (0, 6, 8, 12)
    """
    half = (STEPS - 1) // 2
    return round(max(-1.0, min(1.0, value)) * half) + half


@lru_cache(maxsize=2)
def palette(theme: str) -> Mapping[str, str]:
    """Name every colour of a theme: the tokens, and the diverging scale as ``s0`` to ``s12``.

    Examples
    --------
    >>> palette("light")["clay"], palette("dark")["s6"]
    ('#A9440F', '#7D7F75')
    """
    stops = _DIVERGING[theme]
    scale = {}
    for i in range(STEPS):
        at = i * (len(stops) - 1) / (STEPS - 1)
        low = min(int(at), len(stops) - 2)
        scale[f"s{i}"] = _mix(stops[low], stops[low + 1], at - low)
    named = LIGHT if theme == "light" else DARK
    for i in range(SHADES):
        share = _PALEST + (_DEEPEST - _PALEST) * i / (SHADES - 1)
        ground = _mix(named["sheet"], named["pine"], share)
        scale[f"q{i}"] = ground
        scale[f"qt{i}"] = _ink_on(ground, named)
    return MappingProxyType({**named, **scale})


def _ink_on(ground: str, named: Mapping[str, str]) -> str:
    """Choose the ink of words on a ground: the theme's where legible, else black or white."""

    def clearest(*inks: str) -> str:
        return max(inks, key=lambda ink: contrast(ink, ground))

    own = clearest(named["ink"], named["sheet"])
    return own if contrast(own, ground) >= LEGIBLE else clearest("#000000", "#FFFFFF")


def shade(share: float) -> int:
    """Place a share on the sequential scale, spread where most shares of retention lie.

    Examples
    --------
    >>> shade(0.0), shade(0.61), shade(0.75), shade(1.0)
    (0, 4, 6, 11)
    """
    return round(max(0.0, min(1.0, share)) ** 2 * (SHADES - 1))


def scales_css() -> str:
    """Write the classes of both scales: ``f`` diverging, ``q`` sequential, ``qt`` words on it."""
    diverging = "".join(f".f{i}{{fill:var(--s{i})}}" for i in range(STEPS))
    shades = "".join(
        f".q{i}{{fill:var(--q{i})}}.qt.qt{i}{{fill:var(--qt{i})}}" for i in range(SHADES)
    )
    return diverging + shades


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours as WCAG measures it, 1 to 21.

    Examples
    --------
    >>> round(contrast("#FFFFFF", "#000000"))
    21
    """
    lights = sorted(
        0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(linear_rgb, (one, other))
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def css_variables(theme: str) -> str:
    """Write a theme as CSS custom properties."""
    shadow = (
        "0 1px 2px rgba(23,33,31,.04),0 8px 24px -12px rgba(23,33,31,.10)"
        if theme == "light"
        else "none"
    )
    pairs = ";".join(f"--{name}:{value}" for name, value in palette(theme).items())
    return f"color-scheme:{theme};--shadow:{shadow};{pairs}"


def resolve(markup: str, theme: str) -> str:
    """Write colours in place of ``var(--name)``, for readers of SVG that know no variables.

    Examples
    --------
    >>> resolve('<path fill="var(--pine)"/>', "dark")
    '<path fill="#66BDB3"/>'
    """
    colours = palette(theme)
    return _VARIABLE.sub(lambda match: colours[match.group(1)], markup)


def _mix(one: str, other: str, share: float) -> str:
    """Mix two colours in Oklab, where equal steps look equal."""
    a, b = _to_oklab(one), _to_oklab(other)
    return _from_oklab(
        (
            a[0] + (b[0] - a[0]) * share,
            a[1] + (b[1] - a[1]) * share,
            a[2] + (b[2] - a[2]) * share,
        )
    )


def linear_rgb(colour: str) -> tuple[float, float, float]:
    """Read ``#RRGGBB`` as linear light, 0 to 1 a channel."""
    r, g, b = (_to_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return r, g, b


def _to_linear(c: float) -> float:
    return c / 12.92 if c <= 0.04045 else float(((c + 0.055) / 1.055) ** 2.4)


def _to_srgb(c: float) -> float:
    c = max(0.0, min(1.0, c))
    return c * 12.92 if c <= 0.0031308 else float(1.055 * c ** (1 / 2.4) - 0.055)


def _to_oklab(colour: str) -> tuple[float, float, float]:
    r, g, b = linear_rgb(colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    mid = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * mid - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * mid + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * mid - 0.8086757660 * short,
    )


def _from_oklab(lab: tuple[float, float, float]) -> str:
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    mid = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    rgb = (
        4.0767416621 * long - 3.3077115913 * mid + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * mid - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * mid + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(_to_srgb(c) * 255):02X}" for c in rgb)
