"""Colours people can tell apart: measured contrast, and distance under colour blindness."""

from itertools import pairwise

import pytest

from trod.figures.tokens import STEPS, THEMES, linear_rgb, palette

TEXT_ON = [
    (text, ground)
    for ground in ("paper", "sheet", "sheet2")
    for text in ("ink", "ink2", "ink3", "pine", "clay")
] + [("ink2", "clay-tint"), ("ink3", "clay-tint"), ("pine", "pine-tint"), ("on-clay", "clay")]

#: Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
BLINDNESS = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def luminance(colour):
    r, g, b = linear_rgb(colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    x = (0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.95047
    y = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    z = (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def seen(colour, blindness):
    rgb = linear_rgb(colour)
    rows = BLINDNESS[blindness]
    return [max(0.0, sum(k * c for k, c in zip(row, rgb, strict=True))) for row in rows]


def distance(one, other, blindness):
    pairs = zip(lab(seen(one, blindness)), lab(seen(other, blindness)), strict=True)
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_stands_out_from_its_ground(theme, text, ground):
    colours = palette(theme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_better_and_worse_differ_for_the_colour_blind(theme, blindness):
    colours = palette(theme)
    assert distance(colours["clay"], colours["pine"], blindness) >= 40


@pytest.mark.parametrize("theme", THEMES)
def test_every_step_of_the_scale_is_seen_on_the_sheet(theme):
    colours = palette(theme)
    for i in range(STEPS):
        assert contrast(colours[f"s{i}"], colours["sheet"]) >= 2.6


@pytest.mark.parametrize("theme", THEMES)
def test_the_middle_of_the_scale_is_nearest_to_the_sheet_and_the_ends_farthest(theme):
    colours = palette(theme)
    away = [contrast(colours[f"s{i}"], colours["sheet"]) for i in range(STEPS)]
    half = away[: STEPS // 2 + 1]
    assert all(a >= b - 0.4 for a, b in pairwise(half))
    assert min(away) >= away[STEPS // 2] - 0.4
