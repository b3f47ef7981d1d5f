"""DuckDB: integers for customers, an enum for touchpoints, one table in the order of journeys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from benchmarks.data import COUNTED, FUNNEL, LONG, STEPS, TOP, WINDOW_DAYS

TITLE = f"DuckDB {duckdb.__version__} SQL"
ORDER = "partition by customer order by time, touchpoint"


def load(path: Path) -> duckdb.DuckDBPyConnection:
    """Read the file into one table sorted by customer, time and name."""
    con = duckdb.connect()
    con.execute(
        f"""
        create type name as enum (select distinct touchpoint from '{path}' order by touchpoint);
        create table people as
            select customer as id, (row_number() over (order by customer))::integer as customer
            from (select distinct customer from '{path}');
        create table events as
            select people.customer, f.touchpoint::name as touchpoint, f.time
            from '{path}' f join people on people.id = f.customer
            order by people.customer, f.time, touchpoint;
        """
    )
    return con


def size(con: duckdb.DuckDBPyConnection) -> list[int]:
    """Touchpoints and customers."""
    return list(con.sql("select count(*), count(distinct customer) from events").fetchall()[0])


def _transitions(con: duckdb.DuckDBPyConnection) -> Any:
    return con.sql(
        f"""
        select a, b, count(*) from (
            select touchpoint as a, lead(touchpoint) over ({ORDER}) as b from events)
        where b is not null group by a, b
        """
    ).fetchall()


def _edge_times(con: duckdb.DuckDBPyConnection) -> Any:
    # Storing the window first is 4 to 16 times faster than a median straight over it.
    con.execute(
        f"""
        create or replace temp table pairs as
            select touchpoint as a, lead(touchpoint) over w as b,
                   epoch_us(lead(time) over w) - epoch_us(time) as us
            from events window w as ({ORDER})
        """
    )
    return con.sql(
        "select a, b, count(*), quantile_disc(us, 0.5) from pairs where b is not null group by a, b"
    ).fetchall()


def _step_matrix(con: duckdb.DuckDBPyConnection) -> Any:
    return con.sql(
        f"""
        select step, touchpoint, count(*) from (
            select touchpoint, row_number() over ({ORDER}) as step from events)
        where step <= {STEPS} group by step, touchpoint
        """
    ).fetchall()


def _funnel(con: duckdb.DuckDBPyConnection, within: str = "") -> Any:
    steps = [
        f"numbered as (select *, row_number() over ({ORDER}) as row from events)",
        f"""s0 as (select customer, min(row) as row, min(time) as start from numbered
                   where touchpoint = '{FUNNEL[0]}' group by customer)""",
    ]
    for i, name in enumerate(FUNNEL[1:], 1):
        steps.append(
            f"""s{i} as (select n.customer, min(n.row) as row, any_value(s.start) as start
                from numbered n join s{i - 1} s on n.customer = s.customer
                where n.touchpoint = '{name}' and n.row > s.row {within} group by n.customer)"""
        )
    counts = ", ".join(f"(select count(*) from s{i})" for i in range(len(FUNNEL)))
    return con.sql(f"with {', '.join(steps)} select {counts}").fetchall()[0]


def _funnel_in_time(con: duckdb.DuckDBPyConnection) -> Any:
    return _funnel(con, f"and n.time <= s.start + interval {WINDOW_DAYS} day")


def _variants(con: duckdb.DuckDBPyConnection) -> Any:
    return con.sql(
        f"""
        select path, count(*) as n from (
            select list(touchpoint order by time, touchpoint) as path from events group by customer)
        group by path order by n desc, path limit {TOP}
        """
    ).fetchall()


def _features(con: duckdb.DuckDBPyConnection) -> Any:
    def counts(names: tuple[str, ...], days: int = 0) -> list[str]:
        late = f" and time > as_of - interval {days} day" if days else ""
        return [f"count(*) filter (touchpoint = '{name}'{late})" for name in names]

    since = [f"as_of - max(time) filter (touchpoint = '{name}')" for name in COUNTED]
    asked = [*counts(COUNTED), *counts(COUNTED, 30), *since, *counts(LONG, 90), *counts(LONG, 7)]
    columns = ", ".join(f"{what} as f{k}" for k, what in enumerate(asked))
    con.execute(
        f"""
        create or replace temp table features as
            select customer, {columns}
            from events, (select max(time) as as_of from events) group by customer, as_of
        """
    )
    return con


def _sums(con: duckdb.DuckDBPyConnection) -> list[int]:
    n = len(COUNTED)
    since = range(2 * n, 3 * n)
    columns = [f"count(f{k})" if k in since else f"sum(f{k})" for k in range(3 * n + 2 * len(LONG))]
    found = con.sql(f"select {', '.join(columns)} from features").fetchall()[0]
    return [int(x) for x in found]


QUESTIONS = {
    "transitions": (_transitions, lambda rows: sorted([a, b, n] for a, b, n in rows)),
    "edge times": (_edge_times, lambda rows: sorted([a, b, n, us] for a, b, n, us in rows)),
    "step matrix": (_step_matrix, lambda rows: sorted([s, a, n] for s, a, n in rows)),
    "funnel": (_funnel, list),
    "funnel in 7 days": (_funnel_in_time, list),
    "features": (_features, _sums),
    "variants": (_variants, lambda rows: sorted(([list(p), n] for p, n in rows), key=str)),
}
