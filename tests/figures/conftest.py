"""A browser for tests of what the page does; they are skipped where there is none."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("TROD_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("no Chromium on this machine (set TROD_CHROMIUM to its path)")
    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def mermaid(browser: Browser) -> Iterator[Page]:
    bundle = Path(__file__).parents[2] / ".cache" / "mermaid" / "mermaid.min.js"
    if not bundle.exists():
        pytest.skip("no Mermaid bundle at .cache/mermaid/mermaid.min.js (`make mermaid` brings it)")
    opened = browser.new_page()
    opened.set_content("<!doctype html><body></body>")
    opened.add_script_tag(path=bundle)
    opened.evaluate("mermaid.initialize({startOnLoad: false, securityLevel: 'strict'})")
    yield opened
    opened.close()
