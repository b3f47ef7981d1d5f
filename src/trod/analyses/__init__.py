"""Analyses: exact answers about journeys.

Takes journeys in batches. Gives answers: named arrays with population, unit, window and method.
Keeps nothing.

An analysis is a module with four things: the question (a frozen fold), the state it adds up (`+`
and `-` on integer arrays), the result (a named tuple of arrays), and one function for people that
wraps the result into an `Answer`. To add one, write the module, its kernel in ``_kernels`` if it is
hot, and its line in `ANALYSES`; commands pick up its arguments from the types of the function.
"""

from __future__ import annotations

from typing import Final

from trod.analyses.registry import Analysis, Parameter

__all__ = ["ANALYSES", "Analysis", "Parameter"]

ANALYSES: Final = (
    Analysis("transitions", "trod.analyses.transitions", "Transitions", "transitions"),
    Analysis("paths", "trod.analyses.variants", "Variants", "paths"),
    Analysis("sequences", "trod.analyses.sequences", "Sequences", "sequences"),
    Analysis("sankey", "trod.analyses.sankey", "StepSankey", "sankey"),
    Analysis("step_matrix", "trod.analyses.step_matrix", "StepMatrix", "step_matrix"),
    Analysis("funnel", "trod.analyses.funnel", "Funnel", "funnel"),
    Analysis("stages", "trod.analyses.stages", "Stages", "stages"),
    Analysis("stage_daily", "trod.analyses.occupancy", "StageDaily", "stage_daily"),
    Analysis("touches", "trod.analyses.touch", "Touches", "touches"),
    Analysis("emotion", "trod.analyses.emotion", "Emotion", "emotion"),
    Analysis("conformance", "trod.analyses.conformance", "Conformance", "conformance"),
    Analysis("stall", "trod.analyses.stall", "Stall", "stall"),
    Analysis("attribution", "trod.analyses.attribution.ask", "ConversionPaths", "attribution"),
    Analysis("survival", "trod.analyses.survival", "Survival", "survival"),
    Analysis("retention", "trod.analyses.retention", "Retention", "retention"),
)
