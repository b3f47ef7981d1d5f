"""Small random journeys, and real ones, for property tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import strategies as st

from trod.journeys.batch import (
    NO_SCORE,
    NO_STATE,
    NO_VALUE,
    JourneyBatch,
    Journeys,
    Vocabulary,
)

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NAMES = ("buy", "call", "mail", "visit", "é&>/")
VOCABULARY = Vocabulary(NAMES, ("unknown",), {"plan": ("free", "paid")})

# One customer: (time in microseconds, code, score or NO_SCORE, state or NO_STATE) in order.
Row = tuple[int, int, int, int]
Customer = list[Row]

row = st.tuples(
    st.integers(0, 3),
    st.integers(0, len(NAMES) - 1),
    st.sampled_from([NO_SCORE, NO_SCORE, -1000, -250, 0, 400, 1000]),
    st.sampled_from([NO_STATE, NO_STATE, NO_STATE, 0, 1]),
)


def _in_order(rows: list[Row]) -> Customer:
    """Read the first number of each row as time since the row before."""
    moments = np.cumsum([gap for gap, *_ in rows], dtype=np.int64)
    return [(int(at), *rest) for at, (_, *rest) in zip(moments, rows, strict=True)]  # type: ignore[misc]


customers = st.lists(st.lists(row, min_size=1, max_size=12).map(_in_order), max_size=8)


def batch(
    customers: Sequence[Customer],
    *,
    vocabulary: Vocabulary = VOCABULARY,
    scale_us: int = 1,
    first: int = 0,
) -> JourneyBatch:
    """Lay customers out as columns; their ids count up from `first`."""
    rows = [r for customer in customers for r in customer]
    columns = np.array(rows, np.int64).reshape(-1, 4)
    n = columns.shape[0]
    return JourneyBatch(
        vocabulary=vocabulary,
        customer=pa.array([f"c{first + i:04d}" for i in range(len(customers))], pa.string()),
        offsets=np.cumsum([0, *map(len, customers)], dtype=np.int64),
        code=columns[:, 1].astype(np.uint16),
        time_us=columns[:, 0] * scale_us,
        channel=np.zeros(n, np.uint8),
        value=np.full(n, NO_VALUE, np.int64),
        score=columns[:, 2].astype(np.int16),
        row=np.arange(n, dtype=np.int64),
        states={name: columns[:, 3].astype(np.uint16) for name in vocabulary.states},
    )


def journeys(*batches: JourneyBatch) -> Journeys:
    """Put batches together."""
    vocabulary = batches[0].vocabulary if batches else VOCABULARY
    return Journeys(batches=batches, vocabulary=vocabulary, unit="person", zone="UTC")


def walk_of(names: str, *, every_us: int = 1, codes: Mapping[str, int] | None = None) -> Customer:
    """Read "buy call call" as one customer with a touchpoint every so often."""
    known = codes or {name: code for code, name in enumerate(NAMES)}
    return [(i * every_us, known[name], NO_SCORE, NO_STATE) for i, name in enumerate(names.split())]


@cache
def helpdesk() -> Journeys:
    """Give the help desk log of Tax et al.: 3,804 cases, 13,710 touchpoints, in three batches."""
    path = DATA / "process_tax2017" / "helpdesk.parquet"
    if not path.exists():
        pytest.skip("the help desk log is not at ../shared/data/process_tax2017")
    table = pq.read_table(path)
    case = table["CaseID"].to_numpy()
    moments = [
        datetime.strptime(t, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        for t in table["CompleteTimestamp"].to_pylist()
    ]
    time_us = np.array([int(m.timestamp()) * 1_000_000 for m in moments], np.int64)
    activities = sorted({str(a) for a in table["ActivityID"].to_pylist()})
    vocabulary = Vocabulary(tuple(activities), ("unknown",))
    code = np.array([activities.index(str(a)) for a in table["ActivityID"].to_pylist()])
    order = np.lexsort((np.arange(case.size), code, time_us, case))
    rows = np.column_stack(
        [time_us, code, np.full(case.size, NO_SCORE), np.full(case.size, NO_STATE)]
    )
    groups: dict[int, Customer] = {}
    for i in order:
        groups.setdefault(int(case[i]), []).append(tuple(rows[i].tolist()))
    cases = list(groups.values())
    third = len(cases) // 3 + 1
    return journeys(
        *(
            batch(cases[k : k + third], vocabulary=vocabulary, first=k)
            for k in range(0, len(cases), third)
        )
    )
