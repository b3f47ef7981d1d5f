"""The page and the Markdown of a review in a browser: axe, no request, names that are code."""

import pytest

from tests.figures.edges import EVIL, named
from tests.figures.fixtures import usual
from trod.figures.review_markdown import review_markdown
from trod.figures.review_page import review_html
from trod.figures.review_slides import review_pptx
from trod.outcomes.board import board
from trod.outcomes.effect import Effect
from trod.outcomes.reviews.review import Item, Reported, Review, Row, Section

EFFECT = Effect(
    "Call", "Left within 60 days", "share", "down", "randomised", 200, 190, 0, 0.10, 0.21, -0.11,
    -0.2, -0.02, -0.18, -0.04, "works", None, 0.08, 0, "Difference",
)  # fmt: skip


def made(*names: str) -> Review:
    left = Reported("left", "Left", "353", "", "of 1,611", "Left: no touchpoint.", "left:a", 353)
    rate = Reported("rate", "Went on", "78%", "76% to 80%", "of 1,611, 2026")
    items = tuple(
        Item(
            f"change/{i}", name, (f"{name} rose; see `trod map`.", "n 9."), "Overdue", tone, (left,)
        )
        for i, (name, tone) in enumerate(zip(names, ("worse", "better", "") * 9, strict=False))
    )
    rows = tuple(Row(f"row/{i}", (name, left, rate)) for i, name in enumerate(names))
    table = {"head": ("Stage", "Left", "Went on"), "rows": rows, "note": "All of them."}
    return Review(
        "monthly", "Monthly product review", names[0], "customers", "2026-06", "June 2026",
        "May 2026", "2025-01-01", "2026-06-30", "2026-07-02", "UTC", "EUR",
        f"{names[0]} lost 353.", ("June beside May",),
        (
            Section("changes", "What changed", "9 compared.", items),
            Section("due", "Decisions due", "", none="Nothing is due: see `trod accept`."),
            Section("plays", "One play works", "Treated less held back.", **table),
        ),
        ("calls: 3 rows quarantined.",), (("Left", "no touchpoint for 30 days."),), (), "",
    )  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_X9_axe_finds_no_violation_in_a_review(browser, tmp_path, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    file = tmp_path / "review.html"
    review = made("Connection error", "Invite")
    file.write_text(review_html(review, usual(), board=board([EFFECT], [], "customers")))
    page.goto(file.as_uri())
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    page.click(".fig")
    page.wait_for_selector(".drawer.on")
    assert "353 customers" in page.inner_text(".drawer")
    page.close()


@pytest.mark.browser
def test_X9_mermaid_reads_the_diagrams_of_a_review(mermaid):
    texts = []
    for m in (usual(), named(EVIL)):
        text = review_markdown(made(*EVIL[:5]), m)
        texts += [part.split("```")[0] for part in text.split("```mermaid\n")[1:]]
    assert len(texts) == 2
    parse = "async texts => { for (const t of texts) await mermaid.parse(t); return true; }"
    assert mermaid.evaluate(parse, texts)


def test_names_that_mean_something_are_words_in_every_form():
    review = made(*EVIL)
    page = review_html(review, named(EVIL))
    assert "<script>alert" not in page
    assert page.count("<script") == 2
    text = review_markdown(review, named(EVIL))
    assert "<b>" not in text
    assert review_pptx(review, named(EVIL))
