"""Rows of which not one can be read yet stay in quarantine, and stop no other replay."""

from trod.workspace import Workspace

GOOD = '{"id":"a","ts":"2025-01-01T10:00:00Z","what":"visit"}\n'
YML = """\
sources:
  - {name: web, files: web.jsonl, customer: id, time: ts, touchpoint: what}
  - {name: calls, files: calls.csv, customer: id, time: TIME, touchpoint: what}
events: {zone: UTC}
"""


def test_R8_a_line_that_is_cut_off_stays_and_the_rows_of_others_are_replayed(tmp_path):
    (tmp_path / "web.jsonl").write_text(GOOD * 2 + '{"id":"c","ts":"2025-01-')
    (tmp_path / "calls.csv").write_text("id,ts,what\nb,01.02.2025 at ten,call\nb,2025-02-02,call\n")
    (tmp_path / "trod.yml").write_text(YML.replace("TIME", "ts"))
    workspace = Workspace.open(tmp_path)
    workspace.ingest()
    assert sum(one.n for one in workspace.quarantined()) == 2
    formats = "{column: ts, format: ['%Y-%m-%d', '%d.%m.%Y at ten']}"
    (tmp_path / "trod.yml").write_text(YML.replace("TIME", formats))
    workspace = Workspace.open(tmp_path)
    reports = workspace.replay()
    assert [(one.source, one.stored) for one in reports] == [("web", 0), ("calls", 1)]
    assert [(one.source, one.n) for one in workspace.quarantined()] == [("web", 1)]
