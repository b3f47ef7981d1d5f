"""Tables of a database: read as the database writes them, and only as far as they are new."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app.terminal import trod
from tests.deliveries import fingerprint
from tests.examples import examples
from trod.errors import DataError, DefinitionError
from trod.events.spec import SourceSpec
from trod.sources.cursors import read as marks
from trod.workspace import Workspace

YML = """\
sources:
- name: calls
  database: sqlite:///shop.db
  table: calls
  message_id: id
  customer: who
  time: at
  touchpoint: what
"""
Row = tuple[Any, ...]


def shop(folder: Path, rows: Sequence[Row], *, more: str = "", yml: str = YML) -> Workspace:
    """A workspace over a database with one table."""
    add(folder, rows)
    (folder / "trod.yml").write_text(yml + more)
    return Workspace.open(folder)


def add(folder: Path, rows: Sequence[Row]) -> None:
    with closing(sqlite3.connect(folder / "shop.db")) as database, database:
        database.execute("CREATE TABLE IF NOT EXISTS calls (id, who, at, what, seen)")
        database.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?)", rows)


def call(n: int, who: str = "ann", minute: int = 0, seen: object = None) -> Row:
    return (n, who, f"2024-05-01 10:{minute:02d}:00", "call", seen)


def properties(space: Workspace) -> list[str]:
    from trod.workspace.query import query

    return [row[0] for row in query(space, "SELECT properties FROM touchpoints ORDER BY row").rows]


def test_D2_a_table_of_sqlite_becomes_touchpoints(tmp_path):
    space = shop(tmp_path, [call(1), call(2, "bob", 5), (3, None, "2024-05-01", "call", None)])
    (report,) = space.ingest()
    assert (report.received, report.stored, report.n_quarantined) == (3, 2, 1)
    assert [(held.code, held.file, held.line) for held in space.quarantined()] == [
        ("no_id", "calls", 3)
    ]
    assert space.journeys().n_customers == 2
    (again,) = space.ingest()
    assert (again.received, again.stored) == (3, 0)


def test_a_database_can_be_named_like_a_file(tmp_path):
    more = "- {name: web, files: web.csv, customer: a, time: b, touchpoint: c}\n"
    space = shop(tmp_path, [call(1)], more=more)
    assert [report.source for report in space.ingest([tmp_path / "shop.db"])] == ["calls"]
    with pytest.raises(DefinitionError, match="source 'calls' reads it"):
        space.spare(tmp_path / "shop.db")


def test_values_keep_all_that_they_hold(tmp_path):
    values = [2**62 + 1, 0.1, "é\n", b"\x00\xff", "0012", 3.0, None]
    space = shop(tmp_path, [call(n, seen=value) for n, value in enumerate(values)])
    space.ingest()
    assert properties(space) == [
        '{"seen":4611686018427387905}',
        '{"seen":0.1}',
        '{"seen":"é\\n"}',
        '{"seen":"00ff"}',
        '{"seen":"0012"}',
        '{"seen":3}',
        None,
    ]


def test_a_query_may_join_and_choose(tmp_path):
    yml = YML.replace("table: calls", "query: SELECT *, 'x%' AS y FROM calls WHERE who LIKE 'a%';")
    (report,) = shop(tmp_path, [call(1), call(2, "bob")], yml=yml).ingest()
    assert (report.received, report.files[0].file) == (1, "query")


def test_the_database_is_never_written(tmp_path):
    yml = YML.replace("table: calls", "query: DELETE FROM calls RETURNING *")
    space = shop(tmp_path, [call(1)], yml=yml)
    before = (tmp_path / "shop.db").read_bytes()
    with pytest.raises(DataError, match="syntax error"):
        space.ingest()
    assert (tmp_path / "shop.db").read_bytes() == before


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("table: calls", "table: call", "unknown table 'call': did you mean 'calls'"),
        ("shop.db", "shops.db", "no such database"),
        ("id\n", "id\n  cursor: sen\n", "unknown column 'sen': did you mean 'seen'"),
        ("table: calls", "query: SELECT price", "no such column: price"),
    ],
)
def test_what_is_not_there_is_said_with_the_nearest_name(tmp_path, wrong, right, said):
    space = shop(tmp_path, [call(1)], yml=YML.replace(wrong, right))
    with pytest.raises(DataError, match=said):
        space.ingest()


def test_check_holds_the_columns_of_a_database_against_trod_yml(tmp_path):
    shop(tmp_path, [call(1)], yml=YML.replace("customer: who", "customer: whom"))
    found = trod("-C", tmp_path, "check")
    assert found.exit_code == 1
    assert "trod.yml:6: sources.0.customer: no column 'whom' in calls" in found.output


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"database": "sqlite:///a.db"}, "Add `table:` or `query:`"),
        ({"database": "mysql://a/b", "table": "t"}, "mysql is no kind of database that trod reads"),
        ({"database": "sqlite://a.db", "table": "t"}, "needs three slashes"),
        ({"files": "a.csv", "table": "t"}, "`table`, which belongs to `database:`"),
        ({"files": "a.csv", "database": "sqlite:///a.db"}, "has `files` and `database`"),
        ({}, "no place to read from"),
        ({"database": "sqlite:///a.db", "table": "t", "cursor": "id"}, "no `message_id`"),
        ({"files": "a.csv", "grows": True}, "no `message_id`"),
        ({"files": "a.csv", "overlap": "1h"}, "belongs to `cursor:`"),
        (
            {"files": "a.csv", "grows": True, "message_id": "id", "group_by": "basket"},
            "`grows` and `group_by`",
        ),
    ],
)
def test_a_definition_that_cannot_be_read_says_what_to_write(keys, said):
    with pytest.raises(ValueError, match=said):
        SourceSpec.model_validate(
            {"name": "s", "customer": "who", "time": "at", "touchpoint": "what", **keys}
        )


# -- reading on from where the last reading ended -------------------------------------------


def test_D2_the_next_ingest_reads_from_the_last_value_of_the_cursor(tmp_path):
    space = shop(tmp_path, [call(1), call(2)], more="  cursor: id\n")
    assert space.ingest()[0].received == 2
    add(tmp_path, [call(3), call(4)])
    (report,) = space.ingest()
    assert (report.received, report.stored, report.duplicate) == (3, 2, 1)
    (whole,) = space.ingest(whole=True)
    assert (whole.received, whole.stored) == (4, 0)


def test_rows_that_come_late_are_found_within_the_overlap(tmp_path):
    more = "  cursor: at\n  overlap: 30min\n"
    space = shop(tmp_path, [call(1, minute=50)], more=more)
    space.ingest()
    add(tmp_path, [call(2, minute=19), call(3, minute=20), call(4, minute=55)])
    assert space.ingest()[0].stored == 2
    (tmp_path / "trod.yml").write_text((YML + more).replace("30min", "5"))
    other = Workspace.open(tmp_path)
    with pytest.raises(DataError, match=r"`overlap: 5` does not fit the cursor at.*is no number"):
        other.ingest()


def test_another_definition_reads_from_the_beginning(tmp_path):
    space = shop(tmp_path, [call(1, "bob"), call(2)], more="  cursor: id\n  where: who = 'ann'\n")
    assert space.ingest()[0].stored == 1
    (tmp_path / "trod.yml").write_text(YML + "  cursor: id\n")
    assert Workspace.open(tmp_path).ingest()[0].stored == 1


def test_R2_a_mark_is_kept_with_its_rows_or_not_at_all(tmp_path):
    yml = YML + "  cursor: id\n- {name: none, files: none.csv, aside: later}\n"
    space = shop(tmp_path, [call(1)], yml=yml)
    space.ingest()
    add(tmp_path, [call(2)])
    (tmp_path / "trod.yml").write_text(
        yml.replace("aside: later", "customer: a, time: b, touchpoint: c")
    )
    broken = Workspace.open(tmp_path)
    with pytest.raises(DataError, match="no file"):
        broken.ingest()
    # The file that is missing stops no other source: the call is on record, and so is its mark.
    assert [one.mark for one in marks(Workspace.open(tmp_path).store).values()] == [2]
    (tmp_path / "trod.yml").write_text(yml)
    after = Workspace.open(tmp_path)
    assert sum(part.rows for part in after.store.manifest.of("touchpoints")) == 2
    assert after.ingest()[0].stored == 0


def test_rows_without_an_id_are_counted_as_often_as_they_stand(tmp_path):
    space = shop(tmp_path, [call(1)], more="  cursor: seen\n", yml=YML)
    add(tmp_path, [(None, "bob", "2024-05-01", "call", 5)])
    assert space.ingest()[0].stored == 2
    add(tmp_path, [(None, "bob", "2024-05-01", "call", 5)])
    (report,) = space.ingest()
    assert (report.received, report.stored) == (3, 1)


STEPS = st.lists(
    st.one_of(st.none(), st.tuples(st.integers(0, 3), st.sampled_from(["ann", "bob", None]))),
    max_size=14,
)


@given(steps=STEPS)
@settings(max_examples=examples(8), deadline=None)
def test_R8_any_ingests_between_inserts_give_what_one_reading_at_the_end_gives(
    steps, tmp_path_factory
):
    """None is an ingest; else a row whose cursor is up to two minutes behind the latest one."""
    often, once = tmp_path_factory.mktemp("often"), tmp_path_factory.mktemp("once")
    more = "  cursor: at\n  overlap: 2min\n"
    spaces = [shop(folder, [call(0)], more=more) for folder in (often, once)]
    rows = 1
    for step in steps:
        if step is None:
            check_sum(spaces[0].ingest()[0])
        else:
            late, who = step
            row = (rows, who, f"2024-05-01 10:{10 + rows - min(late, 2):02d}:00", "call", None)
            for folder in (often, once):
                add(folder, [row])
            rows += 1
    for space in spaces:
        check_sum(space.ingest()[0])
    assert fingerprint(spaces[0].journeys()) == fingerprint(spaces[1].journeys())
    assert held(spaces[0]) == held(spaces[1])


def check_sum(report) -> None:
    told = report.stored + report.duplicate + report.n_quarantined + report.n_dropped
    assert report.received == told


def held(space: Workspace) -> list[tuple[str, int]]:
    return [(one.code, one.n) for one in space.quarantined()]


def test_an_unknown_key_of_a_place_is_refused(tmp_path):
    with pytest.raises(DefinitionError, match="Did you mean 'database'"):
        shop(tmp_path, [call(1)], yml=YML.replace("database:", "databse:"))
