"""What the page does in a browser: keyboard, drawers, themes, widths, print, and no requests."""

from dataclasses import replace
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader

from tests.figures.audits import bare
from tests.figures.audits import usual as audited
from tests.figures.edges import EVIL, LONG, empty, gloomy, named, of_stages, small, without_mood
from tests.figures.fixtures import lists, usual
from tests.figures.plates import grid, path, process
from trod.errors import DataError
from trod.figures import cohorts_figure, conformance_figure, funnel_figure, process_figure
from trod.figures.audit import audit_html
from trod.figures.page import journey_map_html
from trod.figures.pdf import pdf
from trod.figures.report import report_html
from trod.insights.funnel_steps import of_stages as funnel_of_stages
from trod.insights.journey_map import Quote

pytestmark = pytest.mark.browser

CASES = {
    "usual": usual,
    "evil": lambda: named(EVIL),
    "long": lambda: named(LONG),
    "small": small,
    "gloomy": gloomy,
    "silent": without_mood,
    "empty": empty,
    "eight": lambda: of_stages(8),
}


@pytest.fixture
def show(page, tmp_path):
    def opened(m, theme="auto"):
        file = tmp_path / "map.html"
        file.write_text(journey_map_html(m, lists(m), theme=theme), encoding="utf-8")
        page.goto(file.as_uri())
        return page

    return opened


def test_the_page_asks_for_nothing_and_says_nothing_to_the_console(show, page):
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    show(usual())
    page.wait_for_timeout(100)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []


@pytest.mark.parametrize("name", ["evil", "long"])
def test_no_name_runs_as_code(show, page, name):
    said = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: said.append(str(error)))
    show(CASES[name]())
    for mark in page.query_selector_all("a[href^='#drill=']")[:6]:
        mark.evaluate("mark => mark.dispatchEvent(new MouseEvent('click', {bubbles: true}))")
        mark.evaluate("mark => { location.hash = mark.getAttribute('href') }")
    page.wait_for_timeout(100)
    assert said == []


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("usual", "light"),
        ("usual", "dark"),
        ("small", "dark"),
        ("empty", "light"),
    ],
)
def test_axe_finds_no_violation(browser, tmp_path, name, scheme):
    page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    m = CASES[name]()
    file = tmp_path / "map.html"
    file.write_text(journey_map_html(m, lists(m)), encoding="utf-8")
    page.goto(file.as_uri())
    for fold in page.query_selector_all("details"):
        fold.evaluate("fold => { fold.open = true }")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


def test_axe_finds_no_violation_in_an_open_drawer(show, page):
    show(usual())
    page.evaluate("location.hash = document.querySelector('.link').getAttribute('href')")
    page.wait_for_selector(".drawer.on table")
    page.wait_for_timeout(300)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_G3_a_number_opens_its_customers_and_escape_returns_to_it(show, page):
    show(usual())
    page.focus(".link")
    page.keyboard.press("Enter")
    page.wait_for_selector(".drawer.on")
    words = page.inner_text(".drawer")
    assert "1,301 customers" in words
    assert "Ashdown Learning" in words
    assert "trod export customers --where 'left:stage1 & did:connect_data_source'" in words
    assert page.evaluate("document.activeElement.id") == "drawer"
    page.keyboard.press("Escape")
    assert not page.query_selector(".drawer.on")
    assert page.evaluate("document.activeElement.className") == "link"


def test_a_number_without_a_list_shows_its_total_and_the_command(show, page):
    show(usual())
    page.evaluate("location.hash = '#drill=outside'")
    page.wait_for_selector(".drawer.on")
    words = page.inner_text(".drawer")
    assert "708 customers" in words
    assert "trod export customers --where 'outside'" in words
    assert not page.query_selector(".drawer table")


def test_back_closes_what_a_number_opened(show, page):
    show(usual())
    page.click(".link")
    page.wait_for_selector(".drawer.on")
    page.go_back()
    page.wait_for_function("!document.querySelector('.drawer.on')")


def test_a_chart_is_one_tab_stop_with_arrows_inside(show, page):
    show(usual())
    for chart in page.query_selector_all("[data-rove]"):
        stops = chart.query_selector_all("[tabindex='0']")
        assert len(stops) == 1
    page.evaluate("document.querySelector('[data-paths] [tabindex=\"0\"]').focus()")
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert first != second
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == first


def test_focus_shows_the_same_words_as_hover(show, page):
    show(usual())
    page.hover(".spot >> nth=3")
    hovered = page.inner_text("#tip")
    assert hovered
    page.mouse.move(2, 2)
    page.keyboard.press("Tab")
    page.evaluate("document.querySelectorAll('.spot')[3].focus()")
    assert page.inner_text("#tip") == hovered
    assert page.query_selector("#tip.on")


def test_a_node_lights_everything_that_leads_to_it_and_from_it(show, page):
    show(usual())
    page.hover(".node.n6 rect >> nth=1")
    assert page.query_selector("[data-paths].dim")
    lit = page.evaluate(
        "[...document.querySelectorAll('.rib.on')].map(r => r.getAttribute('class'))"
    )
    assert any(" k0-1 " in f"{classes} " for classes in lit)
    assert any(" k1-6 " in f"{classes} " for classes in lit)
    assert any(" k6-10 " in f"{classes} " for classes in lit)
    assert not any(" k1-7 " in f"{classes} " for classes in lit)


def test_the_switch_turns_light_to_dark_and_back(show, page):
    show(usual())
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.click("#theme")
    dark = page.evaluate(ground)
    assert light != dark
    page.click("#theme")
    assert page.evaluate(ground) == light


@pytest.mark.parametrize("name", CASES)
def test_only_the_sheet_scrolls_sideways(show, page, name):
    show(CASES[name]())
    for width in (820, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.reload()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        sheet = page.evaluate(
            "(s => [s.scrollWidth > s.clientWidth + 1, s.tabIndex])(document.querySelector('#map'))"
        )
        assert sheet[0] == (sheet[1] == 0)


def test_targets_are_large_enough(show, page):
    show(usual())
    small_ones = page.evaluate(
        """() => [...document.querySelectorAll('a:not(.rib):not(.skip), button, summary')]
        .filter(e => e.checkVisibility())
        .map(e => [e.className.baseVal ?? e.className, e.getBoundingClientRect()])
        .filter(([, r]) => r.width && (r.width < 23.5 || r.height < 23.5))
        .map(([c, r]) => `${c} ${r.width.toFixed(0)}x${r.height.toFixed(0)}`)"""
    )
    assert small_ones == []


@pytest.mark.parametrize("stages", [4, 5, 6, 7])
def test_the_map_prints_on_one_page(show, page, stages):
    m = of_stages(stages)
    statement = "17% leave in Renew (154 of 909); 67 are still there. " + (
        "Of those still there after 7.4 days, 37% with Pricing call left later; without it 14%."
    )
    quote = Quote(
        "Paying was a mess, and the new price is hard to defend. We go.", "x", "2026-01-01"
    )
    frictions = tuple(replace(f, statement=statement, quotes=(quote,)) for f in m.frictions)
    show(replace(m, frictions=frictions))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1062, "height": 756})  # A4 landscape less its margins
    bottom = page.evaluate("document.querySelector('#map').getBoundingClientRect().bottom")
    assert bottom <= 756


@pytest.mark.parametrize("width", [820, 1180, 1440])
def test_tiles_stand_in_one_row_and_no_date_is_broken(show, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    m = usual()
    long = replace(m.kpis[0], note="recorded so far for the 1,241 who left")
    show(replace(m, kpis=(long,) * 4))
    tops = page.evaluate(
        "[...new Set([...document.querySelectorAll('.kpi')].map(k => k.offsetTop))]"
    )
    assert len(tops) == 1
    heights = page.evaluate("[...document.querySelectorAll('.keep')].map(k => k.offsetHeight)")
    assert max(heights) <= 26


def test_when_not_opens_by_keyboard_and_is_not_printed(show, page):
    show(usual())
    page.focus(".why summary")
    page.keyboard.press("Enter")
    assert page.is_visible(".why[open] p >> nth=0")
    page.emulate_media(media="print")
    assert not page.is_visible(".why summary >> nth=0")
    assert not page.is_visible(".why p >> nth=0")


def test_words_inside_figures_stay_inside_their_column(show, page):
    show(named(LONG))
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.row > .c')]
        .filter(c => c.scrollWidth > c.clientWidth + 1).length"""
    )
    assert outside == 0


@pytest.mark.parametrize("stages", [4, 7])
def test_G2_a_pdf_holds_the_map_on_its_first_page_as_text_in_its_own_fonts(browser, stages):
    html = journey_map_html(of_stages(stages), {}, theme="dark")
    made = pdf(html)
    if stages == 7:
        assert made == pdf(html)
    reader = PdfReader(BytesIO(made))
    first, *rest = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert 1 <= len(rest) <= 4
    assert "1,301 customers left at Connect data source" in first
    assert "Next move" in first
    assert not any("Next move" in page for page in rest)
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (842, 595)
    assert "TrodSerif" in str([font.get("/BaseFont") for font in fonts(reader)])
    assert all(embedded(font) for font in fonts(reader))


def fonts(reader):
    return [f.get_object() for p in reader.pages for f in p["/Resources"]["/Font"].values()]


def embedded(font):
    if font["/Subtype"] == "/Type3":  # a variable font: its outlines are in the file
        return True
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    return "/FontFile2" in inner["/FontDescriptor"] or "/FontFile3" in inner["/FontDescriptor"]


def test_without_a_browser_the_error_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TROD_CHROMIUM", raising=False)
    monkeypatch.setattr("trod.figures.pdf._PLACES", ())
    with pytest.raises(DataError, match="apt install chromium"):
        pdf("<p>")
    monkeypatch.setenv("TROD_CHROMIUM", "/nowhere/chrome")
    with pytest.raises(DataError, match="where no program is"):
        pdf("<p>")


@pytest.fixture
def figures(page, tmp_path):
    file = tmp_path / "report.html"
    shown = [
        process_figure(process()),
        funnel_figure(funnel_of_stages(usual())),
        cohorts_figure(grid()),
        conformance_figure(path()),
    ]
    file.write_text(report_html(shown, lists(usual()), usual()), encoding="utf-8")
    page.goto(file.as_uri())
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_the_page_of_figures(figures, scheme):
    figures.emulate_media(color_scheme=scheme)
    for fold in figures.query_selector_all("details"):
        fold.evaluate("fold => { fold.open = true }")
    found = Axe().run(figures)
    assert found.violations_count == 0, found.generate_report()


def test_detail_is_chosen_by_keyboard_and_moves_nothing(figures):
    places = "[...document.querySelectorAll('.pn')].map(n => n.getBoundingClientRect().x)"
    drawn = "[...document.querySelectorAll('.lnk')].filter(n => n.checkVisibility()).length"
    before, few = figures.evaluate(places), figures.evaluate(drawn)
    assert few == process().levels[0].links
    figures.focus("input[type=range]")
    for level in process().levels[1:]:
        figures.keyboard.press("ArrowRight")
        assert figures.evaluate(drawn) == level.links
        assert f"{level.links} links" in figures.inner_text("output")
    assert figures.evaluate(places) == before
    figures.keyboard.press("Tab")
    for _ in range(3):
        figures.keyboard.press("ArrowRight")
        assert figures.evaluate("document.activeElement.checkVisibility()")


def test_without_script_the_least_detail_is_drawn_and_said(browser, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(report_html([process_figure(process())], {}, usual()), encoding="utf-8")
    page = browser.new_page(java_script_enabled=False)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert page.is_visible("output")
    assert not page.is_visible("input[type=range]")
    assert page.locator(".l0").first.is_visible()
    assert not page.locator(".l2").first.is_visible()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.close()


@pytest.mark.parametrize("width", [820, 1440])
def test_only_drawings_scroll_sideways_and_targets_stay_large(figures, width):
    figures.set_viewport_size({"width": width, "height": 900})
    small_ones = figures.evaluate(
        """() => [...document.querySelectorAll('a:not(.lnk):not(.skip), input, summary')]
        .filter(e => e.checkVisibility())
        .map(e => [e.className.baseVal ?? e.className, e.getBoundingClientRect()])
        .filter(([, r]) => r.width && (r.width < 23.5 || r.height < 23.5))
        .map(([c, r]) => `${c} ${r.width.toFixed(0)}x${r.height.toFixed(0)}`)"""
    )
    assert small_ones == []
    assert figures.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("made", [audited, bare])
def test_axe_finds_no_violation_on_the_page_of_an_audit(browser, tmp_path, scheme, made):
    file = tmp_path / "audit.html"
    file.write_text(audit_html(made()), encoding="utf-8")
    page = browser.new_page(color_scheme=scheme)
    page.goto(file.as_uri())
    found = Axe().run(page)
    page.close()
    assert found.violations_count == 0, found.generate_report()


def test_the_faces_beside_the_mood_stay_in_the_label_column_on_paper(show, page):
    show(usual())
    page.emulate_media(media="print")
    inside = page.evaluate(
        """() => [...document.querySelectorAll('.ylab')].map(face =>
        face.getBoundingClientRect().right <= face.closest('.lab').getBoundingClientRect().right)"""
    )
    assert inside == [True, True, True]
