"""Hypotheses and interviews as a terminal tells them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from trod.app.hints import here
from trod.app.say import folded, grid, strong
from trod.events.counted import count
from trod.insights.wording import day
from trod.journeys.label import units

if TYPE_CHECKING:
    from trod.insights.hypotheses.kept import Kept
    from trod.workspace.acting.interviews import Interviews

_NOTE: Final = (
    "Observed: associations. Each is tested by itself: of twenty that are not so, one may look "
    "supported."
)
_NONE: Final = "No hypothesis was tested yet. Write them into a file: `trod hypotheses --help`."


def hypotheses(found: Sequence[Kept], zone: str) -> str:
    """Tell hypotheses with their verdicts."""
    if not found:
        return folded(_NONE, more="")
    lines = []
    for each in found:
        judged = each.judged
        lines += [
            folded(f"{strong(judged.verdict.upper())}  {each.statement}  ({each.source})"),
            _line(f"{judged.why.removesuffix('.')}."),
        ]
        if judged.needed is not None:
            unit = units(each.unit).removesuffix("s") if judged.unit != "answers" else "answer"
            lines.append(_line(f"About {count(judged.needed, f'more {unit}')} would tell."))
        elif judged.verdict == "undecidable" and judged.value is not None and not judged.waits:
            lines.append(_line("More customers would not tell: the figure lies on the border."))
        lines += [
            _line(f"{remark[:1].upper()}{remark[1:].rstrip('.')}.") for remark in judged.remarks
        ]
        if each.was is not None:
            when = day(each.last_us, zone)
            lines.append(_line(f"FLIPPED on {when}: it was {each.was} before."))
        if any(c.what == "test changed" and c.time_us == each.last_us for c in each.changes):
            lines.append(_line("Its test was changed since it was tested before."))
        lines.append(_line(f"{each.id}, data to {each.as_of}."))
        lines.append("")
    return "\n".join([*lines, folded(_NOTE, more="")])


def _line(text: str) -> str:
    return folded(text, indent="    ", more="    ")


def told(found: Sequence[Kept]) -> list[dict[str, Any]]:
    """Give hypotheses for programs."""
    return [asdict(each) for each in found]


def interviews(found: Interviews, *, answered: bool) -> str:
    """Tell whom to ask, what to ask, and what was said."""
    finding = found.finding
    lines = [folded(f"{finding.id}  {strong(finding.title)}", more="    ")]
    if not found.listed:
        call = here(f"trod interview {finding.id} --n 12")
        return "\n".join([*lines, folded(f"Nobody was drawn yet: `{call}`.", indent="  ")])
    lines.append(folded(f"{found.asked.words}.", indent="  "))
    if answered:
        return "\n".join(lines)
    if found.wanted is not None and len(found.listed) < found.wanted:
        short = f"{found.wanted:,} wanted, {len(found.listed):,} can be asked."
        lines.append(folded(short, indent="  "))
    lines += [folded(f"Left out: {n:,} {why}.", indent="  ") for why, n in found.spared]
    lines += ["", *_listed(found), "", strong("Ask"), *_questions(found), ""]
    first = next((d.customer for d in found.listed if not d.answers), found.listed[0].customer)
    look = here(f"trod customer {first} --unit {finding.unit}")
    keep = here(f'trod interview {finding.id} --answer {first} --said "…" --supports yes')
    lines.append(folded(f"Drawn by lot within {found.by}. Look before you call: `{look}`", more=""))
    lines.append(folded(f"Keep the answer: `{keep}`", more=""))
    return "\n".join(lines)


def _listed(found: Interviews) -> list[str]:
    whose = {"concerned": "concerned", "contrast": "beside them"}
    rows = [["customer", "group", "kind", "answer"]]
    for each in found.listed:
        last = each.answers[-1].supports if each.answers else ""
        rows.append([each.customer, whose[each.whose], each.stratum, last])
    said = [
        folded(f"{d.customer} ({a.supports}): “{a.said}”", indent="  ", more="    ")
        for d in found.listed
        for a in d.answers
    ]
    return [grid(rows), *said]


def _questions(found: Interviews) -> list[str]:
    return [
        folded(f"{i}. {each}", indent="  ", more="     ")
        for i, each in enumerate(found.questions, 1)
    ]


def told_interviews(found: Interviews) -> dict[str, Any]:
    """Give the list of a finding for programs."""
    return {
        "finding": found.finding.id,
        "listed": [asdict(each) for each in found.listed],
        "drawn_now": found.new,
        "asked": found.asked._asdict(),
        "questions": list(found.questions),
        "left_out": [{"why": why, "customers": n} for why, n in found.spared],
    }
