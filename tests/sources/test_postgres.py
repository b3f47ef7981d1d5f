"""Tables of PostgreSQL, read from a real server: every type, the cursor, and what goes wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import psycopg
import pytest

from tests.postgres import PASSWORD
from trod.errors import DataError
from trod.workspace import Workspace
from trod.workspace.query import query

CALLS = """
CREATE SCHEMA IF NOT EXISTS crm;
DROP TABLE IF EXISTS crm.calls CASCADE;
CREATE TABLE crm.calls (
    id bigint PRIMARY KEY, who text, at timestamptz, what text, seen timestamptz DEFAULT now()
);
"""


@pytest.fixture
def server(postgres: str, monkeypatch: pytest.MonkeyPatch):
    """Somebody who may write, beside trod who only reads."""
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    with psycopg.connect(postgres, password=PASSWORD, autocommit=True) as connection:
        connection.execute(CALLS)
        yield connection


def workspace(folder: Path, address: str, *, more: str = "", table: str = "crm.calls") -> Workspace:
    (folder / "trod.yml").write_text(
        "sources:\n- name: calls\n"
        f"  database: {address}\n  password_env: SHOP_PASSWORD\n  table: {table}\n"
        "  message_id: id\n  customer: who\n  time: at\n  touchpoint: what\n" + more
    )
    return Workspace.open(folder)


def call(server, n: int, at: str = "2024-05-01 10:00:00+02", who: str | None = "ann") -> None:
    server.execute("INSERT INTO crm.calls VALUES (%s, %s, %s, 'call')", [n, who, at])


def test_D2_a_table_of_postgresql_becomes_touchpoints(server, postgres, tmp_path):
    call(server, 1)
    call(server, 2, who=None)
    space = workspace(tmp_path, postgres)
    (report,) = space.ingest()
    assert (report.received, report.stored, report.n_quarantined) == (2, 1, 1)
    (row,) = query(space, "SELECT time, message_id FROM touchpoints").rows
    assert (str(row[0])[:19], row[1]) == ("2024-05-01 08:00:00", "1")


TYPES = {
    "a_int": ("bigint", "9007199254740993", 9007199254740993),
    "a_num": ("numeric", "1234567890.123456789012345678", "1234567890.123456789012345678"),
    "a_zero": ("numeric(5,2)", "1.5", "1.50"),
    "a_nan": ("numeric", "'NaN'", "NaN"),
    "a_real": ("float8", "0.1", 0.1),
    "a_whole": ("float8", "3", 3),
    "a_inf": ("float8", "'-Infinity'", "-inf"),
    "a_bool": ("boolean", "true", True),
    "a_tz": ("timestamptz", "'2024-05-01 10:00:00.000001+02'", "2024-05-01 08:00:00.000001+00"),
    "a_ts": ("timestamp", "'2024-05-01 24:00:00'", "2024-05-02 00:00:00"),
    "a_never": ("timestamptz", "'infinity'", "infinity"),
    "a_date": ("date", "'4713-01-01 BC'", "4713-01-01 BC"),
    "a_time": ("time", "'24:00'", "24:00:00"),
    "a_while": ("interval", "'1 month 2 days'", "P1M2D"),
    "a_json": ("json", """'{"b": 1,  "a": 1e400}'""", '{"b": 1,  "a": 1e400}'),
    "a_uuid": (
        "uuid",
        "'123e4567-e89b-12d3-a456-426614174000'",
        "123e4567-e89b-12d3-a456-426614174000",
    ),
    "a_bytes": ("bytea", r"'\x00ff'", "00ff"),
    "a_texts": ("text[]", """ARRAY['a"b', NULL]""", ['a"b', None]),
    "a_nums": ("numeric[]", "ARRAY[1.50]", ["1.50"]),
    "a_net": ("inet", "'10.0.0.0/8'", "10.0.0.0/8"),
    "a_range": ("tstzrange", "'[2024-05-01 10:00+02,)'", '["2024-05-01 08:00:00+00",)'),
    "a_text": ("text", "E'é\\n%'", "é\n%"),
    "a_null": ("text", "NULL", None),
}


def test_every_type_keeps_all_that_it_holds(server, postgres, tmp_path):
    columns = ", ".join(f"{name} {kind}" for name, (kind, _, _) in TYPES.items())
    server.execute(f"DROP TABLE IF EXISTS types; CREATE TABLE types (id int, {columns})")
    values = ", ".join(value for _, value, _ in TYPES.values())
    server.execute(f"INSERT INTO types VALUES (1, {values})")
    named = "id, 'ann' AS who, now() AS at, 'x' AS what"
    space = workspace(tmp_path, postgres)
    text = (tmp_path / "trod.yml").read_text()
    asked = f"query: \"SELECT {named}, types.* FROM types WHERE '%' LIKE '%'\""
    asked = asked.replace("types.*", ", ".join(TYPES))
    (tmp_path / "trod.yml").write_text(text.replace("table: crm.calls", asked))
    space = Workspace.open(tmp_path)
    space.ingest()
    ((held,),) = query(space, "SELECT properties FROM touchpoints").rows
    expected = {name: value for name, (_, _, value) in TYPES.items() if value is not None}
    assert json.loads(held) == expected


def test_D2_the_next_ingest_reads_from_the_last_moment_of_the_cursor(server, postgres, tmp_path):
    space = workspace(tmp_path, postgres, more="  cursor: at\n  overlap: 1h\n")
    call(server, 1, "2024-05-01 10:00:00+00")
    call(server, 2, "2024-05-01 12:00:00+00")
    assert space.ingest()[0].received == 2
    call(server, 3, "2024-05-01 11:00:00+00")
    call(server, 4, "2024-05-01 10:59:59+00")  # later than the overlap allows
    call(server, 5, "infinity")
    call(server, 6, "2024-05-01 13:00:00+00")
    (report,) = space.ingest()
    assert (report.received, report.stored, report.duplicate) == (4, 2, 1)
    assert report.n_quarantined == 1
    assert space.ingest(whole=True)[0].stored == 1


def test_a_number_may_be_the_cursor(server, postgres, tmp_path):
    space = workspace(tmp_path, postgres, more="  cursor: id\n  overlap: 2\n")
    for n in (8, 9, 10):
        call(server, n)
    assert space.ingest()[0].stored == 3
    call(server, 11)
    assert space.ingest()[0].received == 4


def test_a_password_is_written_nowhere(server, postgres, tmp_path, monkeypatch):
    call(server, 1)
    with_password = postgres.replace("ann@", f"ann:{PASSWORD}@")
    for folder, address in (("env", postgres), ("url", with_password)):
        (tmp_path / folder).mkdir()
        space = workspace(tmp_path / folder, address, more="  cursor: id\n")
        if folder == "url":
            text = (tmp_path / folder / "trod.yml").read_text()
            text = text.replace("  password_env: SHOP_PASSWORD\n", "")
            (tmp_path / folder / "trod.yml").write_text(text)
            space = Workspace.open(tmp_path / folder)
        space.ingest()
        for file in (tmp_path / folder / ".trod").rglob("*"):
            assert not file.is_file() or PASSWORD.encode() not in file.read_bytes()
        assert PASSWORD not in repr(space.project)
    monkeypatch.setenv("SHOP_PASSWORD", wrong := "not-the-password")
    space = workspace(tmp_path, postgres)
    with pytest.raises(DataError) as refused:
        space.ingest()
    assert "password authentication failed" in str(refused.value)
    assert "password_env" in str(refused.value)
    assert wrong not in str(refused.value)
    assert isinstance(refused.value.__cause__, DataError)
    assert refused.value.__cause__.__cause__ is None  # what the driver says is not passed on


def test_what_is_not_there_is_said_with_what_to_write(server, postgres, tmp_path, monkeypatch):
    for address, table, said in (
        (postgres, "crm.cals", r"unknown table 'crm\.cals': did you mean 'crm\.calls'"),
        (postgres.replace("/shop", "/shops"), "x", r'"shops" does not exist\. Correct `database:`'),
        ("postgresql://ann@127.0.0.1:9/shop", "x", "Check that it runs and can be reached"),
    ):
        space = workspace(tmp_path, address, table=table)
        with pytest.raises(DataError, match=said):
            space.ingest()
    monkeypatch.delenv("SHOP_PASSWORD")
    space = workspace(tmp_path, postgres)
    with pytest.raises(DataError, match="variable SHOP_PASSWORD is not set"):
        space.ingest()


def test_the_server_is_only_read(server, postgres, tmp_path):
    call(server, 1)
    server.execute(
        "CREATE OR REPLACE FUNCTION drain() RETURNS SETOF crm.calls "
        "LANGUAGE sql AS 'DELETE FROM crm.calls RETURNING *'"
    )
    space = workspace(tmp_path, postgres)
    text = (tmp_path / "trod.yml").read_text()
    (tmp_path / "trod.yml").write_text(
        text.replace("table: crm.calls", "query: SELECT * FROM drain()")
    )
    space = Workspace.open(tmp_path)
    with pytest.raises(DataError, match="read-only transaction"):
        space.ingest()
    assert server.execute("SELECT count(*) FROM crm.calls").fetchone() == (1,)


def test_a_missing_extra_names_its_install_command(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    space = workspace(tmp_path, "postgresql://ann@/shop")
    with pytest.raises(DataError, match=r"pip install 'trod\[postgres\]'"):
        space.ingest()
