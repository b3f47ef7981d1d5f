"""Figures on one page: a finding over each, a table under each, every number with its customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from trod.figures import said, shell
from trod.figures.figure import Figure
from trod.figures.links import Drill, Linked
from trod.figures.markup import Markup
from trod.figures.page import context, setting
from trod.figures.prose import coded
from trod.insights.journey_map import JourneyMap

if TYPE_CHECKING:
    from trod.insights.drill import DrillList

MOST: Final = 6
"""Figures on a page: more are not read."""
FOLDED: Final = 190
"""A note of more signs than this is folded away."""
_NAMES: Final = {
    "process": "Process map",
    "funnel": "Funnel",
    "cohorts": "Retention",
    "conformance": "Conformance",
}


def report_html(
    figures: Sequence[Figure],
    lists: Mapping[str, DrillList],
    about: JourneyMap | shell.Setting,
    *,
    theme: str = "auto",
) -> str:
    """Render figures as a page that needs nothing else: no network, no other file.

    Parameters
    ----------
    figures
        At most six, in order.
    lists
        For each predicate key the customers to embed; see `drills_of`.
    about
        The map whose figures these are, which gives headline, context and definitions; or only
        what the figures are about.
    theme
        ``"auto"`` follows the reader's system and has a switch; ``"light"`` and ``"dark"`` start
        so.
    """
    if len(figures) > MOST:
        raise ValueError(f"{len(figures)} figures: a page holds {MOST}.")
    m = about if isinstance(about, JourneyMap) else None
    given = about if isinstance(about, shell.Setting) else setting(about)
    linked = Linked()
    values = shell.view(given, linked, theme=theme, rules=_widths(figures)) | {
        "name": name_of(figures[0]) if len(figures) == 1 else "Figures",
        "figures": figures,
        "names": {figure.name: name_of(figure) for figure in figures},
        "widths": {figure.name: i for i, figure in enumerate(figures)},
        "drawn": {f.name: Markup("") if f.empty else f.draw(linked) for f in figures},
        "headline": said.headline(m) if m else (),
        "context": context(m) if m else (),
        "definitions": m.definitions if m else (),
        "notes": m.notes if m else (),
        "coded": coded,
        "folded": FOLDED,
    }
    return shell.page("report.html.j2", values, given, linked, lists)


def drills_of(figures: Sequence[Figure], about: JourneyMap | None = None) -> dict[str, Drill]:
    """Give every number of a page that opens its customers, by the key that lists them."""
    linked = Linked()
    for figure in figures:
        if not figure.empty:
            figure.draw(linked)
        for table in figure.tables:
            for cell in (cell for row in table.rows for cell in row):
                if cell.drill:
                    linked.href(cell.drill)
    drills = [piece.drill for piece in said.headline(about)] if about else []
    drills += [drill for _, drill in context(about)] if about else []
    for drill in drills:
        if drill and drill.key:
            linked.href(drill)
    return linked.drills


def name_of(figure: Figure) -> str:
    """Name the kind of a figure."""
    return _NAMES.get(figure.name, figure.name.capitalize())


def _widths(figures: Sequence[Figure]) -> str:
    """Say below which width each drawing scrolls sideways rather than shrink."""
    return (
        "@media screen{"
        + "".join(
            f".w{i} svg{{min-width:{max(figure.least, 0):.0f}px}}"
            for i, figure in enumerate(figures)
        )
        + "}"
    )
