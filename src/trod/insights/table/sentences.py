"""Reading a funnel from bullets and sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trod.insights.table.beside import TIMEWORD, entry_in, timed
from trod.insights.table.pasted import Line, Pasted
from trod.insights.table.tokens import COUNT, PEOPLE, PERCENT, TIME, clean, number, time_us, whole

_BREAK = re.compile(r"[,|→]\s|[,|→](?=\D)|->|\)\s|\band\b\s")
_DETAIL = re.compile(
    r"[\s\-–—*•·>]*(?:(?:(?:avg|average|mean|median|typical)\.?\s*)?(?:completion|conversion|rate|"
    r"completed|percentage|share|reached|time|duration|drop-?off)\b|\d[\d.,]*\s*%)",
    re.I,
)
_FIGURE = re.compile(rf"{PERCENT.pattern}|{TIME.pattern}|\d{{3}}", re.I)
_COUNT_FIRST = re.compile(
    rf"\W*{COUNT.pattern}\s+(?:(?:users|people|customers)\s+)?(?P<name>[^\W\d](?:[^\d(]|\([^)]*\)|\b\d\b)*)$",
    re.I,
)
_TAIL_COUNT = re.compile(rf"[:=(–—-]\s*{COUNT.pattern}\s*(?:{PEOPLE})?\s*[(,=–—-]?\s*$", re.I)
_HEAD_COUNT = re.compile(rf"[\s(,=–—-]*{COUNT.pattern}\s*(?:{PEOPLE}|\))", re.I)


def from_words(text: str) -> Pasted:
    """Read a funnel from bullets or sentences: steps with percentages, else with counts."""
    text = _headed(_unwrapped(text))
    pieces = [
        p.strip()
        for p in re.split(
            r"[\n;]|(?<=[a-z0-9%)])(?<!avg)(?<!approx)\.\s+(?=[A-Z\d•*-])|(?<=\s)•", text
        )
        if p and p.strip()
    ]
    by_percent = any(PERCENT.search(p) for p in pieces)
    entered: int | None = None
    lines: list[Line] = []
    spare: list[str] = []
    for piece in pieces:
        entry = entry_in(piece) if entered is None else None
        if entry is not None:
            entered, piece = entry  # noqa: PLW2901  (the rest of the sentence may hold steps)
        elif (
            entered is None
            and re.fullmatch(r"[\d,. ]+[kKmM]?", piece)
            and (n := COUNT.search(piece))
        ):
            entered, piece = whole(n), ""  # noqa: PLW2901  (a bare number on top)
        if by_percent and PERCENT.search(piece):
            lines += _by_percent(piece)
        elif not by_percent and (found := _by_count(piece)):
            lines.append(found)
        else:
            spare.append(piece)
    made = Pasted(entered, tuple(lines))
    for piece in spare:
        made = timed(made, piece)
    return made


def _unwrapped(text: str) -> str:
    """Join lines that were broken inside a name: "…, Second Session", "Return 34 %, …"."""
    lines = text.splitlines()
    for i in range(len(lines) - 1, 0, -1):
        marks = list(PERCENT.finditer(lines[i - 1]))
        tail = lines[i - 1][marks[-1].end() :] if marks else ""
        name = tail.rpartition(",")[2]
        if "," in tail and re.fullmatch(r"[^\d.;:()]*[a-z]\s*", name) and not TIMEWORD.search(name):
            lines[i - 1 : i + 1] = [f"{lines[i - 1].rstrip()} {lines[i].lstrip()}"]
    return "\n".join(lines)


def _by_percent(piece: str) -> list[Line]:
    """Read the steps of a piece; names stand before the percentages, or after them all."""
    marks = list(PERCENT.finditer(piece))
    ends = [m.start() for m in marks[1:]] + [len(piece)]
    if not clean(piece[: marks[0].start()]):
        return [
            Line(name, number(m[1]), None, _first_time(piece[m.end() : end]))
            for m, end in zip(marks, ends, strict=True)
            if (name := _named_after(piece[m.end() : end]))
        ]
    starts = [_name_start(piece, marks, i) for i in range(len(marks))]
    made = []
    for i, (mark, start) in enumerate(zip(marks, starts, strict=True)):
        written = piece[start : mark.start()]
        counted = _TAIL_COUNT.search(written)
        name = clean(written[: counted.start()] if counted else written)
        after = piece[mark.end() : starts[i + 1] if i + 1 < len(marks) else len(piece)]
        counted = counted or _HEAD_COUNT.match(after)
        if name:
            count = whole(counted) if counted else None
            made.append(Line(name, number(mark[1]), count, _first_time(after)))
    return made


def _name_start(piece: str, marks: Sequence[re.Match[str]], i: int) -> int:
    """Find where the name before a percentage begins: after the last break that leaves a name."""
    begin = marks[i - 1].end() if i else 0
    gap = piece[begin : marks[i].start()]
    counted = _TAIL_COUNT.search(gap)
    gap = gap[: counted.start()] if counted else gap
    cuts = [m.end() for m in _BREAK.finditer(gap) if clean(gap[m.end() :])]
    bare = gap.rstrip(" :(-–—")
    if i == 0 and ":" in bare:
        cuts.append(bare.rindex(":") + 1)
    return begin + max(cuts, default=0)


def _first_time(text: str) -> int | None:
    found = TIME.search(text)
    return time_us(found) if found else None


def _named_after(after: str) -> str:
    """Read "95% completed account creation, …"."""
    text = re.split(r",|\((?=\D{0,6}\d+(?:[.,]\d+)? ?[a-z]+)|\bin \d|\bafter \d", after)[0]
    return clean(re.sub(r"^\s*(of )?(the )?(users|customers|people|them)?\s*", "", text))


def _headed(text: str) -> str:
    """Put details that stand below a title into its line: "Sign up", "- completion: 80%"."""
    joined: list[str] = []
    below = False  # whether the last line is a title with its details
    for line in text.splitlines():
        title = joined[-1] if joined else ""
        if _DETAIL.match(line) and clean(title) and (below or not _FIGURE.search(title)):
            share = PERCENT.search(line)
            detail = line[share.start() :] if share else line.lstrip(" \t-–—*•·>#")
            joined[-1] = f"{title.rstrip(' :')}{', ' if below else ': '}{detail}"
            below = True
        elif line.strip():
            joined.append(line)
            below = False
    return "\n".join(joined)


def _by_count(piece: str) -> Line | None:
    text = re.sub(r"^\s*(?:step|stage)?\s*\d{1,2}[.):]\s*", "", piece, flags=re.I)
    if found := _COUNT_FIRST.match(text):
        return Line(clean(found["name"]), None, whole(found))
    bare = TIME.sub(lambda m: " " * len(m[0]), text)
    marks = [m for m in COUNT.finditer(bare) if clean(text[: m.start()])]
    counts = [
        m for m in marks if re.match(r".*[:=|,–—→-]\s*$|.*\(\s*$", text[: m.start()])
    ] or marks
    if not counts:
        return None
    time = TIME.search(text)
    return Line(
        clean(text[: counts[0].start()]), None, whole(counts[0]), time_us(time) if time else None
    )
