"""Exports are recognised by their columns, said to be, and read by their mapping."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.terminal import told, trod
from tests.events.exports import Export, exports
from trod.events.infer import guess
from trod.events.recognise import recognised
from trod.project import load, starting_text
from trod.sources.engine import engine
from trod.sources.table import open_table

EXPORTS = exports()


def found_in(path: Path):
    with engine() as duck:
        return recognised(duck, open_table(duck, path))


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_D1_D12_an_export_is_recognised_with_a_confidence_and_a_reason(export: Export):
    found = found_in(export.file)
    assert found is not None
    assert found.spec["like"] == export.name
    like = found.roles[0]
    assert (like.role, like.column) == ("like", export.name)
    assert 0.8 <= like.confidence < 1
    assert "it has" in like.why


def test_one_column_less_and_the_columns_are_guessed_instead(tmp_path):
    lines = (next(e.file for e in EXPORTS if e.name == "stripe_events")).read_text("utf-8")
    path = tmp_path / "bills.jsonl"
    path.write_text(lines.replace('"object":"event",', ""), "utf-8")
    assert found_in(path) is None
    path.write_text(lines.replace('"object":"event"', '"object":"thing"'), "utf-8")
    assert found_in(path) is None


def test_files_without_a_mapping_keep_their_guess_beside_exports(tmp_path):
    (tmp_path / "log.csv").write_text(
        "user_id,event,time\n1,a,2024-01-01\n1,b,2024-01-02\n2,a,2024-01-03\n3,a,2024-01-04\n"
    )
    billing = next(e.file for e in EXPORTS if e.name == "stripe_events")
    found = guess([billing, tmp_path / "log.csv"])
    assert [(s.name, s.like) for s in found.sources] == [
        ("stripe_events", "stripe_events"),
        ("log", None),
    ]
    assert found.columns["log"][0].column == "user_id"
    assert "3 of 4 amounts" in found.columns["stripe_events"][1].why


def test_D12_the_first_trod_yml_says_no_more_than_the_mapping_leaves_open(tmp_path):
    files = [e.file for e in EXPORTS if e.name in ("stripe_events", "visits")]
    text = starting_text(guess(files), root=tmp_path)
    assert "# like: stripe_events (94% sure): an export of Stripe" in text
    said = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert [line for line in said if "files" not in line] == [
        "sources:",
        "- name: stripe_events",
        "  like: stripe_events",
        "  value:",
        "    currency: EUR",
        "- name: visits",
        "  like: visits",
    ]
    (tmp_path / "trod.yml").write_text(text, "utf-8")
    assert load(tmp_path).sources[0].time == guess(files).sources[0].time


def test_D12_a_map_of_a_bare_export_is_drawn_by_its_mapping(tmp_path):
    from trod.workspace.quick import map_files

    row = {"object": "event", "type": "invoice.paid", "api_version": "2024-06-20"}
    lines = [
        json.dumps(
            row
            | {"id": f"evt_{i}", "created": 1_740_000_000 + i * 86_400}
            | {
                "data": {
                    "object": {"id": f"in_{i}", "object": "invoice", "customer": f"cus_{i % 20}"}
                }
            }
        )
        for i in range(60)
    ]
    (tmp_path / "events.jsonl").write_text("\n".join(lines), "utf-8")
    made = map_files(tmp_path / "events.jsonl")
    assert made.data.population.n == 20
    assert made.source.guess is not None
    assert made.source.guess.sources[0].like == "stripe_events"


def test_a_file_that_is_another_export_is_said_to_be_at_the_like_of_its_source(tmp_path):
    (tmp_path / "a.csv").write_text("Id,When\n1,2024-01-05\n2,2024-01-06\n")
    (tmp_path / "trod.yml").write_text(
        "sources:\n- name: Visits\n  files: a.csv\n  like: visits\n", "utf-8"
    )
    result = trod("-C", tmp_path, "check")
    assert result.exit_code == 1
    assert "trod.yml:4: sources.0.like: visits reads a column 'Invitee Email'" in " ".join(
        result.output.split()
    )


def test_what_an_export_lacks_a_joined_table_may_give(tmp_path):
    (tmp_path / "history.csv").write_text(
        "Id,OpportunityId,CreatedDate,Field,OldValue,NewValue\n"
        "1,O1,2025-03-04T10:11:12.000+0000,StageName,Prospecting,Closed Won\n"
        "2,O2,2025-03-05T10:11:12.000+0000,StageName,Prospecting,Closed Lost\n"
    )
    (tmp_path / "deals.csv").write_text("Id,AccountId,ContactId\nO1,A1,C1\nO2,A2,C2\n")
    (tmp_path / "trod.yml").write_text(
        "sources:\n- name: Deals\n  files: history.csv\n  like: salesforce_history\n"
        "  join: {file: deals.csv, on: {OpportunityId: Id}, columns: [AccountId, ContactId]}\n"
    )
    (report,) = told("-C", tmp_path, "ingest")["sources"]
    assert report["stored"] == 2
    assert told("-C", tmp_path, "customer", "C2")["moments"][0]["touchpoint"] == "Deal: Closed Lost"
