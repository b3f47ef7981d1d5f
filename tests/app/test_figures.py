"""Figures as files, from the command line: each in every format, and the page of them all."""

import csv
import io
import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.app.terminal import trod
from tests.company import Known
from trod.errors import DefinitionError
from trod.workspace import Workspace

ASKED = {
    "process": ("paths", "--view", "process"),
    "funnel": ("funnel", "connect_data_source", "first_dashboard", "--within", "60d"),
    "cohorts": ("retention",),
    "conformance": ("conform",),
}
STARTS = {"html": b"<!doctype html>", "svg": b"<svg xmlns", "png": b"\x89PNG", "json": b"{"}


def written(company: Known, *arguments: object, out):
    done = trod("-C", company.folder, *arguments, "--out", out)
    assert done.exit_code == 0, done.stderr
    return out.read_bytes()


@pytest.mark.parametrize("name", ASKED)
def test_G2_every_figure_is_written_as_the_ending_of_the_file_says(tallyfern, tmp_path, name):
    for ending, start in STARTS.items():
        if ending == "png" and name != "cohorts":
            continue
        content = written(tallyfern, *ASKED[name], out=tmp_path / f"{name}.{ending}")
        assert content.startswith(start)
    told = json.loads((tmp_path / f"{name}.json").read_text())
    assert told["figure"] == name
    assert told["title"] in (tmp_path / f"{name}.svg").read_text().replace("&amp;", "&")


def test_G3_each_row_of_the_table_names_the_predicate_that_lists_as_many(tallyfern, tmp_path):
    for name, asked in ASKED.items():
        text = written(tallyfern, *asked, out=tmp_path / f"{name}.csv").decode()
        rows = list(csv.DictReader(io.StringIO(text)))
        count = next(key for key in ("active", "accounts", "customers") if key in rows[0])
        for row in rows[:2]:
            done = trod("-C", tallyfern.folder, "export", "customers", "--where", row["where"])
            assert done.stdout.count("\n") - 1 == int(row[count])


def test_the_report_holds_all_figures_and_the_same_data_give_the_same_bytes(tallyfern, tmp_path):
    html = written(tallyfern, "report", out=tmp_path / "report.html").decode()
    for name in ASKED:
        assert f'id="{name}"' in html
    assert html.encode() == written(tallyfern, "report", out=tmp_path / "again.html")
    told = json.loads(trod("-C", tallyfern.folder, "report", "--json").stdout)
    assert set(told) == set(ASKED)


def test_G2_the_map_is_written_as_slides_with_the_same_bytes_for_the_same_data(tallyfern, tmp_path):
    first = written(tallyfern, "map", out=tmp_path / "map.pptx")
    assert first == written(tallyfern, "map", out=tmp_path / "again.pptx")
    assert len([n for n in ZipFile(io.BytesIO(first)).namelist() if "slides/slide" in n]) >= 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("paths", "--out", "x.svg"), "Give --view process, too."),
        (("retention", "--out", "x.docx"), ".docx is not known. Known endings: .html, .pdf"),
        (("report", "--out", "x.svg"), ".svg is not known. Known endings: .html, .pdf"),
        (("review", "--out", "x.svg"), "Known endings: .html, .pptx, .md, .markdown.\n"),
        (("report", "--out", "trod.yml"), "not known"),
        (("retention", "--out", "x.mmd"), "Mermaid draws the process map only"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_what_can(tallyfern, arguments, says):
    done = trod("-C", tallyfern.folder, *arguments)
    assert done.exit_code in {1, 2}
    assert says in done.stderr


def test_from_python_a_map_gives_its_figures_and_a_notebook_shows_them(tallyfern, tmp_path):
    made = tallyfern.workspace.map()
    made.process().save(tmp_path / "process.svg")
    assert (tmp_path / "process.svg").read_text().startswith("<svg xmlns")
    shown = made.report()._repr_html_()
    assert shown.count("<img ") == 4
    assert "<script" not in shown
    with pytest.raises(DefinitionError, match="docx"):
        made.process().save(tmp_path / "process.docx")


def test_without_a_journey_the_report_and_retention_make_the_same_cohorts(tmp_path: Path):
    """Suggested stages change with the data: cohorts are of who came first, in both."""
    yml = 'sources:\n- {name: s, files: "e.csv", customer: c, time: t, touchpoint: e}\n'
    (tmp_path / "trod.yml").write_text(yml)
    rows = [f"c{i},{e},2026-0{m}-1{i % 9}" for i in range(60) for m, e in ((1, "a"), (2, "buy"))]
    (tmp_path / "e.csv").write_text("\n".join(["c,e,t", *rows]) + "\n")
    space = Workspace.open(tmp_path)
    space.ingest()
    figures = {figure.name: figure for figure in space.map().report().figures}
    keys = str(figures["cohorts"].data)
    assert "first:" in keys
    assert "entered:" not in keys
