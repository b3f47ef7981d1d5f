"""Figures: a journey map as a page, a picture, a table, or text other tools draw.

Nothing here computes a number: a figure turns the numbers of `trod.insights` into places, words
and colours, and every one of them leads back to the customers it counts.
"""

from trod.figures.cohorts import cohorts_figure
from trod.figures.conformance import conformance_figure
from trod.figures.figure import Figure, figure_csv, figure_json, figure_svg
from trod.figures.funnel import funnel_figure
from trod.figures.mermaid import KINDS as MERMAID_KINDS
from trod.figures.notebook import journey_map_repr
from trod.figures.page import journey_map_html
from trod.figures.png import png
from trod.figures.process import process_figure
from trod.figures.svg import journey_map_svg, paths_svg

__all__ = [
    "MERMAID_KINDS",
    "Figure",
    "cohorts_figure",
    "conformance_figure",
    "figure_csv",
    "figure_json",
    "figure_svg",
    "funnel_figure",
    "journey_map_html",
    "journey_map_repr",
    "journey_map_svg",
    "paths_svg",
    "png",
    "process_figure",
]
