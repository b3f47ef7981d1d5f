"""Need against contact, as a terminal tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from trod.app.hints import here
from trod.app.say import folded, grid, strong
from trod.insights.listing import listing
from trod.insights.wording import duration, in_words, share
from trod.journeys.label import readable, unit_of

if TYPE_CHECKING:
    from trod.insights.coverage.view import CoverageView, Row

_MOST = 12
_NAMED = 6


def coverage(found: CoverageView, *, declared: bool) -> str:
    """Tell the stages, the kinds, and what is not recorded."""
    lines = [strong(_head(found)), "", _table(found.stages, "")]
    if found.by:
        shown = found.rows[:_MOST]
        lines += ["", strong(f"By {found.by}, the largest gap first"), _table(shown, found.by)]
        if len(found.rows) > _MOST:
            lines.append(f"  and {len(found.rows) - _MOST:,} more rows, in --json")
    if found.apart:
        lines += ["", strong("Left alone more often than the others, beyond chance")]
        lines += [
            folded(
                f"{one.kind} {one.value} in {one.stage}: {share(one.own.part, one.own.whole)} of"
                f" {one.own.whole:,}, beside {share(one.others.part, one.others.whole)} of"
                f" {one.others.whole:,}",
                indent="  ",
                more="    ",
            )
            for one in found.apart
        ]
    if found.dark:
        lines += ["", strong("Not recorded, so no gap in coverage")]
        lines += [folded(f"- {words}", indent="  ", more="    ") for words in found.dark]
    lines += ["", *(folded(note, more="") for note in _notes(found, declared=declared))]
    return "\n".join(lines)


def _head(found: CoverageView) -> str:
    first = found.ranked[0]
    if not first.unmet.n:
        return "Nobody in need was left alone."
    return folded(
        f"In {first.stage}, {first.unmet.n:,} {found.unit} in need met nobody within"
        f" {duration(found.within_us)}: the largest gap.",
        more="",
    )


def _table(rows: Sequence[Row], by: str) -> str:
    head = ["", *([by] if by else []), "in need", "met", "nobody", "share", "wait"]
    table = [[*head, "left: nobody", "left: met"]]
    for row in rows:
        known = row.share.whole
        label = [row.value] if by else []
        if row.dark:
            table.append([row.stage, *label, f"{row.needed.n:,}", *["not recorded"], *[""] * 5])
            continue
        table.append(
            [
                row.stage,
                *label,
                f"{row.needed.n:,}",
                f"{row.met.n:,}",
                f"{row.unmet.n:,}",
                share(row.share.part, known) if known else "",
                _wait(row),
                share(row.unmet_left.part, row.unmet_left.whole) if row.unmet_left.whole else "",
                share(row.met_left.part, row.met_left.whole) if row.met_left.whole else "",
            ]
        )
    return grid(table, right=range(2 if by else 1, len(table[0])))


def _wait(row: Row) -> str:
    """Say how long the middle one of those met waited."""
    if row.wait is None:
        return ""
    return duration(row.wait.median_us) if row.wait.median_us >= 1_000_000 else "at once"


def _notes(found: CoverageView, *, declared: bool) -> list[str]:
    needs = in_words([readable(n) for n in found.needs], most=_NAMED, last="and")
    contacts = in_words([readable(n) for n in found.contacts], most=_NAMED, last="and")
    made = [
        f"In need: {needs or 'no touchpoint'}, a mood of −0.3 or less, or stuck. Met: {contacts}."
        " Name your own under `insights: coverage:` in trod.yml.",
        "Left: of those still there when the days were over, who left later. Observed: it says"
        " nothing about what a call would have changed; those who are called may differ.",
    ]
    waiting, unknown = found.waiting, found.not_recorded
    if waiting or unknown:
        made.append(
            f"Not counted as met or not: {waiting:,} whose days are not over, {unknown:,} in whose"
            " days contacts were not recorded."
        )
    first = found.ranked[0]
    if first.unmet.n:
        journey = found.journey if declared else ""
        where = here(listing(first.unmet.key, unit_of(found.unit), journey))
        made.append(f"Who they are: `{where}`")
    return made


def told(found: CoverageView) -> dict[str, Any]:
    """Give the same for programs."""
    return {**asdict(found), "evidence": "Observed"}
