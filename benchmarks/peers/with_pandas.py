"""pandas: one frame in the order of journeys, customers and touchpoints as categories."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.data import FUNNEL, STEPS, TOP, WINDOW_DAYS

TITLE = f"pandas {pd.__version__}"


def load(path: Path) -> pd.DataFrame:
    """Read the file and sort it."""
    frame = pd.read_parquet(path)
    frame["customer"] = frame["customer"].astype("category")
    frame["touchpoint"] = frame["touchpoint"].astype("category")
    return frame.sort_values(["customer", "time", "touchpoint"], ignore_index=True)


def size(frame: pd.DataFrame) -> list[int]:
    """Touchpoints and customers."""
    return [len(frame), int(frame["customer"].nunique())]


def _pairs(frame: pd.DataFrame) -> pd.DataFrame:
    journeys = frame.groupby("customer", observed=True, sort=False)
    return pd.DataFrame(
        {
            "a": frame["touchpoint"],
            "b": journeys["touchpoint"].shift(-1),
            "gap": journeys["time"].shift(-1) - frame["time"],
        }
    )


def _transitions(frame: pd.DataFrame) -> Any:
    journeys = frame.groupby("customer", observed=True, sort=False)
    following = journeys["touchpoint"].shift(-1).rename("b")
    return frame.groupby([frame["touchpoint"], following], observed=True).size()


def _edge_times(frame: pd.DataFrame) -> Any:
    edges = _pairs(frame).groupby(["a", "b"], observed=True)["gap"]
    return edges.agg(["size", lambda gap: gap.quantile(0.5, interpolation="lower")])


def _step_matrix(frame: pd.DataFrame) -> Any:
    step = frame.groupby("customer", observed=True, sort=False).cumcount() + 1
    first = frame[step <= STEPS]
    return first.groupby([step[step <= STEPS], "touchpoint"], observed=True).size()


def _funnel(frame: pd.DataFrame, within: pd.Timedelta | None = None) -> Any:
    rows = frame.reset_index(names="row")
    counts = []
    reached = None
    for name in FUNNEL:
        done = rows[rows["touchpoint"] == name]
        if reached is not None:
            done = done.join(reached, on="customer", how="inner", rsuffix="_before")
            done = done[done["row"] > done["row_before"]]
            if within is not None:
                done = done[done["time"] <= done["start"] + within]
            done = done[["customer", "row", "start"]]
        else:
            done = done.rename(columns={"time": "start"})[["customer", "row", "start"]]
        reached = done.drop_duplicates("customer").set_index("customer")
        counts.append(len(reached))
    return counts


def _funnel_in_time(frame: pd.DataFrame) -> Any:
    return _funnel(frame, pd.Timedelta(days=WINDOW_DAYS))


def _variants(frame: pd.DataFrame) -> Any:
    paths = frame.groupby("customer", observed=True, sort=False)["touchpoint"].agg(tuple)
    return paths.value_counts()


def _top(counts: Any) -> list[Any]:
    best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOP]
    return sorted(([list(path), int(n)] for path, n in best), key=str)


QUESTIONS = {
    "transitions": (_transitions, lambda s: sorted([a, b, int(n)] for (a, b), n in s.items())),
    "edge times": (
        _edge_times,
        lambda t: sorted(
            [a, b, int(n), int(gap / pd.Timedelta(microseconds=1))]
            for (a, b), n, gap in t.itertuples()
        ),
    ),
    "step matrix": (_step_matrix, lambda s: sorted([int(i), a, int(n)] for (i, a), n in s.items())),
    "funnel": (_funnel, list),
    "funnel in 7 days": (_funnel_in_time, list),
    "variants": (_variants, _top),
}
