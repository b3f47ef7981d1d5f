"""What every page shares: frame, fonts, colours, script, drawers, and no request allowed."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from trod.figures import icons as drawn_icons
from trod.figures import numbers, tokens
from trod.figures.labels import label, plain
from trod.figures.links import Linked
from trod.figures.markup import Markup, number
from trod.figures.text import ASSETS

if TYPE_CHECKING:
    from trod.insights.drill import DrillList, DrillRow

_FONTS: Final = (
    ("Inter", "Inter.woff2", "normal", "400 700"),
    ("Trod Serif", "TrodSerif-Medium.woff2", "normal", "500"),
    ("Trod Serif", "TrodSerif-Italic.woff2", "italic", "400"),
)
More = Mapping[str, Sequence[tuple[str, str]]]


class Setting(NamedTuple):
    """What all figures of a page are about."""

    journey: str
    unit: str  # "customers" or "accounts"
    as_of: str  # ISO date
    zone: str
    zone_assumed: bool
    currency: str | None
    options: str  # of the command that lists the customers behind a key


def view(setting: Setting, linked: Linked, *, theme: str, rules: str = "") -> dict[str, Any]:
    """Give what the frame of a page is made of; `rules` are rules of style of this page."""
    style = _style() + rules
    script = (ASSETS / "page.js").read_text(encoding="utf-8")
    return {
        "setting": setting,
        "theme": theme,
        "style": Markup(style),
        "script": Markup(script),
        "style_hash": _hash(style),
        "script_hash": _hash(script),
        "linked": linked,
        "label": label,
        "plain": plain,
        "number": number,
        "numbers": numbers,
    }


def page(
    template: str,
    values: Mapping[str, Any],
    setting: Setting,
    linked: Linked,
    lists: Mapping[str, DrillList],
    *,
    icons: Iterable[str] = (),
    more: More | None = None,
) -> str:
    """Render a page; what the script reads goes in last, when all links and icons are known."""
    body = str(_environment().get_template(template).render(values))
    names = {"moon", "x", "check", *icons}
    body = body.replace("<!--icons-->", str(drawn_icons.symbols(names)), 1)
    return body.replace("<!--data-->", _data(setting, linked, lists, more or {}), 1)


def _data(setting: Setting, linked: Linked, lists: Mapping[str, DrillList], more: More) -> str:
    """Write drills, lists and tips as JSON that no name can break out of."""
    shown = {key: lists[key] for key in sorted(linked.drills) if key in lists}
    data = {
        "unit": setting.unit,
        "options": setting.options,
        "one": numbers.plural(1, setting.unit)[2:].capitalize(),
        "drills": {
            key: [plain(drill.title), plain(drill.meaning), drill.total]
            for key, drill in sorted(linked.drills.items())
        },
        "more": more,
        "tips": linked.tips,
        **_lists(setting.currency, shown),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _lists(currency: str | None, lists: Mapping[str, DrillList]) -> dict[str, object]:
    """Write each customer once, and each list as places in that order."""
    rows = sorted({row for found in lists.values() for row in found.rows}, key=_by_customer)
    place = {row: i for i, row in enumerate(rows)}
    names = {row.last_touchpoint for row in rows}
    last = {name: i for i, name in enumerate(sorted(names))}
    return {
        "names": [label(name) for name in sorted(names)],
        "rows": [
            [
                plain(row.customer),
                last[row.last_touchpoint],
                row.last_day,
                numbers.money(row.value_micros, currency) if row.value_micros else "",
            ]
            for row in rows
        ],
        "lists": {key: [place[row] for row in found.rows] for key, found in lists.items()},
    }


def _by_customer(row: DrillRow) -> tuple[str, str, str, int]:
    return row.customer, row.last_touchpoint, row.last_day, row.value_micros or 0


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


@lru_cache(maxsize=1)
def _fonts() -> str:
    """Embed the shipped fonts."""
    return "".join(
        f'@font-face{{font-family:"{family}";font-style:{slant};font-weight:{weight};'
        f"font-display:swap;src:url(data:font/woff2;base64,"
        f'{b64encode((ASSETS / file).read_bytes()).decode("ascii")}) format("woff2")}}'
        for family, file, slant, weight in _FONTS
    )


@lru_cache(maxsize=1)
def _style() -> str:
    """Put the style sheet together: fonts, colours, figures, page."""
    light, dark = tokens.css_variables("light"), tokens.css_variables("dark")
    return "".join(
        (
            _fonts(),
            f":root{{{light}}}@media screen{{:root[data-theme=dark]{{{dark}}}}}",
            f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme]){{{dark}}}}}",
            (ASSETS / "figures.css").read_text(encoding="utf-8"),
            tokens.scales_css(),
            (ASSETS / "page.css").read_text(encoding="utf-8"),
        )
    )


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")
