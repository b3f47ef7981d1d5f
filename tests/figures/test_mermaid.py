"""Mermaid text, judged by the real Mermaid parser."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.figures.edges import EVIL, LONG, empty, gloomy, named, of_stages, small, without_mood
from tests.figures.fixtures import usual
from tests.figures.plates import PROCESSES, processes
from tests.figures.random_maps import maps
from trod.figures.mermaid import KINDS, process

PARSE = """async texts => {
  const wrong = [];
  for (const text of texts) {
    try { await mermaid.parse(text); } catch (e) { wrong.push([text, String(e.message || e)]); }
  }
  return wrong;
}"""
RENDER = """async texts => {
  const wrong = [];
  for (const [i, text] of texts.entries()) {
    try { await mermaid.render('m' + i, text); } catch (e) { wrong.push([text, String(e)]); }
  }
  return wrong;
}"""
KEYWORDS = (
    "end",
    "graph",
    "subgraph",
    "class",
    "click",
    "style",
    "default",
    "title",
    "section",
    "direction",
    "sankey-beta",
    "o",
    "x",
    "--> b",
    "A & B",
    "1. one",
    "%% note",
    "---",
    "accTitle: a",
    "journey",
    "#quot;",
    "&lt;b&gt;",
    "a,b",
    'say "hi"',
    "\\",
    "`",
    "~~~",
    "- [ ] list",
    "* star",
    "1) one",
    "$$x^2$$",
    "@{shape: x}",
    ":::class",
    "|pipe|",
)

pytestmark = pytest.mark.browser


def test_G2_every_kind_of_map_is_accepted_and_drawn(mermaid):
    cases = [usual(), small(), gloomy(), empty(), without_mood(), of_stages(1), of_stages(8)]
    texts = [write(m) for m in cases for write in KINDS.values()]
    assert mermaid.evaluate(RENDER, texts) == []


@pytest.mark.parametrize("names", [EVIL, LONG, KEYWORDS], ids=["evil", "long", "keywords"])
def test_names_that_mean_something_to_mermaid_are_plain_words(mermaid, names):
    texts = [
        write(named(names[i:] + names[:i])) for i in range(len(names)) for write in KINDS.values()
    ]
    assert mermaid.evaluate(PARSE, texts) == []
    assert mermaid.evaluate(RENDER, texts[:3]) == []


@settings(
    deadline=None,
    max_examples=examples(10),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(maps(), min_size=4, max_size=4))
def test_any_map_with_any_names_is_accepted(mermaid, found):
    texts = [write(m) for m in found for write in KINDS.values()]
    assert mermaid.evaluate(PARSE, texts) == []


@settings(
    deadline=None,
    max_examples=examples(10),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.text(max_size=30), min_size=20, max_size=20))
def test_any_text_is_accepted_as_a_name(mermaid, names):
    m = named(tuple(names))
    assert mermaid.evaluate(PARSE, [write(m) for write in KINDS.values()]) == []


def test_a_mood_that_is_unknown_is_left_out_rather_than_neutral():
    text = KINDS["journey"](without_mood())
    assert "section Onboard" in text
    assert ": 3:" not in text


def test_G2_every_process_map_is_accepted_and_drawn(mermaid):
    texts = [process(make(), detail) for make in PROCESSES.values() for detail in (0, 2)]
    assert mermaid.evaluate(RENDER, texts) == []


@settings(
    deadline=None,
    max_examples=examples(10),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(processes())
def test_any_process_map_is_accepted_with_a_node_a_touchpoint_and_an_arrow_a_link(mermaid, made):
    text = process(made, 2)
    assert mermaid.evaluate(PARSE, [text]) == []
    assert len(re.findall(r"^ {8}n[0-9]+\[", text, re.M)) == len(made.nodes)
    assert len(re.findall(r"^ {4}n[0-9]+ -", text, re.M)) == len(made.links)
