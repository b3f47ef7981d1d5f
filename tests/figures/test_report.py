"""The page of all figures as text: sound, light, and without a way to anything else."""

import gzip
import json
import re

import pytest

from tests.figures.edges import EVIL, named, of_stages
from tests.figures.fixtures import lists, usual
from tests.figures.plates import PROCESSES, grid, nothing, path, process
from tests.figures.test_page import Outline
from trod.figures import cohorts_figure, conformance_figure, funnel_figure, process_figure
from trod.figures.report import MOST, drills_of, report_html
from trod.insights.funnel_steps import of_stages as funnel_of_stages


def figures(made, m):
    return [
        process_figure(made),
        funnel_figure(funnel_of_stages(m)),
        cohorts_figure(grid(12)),
        conformance_figure(path()),
    ]


CASES = {
    "usual": (process(), usual()),
    "empty": (nothing(), usual()),
    "eight": (PROCESSES["eight"](), of_stages(8)),
    "evil": (PROCESSES["evil"](), named(EVIL)),
}


def report(case):
    made, m = CASES[case]
    return report_html(figures(made, m), lists(m), m)


@pytest.mark.parametrize("case", CASES)
def test_tags_close_ids_are_unique_and_references_are_kept(case):
    html = report(case)
    outline = Outline(html)
    assert outline.open == []
    ids = outline.values("id")
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(ids)
    places = [h[1:] for h in outline.values("href") if not h.startswith(("#drill=", "#i-"))]
    assert set(places) <= set(ids)


def test_the_page_allows_no_request_and_no_code_but_its_own():
    html = report("evil")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r'(?:src|href)="(?!#)', html)
    assert 'style="' not in html
    assert [tag for tag, _ in Outline(html).tags].count("script") == 2


def test_the_page_is_light():
    html = report("eight")
    without_fonts = re.sub(r"url\(data:font[^)]*\)", "", html)
    assert len(gzip.compress(without_fonts.encode())) <= 60_000
    inside = re.findall(r"<svg[^>]*>.*?</svg>", html, flags=re.S)
    assert sum(len(re.findall(r"<[a-zA-Z]", svg)) for svg in inside) <= 3_000


def test_G3_every_number_that_opens_something_says_what_and_how_many():
    made, m = CASES["usual"]
    html = report("usual")
    data = json.loads(re.search(r'id="data">(.*?)</script>', html, re.S)[1])
    drills = drills_of(figures(made, m), m)
    assert {key: drill.total for key, drill in drills.items()} == {
        key: total for key, (_, _, total) in data["drills"].items()
    }


def test_a_missing_figure_says_what_is_missing_and_the_one_step():
    words = " ".join(Outline(report("empty")).words)
    assert "No touchpoint lies in a stage yet. Declare stages in trod.yml." in words


def test_a_page_holds_six_figures():
    with pytest.raises(ValueError, match="7 figures"):
        report_html([funnel_figure(funnel_of_stages(usual()))] * (MOST + 1), {}, usual())
