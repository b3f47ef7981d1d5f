"""Four packs of the sample company: the same figure is equal in every pack and every form."""

import re
from html.parser import HTMLParser
from io import BytesIO

import pytest
from pptx import Presentation

from tests.app import terminal
from tests.company import copied
from trod.figures.labels import plain
from trod.figures.slides import HIGH, WIDE
from trod.insights.drill import drill_lists
from trod.outcomes.reviews.review import figure_line, figures_of, stated, words
from trod.workspace.acting.reviewing.gathering import Gathering
from trod.workspace.acting.reviewing.making import review
from trod.workspace.acting.reviewing.rendering import rendered
from trod.workspace.attributed import asked_of

PACKS = ("weekly", "monthly", "quarterly", "executive")
NOW_US = 1_783_000_000_000_000  # 2 July 2026
COSTS = "channel,cost\nemail,5000\nweb,200\n"


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    """A company of its own."""
    return copied(tmp_path_factory.mktemp("reviews") / "there", 400)


@pytest.fixture(scope="module")
def packs(space):
    """Every pack of one moment, of a company in which something was decided."""
    folder = space.project.root
    (folder / "costs.csv").write_text(COSTS)
    of = Gathering(space, NOW_US, costs=folder / "costs.csv")
    accept(space, of.findings.entries[0].id)
    of = Gathering(space, NOW_US, costs=folder / "costs.csv")
    return {pack: review(of, pack) for pack in PACKS}


def accept(space, finding):
    from trod.insights.findings.decisions import accept as decide

    told = {"owner": "Bram Visser", "due": "2026-07-10", "who": "Ann", "now_us": NOW_US - 10**6}
    with space.state() as state, state.write() as con:
        decide(con, finding, **told)


class Page(HTMLParser):
    """What a page says, by the key it is said under."""

    def __init__(self):
        super().__init__()
        self.said, self.open = {}, []

    def handle_starttag(self, tag, attrs):
        if tag in ("td", "li", "p", "tr"):
            self.open.append((tag, dict(attrs).get("data-key")))
            if key := self.open[-1][1]:
                self.said[key] = ""

    def handle_endtag(self, tag):
        if self.open and self.open[-1][0] == tag:
            self.open.pop()

    def handle_data(self, data):
        for _, key in self.open:
            if key:
                self.said[key] += f"{data} "


def flat(text):
    return re.sub(r"\s+", " ", text.replace("`", "")).strip()


def tables(deck):
    """The rows of the tables of a deck, by the title of their slides."""
    found = {}
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table:
                rows = [[c.text_frame.text for c in row.cells] for row in shape.table.rows]
                found.setdefault(slide.shapes.title.text_frame.text, []).extend(rows[1:])
    return found


def test_X9_G4_the_same_figure_is_equal_in_every_pack(packs):
    seen = {}
    shared = set()
    for made in packs.values():
        for key, said in stated(made.review).items():
            shared |= {key} & set(seen)
            assert seen.setdefault(key, said) == said
    assert len([key for key in shared if key.startswith("figure/")]) >= 6
    assert any(key.startswith("decide/") for key in shared)
    assert any(key.startswith("due/") for key in shared)


def test_X9_no_figure_stands_without_whom_and_when(packs):
    for made in packs.values():
        for figure in figures_of(made.review.sections):
            assert re.search(r"\d", figure.basis), figure
            assert re.search(r"\d{4}|week", figure.basis), figure
            assert "nan" not in figure.text


def test_X9_every_figure_that_opens_customers_opens_as_many_as_it_says(packs, space):
    made = packs["monthly"]
    figures = [f for each in packs.values() for f in figures_of(each.review.sections) if f.where]
    found = drill_lists(*asked_of(space, None, None), {f.where for f in figures}, limit=1)
    assert len(figures) > 20
    assert made.review.options == " --unit account --journey 'New customer to renewal'"
    for figure in figures:
        assert found[figure.where].total == figure.total, figure


@pytest.mark.parametrize("pack", PACKS)
def test_X9_G4_the_page_says_what_the_review_says(packs, pack):
    made = packs[pack]
    text = rendered(made, "html").decode()
    page = Page()
    page.feed(text)
    for key, said in stated(made.review).items():
        found = flat(page.said[key])
        if hasattr(said, "cells"):
            assert found == flat(" ".join(words(cell) for cell in said.cells))
        elif hasattr(said, "lines"):
            for line in (said.title, *said.lines, *map(figure_line, said.figures)):
                assert flat(plain(line)) in found or "`" in line
        else:
            assert flat(said.text) in found
    assert "http" not in re.sub(r"http://www\.w3\.org/\S+|http-equiv", "", text)


@pytest.mark.parametrize("pack", PACKS)
def test_X9_G4_slides_say_what_the_review_says_and_can_be_edited(packs, pack):
    made = packs[pack]
    raw = rendered(made, "pptx")
    assert pack != "executive" or raw == rendered(made, "pptx")
    deck = Presentation(BytesIO(raw))
    assert deck.slide_width * 9 == deck.slide_height * 16
    found = tables(deck)
    said = "\n".join(
        shape.text_frame.text for s in deck.slides for shape in s.shapes if shape.has_text_frame
    )
    for section in made.review.sections:
        if section.rows:
            rows = [[flat(words(cell)) for cell in row.cells] for row in section.rows]
            assert found[plain(section.title)] == rows
        for item in section.items:
            for line in (item.title, *item.lines, *map(figure_line, item.figures)):
                assert flat(plain(line)) in said
    for slide in deck.slides:
        notes = slide.notes_slide.notes_text_frame.text
        assert plain(made.review.headline) in notes
        assert "What the words mean" in notes
        assert "No other filter." in notes
        for shape in slide.shapes:
            assert shape.top.pt + shape.height.pt <= HIGH + 0.5, shape.name
            assert shape.left.pt + shape.width.pt <= WIDE + 0.5, shape.name


@pytest.mark.parametrize("pack", PACKS)
def test_X9_G4_markdown_says_what_the_review_says(packs, pack):
    made = packs[pack]
    text = rendered(made, "md").decode()
    read = flat(re.sub(r"\\([\\`*_\[\]<>|#~])", r"\1", text))
    for section in made.review.sections:
        for row in section.rows:
            assert " | ".join(flat(words(cell)) for cell in row.cells) in read
        for item in section.items:
            for line in (item.title, *item.lines, *map(figure_line, item.figures)):
                assert flat(plain(line)) in read
    assert text.count("```mermaid\nflowchart LR") == 1


def test_X9_each_pack_holds_what_it_is_for(packs):
    names = {pack: [s.name for s in made.review.sections] for pack, made in packs.items()}
    for sections in names.values():
        assert sections[0] == "changes"
        assert {"due", "last"} <= set(sections)
    assert {"credit", "paths", "channels", "spend"} <= set(names["weekly"])
    assert {"friction", "stages", "adoption", "plays"} <= set(names["monthly"])
    assert {"ledger", "stop", "hour", "decide"} <= set(names["quarterly"])
    assert {"money", "decide", "metrics"} <= set(names["executive"])
    friction = next(s for s in packs["monthly"].review.sections if s.name == "friction")
    middle = [f.value for item in friction.items for f in item.figures if "recovery" in f.key]
    low_and_high = [[int(x.replace(",", "")) for x in re.findall(r"[\d,]+", v)] for v in middle]
    assert [sum(x) for x in low_and_high] == sorted(map(sum, low_and_high), reverse=True)


def test_X9_paths_add_up_to_the_conversions_that_credit_shares_out(packs):
    weekly = {s.name: s for s in packs["weekly"].review.sections}
    (total,) = re.findall(r"Share of ([\d,]+) conversions", weekly["credit"].lead)
    assert f"of {total} conversions went these ways" in weekly["paths"].lead


def test_X9_the_next_review_follows_up_the_last_one_that_was_kept(tmp_path):
    there = tmp_path / "there"
    space = copied(there, 400)
    told = terminal.told("-C", there, "review", "--freeze", "--by", "Ann")
    sections = {each["name"]: each for each in told["sections"]}
    assert sections["last"]["none"].startswith("Nothing was decided yet")
    finding = Gathering(space, NOW_US).findings.entries[0]
    done = terminal.trod(
        "-C", str(there), "accept", finding.id, "--owner", "Bram Visser", "--due", "14d"
    )
    assert done.exit_code == 0
    terminal.told("-C", there, "review", "--freeze", "--by", "Ann")
    terminal.trod(
        "-C", str(there), "accept", finding.id, "--dismiss", "--why", "the price did not change"
    )
    text = " ".join(terminal.trod("-C", str(there), "review").stdout.split())
    assert f"{finding.place.finding.title} [Put aside]" in text
    assert "Put aside: the price did not change." in text
    kept = terminal.told("-C", there, "review", "--list")
    assert [len(each["told"]["decisions"]) for each in kept] == [1, 0]
    shown = ("-C", there, "review", "--show", kept[0]["id"])
    one = terminal.told(*shown, "--comment", "Agreed.", "--by", "Ines")
    assert one["told"] == kept[0]["told"]
    assert "Ines: “Agreed.”" in terminal.trod(*map(str, shown)).stdout
    wrong = terminal.trod("-C", str(there), "review", "--send", "nowhere")
    assert wrong.exit_code == 1
    assert "unknown destination 'nowhere'" in wrong.stderr
