"""Retentioneering: an Eventstream and its headless methods.

Its order among equal times is the order of the rows it was given, so it gets them sorted by
name, and that sort is not charged to it. It has no path variants and no window on a funnel.
Its telemetry is switched off.
"""

from __future__ import annotations

import os

os.environ["RETENTIONEERING_NO_TRACK"] = "1"

from pathlib import Path
from typing import Any

import pandas as pd
import retentioneering as rete

from benchmarks.data import FUNNEL, STEPS

TITLE = f"Retentioneering {rete.__version__}"
SCHEMA = {"path_cols": ["customer"], "event_col": "touchpoint", "timestamp_col": "time"}
_frames: dict[Path, pd.DataFrame] = {}


def prepare(path: Path) -> None:
    """Read the rows in the order in which ties are to be kept."""
    _frames[path] = pd.read_parquet(path).sort_values("touchpoint", kind="stable")


def load(path: Path) -> rete.Eventstream:
    """Make an event stream, which sorts by customer and time."""
    return rete.Eventstream(_frames[path], schema=dict(SCHEMA))


def size(stream: rete.Eventstream) -> list[int]:
    """Touchpoints and customers."""
    return [len(stream.df), int(stream.df["customer"].nunique())]


def _transitions(stream: rete.Eventstream) -> Any:
    return stream.transition_graph_data(edge_weight="count")


def _edge_times(stream: rete.Eventstream) -> Any:
    return stream.transition_graph_data(edge_weight="time_median")


def _step_matrix(stream: rete.Eventstream) -> Any:
    return stream.step_matrix_data(max_steps=STEPS), stream.df["customer"].nunique()


def _funnel(stream: rete.Eventstream) -> Any:
    return stream.funnel_data(steps=list(FUNNEL))


def _plain_transitions(table: pd.DataFrame) -> list[list[Any]]:
    ends = {"path_start", "path_end"}
    return sorted(
        [a, b, int(n)]
        for a, row in table.iterrows()
        for b, n in row.items()
        if n and a not in ends and b not in ends
    )


def _plain_steps(answer: Any) -> list[list[Any]]:
    matrix, total = answer
    table = matrix[0] if isinstance(matrix, (tuple, list)) else matrix
    return sorted(
        [int(step), name, round(share * total)]
        for name, row in table.iterrows()
        for step, share in row.items()
        if share and step >= 1 and name not in {"path_start", "path_end"}
    )


QUESTIONS = {
    "transitions": (_transitions, _plain_transitions),
    "edge times": (_edge_times, lambda _: None),
    "step matrix": (_step_matrix, _plain_steps),
    "funnel": (_funnel, lambda answer: [step["unique_paths"] for step in answer["steps"]]),
}
