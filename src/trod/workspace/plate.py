"""Figures that can be shown anywhere: page, picture, table, data; and the report of them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trod.journeys.label import units
from trod.workspace.output import save

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.analyses.attribution.credit import AttributionResult
    from trod.analyses.conformance import ConformanceResult
    from trod.analyses.funnel import Funnel, FunnelResult
    from trod.analyses.retention import RetentionResult
    from trod.analyses.survival import SurvivalResult
    from trod.figures.figure import Figure
    from trod.figures.shell import Setting
    from trod.insights.credit import By
    from trod.insights.drill import DrillList
    from trod.insights.early_warnings import EarlyWarnings
    from trod.insights.journey_map import JourneyMap
    from trod.insights.score_view import BacktestView, HistoryView
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.workspace.picture import Map

LISTED: Final = 8
"""Customers listed behind each number of a figure; a command lists the rest."""
FORMATS: Final = ("html", "pdf", "svg", "png", "json", "csv", "mmd")


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """Figures of one page, and the journeys they were counted from."""

    figures: tuple[Figure, ...]
    about: JourneyMap | Setting
    journeys: Journeys
    plan: StagePlan | None

    def lists(self) -> Mapping[str, DrillList]:
        """List the customers behind every number, and hold each list to the number shown."""
        from trod.figures.report import drills_of
        from trod.insights.drill import drill_lists
        from trod.insights.journey_map import JourneyMap

        about = self.about if isinstance(self.about, JourneyMap) else None
        drills = {key: drill for key, drill in drills_of(self.figures, about).items() if key}
        lists = drill_lists(self.journeys, self.plan, drills, limit=LISTED)
        for key, drill in drills.items():
            if drill.total != lists[key].total:
                raise AssertionError(f"{key}: {drill.total:,} shown, {lists[key].total:,} listed.")
        return lists

    def to_html(self, path: Path | str | None = None, *, theme: str = "auto") -> str:
        """Give the figures as one offline page; write it where a path is given."""
        from trod.figures.report import report_html

        html = report_html(self.figures, self.lists(), self.about, theme=theme)
        save(path, html.encode())
        return html

    def rendered(self, how: str, *, theme: str = "auto") -> bytes:
        """Give the first figure in one of `FORMATS`; all of them as a page."""
        from trod.figures import figure_csv, figure_json, figure_svg, png
        from trod.figures.report import report_html

        first, plain = self.figures[0], "dark" if theme == "dark" else "light"
        if how == "html":
            return self.to_html(theme=theme).encode()
        if how == "pdf":
            from trod.figures.pdf import pdf

            return pdf(report_html(self.figures, {}, self.about, theme="light"))
        if how == "json":
            return figure_json(first).encode()
        if how == "csv":
            return figure_csv(first).encode()
        if how == "mmd":
            return self._mermaid().encode()
        svg = figure_svg(first, plain, stamp=self._stamp())
        return png(svg, width=2400) if how == "png" else svg.encode()

    def _mermaid(self) -> str:
        """Give the first figure as text that Mermaid draws."""
        from trod.errors import DefinitionError

        if not self.figures[0].mermaid:
            raise DefinitionError(["Mermaid draws the process map only: write another format."])
        return self.figures[0].mermaid

    def save(self, path: Path | str, *, theme: str = "auto") -> None:
        """Write the figure in the format that the ending of the file means."""
        from trod.errors import DefinitionError, unknown

        ending = Path(path).suffix.lower().removeprefix(".")
        if ending not in FORMATS:
            raise DefinitionError([unknown("format", ending, FORMATS)])
        save(path, self.rendered(ending, theme=theme))

    def _repr_html_(self) -> str:
        """Show the figures in a notebook: pictures without a script."""
        from base64 import b64encode

        from trod.figures import figure_svg

        shown = []
        for figure in self.figures:
            svg = b64encode(figure_svg(figure, stamp=self._stamp()).encode()).decode()
            shown.append(
                f'<img alt="{escape(figure.alt)}" style="max-width:100%;margin:0 0 12px"'
                f' src="data:image/svg+xml;base64,{svg}">'
            )
        return "".join(shown)

    def _stamp(self) -> str:
        from trod.figures.labels import label
        from trod.figures.numbers import day

        return f"{label(self.about.journey)} · data to {day(self.about.as_of)} · {self.about.zone}"


def process(made: Map) -> Plate:
    """Draw how customers move between touchpoints, in the lanes of a map's stages."""
    from trod.figures.process import process_figure
    from trod.insights.process_map import process_map
    from trod.journeys.passage import compile_plan

    plan = compile_plan(made.spec, made.journeys).remembering()
    figure = process_figure(process_map(made.journeys, made.spec, plan))
    return Plate((figure,), made.data, made.journeys, plan)


def report(made: Map, before: Mapping[str, float] | None = None) -> Plate:
    """Draw every figure of a journey, for one page; `before` is what reached each stage then."""
    from trod.analyses.conformance import conformance as ask_conformance
    from trod.analyses.retention import retention as ask_retention
    from trod.figures.cohorts import cohorts_figure
    from trod.figures.conformance import conformance_figure
    from trod.figures.funnel import funnel_figure
    from trod.figures.process import process_figure
    from trod.insights.cohort_grid import cohort_grid
    from trod.insights.conformity import conformity
    from trod.insights.funnel_steps import of_stages
    from trod.insights.process_map import process_map
    from trod.journeys.passage import compile_plan

    journeys, spec = made.journeys, made.spec
    plan = compile_plan(spec, journeys).remembering()
    entered = cohorts_of(not made.data.suggested, plan)
    path = tuple(spec.intended)
    ignored = tuple(spec.ignore) if path else ()
    figures = (
        process_figure(process_map(journeys, spec, plan)),
        funnel_figure(of_stages(made.data, before)),
        cohorts_figure(cohort_grid(ask_retention(journeys, plan=entered))),
        conformance_figure(conformity(ask_conformance(journeys, plan, path=path, ignore=ignored))),
    )
    return Plate(figures, made.data, journeys, plan)


def cohorts_of(declared: bool, plan: StagePlan) -> StagePlan | None:
    """Say whose entry makes cohorts: that of a declared journey; else the first touchpoint does.

    Suggested stages change with the data, and cohorts must not move with them.
    """
    return plan if declared else None


def retention(journeys: Journeys, plan: StagePlan, found: Answer[RetentionResult]) -> Plate:
    """Draw the answer to a question of retention."""
    from trod.figures.cohorts import cohorts_figure
    from trod.insights.cohort_grid import cohort_grid

    figure = cohorts_figure(cohort_grid(found))
    return Plate((figure,), setting(journeys, plan.journey), journeys, plan)


def conform(journeys: Journeys, plan: StagePlan, found: Answer[ConformanceResult]) -> Plate:
    """Draw the answer to a question of conformance."""
    from trod.figures.conformance import conformance_figure
    from trod.insights.conformity import conformity

    figure = conformance_figure(conformity(found))
    return Plate((figure,), setting(journeys, plan.journey), journeys, plan)


def funnel(journeys: Journeys, asked: Funnel, found: Answer[FunnelResult]) -> Plate:
    """Draw the answer to a funnel question."""
    from trod.figures.funnel import funnel_figure
    from trod.insights.funnel_steps import of_funnel

    figure = funnel_figure(of_funnel(asked, found))
    return Plate((figure,), setting(journeys, "funnel"), journeys, None)


def signals(
    journeys: Journeys, plan: StagePlan, found: EarlyWarnings, *, bad: bool, good: bool
) -> Plate:
    """Draw early warnings: signs of leaving, of growing, or both."""
    from trod.figures.signals import signals_figure

    figure = signals_figure(found, bad=bad, good=good)
    return Plate((figure,), setting(journeys, plan.journey), journeys, plan)


def attribution(
    journeys: Journeys, found: Answer[AttributionResult], by: By, *, money: bool
) -> Plate:
    """Draw the answer to a question of attribution."""
    from trod.figures.attribution import attribution_figure
    from trod.insights.credit import credit_view

    figure = attribution_figure(credit_view(found, by, of_money=money))
    return Plate((figure,), setting(journeys, "attribution"), journeys, None)


def survival(journeys: Journeys, plan: StagePlan, found: Answer[SurvivalResult]) -> Plate:
    """Draw the answer to a question of survival."""
    from trod.figures.survival import survival_figure
    from trod.insights.survival_view import survival_view

    figure = survival_figure(survival_view(found, plan))
    return Plate((figure,), setting(journeys, plan.journey), journeys, plan)


def scored(journeys: Journeys, plan: StagePlan, view: BacktestView | HistoryView) -> Plate:
    """Draw how a score did in its backtest, or the scores of one customer."""
    from trod.figures.scores import backtest_figure, history_figure
    from trod.insights.score_view import HistoryView

    figure = history_figure(view) if isinstance(view, HistoryView) else backtest_figure(view)
    return Plate((figure,), setting(journeys, plan.journey), journeys, plan)


def setting(journeys: Journeys, name: str) -> Setting:
    """Say what a figure without a map is about."""
    from trod.figures.shell import Setting
    from trod.insights.wording import day

    unit = units(journeys.unit)
    return Setting(
        name,
        unit,
        day(journeys.span_us()[1], journeys.zone),
        journeys.zone,
        journeys.zone_assumed,
        journeys.currency,
        f" --unit {journeys.unit}",
    )
