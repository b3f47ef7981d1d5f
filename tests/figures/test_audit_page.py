"""The page of an audit: one sentence, no request, every name as text."""

import re

from tests.figures.audits import bare, usual
from tests.figures.edges import EVIL
from trod.figures.audit import audit_html, headline


def test_D3_the_page_says_first_how_much_there_is_to_mend():
    assert headline(usual()) == "1 thing to mend before these data carry conclusions"
    assert headline(bare()) == "Nothing to mend: these data can carry conclusions"
    assert "<h1>1 thing to mend" in audit_html(usual())


def test_the_page_is_the_same_bytes_and_names_no_address():
    made = audit_html(usual(), currency="EUR")
    assert made == audit_html(usual(), currency="EUR")
    assert not re.search(r"https?://(?!www\.w3\.org)", made)
    assert "€5,000" in made


def test_S4_names_stand_as_text():
    made = audit_html(usual(EVIL[0]))
    assert "<script>alert" not in made
    assert "<img" not in made


def test_an_audit_without_anything_is_a_page_too():
    made = audit_html(bare())
    assert "No blind spot shows in the data" in made
    assert "No channel is offline or human" in made


def test_a_gap_is_drawn_where_its_days_are():
    made = audit_html(usual())
    marks = re.findall(r'<rect x="([\d.]+)" y="20" width="([\d.]+)" height="4"', made)
    assert marks == [("208", "208")]  # weeks three and four of five, on 520
