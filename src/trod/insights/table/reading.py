"""What the figures of a table mean: shares of all, shares of the step before, or counts."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import get_args

from trod.errors import DataError, DefinitionError, unknown
from trod.events.counted import count
from trod.insights.table.friction import Reading
from trod.insights.table.pasted import Line, Pasted


def decide(pasted: Pasted, asked: str | None) -> tuple[Reading, str, bool]:
    """Decide what the figures are shares of; give the reading, why, and whether it is a guess."""
    known = get_args(Reading)
    if asked is not None and asked not in known:
        raise DefinitionError([unknown("reading", asked, known)])
    counts = all(line.count is not None for line in pasted.lines)
    shares = all(line.percent is not None for line in pasted.lines)
    if asked == "counts" and not counts:
        raise DataError("the table has no count for every step. Use --reading cumulative.")
    if asked in {"cumulative", "conditional"} and not shares:
        raise DataError("the table has no percentage for every step. Use --reading counts.")
    if asked == "counts" or (counts and asked is None):
        return "counts", "The figures are plain counts of people.", False
    above = [line for line in pasted.lines if (line.percent or 0) > 100]
    if above:
        found = above[0]
        text = f"{found.name!r} has {found.percent:g}%, above 100%. Write a share of people."
        raise DataError(text)
    if not shares:
        bare = next(line.name for line in pasted.lines if line.percent is None)
        raise DataError(f"step {bare!r} has no percentage, and others have. Write it for each.")
    return _decide_shares(pasted, asked)


def override(lines: tuple[Line, ...], chosen: Reading) -> str:
    """Name the other readings that the table allows."""
    shares = all(line.percent is not None for line in lines)
    counts = all(line.count is not None for line in lines)
    allowed = [
        r for r in get_args(Reading) if r != chosen and (counts if r == "counts" else shares)
    ]
    return f"--reading {' or '.join(allowed)}" if allowed else ""


def _decide_shares(pasted: Pasted, asked: str | None) -> tuple[Reading, str, bool]:
    shares = [line.percent or 0.0 for line in pasted.lines]
    falling = all(a >= b for a, b in pairwise(shares))
    product = math.prod(s / 100 for s in shares) * 100
    each = f"of those at the step before, they would end at {product:.1f}%"
    whole = f"of all who entered, they end at {shares[-1]:g}%"
    if asked == "cumulative" and not falling:
        rise = next(i for i in range(1, len(shares)) if shares[i] > shares[i - 1])
        raise DataError(
            f"{pasted.lines[rise].name!r} has {shares[rise]:g}%, more than the step before: the "
            "percentages cannot be cumulative. Use --reading conditional."
        )
    if asked == "conditional":
        return "conditional", f"Read as percentages {each}, as asked.", False
    if asked == "cumulative":
        return "cumulative", f"Read as percentages {whole}, as asked.", False
    if not falling:
        why = f"A later percentage is higher, so they are percentages {each}."
        return "conditional", why.replace("they would end", "they end"), False
    if pasted.cue == "conditional":
        why = f"The text says the percentages are {each}."
        return "conditional", why.replace("they would end", "they end"), False
    if pasted.cue == "cumulative":
        return "cumulative", f"The text says the percentages are {whole}.", False
    why = (
        f"The percentages fall at every step, so they are read as cumulative: {whole}. "
        f"Read as conditional, {each}."
    )
    return "cumulative", why, len(shares) > 1


def reached_of(lines: tuple[Line, ...], entered: int, reading: Reading) -> list[int]:
    """Give how many people reached each step."""
    if reading == "counts":
        reached = [line.count or 0 for line in lines]
    else:
        reached, share = [], 1.0
        for line in lines:
            own = (line.percent or 0.0) / 100
            share = share * own if reading == "conditional" else own
            reached.append(math.floor(entered * share + 0.5 + 1e-9))
    for before, now, line in zip([entered, *reached], reached, lines, strict=False):
        if now > before:
            raise DataError(
                f"{line.name!r} has {count(now, 'person', 'people')}, more than the "
                f"{before:,} before it. Put the steps in "
                "order, or use --reading to say what the figures are."
            )
    return reached
