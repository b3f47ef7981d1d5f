"""A sign that was judged, as people are told of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trod.analyses.histogram import spread
from trod.analyses.predicate import both
from trod.analyses.signals.compared import ComparedResult
from trod.analyses.signals.halves import Half
from trod.analyses.signals.ratio import Ratio, e_value
from trod.analyses.signals.sign import Sign, WithSign
from trod.analyses.signals.strata import Strata
from trod.insights.early_warnings.candidates import Scene, lever
from trod.insights.early_warnings.deciding import Case
from trod.insights.early_warnings.judging import levels_of
from trod.insights.early_warnings.paradox import why_they_differ
from trod.insights.early_warnings.warning import Era, Level, Lever, SetAside, Signal
from trod.insights.journey_map import Count
from trod.insights.rates import rate, time
from trod.insights.wording import in_words
from trod.journeys.passage import DAY_US
from trod.journeys.predicate import Predicate


def signal(
    on: Scene,
    case: Case,
    strata: Strata,
    by_kind: dict[int, NDArray[np.int64]],
    result: ComparedResult,
    halves: Sequence[int],
) -> Signal:
    """Tell a sign that holds, or that was asked about."""
    sign, judged, g = case.sign, case.judged, int(case.had)
    if judged.ratio is None or judged.naive is None:
        raise AssertionError(f"{sign}: a sign without a ratio cannot be told.")
    ratio, naive = (r if case.had else r.turned for r in (judged.ratio, judged.naive))
    (none_with, some_with), (none_without, some_without) = (
        judged.plain[0, g].tolist(),
        judged.plain[0, 1 - g].tolist(),
    )
    half = Half(halves[0]) if len(halves) == 1 else None
    levels = _levels(case, strata, by_kind, halves)
    closed = tuple(
        (
            strata.all[q].name,
            tuple(_named(by_kind[q], strata.all[q].labels, halves, some, case.had)),
        )
        for q, some in case.kinds.not_eligible
    )
    near = ratio.low if ratio.value >= 1 else ratio.high
    n = result.money[case.place], _at_risk(by_kind)
    return Signal(
        stage=on.plan.stages[sign.stage],
        end=on.plan.stages[on.watch.outcomes[sign.outcome].stage],
        outcome=_outcome(on, sign),
        touchpoint=on.names[sign.code],
        before=on.names[sign.other] if sign.other >= 0 else None,
        had=case.had,
        days=sign.after_us // DAY_US,
        follow_days=on.watch.need_us[sign.outcome] // DAY_US,
        with_sign=rate(some_with, none_with + some_with),
        without=rate(some_without, none_without + some_without),
        with_count=Count(none_with + some_with, _key(on, sign, case.had, "all", half)),
        with_later=Count(some_with, _key(on, sign, case.had, "later", half)),
        ratio=ratio,
        naive=naive,
        adjusted_for=(*(strata.all[q].name for q in case.kinds.strata), "when they came"),
        e_value=1.0 if ratio.low <= 1 <= ratio.high else e_value(near),
        q=case.q,
        tested=case.tested,
        eras=(_era(judged.eras[0], case.had), _era(judged.eras[1], case.had)),
        differs=judged.differs,
        lead=time(spread(case.lead[g])),
        now=Count(int(result.now[case.place, g]), _key(on, sign, case.had, "now", None)),
        money_micros=(_mean(n[0][g], n[1][g]), _mean(n[0][1 - g], n[1][1 - g])),
        lever=_lever(on, sign, had=case.had),
        not_eligible=closed,
        levels=levels,
        why=why_they_differ(ratio, naive, levels, closed, case, strata),
    )


def _lever(on: Scene, sign: Sign, *, had: bool) -> Lever:
    """Say what can be done: something where having it goes with the better end."""
    better = had == (_outcome(on, sign) is not None)
    return lever(on, sign.code) if better and sign.other < 0 else "watch only"


def _at_risk(by_kind: dict[int, NDArray[np.int64]]) -> tuple[int, int]:
    """Count customers at risk without the touchpoint by the day, and with it."""
    by_group = next(iter(by_kind.values())).sum(axis=(0, 1, 3))
    return int(by_group[:2].sum()), int(by_group[2])


def _mean(total: int, n: int) -> int | None:
    """Give money for each customer; None where nobody has any on record."""
    return int(total) // n if n and total else None


def _levels(
    case: Case, strata: Strata, by_kind: dict[int, NDArray[np.int64]], halves: Sequence[int]
) -> tuple[Level, ...]:
    if not case.kinds.strata:
        return ()
    q = case.kinds.strata[0]
    return tuple(
        _turned(level, case.had) for level in levels_of(by_kind[q], strata.all[q].labels, halves)
    )


def _named(
    table: NDArray[np.int64],
    labels: Sequence[str],
    halves: Sequence[int],
    some: Sequence[int],
    had: bool,
) -> list[Level]:
    wanted = {labels[i] for i in some}
    found = levels_of(table, labels, halves)
    return [_turned(level, had) for level in found if level.name in wanted]


def _turned(level: Level, had: bool) -> Level:
    ratio = level.ratio if had else _turn(level.ratio)
    return Level(level.name, ratio, level.n, level.had, level.share)


def _era(era: Era, had: bool) -> Era:
    return era if had else Era(_turn(era.ratio), _turn(era.naive), era.n)


def _turn(ratio: Ratio | None) -> Ratio | None:
    return None if ratio is None else ratio.turned


def _outcome(on: Scene, sign: Sign) -> str | None:
    code = on.watch.outcomes[sign.outcome].code
    return on.names[code] if code >= 0 else None


def _key(on: Scene, sign: Sign, had: bool, which: str, half: Half | None) -> str:
    """Write the key of the customers behind a figure."""
    outcome = on.watch.outcomes[sign.outcome]
    asked: Predicate = WithSign(
        on.plan.stages[sign.stage],
        on.plan.stages[outcome.stage],
        _outcome(on, sign),
        on.names[sign.code],
        on.names[sign.other] if sign.other >= 0 else None,
        sign.after_us,
        on.watch.need_us[sign.outcome],
        had,
        which,
        on.plan,
    )
    return (both(asked, half) if half else asked).key


def aside(on: Scene, case: Case, strata: Strata | None) -> SetAside:
    """Tell a sign that is none, with the reason."""
    sign, judged = case.sign, case.judged
    more = judged.naive_all is None or judged.naive_all.value >= 1
    naive, adjusted = (
        None if r is None else (r if more else r.turned).value
        for r in (judged.naive_all, judged.ratio_all)
    )
    why = case.why
    if case.reason == "confounded" and strata is not None:
        named = in_words([strata.all[q].name for q in case.kinds.strata], last="and")
        why = f"{naive:.1f} times as often in all, {adjusted:.1f} times within each {named}"
    elif case.reason == "says the same" and case.says is not None:
        why = f"follows from {_spoken(on, case.says)}"
    elif case.reason == "not seen again":
        why = f"earlier {_said(judged.eras[0], case.had)}, later {_said(judged.eras[1], case.had)}"
    return SetAside(
        on.plan.stages[sign.stage],
        on.plan.stages[on.watch.outcomes[sign.outcome].stage],
        _outcome(on, sign),
        on.names[sign.code],
        on.names[sign.other] if sign.other >= 0 else None,
        case.reason or "chance",
        why,
        None if naive is None else round(naive, 6),
        None if adjusted is None else round(adjusted, 6),
        int(judged.plain.sum()),
    )


def _spoken(on: Scene, case: Case) -> str:
    name = on.names[case.sign.code]
    if case.sign.other >= 0:
        first, second = on.names[case.sign.code], on.names[case.sign.other]
        return f"{first} before {second}" if case.had else f"{second} before {first}"
    return f"{name if case.had else f'no {name}'} within {case.sign.after_us // DAY_US} days"


def _said(era: Era, had: bool) -> str:
    ratio = era.ratio if had else _turn(era.ratio)
    return "too few" if ratio is None else f"{ratio.value:.1f}"
