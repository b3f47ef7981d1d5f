"""The state database: the same on SQLite and PostgreSQL, migrated, written by one at a time."""

from __future__ import annotations

import importlib
import pkgutil
import re
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

import trod
from trod._store.state.columns import METADATA, Json
from trod._store.state.database import FILE, HEAD, State
from trod._store.store import Store
from trod.errors import StoreError
from trod.insights.findings.tables import FINDING, FINDING_EVENT
from trod.project.state import StateSpec, open_state

FINDING_ROW = {
    "id": "fr-1",
    "kind": "friction",
    "journey": "Trial",
    "unit": "account",
    "about": "Onboard",
    "told": {"b": [1, None, "é"], "a": 0.1},
    "first_us": 2**62,
    "last_us": 2**62,
    "times": 1,
    "status": "open",
}


def test_X5_migrations_make_the_tables_that_the_rooms_declare(state: State) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    for module in pkgutil.walk_packages(trod.__path__, "trod."):
        if module.name.endswith(".tables") and "figures" not in module.name:
            importlib.import_module(module.name)
    with state.read() as con:
        context = MigrationContext.configure(con, opts={"compare_type": _types_differ})
        assert compare_metadata(context, METADATA) == []


def _types_differ(_context, _inspected, _column, found, declared):
    """Say whether a type differs; JSON of ours is kept as text."""
    return False if isinstance(declared, Json) and isinstance(found, sa.Text) else None


def test_X5_the_newest_migration_is_known_by_name() -> None:
    folder = Path(trod.__file__).parent / "_store" / "state" / "migrations" / "versions"
    revisions = [
        re.search(r'^revision = "(\d+)"', f.read_text(), re.M)[1] for f in folder.glob("v*.py")
    ]
    assert max(revisions) == HEAD
    assert len(set(revisions)) == len(revisions)


def test_X5_what_is_written_is_read_as_it_was(state: State) -> None:
    with state.write() as con:
        con.execute(sa.insert(FINDING), [FINDING_ROW])
    with state.read() as con:
        row = con.execute(sa.select(FINDING)).mappings().one()
    assert {name: row[name] for name in FINDING_ROW} == FINDING_ROW


def test_X5_what_fails_half_way_leaves_nothing(state: State) -> None:
    def half() -> None:
        with state.write() as con:
            con.execute(sa.insert(FINDING), [FINDING_ROW])
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        half()
    with state.read() as con:
        assert con.execute(sa.select(sa.func.count()).select_from(FINDING)).scalar() == 0


def test_X5_an_event_of_a_finding_that_is_not_there_is_refused(state: State) -> None:
    def lone() -> None:
        with state.write() as con:
            event = {"finding": "fr-0", "time_us": 1, "who": "a", "what": "comment", "told": {}}
            con.execute(sa.insert(FINDING_EVENT), [event])

    with pytest.raises(sa.exc.IntegrityError):
        lone()


def test_X5_two_writers_never_overwrite_each_other(state: State) -> None:
    with state.write() as con:
        con.execute(sa.insert(FINDING), [FINDING_ROW])

    def count_up() -> None:
        for _ in range(10):
            with state.write() as con:
                times = con.execute(sa.select(FINDING.c.times)).scalar_one()
                con.execute(sa.update(FINDING).values(times=times + 1))

    threads = [threading.Thread(target=count_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with state.read() as con:
        assert con.execute(sa.select(FINDING.c.times)).scalar_one() == 31


def test_R19_a_newer_database_is_refused_in_words(tmp_path: Path) -> None:
    state = State.in_folder(tmp_path)
    with state.write() as con:
        con.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    state.close()
    with pytest.raises(StoreError, match="written by a newer Trod"):
        State.in_folder(tmp_path)


def test_X5_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(StoreError, match=f"{FILE}: file is not a database"):
        State.in_folder(tmp_path)


def test_X5_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreError, match="allow writing in its folder, or work on a copy"):
        State.in_folder(tmp_path)


def test_X5_a_database_that_does_not_answer_is_said_so_without_its_password(tmp_path, monkeypatch):
    monkeypatch.setenv("TROD_PW", "correct-horse")
    spec = StateSpec(database=f"postgresql://ann@/shop?host={tmp_path}", password_env="TROD_PW")
    with pytest.raises(StoreError) as told:
        open_state(spec, tmp_path)
    assert "correct-horse" not in str(told.value)


def test_X5_decisions_survive_when_the_store_cleans_up(tmp_path: Path) -> None:
    store = Store.create(tmp_path / ".trod")
    State.in_folder(store.folder).close()
    store.grace_seconds = -1.0
    with store.write() as tx:
        tx.add("notes", "txt", lambda file: file.write(b"x"), rows=1)
        tx.commit()
    assert (store.folder / FILE).is_file()
