"""The audit as a page: what to mend, who is unseen, what the data can carry."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from trod.figures import numbers, shell
from trod.figures.labels import plain
from trod.figures.links import Linked
from trod.figures.markup import Markup, el, join
from trod.figures.prose import coded
from trod.figures.text import ASSETS
from trod.insights.audit import Audit, SourceAudit
from trod.insights.blind_spots import BlindSpot
from trod.insights.completeness import NOT_KNOWN
from trod.insights.wording import duration, money, share

STRIP_WIDE: Final = 520.0
STRIP_HIGH: Final = 24.0
_DAY_US: Final = 86_400_000_000
_SPOTS: Final = 8


class Tile(NamedTuple):
    """A number at the top, and what it counts."""

    label: str
    value: str
    note: str


class Spot(NamedTuple):
    """A blind spot as a row of the page."""

    what: str
    evidence: str
    customers: str
    money: str
    command: str


def audit_html(made: Audit, *, currency: str | None = None, theme: str = "auto") -> str:
    """Render an audit as a page that needs nothing else: no network, no other file.

    Parameters
    ----------
    made
        What was found.
    currency
        Code of the money on record, such as EUR.
    theme
        ``"auto"`` follows the reader's system; ``"light"`` and ``"dark"`` start so.
    """
    linked = Linked()
    setting = shell.Setting(
        made.journey or "Data", "customers", made.last_day, made.zone, False, currency, ""
    )
    rules = (ASSETS / "audit.css").read_text(encoding="utf-8")
    values = shell.view(setting, linked, theme=theme, rules=rules) | {
        "audit": made,
        "coded": coded,
        "headline": headline(made),
        "context": context(made),
        "tiles": tiles(made),
        "sources": [(one, strip(made, one), _behind(one)) for one in made.sources],
        "strip_box": f"0 0 {STRIP_WIDE:g} {STRIP_HIGH:g}",
        "months": months(made),
        "problems": made.problems(),
        "known": [remark for remark in made.remarks if remark.level == "note"],
        "spots": [_spot(one, currency) for one in made.blind_spots[:_SPOTS]],
        "more_spots": max(0, len(made.blind_spots) - _SPOTS),
        "silent": [one.words(offline=made.has_offline) for one in made.silent],
        "offline": [channel for channel in made.channels if channel.offline],
    }
    return shell.page("audit.html.j2", values, setting, linked, {})


def headline(made: Audit) -> str:
    """Say the one thing to know."""
    n = len(made.problems())
    worst = _worst(made) or "A"
    if n == 0 and worst <= "B":
        return "Nothing to mend: these data can carry conclusions"
    if n == 0:
        return f"Nothing to mend, but one stage is graded {worst}"
    return f"{numbers.plural(n, 'things')} to mend before these data carry conclusions"


def _worst(made: Audit) -> str:
    """Give the worst grade of a stage that has one."""
    return max((one.grade for one in made.grades if one.grade != NOT_KNOWN), default="")


def context(made: Audit) -> tuple[str, ...]:
    """Say what was looked at."""
    rows = sum(source.touchpoints for source in made.sources)
    return (
        numbers.plural(len(made.sources), "sources"),
        numbers.plural(rows, "touchpoints"),
        numbers.plural(made.customers, "customers"),
        f"{numbers.day(made.first_day)} to {numbers.day(made.last_day)}",
    )


def tiles(made: Audit) -> tuple[Tile, ...]:
    """Give the four numbers people ask first."""
    lost = sum(source.held for source in made.sources)
    rows = sum(source.touchpoints for source in made.sources)
    nobody = sum(source.nobodys for source in made.sources)
    several = made.channels_per_customer
    return (
        Tile(
            "In quarantine",
            f"{lost:,}",
            f"{'row' if lost == 1 else 'rows'}, beside {numbers.plural(rows, 'touchpoints')}",
        ),
        Tile(
            "Lead to somebody",
            share(rows - nobody, rows),
            f"of {numbers.plural(rows, 'touchpoints')}",
        ),
        Tile(
            "Seen in 3 channels or more",
            share(sum(several[2:]), sum(several)),
            f"of {numbers.plural(sum(several), 'customers')}",
        ),
        Tile(
            "Worst stage",
            _worst(made) or "–",
            "completeness, A to D",
        ),
    )


def strip(made: Audit, source: SourceAudit) -> Markup:
    """Draw the weeks of a source as bars, and its gaps as marks below them."""
    n = max((len(one.weeks) for one in made.sources), default=0)
    if not n:
        return Markup("")
    step = STRIP_WIDE / n
    most = (
        max(sorted(source.weeks)[max(0, len(source.weeks) * 9 // 10 - 1)], 1) if source.weeks else 1
    )
    bars = [
        el(
            "rect",
            x=i * step + 0.5,
            y=STRIP_HIGH - 5 - high,
            width=max(step - 1, 0.5),
            height=high,
            class_="wk",
        )
        for i, rows in enumerate(source.weeks)
        if rows and (high := max(1.5, min(rows / most, 1.0) * (STRIP_HIGH - 7)))
    ]
    first = date.fromisoformat(made.first_day)
    for remark in made.remarks:
        if remark.source == source.source and remark.what == "gap" and remark.last_day:
            start = (date.fromisoformat(remark.first_day or made.first_day) - first).days / 7
            end = (date.fromisoformat(remark.last_day) - first).days / 7 + 1 / 7
            x, wide = start * step, max((end - start) * step, 3.0)
            mark = el("rect", x=x, y=STRIP_HIGH - 4, width=wide, height=4.0, rx=1, class_="gp")
            bars.append(el("g", el("title", plain(remark.text)), mark))
    return join(*bars)


def months(made: Audit) -> Markup:
    """Draw the months along the strips: the first of every third one."""
    first, last = date.fromisoformat(made.first_day), date.fromisoformat(made.last_day)
    n = max((len(one.weeks) for one in made.sources), default=0)
    if not n:
        return Markup("")
    days = n * 7
    marks: list[Markup] = []
    year, month = first.year, first.month
    while (at := date(year, month, 1)) <= last:
        x = (at - first).days / days * STRIP_WIDE
        if (month - 1) % 3 == 0 and 0 <= x < STRIP_WIDE - 40:
            text = at.strftime("%b %Y") if month == 1 or not marks else at.strftime("%b")
            marks.append(el("text", text, x=x, y=11.0, class_="lg"))
        year, month = (year + month // 12, month % 12 + 1)
    return join(*marks)


def _behind(source: SourceAudit) -> str:
    return f"{duration(source.behind_us)} behind" if source.behind_us >= _DAY_US else "up to date"


def _spot(spot: BlindSpot, currency: str | None) -> Spot:
    return Spot(
        spot.what,
        spot.evidence,
        f"{spot.customers.n:,}",
        money(spot.value_micros, currency) if spot.value_micros else "–",
        spot.command,
    )
