"""A page as a PDF, printed by the Chromium that is on this machine.

The page holds all it needs, and the browser is told that no host exists, so printing asks for
nothing. Dates that the browser writes into the file are replaced, so that the same page printed
by the same browser gives the same bytes.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Final

from trod.errors import DataError

BROWSER: Final = "TROD_CHROMIUM"
"""Name of the variable that says where a browser is which is not on the PATH."""
NAMES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "chrome-headless-shell",
    "microsoft-edge",
)
_PLACES: Final = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
_SECONDS: Final = 60
_FLAGS: Final = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
)
_DATES: Final = re.compile(rb"(?<=Date \(D:)\d{14}")
_NO_DATE: Final = b"20000101000000"


def pdf(html: str) -> bytes:
    """Print a page as `trod map --out map.html` writes it: fonts embedded, text kept as text.

    Raises
    ------
    DataError
        If there is no Chromium or Chrome on this machine, or if it fails.
    """
    with TemporaryDirectory(prefix="trod-pdf-") as folder:
        page, target = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(html, encoding="utf-8")
        _print(browser(), page, target)
        return _DATES.sub(_NO_DATE, target.read_bytes())


def browser() -> str:
    """Find a Chromium: where the environment says, on the PATH, or where systems keep it."""
    if named := os.environ.get(BROWSER):
        found = which(named)
        if found is None:
            raise DataError(f"{BROWSER} is {named}, where no program is. Correct or unset it.")
        return found
    for name in (*NAMES, *_PLACES):
        if found := which(name):
            return found
    raise DataError(
        "a PDF is printed by Chromium or Chrome, and neither is on this machine. Install one "
        f"(apt install chromium, brew install chromium), or set {BROWSER} to where it is. "
        "Without one, --out map.html prints from any browser, and --out map.pptx needs none."
    )


def _print(program: str, page: Path, target: Path) -> None:
    """Run the browser once, with a profile of its own that goes with the folder."""
    flags = [*_FLAGS, f"--user-data-dir={page.parent / 'profile'}", f"--print-to-pdf={target}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium does not start as root otherwise
    try:
        done = subprocess.run(
            [program, *flags, page.as_uri()], capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise DataError(f"{program} did not print the page within {_SECONDS} seconds.") from None
    if not target.is_file():
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        said = f" It said: {last[0][:200]}" if last else ""
        raise DataError(f"{program} printed nothing (exit code {done.returncode}).{said}")
