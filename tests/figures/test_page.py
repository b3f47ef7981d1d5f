"""The page as text: what is on it, what is not, and that no name breaks out of its place."""

import gzip
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings

from tests.examples import examples
from tests.figures.anywhere import digests
from tests.figures.edges import EVIL, LONG, empty, gloomy, named, of_stages, small, without_mood
from tests.figures.fixtures import lists, usual
from tests.figures.random_maps import maps
from trod.figures.notebook import journey_map_repr
from trod.figures.page import journey_map_html
from trod.figures.svg import journey_map_svg, paths_svg
from trod.insights.journey_map import Count, Fact, JourneyMap

CASES = {
    "usual": usual(),
    "empty": empty(),
    "gloomy": gloomy(),
    "small": small(),
    "silent": without_mood(),
    "one": of_stages(1),
    "eight": of_stages(8),
    "twelve": of_stages(12),
    "evil": named(EVIL),
    "long": named(LONG),
}
VOID = {"meta", "rect", "path", "circle", "line", "stop", "use", "br", "polygon"}


class Outline(HTMLParser):
    """Tags, attributes and text of a page, and whether tags close in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in {"style", "script"}:
            self.words.append(data)

    def values(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


def page(m: JourneyMap) -> str:
    return journey_map_html(m, lists(m))


def data_of(html: str) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    return json.loads(found[1])


@pytest.mark.parametrize("case", CASES)
def test_tags_close_and_ids_are_unique(case):
    outline = Outline(page(CASES[case]))
    assert outline.open == []
    ids = outline.values("id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("case", CASES)
def test_every_reference_inside_the_page_is_kept(case):
    html = page(CASES[case])
    outline = Outline(html)
    ids = set(outline.values("id"))
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= ids
    assert {href[1:] for tag, a in outline.tags if tag == "use" for href in [a["href"]]} <= ids


def test_names_never_become_markup():
    html = page(named(EVIL))
    outline = Outline(html)
    tags = [tag for tag, _ in outline.tags]
    assert tags.count("script") == 2
    assert not {"img", "iframe", "object", "base", "embed"} & set(tags)
    assert not [name for _, attrs in outline.tags for name in attrs if name.startswith("on")]
    hrefs = outline.values("href")
    assert all(href.startswith("#") for href in hrefs)
    assert "49" not in [word.strip() for word in outline.words]


@settings(deadline=None, max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow])
@given(maps(most_stages=4))
def test_G2_any_map_makes_a_sound_page_and_picture(m):
    outline = Outline(page(m))
    assert outline.open == []
    assert [tag for tag, _ in outline.tags].count("script") == 2
    for svg in (journey_map_svg(m), journey_map_repr(m)):
        assert Outline(svg).open == []
        assert "nan" not in re.sub(r">[^<]*<|\"[^\"]*[a-z]{4}[^\"]*\"", "", svg)


def test_the_page_allows_no_request_and_no_code_but_its_own():
    html = page(usual())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert not re.search(r'(?:src|href)="(?!#)', html)
    assert 'style="' not in html
    assert "@import" not in html
    assert set(re.findall(r"url\((data:font/woff2|#)", html)) == {"data:font/woff2", "#"}


def test_G3_numbers_in_sentences_open_their_customers():
    m = usual()
    first = replace(m.frictions[0], facts=(Fact("rate", "23%", m.stages[1].left),))
    html = page(replace(m, frictions=(first, *m.frictions[1:])))
    assert re.search(r'<h1><a class="fig" href="#drill=[^"]+">1,301</a> customers', html)
    assert re.search(r'<b><a class="fig" href="#drill=[^"]+">94% stayed</a></b>', html)
    assert re.search(r'<p><b><a class="fig" href="#drill=[^"]+">23%</a></b> leave here', html)


def test_what_does_not_exist_yet_is_absent():
    words = " ".join(Outline(page(replace(usual(), kpis=()))).words)
    for absent in ("NPS", "Assign", "owner", "Export", "vs year before", "coming soon", "matched"):
        assert absent not in words
    assert 'class="kpis"' not in page(replace(usual(), kpis=()))


def test_G3_every_count_on_the_page_has_its_definition_and_total():
    html = page(usual())
    drills = data_of(html)["drills"]
    m = usual()
    counts = [c for s in m.stages for c in (s.reached, s.left) if c.n]
    counts += [t.customers for s in m.stages for t in s.touches]
    counts += [f.lost for f in m.frictions]
    counts += [n.customers for n in m.sankey.nodes] + [k.customers for k in m.sankey.links]
    counts += [f.customers for f in m.first_moves] + [m.entered, m.outside]
    for count in counts:
        title, meaning, total = drills[count.key]
        assert title
        assert meaning
        assert total == count.n


def test_lists_are_embedded_only_where_the_page_links_to_them():
    html = page(usual())
    data = data_of(html)
    assert set(data["lists"]) <= set(data["drills"])
    customer, last, *_ = data["rows"][data["lists"]["left:onboard"][0]]
    assert [customer, data["names"][last]] == ["Ashdown Learning", "Connect data source"]
    assert len(data["rows"]) == len({tuple(row) for row in data["rows"]})


def test_a_number_without_a_key_is_no_link():
    m = usual()
    stage = m.stages[0]
    bare = replace(stage.touches[0], customers=Count(9, ""))
    moves = (replace(m.first_moves[0], customers=Count(7, "")),)
    stages = (replace(stage, touches=(bare,), left=Count(3, "")), *m.stages[1:])
    html = page(replace(m, stages=stages, first_moves=moves, entered=Count(5, "")))
    assert 'href="#drill="' not in html
    assert "" not in data_of(html)["drills"]


def test_a_friction_of_time_opens_who_waited_and_loses_nobody():
    m = usual()
    stage = m.stages[1]
    touch = stage.touches[0]
    slow = replace(
        m.frictions[0], lost=Count(0, "left:x"), money_lost_micros=None, touchpoint=touch.name
    )
    html = page(replace(m, frictions=(slow,), moves=()))
    words = " ".join(Outline(html).words)
    assert not re.search(r"(?<![\d,])0 customers", words)
    assert f"#drill={touch.customers.key}" in html.replace("%20", " ")
    assert '"pill hot"' not in html


def test_an_effect_that_is_not_known_is_said_and_not_drawn():
    m = usual()
    unknown = replace(m, moves=tuple(replace(move, low=0.0, high=0.0) for move in m.moves))
    for shown in (page(unknown), journey_map_svg(unknown)):
        assert "effect not known" in shown
        assert "about +0" not in shown
        assert 'class="range"' not in shown
        assert f"ranked by {m.unit} at stake" in " ".join(re.sub("<[^>]+>", " ", shown).split())


def test_a_stage_beyond_the_first_three_frictions_still_says_it_loses():
    m = usual()
    last = m.frictions[-1]
    fourth = replace(last, rank=4, stage=0)
    words = " ".join(Outline(page(replace(m, frictions=(*m.frictions, fourth)))).words)
    assert "Losses are smaller here:" in words
    assert f"{m.stages[0].left.n:,} left" in words
    alone = " ".join(Outline(page(m)).words)
    assert "No friction found among the" in alone


def test_notes_show_code_as_code():
    html = page(replace(usual(), notes=("Set `left_after` in `trod.yml`.",)))
    assert "Set <code>left_after</code> in <code>trod.yml</code>." in html


def test_at_most_four_tiles():
    m = usual()
    html = page(replace(m, kpis=m.kpis[:1] * 6))
    assert html.count('class="kpi"') == 4


def test_few_customers_are_counted_in_place_of_shares():
    words = " ".join(Outline(page(small())).words)
    assert "17 of 25" in words
    assert "25 accounts" in words
    assert "customers" not in words.split("What the words mean")[0]


def test_missing_mood_says_what_is_missing_and_the_one_step():
    html = page(without_mood())
    assert "Mood is unknown here." in html
    assert "trod.yml" in html


def test_the_same_map_gives_the_same_bytes_in_any_process():
    code = (
        "from tests.figures.fixtures import lists, usual\nfrom trod.figures import *\n"
        "m = usual()\n"
        "text = journey_map_html(m, lists(m)) + journey_map_svg(m) + paths_svg(m)\n"
        "text += journey_map_repr(m) + ''.join(w(m) for w in MERMAID_KINDS.values())"
    )
    assert len(digests(code, "text.encode()")) == 1


def test_the_page_is_light():
    html = page(usual())
    without_fonts = re.sub(r"url\(data:font[^)]*\)", "", html)
    assert len(gzip.compress(without_fonts.encode())) <= 60_000
    script = html.split("<script>")[1].split("</script>")[0]
    assert len(script.encode()) <= 15_000


def test_a_page_of_eight_stages_has_few_svg_nodes():
    html = page(of_stages(8))
    inside = re.findall(r"<svg[^>]*>.*?</svg>", html, flags=re.S)
    assert sum(len(re.findall(r"<[a-zA-Z]", svg)) for svg in inside) <= 3_000


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_stands_alone(theme):
    for svg in (journey_map_svg(usual(), theme), paths_svg(usual(), theme)):
        assert "var(" not in svg
        assert "<script" not in svg
        assert "href" not in svg
        assert svg.startswith("<svg xmlns=")


def test_a_notebook_gets_no_script_and_its_own_ids():
    html = journey_map_repr(usual())
    assert "<script" not in html
    ids = Outline(html).values("id")
    assert len(ids) == len(set(ids))
