"""A journey map that can be shown anywhere: page, picture, diagram, data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trod.errors import DefinitionError, unknown
from trod.events.counted import plural
from trod.insights.journey_map import JourneyMap
from trod.workspace.output import save

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trod.insights.drill import DrillList
    from trod.journeys.batch import Journeys
    from trod.journeys.spec import JourneySpec
    from trod.workspace.plate import Plate

LISTED: Final = 50
"""Customers listed behind each figure of a page; a command lists the rest."""
DIAGRAMS: Final = ("journey", "flowchart", "sankey")


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """One journey map and the journeys it was drawn from.

    Attributes
    ----------
    data
        Every figure, as frozen dataclasses.
    spec
        The journey definition, as declared or as suggested.
    journeys
        The journeys behind the figures.
    source
        The workspace; a temporary one lives as long as this map.
    """

    data: JourneyMap
    spec: JourneySpec
    journeys: Journeys
    source: object

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know: assumptions, quarantined rows, sources left aside."""
        return self.data.notes

    @property
    def method(self) -> str:
        """How the figures were made, in a few sentences."""
        stages = "; ".join(f"{stage.name}: {stage.rule}" for stage in self.data.stages)
        return (
            f"Journey of {plural(self.data.population.n, self.data.unit)} "
            f"from {self.data.first_day} to {self.data.last_day} ({self.data.zone}). "
            f"Stages: {stages}. Left: {self.data.left_rule}. As of {self.data.as_of}. "
            "Rates carry 95 % Wilson intervals; medians are read from integer histograms."
        )

    def lists(self, *, limit: int = LISTED) -> Mapping[str, DrillList]:
        """List the customers behind every figure, by the key of the figure."""
        from trod.insights.drill import checked, drill_lists, keys_of
        from trod.journeys.passage import compile_plan

        plan = compile_plan(self.spec, self.journeys)
        found = drill_lists(self.journeys, plan, keys_of(self.data), limit=limit)
        checked(self.data, found)
        return found

    def to_html(self, path: Path | str | None = None, *, theme: str = "auto") -> str:
        """Give the map as one offline page; write it where a path is given."""
        from trod.figures.page import journey_map_html

        return self._saved(path, journey_map_html(self.data, self.lists(), theme=theme))

    def to_svg(self, path: Path | str | None = None, *, theme: str = "light") -> str:
        """Give the map as a drawing; write it where a path is given."""
        from trod.figures.svg import journey_map_svg

        return self._saved(path, journey_map_svg(self.data, theme=theme))

    def to_png(
        self, path: Path | str | None = None, *, theme: str = "light", width: int = 2400
    ) -> bytes:
        """Give the map as a picture; write it where a path is given."""
        from trod.figures.png import png

        self._check(path)
        return save(path, png(self.to_svg(theme=theme), width=width))

    def to_pdf(self, path: Path | str | None = None) -> bytes:
        """Give the page as a PDF, printed by the Chromium of this machine."""
        from trod.figures.page import journey_map_html
        from trod.figures.pdf import pdf

        self._check(path)
        return save(path, pdf(journey_map_html(self.data, {}, theme="light")))

    def to_pptx(self, path: Path | str | None = None) -> bytes:
        """Give the map as slides: the same bytes for the same data."""
        from trod.figures.slides import pptx

        self._check(path)
        return save(path, pptx(self.data))

    def report(self) -> Plate:
        """Give every figure of the journey, for one page; see `trod report`."""
        from trod.workspace.plate import report

        return report(self)

    def process(self) -> Plate:
        """Give the process map: how customers move between touchpoints."""
        from trod.workspace.plate import process

        return process(self)

    def to_json(self, path: Path | str | None = None) -> str:
        """Give every figure as JSON, the same bytes for the same data."""
        from trod.insights.compose import to_json

        return self._saved(path, to_json(self.data))

    def to_mermaid(self, kind: str = "journey", path: Path | str | None = None) -> str:
        """Give the map as a Mermaid diagram: journey, flowchart or sankey."""
        from trod.figures import mermaid

        if kind not in DIAGRAMS:
            raise DefinitionError([unknown("diagram", kind, DIAGRAMS)])
        return self._saved(path, getattr(mermaid, kind)(self.data))

    def _saved(self, path: Path | str | None, text: str) -> str:
        self._check(path)
        save(path, text.encode())
        return text

    def _check(self, path: Path | str | None) -> None:
        """Refuse to write over what the map was made of."""
        from trod.workspace.folder import Workspace

        if path is not None and isinstance(self.source, Workspace):
            self.source.spare(Path(path))

    def _repr_html_(self) -> str:
        """Show the map in a notebook."""
        from trod.figures.notebook import journey_map_repr

        return journey_map_repr(self.data)
