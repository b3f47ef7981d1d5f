"""The search for early warnings: a few scans, then judgement on customers not searched on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from trod import fold
from trod.analyses.names import codes_of
from trod.analyses.signals.compared import Compared, ComparedResult, Within
from trod.analyses.signals.ends import Ends
from trod.analyses.signals.halves import JUDGED_ON
from trod.analyses.signals.outcome import LEAVES
from trod.analyses.signals.ratio import Ratio, discoveries
from trod.analyses.signals.screen import Pair, Screen
from trod.analyses.signals.sign import ALONE, Sign
from trod.analyses.signals.strata import Strata, strata
from trod.errors import DefinitionError, NotEnoughDataError
from trod.insights.early_warnings.candidates import DAYS, Scene, pairs_of, refused, scene
from trod.insights.early_warnings.choosing import FEWEST, alone, in_order
from trod.insights.early_warnings.deciding import Case, decide
from trod.insights.early_warnings.judging import Table, judge, kinds, of_sign, tells
from trod.insights.early_warnings.telling import aside, signal
from trod.insights.early_warnings.warning import EarlyWarnings, SetAside, Signal, Watched
from trod.journeys.batch import Journeys
from trod.journeys.passage import DAY_US, StagePlan

BOTH: Final = (0, 1)
_HARDLY: Final = 0.05
_FAMILIES: Final = 2


class _Found(NamedTuple):
    """Signs judged, and what they were judged by."""

    cases: list[Case]
    leaks: list[int]  # attributes that are known only after leaving
    strata: Strata
    by_kind: list[dict[int, Table]]  # by sign: tables by stratum
    result: ComparedResult


def early_warnings(
    journeys: Journeys,
    plan: StagePlan,
    *,
    stage: str | None = None,
    toward: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> EarlyWarnings:
    """Find what customers did, or did not, by a day, that goes with what becomes of them later.

    For every stage, touchpoint and day, customers who are still at risk at that day are compared:
    those who had the touchpoint by then and those who had not. Only what comes later counts, and
    everyone is followed equally long (see `trod.analyses.signals.outcome`), so that neither early
    leaving nor late coming can pass for a sign [1]_. The day is chosen on one half of the
    customers, by a hash of their id; everything that is said is counted on the other half. There
    the ratio is of like with like: Mantel-Haenszel over attributes, over how busy customers were
    before, where either moves it by a tenth, and always over when they came. A signal holds where
    at most one in twenty of such findings is expected to be false (Benjamini-Hochberg over all that
    was tested), the ratio is 1.2 or more, both those who came earlier and those who came later
    show it, and it says more than a stronger sign of the same outcome.

    Parameters
    ----------
    journeys, plan
        The data, and the journey; a plan that remembers walks each batch once.
    stage
        Only signs of this stage, or of leaving it.
    toward
        Touchpoints that are good outcomes; by default those of the last stage that carry money.
    ignore
        Touchpoints that are never signs.

    Returns
    -------
    EarlyWarnings
        Signals for leaving and for growing, the strongest first, and what was set aside, with why.

    Raises
    ------
    NotEnoughDataError
        If fewer than 30 customers had any outcome.
    DefinitionError
        If a stage or touchpoint is not known.

    Notes
    -----
    Seven scans of the touchpoints, whatever their number; O(n_customers * signs) on top.

    References
    ----------
    .. [1] Anderson, Cain & Gelber (1983), "Analysis of survival by tumor response", Journal of
       Clinical Oncology 1:710-719.
    """
    on = scene(journeys, plan, toward)
    pairs = pairs_of(on, stage)
    if not pairs:
        raise NotEnoughDataError(_too_few(on, stage))
    screened = fold.run({"it": Screen(on.watch, pairs, DAYS)}, journeys)["it"]
    signs, gone = _candidates(on, pairs, screened, ignore)
    found = _judged(on, tuple(signs), halves=(JUDGED_ON,))
    _judge_alike(on, found)
    _correct(found.cases)
    decided = decide(found.cases, lambda pairs: _beside(on, found, pairs))
    for case in decided:
        if case.reason:
            gone.append(aside(on, case, found.strata))
    held = [_tell(on, found, case, (JUDGED_ON,)) for case in decided if not case.reason]
    held.sort(key=lambda s: (-abs(round(s.ratio.z, 6)), s.stage, s.touchpoint, s.before or ""))
    return EarlyWarnings(
        plan.journey,
        journeys.unit,
        journeys.zone,
        plan.as_of_us,
        tuple(s for s in held if s.outcome is None),
        tuple(s for s in held if s.outcome is not None),
        tuple(gone),
        tuple(found.strata.all[q].name for q in found.leaks),
        len(found.cases),
        tuple(
            Watched(plan.stages[each.stage], on.names[each.code] if each.code >= 0 else None)
            for each in on.watch.outcomes
        ),
        journeys.currency,
    )


def one_sign(
    journeys: Journeys,
    plan: StagePlan,
    *,
    stage: str,
    touchpoint: str,
    days: int,
    before: str | None = None,
    leaving: str | None = None,
    toward: str | None = None,
) -> Signal:
    """Judge one sign that somebody has in mind, on all customers: nothing is chosen, nothing spent.

    Parameters
    ----------
    stage, touchpoint, days
        Having the touchpoint, or not, within so many days of entering the stage.
    before
        A second touchpoint; the sign is which of the two came first.
    leaving
        The stage in which customers leave; `stage` itself by default, or a later one.
    toward
        A touchpoint as the outcome, in place of leaving.

    Raises
    ------
    NotEnoughDataError
        If too few customers had the outcome, or too few are left with the sign or without it.
    DefinitionError
        If a stage or touchpoint is not known.
    """
    on = scene(journeys, plan, [toward] if toward else (), given=True)
    end = plan.stage(leaving or stage)
    s, codes = plan.stage(stage), codes_of(journeys.vocabulary, [touchpoint])
    other = codes_of(journeys.vocabulary, [before])[0] if before else ALONE
    outcomes = [
        o
        for o, each in enumerate(on.watch.outcomes)
        if (each.code >= 0 if toward else each.stage == end)
    ]
    if not outcomes:
        raise NotEnoughDataError(_too_few(on, leaving or stage))
    if on.watch.outcomes[outcomes[0]].stage < s:
        raise DefinitionError([f"{stage} comes after the outcome. Name a stage before it."])
    sign = Sign(s, outcomes[0], codes[0], other, days * DAY_US)
    found = _judged(on, (sign,), halves=BOTH)
    case = found.cases[0]
    sizes = case.judged.plain.sum(axis=(0, 2))
    if case.judged.naive is None or case.judged.ratio is None or sizes.min() < FEWEST:
        raise NotEnoughDataError(
            f"{touchpoint} within {days} days of {stage}: {int(sizes[1]):,} customers at risk had"
            f" it and {int(sizes[0]):,} had not. {FEWEST} of each are needed."
        )
    return _tell(on, found, case, BOTH)


def _too_few(on: Scene, stage: str | None) -> str:
    most = max(on.ground.hits, default=0)
    where = f" in {stage}, nor in the stage after it" if stage else ""
    return (
        f"no outcome that 30 customers had{where}; most left in one stage are {most:,}. "
        "Signs can be told when more have left, or name a good outcome: "
        "`trod signals --toward TOUCHPOINT`."
    )


def _candidates(
    on: Scene,
    pairs: Sequence[Pair],
    screened: Table,
    ignore: Sequence[str],
) -> tuple[list[Sign], list[SetAside]]:
    """Choose days; say what is refused, and where customers are too few."""
    signs: list[Sign] = []
    gone: list[SetAside] = []
    said: set[tuple[int, str]] = set()
    for pair, table in zip(pairs, screened, strict=True):
        out = refused(on, pair, ignore)
        for k, (reason, why) in out.items():
            met = reason == "known only afterwards" or table[k, :, :, 1].any()
            if met and (k, why) not in said:
                said.add((k, why))
                gone.append(aside(on, Case.unjudged(Sign(*pair, k, ALONE, 0), reason, why), None))
        for chosen in alone(pair, table, DAYS, out):
            if chosen.sign is not None:
                signs.append(chosen.sign)
                continue
            why = f"{chosen.most:,} in the smaller group of a half; {FEWEST} are needed"
            sign = Sign(*pair, chosen.code, ALONE, 0)
            gone.append(aside(on, Case.unjudged(sign, "too few", why), None))
        signs += in_order(pair, table, DAYS, out)
    return sorted(signs), gone


def _judged(on: Scene, signs: tuple[Sign, ...], *, halves: Sequence[int]) -> _Found:
    """Compare customers by each kind, choose kinds to adjust for, and compare within these."""
    among = strata(on.journeys, on.plan, busy_cuts=on.ground.busy_cuts, era_us=on.era_us())
    single = [
        Within(m, (q,))
        for m, sign in enumerate(signs)
        for q in (*among.attributes(), among.busy(sign.stage), among.era(sign.stage))
    ]
    result = _compare(on, among, signs, single)
    by_kind = [of_sign(result, single, m) for m in range(len(signs))]
    ends = fold.run({"it": Ends(among)}, on.journeys)["it"]
    leaks = [q for q in among.attributes() if tells(ends[q])]
    chosen = [
        kinds(sign, tables, among, leaks) for sign, tables in zip(signs, by_kind, strict=True)
    ]
    final = [
        Within(m, (*found.strata, among.era(sign.stage)))
        for m, (sign, found) in enumerate(zip(signs, chosen, strict=True))
    ]
    within = _compare(on, among, signs, final)
    cases = [
        Case(sign, m, of, found, judge(table, of, found, among, halves), result.lead[m])
        for m, (sign, of, found, table) in enumerate(
            zip(signs, final, chosen, within.tables, strict=True)
        )
    ]
    return _Found(cases, leaks, among, by_kind, result)


def _compare(
    on: Scene, among: Strata, signs: tuple[Sign, ...], tables: Sequence[Within]
) -> ComparedResult:
    asked = Compared(on.watch, among, signs, tuple(tables))
    result: ComparedResult = fold.run({"it": asked}, on.journeys)["it"]
    return result


def _correct(cases: Sequence[Case]) -> None:
    """Correct for the number of tests, signs of one touchpoint and orders apart.

    Apart, so that many orders do not drown the rest. Two families have two chances of a false
    finding, so each is held to half of it.
    """
    for orders in (False, True):
        some = [c for c in cases if (c.sign.other >= 0) is orders]
        for case, q, alike in zip(
            some,
            _shares([c.judged.ratio for c in some]),
            _shares([c.alike for c in some]),
            strict=True,
        ):
            case.q, case.q_alike, case.tested = q, alike, len(some)


def _shares(ratios: Sequence[Ratio | None]) -> list[float | None]:
    """Give the share of false ones to expect among findings like each, of one family of two."""
    told = [r.p for r in ratios if r is not None]
    shares = iter((discoveries(np.array(told)) * _FAMILIES).clip(max=1).tolist())
    return [None if r is None else next(shares) for r in ratios]


def _judge_alike(on: Scene, found: _Found) -> None:
    """Judge signs again, everyone's presence being told by what they did after the day.

    Those of an outcome that hardly anyone comes to by silence keep their ratio.
    """
    asked = [case for case in found.cases if _by_silence(on, case)]
    tables = [Within(m, case.within.strata) for m, case in enumerate(asked)]
    alike = on._replace(watch=replace(on.watch, alike=True))
    signs = tuple(case.sign for case in asked)
    again = _compare(alike, found.strata, signs, tables).tables if asked else ()
    for case in found.cases:
        case.alike = case.judged.ratio
    for case, of, table in zip(asked, tables, again, strict=True):
        case.alike = judge(table, of, case.kinds, found.strata, (JUDGED_ON,)).ratio


def _by_silence(on: Scene, case: Case) -> bool:
    outcome = on.watch.outcomes[case.sign.outcome]
    silent, all_ = (x[outcome.stage] for x in (on.ground.silent, on.ground.hits))
    return outcome.code == LEAVES and silent > _HARDLY * all_


def _beside(on: Scene, found: _Found, pairs: Sequence[tuple[Case, Case]]) -> list[Table]:
    """Give, for each pair of signs, the table of the first within the groups of the second."""
    signs = tuple(dict.fromkeys(case.sign for pair in pairs for case in pair))
    tables = [
        Within(signs.index(weak.sign), weak.kinds.strata, signs.index(strong.sign))
        for weak, strong in pairs
    ]
    return list(_compare(on, found.strata, signs, tables).tables) if pairs else []


def _tell(on: Scene, found: _Found, case: Case, halves: Sequence[int]) -> Signal:
    return signal(on, case, found.strata, found.by_kind[case.place], found.result, halves)
