"""Hypotheses put to the record: by a sign, by shares, by a stage; see `spec.TestSpec`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from trod.analyses.interval import wilson
from trod.analyses.names import encode
from trod.analyses.predicate import parse
from trod.analyses.signals.ratio import Ratio, pooled
from trod.analyses.signals.sign import of_others
from trod.analyses.stages import Left
from trod.errors import DefinitionError, NotEnoughDataError
from trod.events.counted import plural
from trod.insights.claims import recounted
from trod.insights.early_warnings import Signal, one_sign
from trod.insights.early_warnings.words import outcome_of, sign_of
from trod.insights.hypotheses.judged import WAITS, Judged, no_number, of_ratio, of_value, turned
from trod.insights.hypotheses.spec import TestSpec
from trod.insights.journey_map import Count
from trod.insights.wording import share
from trod.journeys.batch import Journeys
from trod.journeys.label import units
from trod.journeys.passage import DAY_US, StagePlan
from trod.journeys.subset import subset

FEWEST: Final = 30
"""In each group: with fewer nothing is told."""
_TAKES_TIME: Final = frozenset({"did", "edge", "touch", "path", "at", "step", "funnel", "active"})
_ENDS: Final = frozenset({"left", "open", "done", "reached", "leftafter", "gone", "lostwithin"})
_APART: Final = 1.25
_LATER: Final = (
    "Cannot be told so: among names what may come after the day of the sign, so those who stay "
    "longer are more often there. Name what was known before: an attribute, or when they entered"
)
_UNFAIR: Final = (
    "Cannot be told so: who leaves early has less time for it, so those who had it look as if it "
    "kept them. Write without or with, stage and within in place of if and then"
)


def of_sign(journeys: Journeys, plan: StagePlan, test: TestSpec) -> Judged:
    """Ask whether those with a sign have the outcome more often, like with like, at a landmark.

    Raises
    ------
    DefinitionError
        If a stage or touchpoint is not known.
    """
    assert test.stage is not None
    assert test.within is not None
    touchpoint = test.with_ or test.without
    assert touchpoint is not None
    if _kinds(test.among) & (_TAKES_TIME | _ENDS):
        return no_number(_LATER)
    some, of = _among(journeys, plan, test)
    try:
        told = one_sign(
            some,
            plan,
            stage=test.stage,
            touchpoint=touchpoint,
            days=int(test.within.total_seconds() * 1_000_000) // DAY_US,
            before=test.before,
            leaving=test.leaving,
            toward=test.toward,
        )
    except NotEnoughDataError as too_few:
        return no_number(str(too_few).removesuffix("."))
    told = _as_asked(told, had=test.with_ is not None)
    behind = tuple(replace(n, key=f"{n.key}{of}") for n in (told.with_count, told.with_later))
    verdict, needed = of_ratio(
        turned(told.ratio, less=test.direction == "less"), told.n, matters_from=test.matters_from
    )
    with_it, without = told.with_sign, told.without
    said = (
        f"{sign_of(told)}: {share(with_it.part, with_it.whole)} {outcome_of(told)} against "
        f"{share(without.part, without.whole)}{_of_whom(test)}"
    )
    kinds = ", ".join(told.adjusted_for)
    return Judged(
        verdict,
        told.n,
        f"{said}; ratio {_ratio(told.ratio)} like with like ({kinds}), n {told.n:,}",
        told.ratio.value,
        told.ratio.low,
        told.ratio.high,
        needed=needed,
        counts=behind,
        remarks=_remarks(verdict, told.ratio.value, test, _apart(told)),
    )


def _as_asked(told: Signal, *, had: bool) -> Signal:
    """Tell a sign from the side that the hypothesis speaks of: those who had it, or had not."""
    if told.had == had:
        return told
    other, later = (
        replace(count, n=n, key=of_others(count.key))
        for count, n in (
            (told.with_count, told.without.whole),
            (told.with_later, told.without.part),
        )
    )
    return replace(
        told,
        had=had,
        with_sign=told.without,
        without=told.with_sign,
        with_count=other,
        with_later=later,
        ratio=told.ratio.turned,
        naive=told.naive.turned,
    )


def _apart(told: Signal) -> str:
    """Say where a table of all customers would have misled."""
    plain, like = told.naive.value, told.ratio.value
    if max(plain, like) < _APART * min(plain, like):
        return ""
    return (
        f"of all together it is {plain:.2f} times, like with like {like:.2f}: kinds of customers "
        "differ in both"
    )


def of_shares(journeys: Journeys, plan: StagePlan, test: TestSpec) -> Judged:
    """Ask whether the outcome is more frequent among some customers than among the others.

    Raises
    ------
    DefinitionError
        If a key names no customers.
    """
    assert test.if_ is not None
    assert test.then is not None
    if _kinds(test.if_) & _TAKES_TIME and _kinds(test.then) & _ENDS:
        return no_number(_UNFAIR)
    among, some, then = test.among, f"{test.among}&{test.if_}", test.then
    keys = [among, some, f"{among}&{then}", f"{some}&{then}"]
    counts = recounted(keys, journeys, plan)
    all_, had, hits, had_hits = (counts[key] for key in keys)
    table = np.array(
        [[[all_ - had - hits + had_hits, hits - had_hits], [had - had_hits, had_hits]]]
    )
    ratio = pooled(table)
    unit = units(journeys.unit)
    if ratio is None or min(had, all_ - had) < FEWEST:
        fewest = FEWEST - min(had, all_ - had)
        why = (
            f"{plural(had, unit)} are in {test.if_} and {all_ - had:,} are not; {FEWEST} of each "
            "are needed"
        )
        return Judged("undecidable", all_, why, needed=max(fewest, 1) if fewest > 0 else None)
    verdict, needed = of_ratio(
        turned(ratio, less=test.direction == "less"), all_, matters_from=test.matters_from
    )
    others = all_ - had, hits - had_hits
    why = (
        f"{share(had_hits, had)} against {share(others[1], others[0])} of the others; ratio "
        f"{_ratio(ratio)}, n {all_:,}"
    )
    return Judged(
        verdict,
        all_,
        why,
        ratio.value,
        ratio.low,
        ratio.high,
        needed=needed,
        counts=(Count(had, some), Count(had_hits, f"{some}&{then}")),
        remarks=_remarks(verdict, ratio.value, test, "not like with like: kinds may differ"),
    )


def of_stage(journeys: Journeys, plan: StagePlan, test: TestSpec) -> Judged:
    """Ask whether more than a share, or fewer, leave in a stage.

    Customers who are still there count as staying for the lower end of the interval, and as leaving
    for the upper one: nobody knows yet.

    Raises
    ------
    DefinitionError
        If there is no such stage.
    """
    assert test.stage is not None
    s = plan.stage(test.stage)
    stage = encode(plan.stages[s])
    base = f"{'in' if plan.is_optional(s) else 'reached'}:{stage}"
    of = "" if test.among == "all" else f"&{test.among}"
    keys = [f"{key}{of}" for key in (Left(plan, plan.stages[s]).key, f"open:{stage}", base)]
    counts = recounted(keys, journeys, plan)
    left, open_, n = (counts[key] for key in keys)
    if n < FEWEST:
        few = f"{n:,} reached {test.stage}{_of_whom(test)}"
        return Judged("undecidable", n, few, needed=FEWEST - n)
    low, high = wilson(left, n)[0], wilson(left + open_, n)[1]
    limit = percent(test.loses_over or test.loses_under or "")
    over = test.loses_over is not None
    verdict, needed = of_value(
        left / n, low, high, n, above=limit if over else None, below=None if over else limit
    )
    waits = left / n <= limit <= (left + open_) / n  # how those still there end decides
    still = f", {open_:,} still there" if open_ else ""
    why = (
        f"{share(left, n)} leave in {test.stage} ({left:,} of {n:,}{still}), 95% {low:.1%} to "
        f"{high:.1%}{_of_whom(test)}"
    )
    return Judged(
        verdict,
        n,
        why,
        left / n,
        low,
        high,
        "share",
        None if waits else needed,
        (Count(left, keys[0]), Count(n, keys[2])),
        (WAITS,) if waits and verdict == "undecidable" else (),
    )


def percent(text: str) -> float:
    """Read 20% as a share.

    Raises
    ------
    DefinitionError
        If it is not written so.

    Examples
    --------
    >>> percent("12.5%")
    0.125
    """
    number = text.strip().removesuffix("%").strip()
    try:
        value = float(number) / 100
    except ValueError:
        value = -1.0
    if not text.strip().endswith("%") or not 0 <= value <= 1:
        raise DefinitionError([f"{text!r} is not a share. Write 20%."])
    return value


def _among(journeys: Journeys, plan: StagePlan, test: TestSpec) -> tuple[Journeys, str]:
    """Give the journeys of those who are looked at, and what their key adds to others."""
    if test.among == "all":
        return journeys, ""
    meant = parse(test.among, plan, journeys.vocabulary, journeys.named)
    return subset(journeys, meant), f"&{meant.key}"


def _of_whom(test: TestSpec) -> str:
    return "" if test.among == "all" else f", among {test.among}"


def _kinds(key: str) -> frozenset[str]:
    return frozenset(part.strip().partition(":")[0] for part in key.split("&"))


def _ratio(ratio: Ratio) -> str:
    return f"{ratio.value:.2f} (95% {ratio.low:.2f} to {ratio.high:.2f})"


def _remarks(verdict: str, value: float, test: TestSpec, more: str) -> tuple[str, ...]:
    said = [more] if more else []
    times = 1 / value if test.direction == "less" else value
    if verdict == "supported" and times < test.matters_from:
        said.append(f"less than the {test.matters_from:g} times that would matter")
    return tuple(said)
