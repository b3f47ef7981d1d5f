"""Fitting the scores of outcomes: rows, leaks, backtest, the last fit, the card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.errors import StoreError, unknown
from trod.events.counted import count
from trod.journeys.passage import Course
from trod.models.card import Card, Measure, Verdict
from trod.models.features.catalog import Catalog, catalog
from trod.models.fitted import Fitted
from trod.models.ground import Ground
from trod.models.outcomes.acted import untouched
from trod.models.outcomes.backtest import Backtest, backtest, worth
from trod.models.outcomes.cases import Cases, cases
from trod.models.outcomes.champion import Contest, contest
from trod.models.outcomes.journey_leaks import leaks, named_in
from trod.models.outcomes.judged import Judged, days, judged, of_stages
from trod.models.outcomes.landmarks import WEEK_US, Landmarks, grid, landmarks
from trod.models.outcomes.leaks import Leak
from trod.models.outcomes.model import SORT, OutcomeModel
from trod.models.outcomes.narrow import narrowed
from trod.models.outcomes.outcome import Outcome, declared, outcome
from trod.models.outcomes.rules import rules_of
from trod.models.outcomes.scorer import FEWEST_EVENTS, train
from trod.models.outcomes.spec import OutcomeSpec
from trod.models.outcomes.timing import timing
from trod.models.stored import Stored
from trod.models.versions import card_in

MOST_ROWS: Final = 60_000
MOST_FEATURES: Final = 400
"""Looked at before the score chooses at most a hundred of them."""
_A_HORIZON: Final = 4  # marks in one horizon: more tell the same of the same customers
_SAMPLE: Final = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """An outcome with its rows."""

    outcome: Outcome
    rows: Landmarks
    now: Landmarks  # who is at risk as of the last moment: to tell drift by, later


def fit(ground: Ground) -> list[Fitted]:
    """Fit a score for every declared outcome, or for leaving and completing.

    Parameters
    ----------
    ground
        Journeys, stages, what trod.yml says, and the versions in use.

    Returns
    -------
    list of Fitted
        One for each outcome, named ``outcome/NAME``.

    Raises
    ------
    DefinitionError
        If an outcome names a stage that is not known.
    """
    journeys, plan = ground.journeys, ground.plan
    specs = declared(ground.spec.outcomes)
    courses: dict[int, Course] = {}
    asked: dict[str, _Asked] = {}
    for spec in specs:
        if not _gone(spec, ground):
            compiled = outcome(spec, plan, journeys.vocabulary)
            now = landmarks(
                journeys, plan, compiled, np.array([plan.as_of_us]), most=_SAMPLE, courses=courses
            )
            asked[spec.name] = _Asked(compiled, _rows(ground, compiled, courses), now)
    chosen = catalog(journeys, plan, most=MOST_FEATURES)
    parts = [(e.outcome, rows) for e in asked.values() for rows in (e.rows, e.now)]
    found = cases(journeys, plan, chosen, parts) if parts else []
    looked = dict(zip(asked, zip(found[::2], found[1::2], strict=True), strict=True))
    return [
        _one(ground, chosen, asked[spec.name], *looked[spec.name])
        if spec.name in asked
        else _never(ground, spec)
        for spec in specs
    ]


def _gone(spec: OutcomeSpec, ground: Ground) -> list[str]:
    """List touchpoints of an outcome that nobody ever had."""
    return [n for n in spec.touchpoints if n not in ground.journeys.vocabulary.touchpoints]


def _rows(ground: Ground, compiled: Outcome, courses: dict[int, Course]) -> Landmarks:
    first, last = ground.journeys.span_us()
    apart = max(WEEK_US, compiled.within_us // _A_HORIZON // WEEK_US * WEEK_US)
    marks = grid(first, last - compiled.known_after_us, apart_us=apart)
    rows = landmarks(ground.journeys, ground.plan, compiled, marks, most=MOST_ROWS, courses=courses)
    if ground.acted is None:
        return rows
    return untouched(rows, ground.journeys, ground.acted, compiled.within_us)


def _never(ground: Ground, spec: OutcomeSpec) -> Fitted:
    """Say that an outcome never happened."""
    known = ground.journeys.vocabulary.touchpoints
    why = " ".join(unknown("touchpoint", name, known) for name in _gone(spec, ground))
    first, last = ground.journeys.span_us()
    card = Card(
        f"outcome/{spec.name}",
        "Nobody had it yet.",
        "not enough data",
        ground.journeys.unit,
        0,
        first,
        last,
        "",
        remarks=(why,),
    )
    return Fitted(card)


def _one(ground: Ground, chosen: Catalog, asked: _Asked, rows: Cases, now: Cases) -> Fitted:
    """Fit one outcome, or say what is missing and fall back to signs."""
    found = leaks(ground, asked.outcome, asked.rows)
    allowed = set(asked.outcome.spec.allow)
    refused = tuple(leak for leak in found if leak.name not in allowed)
    columns = named_in(chosen, [leak.name for leak in refused])
    rows, now = rows.without(columns), now.without(columns)
    test = None
    if min(rows.leavers, rows.n - rows.events) >= FEWEST_EVENTS:
        test = backtest(rows, asked.outcome.known_after_us, seed=ground.seed)
    if test is None:
        return _too_little(ground, asked.outcome, rows, refused)
    told = judged(test, asked.outcome)
    against = _contest(ground, chosen, asked.outcome, rows, test)
    model = _last(ground, chosen, asked.outcome, rows, now, test, told)
    if against and against.verdict == "kept":
        stored = ground.before[f"outcome/{asked.outcome.spec.name}"]
    else:
        stored = model.stored()
    card = _card(ground, asked.outcome, rows, test, told, refused, against, model)
    return Fitted(card, stored)


def _contest(
    ground: Ground, chosen: Catalog, compiled: Outcome, rows: Cases, test: Backtest
) -> Contest | None:
    """Let the version in use and the new way meet; None where there is no version in use."""
    stored = ground.before.get(f"outcome/{compiled.spec.name}")
    if stored is None or stored.facts.get("sort") != SORT:
        return None
    card = card_in(stored)
    try:
        model = OutcomeModel.of(stored)
    except StoreError as problem:
        return Contest("replaced", f"version {card.version}: {problem}", None)
    if model.unit != ground.journeys.unit or model.spec != compiled.spec:
        return Contest("replaced", f"what version {card.version} foretold was declared anew.", None)
    return contest(
        rows,
        chosen,
        model,
        card.last_us,
        card.version,
        known_after_us=compiled.known_after_us,
        share=test.share,
        seed=ground.seed,
    )


def _last(
    ground: Ground,
    chosen: Catalog,
    compiled: Outcome,
    rows: Cases,
    now: Cases,
    test: Backtest,
    told: Judged,
) -> OutcomeModel:
    """Fit on everything that is known."""
    scorer = train(rows.x, rows.label, group=rows.customer, share=test.share, seed=ground.seed)
    keys = [feature.key for feature in chosen.features]
    calibration = worth(test)
    fewer, scorer_of_fewer = narrowed(chosen, scorer)
    used = rows.x[:, scorer.columns]
    said = calibration.probability(test.margin)
    return OutcomeModel(
        compiled.spec,
        ground.journeys.unit,
        ground.plan.journey,
        fewer,
        scorer_of_fewer,
        calibration,
        timing(
            rows.stage,
            rows.x[:, keys.index("stage:days")],
            rows.moment_us,
            rows.event_us,
            ground.plan.n_stages,
        ),
        told.alarms.threshold if told.alarms else None,
        told.passed,
        _middle(used),
        now.x[:, scorer.columns],
        scorer.margin(now.x),
        np.column_stack([said, test.cases.label]).astype(np.float32),
    )


def _middle(used: NDArray[np.float32]) -> NDArray[np.float64]:
    """Give the middle of each column, NaN where it is never known."""
    known = np.isfinite(used).any(axis=0)
    middle = np.full(used.shape[1], np.nan)
    middle[known] = np.nanmedian(used[:, known], axis=0)
    return middle


def _card(
    ground: Ground,
    compiled: Outcome,
    rows: Cases,
    test: Backtest,
    told: Judged,
    refused: tuple[Leak, ...],
    against: Contest | None,
    model: OutcomeModel,
) -> Card:
    verdict: Verdict = "fitted" if told.better else "no better than the baseline"
    remarks = [*_remarks(compiled, rows, told, refused)]
    if ground.acted is not None:
        n = count(len(ground.acted.customer), "action")
        remarks.append(f"Customers are left out around what was done to them: {n}.")
    if against:
        remarks.append(f"The version before is {against.verdict}: {against.why}")
    measures = (*told.measures, *of_stages(test, compiled, ground.plan.stages))
    kind = model.scorer.kind + (f" ({model.scorer.library})" if model.scorer.library else "")
    settings = {
        "made of": kind,
        "share of trees": test.share,
        "within days": days(compiled.within_us),
        "features": len(model.scorer.columns),
        "calibration": model.calibration.how,
        "champion": against.verdict if against else None,
        "passed": told.passed,
        "seed": ground.seed,
    }
    validated = (
        "on later marks than those it learned from, in up to three blocks; an outcome counts from "
        "the moment it was known"
    )
    return _made(ground, compiled, rows, verdict, validated, measures, tuple(remarks), settings)


def _remarks(compiled: Outcome, rows: Cases, told: Judged, refused: tuple[Leak, ...]) -> list[str]:
    said = [
        f"{count(rows.leavers, 'customer')} had it within {days(compiled.within_us)} days of a "
        f"mark: {rows.events:,} of {count(rows.n, 'case')}."
    ]
    said += [f"Not used: {leak.name}. {leak.why[:1].upper()}{leak.why[1:]}" for leak in refused]
    if told.alarms is None:
        said.append("No score is right half of the time: nobody is pointed out.")
    if not told.passed and compiled.spec.ends == "left":
        said.append("It has not passed its backtest: health shows no colour.")
    return said


def _too_little(
    ground: Ground, compiled: Outcome, rows: Cases, refused: tuple[Leak, ...]
) -> Fitted:
    """Say what is missing; signs that need no learning take its place."""
    have = rows.leavers
    history = round((ground.plan.as_of_us - ground.journeys.span_us()[0]) / 86_400_000_000)
    said = [
        f"{count(have, 'customer')} with the outcome known, over {history} days: {FEWEST_EVENTS} "
        "are needed before the marks to be foretold.",
        "Until then customers are ordered by signs anybody could check.",
        *(f"Not used: {leak.name}. {leak.why}" for leak in refused),
    ]
    signs = rules_of(compiled.spec, ground.journeys.unit, ground.plan.journey)
    measures: tuple[Measure, ...] = ()
    card = _made(
        ground, compiled, rows, "not enough data", "", measures, tuple(said), {"made of": "signs"}
    )
    return Fitted(card, Stored(signs.told()))


def _made(
    ground: Ground,
    compiled: Outcome,
    rows: Cases,
    verdict: Verdict,
    validated: str,
    measures: tuple[Measure, ...],
    remarks: tuple[str, ...],
    settings: dict[str, object],
) -> Card:
    first, last = ground.journeys.span_us()
    return Card(
        f"outcome/{compiled.spec.name}",
        f"{compiled.says(ground.journeys.unit)}.",
        verdict,
        ground.journeys.unit,
        rows.n,
        first,
        last,
        validated,
        measures,
        remarks,
        settings,
    )
