"""polars: one frame in the order of journeys, customers as integers, touchpoints as an enum."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.data import COUNTED, FUNNEL, LONG, NAMES, STEPS, TOP, WINDOW_DAYS

TITLE = f"polars {pl.__version__}"
SAME = pl.col("customer") == pl.col("customer").shift(-1)


def load(path: Path) -> pl.DataFrame:
    """Read the file, number the customers, and sort."""
    return (
        pl.scan_parquet(path)
        .with_columns(
            pl.col("customer").cast(pl.Categorical).to_physical(),
            pl.col("touchpoint").cast(pl.Enum(NAMES)),
        )
        .sort("customer", "time", "touchpoint")
        .collect()
        .with_columns(pl.col("customer").set_sorted())
    )


def size(frame: pl.DataFrame) -> list[int]:
    """Touchpoints and customers."""
    return [frame.height, frame["customer"].n_unique()]


def _transitions(frame: pl.DataFrame) -> Any:
    return (
        frame.lazy()
        .select(pl.col("touchpoint").alias("a"), pl.col("touchpoint").shift(-1).alias("b"), SAME)
        .filter(pl.col("customer"))
        .group_by("a", "b")
        .len()
        .collect()
    )


def _edge_times(frame: pl.DataFrame) -> Any:
    return (
        frame.lazy()
        .select(
            pl.col("touchpoint").alias("a"),
            pl.col("touchpoint").shift(-1).alias("b"),
            (pl.col("time").shift(-1) - pl.col("time")).dt.total_microseconds().alias("us"),
            SAME,
        )
        .filter(pl.col("customer"))
        .group_by("a", "b")
        .agg(pl.len(), pl.col("us").quantile(0.5, "lower"))
        .collect()
    )


def _step_matrix(frame: pl.DataFrame) -> Any:
    return (
        frame.lazy()
        .select("touchpoint", step=pl.int_range(1, pl.len() + 1).over("customer"))
        .filter(pl.col("step") <= STEPS)
        .group_by("step", "touchpoint")
        .len()
        .collect()
    )


def _funnel(frame: pl.DataFrame, within: timedelta | None = None) -> Any:
    rows = frame.lazy().with_row_index("row")
    first = rows.filter(pl.col("touchpoint") == FUNNEL[0])
    reached = first.group_by("customer").agg(pl.col("row").min(), start=pl.col("time").min())
    counts = [reached.select(pl.len())]
    for name in FUNNEL[1:]:
        late = pl.col("row") > pl.col("row_before")
        if within is not None:
            late &= pl.col("time") <= pl.col("start") + within
        reached = (
            rows.filter(pl.col("touchpoint") == name)
            .join(reached.rename({"row": "row_before"}), on="customer")
            .filter(late)
            .group_by("customer")
            .agg(pl.col("row").min(), pl.col("start").first())
        )
        counts.append(reached.select(pl.len()))
    return [int(part.item()) for part in pl.collect_all(counts)]


def _funnel_in_time(frame: pl.DataFrame) -> Any:
    return _funnel(frame, timedelta(days=WINDOW_DAYS))


def _variants(frame: pl.DataFrame) -> Any:
    return (
        frame.lazy()
        .group_by("customer")
        .agg(pl.col("touchpoint").alias("path"))
        .group_by("path")
        .len()
        .sort("len", "path", descending=[True, False])
        .head(TOP)
        .collect()
    )


def _features(frame: pl.DataFrame) -> pl.DataFrame:
    as_of, name, time = frame["time"].max(), pl.col("touchpoint"), pl.col("time")

    def counts(names: tuple[str, ...], days: int = 0) -> list[pl.Expr]:
        late = time > as_of - timedelta(days=days) if days else pl.lit(True)
        return [((name == one) & late).sum() for one in names]

    since = [as_of - time.filter(name == one).max() for one in COUNTED]
    asked = [*counts(COUNTED), *counts(COUNTED, 30), *since, *counts(LONG, 90), *counts(LONG, 7)]
    columns = [what.alias(f"f{k}") for k, what in enumerate(asked)]
    return frame.lazy().group_by("customer").agg(columns).drop("customer").collect()


def _sums(frame: pl.DataFrame) -> list[int]:
    days = [column.dtype == pl.Duration for column in frame]
    return [
        column.count() if day else int(column.sum())
        for column, day in zip(frame, days, strict=True)
    ]


def _rows(frame: pl.DataFrame) -> list[list[Any]]:
    return sorted(list(row) for row in frame.iter_rows())


QUESTIONS = {
    "transitions": (_transitions, _rows),
    "edge times": (
        _edge_times,
        lambda frame: sorted([a, b, n, int(us)] for a, b, n, us in frame.iter_rows()),
    ),
    "step matrix": (_step_matrix, _rows),
    "funnel": (_funnel, list),
    "funnel in 7 days": (_funnel_in_time, list),
    "features": (_features, _sums),
    "variants": (
        _variants,
        lambda frame: sorted(([list(p), n] for p, n in frame.iter_rows()), key=str),
    ),
}
