"""The file every engine reads: touchpoints of customers, heavy-tailed, with loops and ties."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

NAMES = tuple(f"touchpoint {i:02d}" for i in range(40))
FUNNEL = (NAMES[0], NAMES[1], NAMES[3], NAMES[2], NAMES[5])
WINDOW_DAYS = 7
STEPS = 10
TOP = 20
COUNTED = NAMES[:30]  # features: each ever, in 30 days, and the days since the last one
LONG = NAMES[:5]  # and in 90 and 7 days
PER_CUSTOMER = 20
HOUR_US = 3_600_000_000


def write(path: Path, n_events: int, *, seed: int = 20261101, number_from: int = 0) -> None:
    """Write one Parquet file with the columns customer, touchpoint, time, in order of time.

    Customers are numbered from `number_from`, so that several files can be one larger set.

    Half of the touchpoints follow one common sequence, a third are drawn by a power law, the
    rest repeat the one before; journeys are log-normal in length; one gap in twenty is zero.
    """
    random = np.random.default_rng(seed)
    n_customers = n_events // PER_CUSTOMER
    weight = np.clip(random.lognormal(0.0, 1.3, n_customers), 0.05, 200.0)
    customer = np.sort(random.choice(n_customers, n_events, p=weight / weight.sum()))
    first = np.concatenate([[0], np.flatnonzero(np.diff(customer)) + 1])
    begins = np.zeros(n_events, np.bool_)
    begins[first] = True
    start = np.maximum.accumulate(np.where(begins, np.arange(n_events), 0))
    position = np.arange(n_events) - start

    common = random.permutation(12)
    popular = 1.0 / np.arange(1, len(NAMES) + 1)
    drawn = random.choice(len(NAMES), n_events, p=popular / popular.sum())
    kind = random.random(n_events)
    code = np.where(kind < 0.5, common[position % common.size], drawn)
    loops = (kind > 0.85) & ~begins
    code = code[np.maximum.accumulate(np.where(loops, 0, np.arange(n_events)))]

    gap = (random.lognormal(0.7, 1.6, n_events) * HOUR_US).astype(np.int64) // 1000 * 1000
    gap[random.random(n_events) < 0.05] = 0
    gap[begins] = 0
    since = np.cumsum(gap)
    entry = random.integers(0, 365 * 24 * HOUR_US, n_customers) // 1000 * 1000
    time = 1_735_689_600_000_000 + entry[customer] + since - since[start]

    order = np.argsort(time, kind="stable")
    ids = pa.array([f"c{number_from + i:08d}" for i in random.permutation(n_customers)])
    table = pa.table(
        {
            "customer": ids.take(pa.array(customer[order])),
            "touchpoint": pa.array(NAMES).take(pa.array(code[order])),
            "time": pa.array(time[order], pa.timestamp("us", tz="UTC")),
        }
    )
    pq.write_table(table, path, compression="zstd", row_group_size=1_000_000, store_schema=False)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
