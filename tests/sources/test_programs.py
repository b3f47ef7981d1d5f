"""Rows that a program gives, and resources of dlt, are sources like any other."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from trod.errors import DataError, DefinitionError
from trod.workspace import Workspace
from trod.workspace.query import query

KEYS = "customer: who, time: at, touchpoint: what"
RESOURCES = """
import dlt

@dlt.resource
def calls(n=3):
    yield {"id": 1, "who": "ann", "at": "2024-05-01T10:00:00Z", "what": "call", "by": {"agent": 7}}
    yield [{"id": 2, "who": "bob", "at": "2024-05-02T10:00:00Z", "what": "call"}]
    yield {"id": n, "who": "bob", "at": "tomorrow", "what": "call"}

@dlt.source
def desk():
    return calls, dlt.resource([{"who": "cy", "at": "2024-05-01", "what": "mail"}], name="mails")
"""


def space(folder: Path, *keys: str, name: str = "desk") -> Workspace:
    (folder / "trod.yml").write_text(f"sources: [{{name: {name}, {', '.join([KEYS, *keys])}}}]\n")
    return Workspace.open(folder)


def test_D2_rows_of_a_program_are_a_delivery(tmp_path):
    desk = space(tmp_path, "rows: true", "message_id: id")
    at = datetime(2024, 5, 1, 10, tzinfo=UTC)
    rows = [
        {"id": 1, "who": "ann", "at": at, "what": "call", "cost": Decimal("1.50")},
        [{"id": 2, "who": "bob", "at": at, "what": "mail", "tags": ["a", None]}],
        pa.table({"id": [3], "who": ["cy"], "at": [at], "what": ["call"]}),
        {"id": 4, "who": None, "at": at, "what": "call"},
    ]
    (report,) = desk.ingest_rows("desk", iter(rows))
    assert (report.received, report.stored, report.n_quarantined) == (4, 3, 1)
    assert desk.journeys().n_customers == 3
    held = [row[0] for row in query(desk, "SELECT properties FROM touchpoints ORDER BY row").rows]
    assert [json.loads(one) for one in held if one] == [{"cost": "1.50"}, {"tags": ["a", None]}]
    (again,) = desk.ingest_rows("desk", rows[:3])
    assert (again.received, again.stored) == (3, 0)
    assert desk.ingest_rows("desk", []) == ()
    assert desk.ingest() == ()


def test_what_a_program_gives_must_be_rows_of_a_source(tmp_path):
    desk = space(tmp_path, "rows: true")
    with pytest.raises(DataError, match="a row is a int"):
        desk.ingest_rows("desk", [7])
    with pytest.raises(DefinitionError, match="unknown source 'dsk': did you mean 'desk'"):
        desk.ingest_rows("dsk", [])
    with pytest.raises(DefinitionError, match="unknown column 'who'"):
        desk.ingest_rows("desk", [{"id": 1}])


@pytest.fixture
def resources(tmp_path, monkeypatch):
    (tmp_path / "helpdesk_export.py").write_text(RESOURCES)
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")

    def refused(*_: object) -> None:
        raise AssertionError("nothing here may reach the network")

    monkeypatch.setattr(socket.socket, "connect", refused)
    yield tmp_path
    sys.modules.pop("helpdesk_export", None)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("name", "counts"),
    [("calls", (3, 2, 1)), ("desk.calls", (3, 2, 1)), ("desk.mails", (1, 1, 0))],
)
def test_D2_a_resource_of_dlt_is_a_source(resources, name, counts):
    desk = space(resources, f'dlt: "helpdesk_export:{name}"')
    (report,) = desk.ingest()
    assert (report.received, report.stored, report.n_quarantined) == counts
    (again,) = desk.ingest()
    assert (again.received, again.stored) == (counts[0], 0)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("helpdesk_export:cals", "unknown resource 'cals': did you mean 'calls'"),
        ("helpdesk_export:desk.mail", "unknown resource 'mail': did you mean 'mails'"),
        ("helpdesk:calls", "no module 'helpdesk' beside trod.yml"),
        ("helpdesk_export", "names no resource"),
    ],
)
def test_what_is_not_there_is_said_with_the_nearest_name(resources, name, said):
    with pytest.raises(DataError, match=said):
        space(resources, f'dlt: "{name}"').ingest()


def test_the_telemetry_of_dlt_is_off_before_dlt_is_there(resources):
    space(resources, 'dlt: "helpdesk_export:calls"')
    asked = (
        "import os; os.environ.pop('RUNTIME__DLTHUB_TELEMETRY', None)\n"
        "from trod.workspace import Workspace\n"
        f"Workspace.open({str(resources)!r}).ingest()\n"
        "from dlt.common.runtime import telemetry\n"
        "from dlt.common.configuration.specs import RuntimeConfiguration\n"
        "from dlt.common.configuration.resolve import resolve_configuration\n"
        "print(resolve_configuration(RuntimeConfiguration()).dlthub_telemetry)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=False, cwd=resources
    )
    assert found.stdout.strip().endswith("False"), found.stderr


def test_a_missing_extra_names_its_install_command(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "dlt", None)
    with pytest.raises(DataError, match=r"pip install 'trod\[connect\]'"):
        space(tmp_path, "dlt: a:b").ingest()
