"""Need against contact as people read it: rows by stage and kind, and who is left alone more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.changes.kinds import CAME_BY, UNKNOWN, Kinds, Split, kinds
from trod.analyses.coverage.counts import COLUMNS, Coverage, CoverageResult
from trod.analyses.coverage.need import InNeed, Rule
from trod.insights.changes.judging import holm
from trod.insights.journey_map import Count, Rate, Time
from trod.insights.rates import rate, time
from trod.insights.wording import SMALL_N, day
from trod.journeys.batch import Journeys
from trod.journeys.label import units
from trod.journeys.passage import StagePlan

LEVEL: Final = 0.05
_FEWEST: Final = 10  # met or not, of a kind, to be tested


@dataclass(frozen=True, slots=True)
class Row:
    """One stage, of everyone or of one kind of customer."""

    stage: str
    kind: str  # attribute; "" for everyone
    value: str
    entered: int
    needed: Count
    met: Count
    unmet: Count
    waiting: int  # their days are not over
    not_recorded: int  # contacts were not recorded in their days
    share: Rate  # not met, out of those of whom it is known
    wait: Time | None  # until a person was met; of everyone only
    met_left: Rate  # left later, of those met and still there when the days were over
    unmet_left: Rate
    worth_micros: int  # money on record of a customer who enters, on average
    dark: str  # why whether anybody was met is never recorded; "" where it is

    @property
    def gap_micros(self) -> int:
        """What is ranked by: customers not met, times what one is worth; 0 where it is dark."""
        return 0 if self.dark else self.unmet.n * self.worth_micros


@dataclass(frozen=True, slots=True)
class Apart:
    """A kind of customer that is left alone more often than the others in a stage."""

    stage: str
    kind: str
    value: str
    own: Rate
    others: Rate
    p: float  # adjusted for all kinds and stages


@dataclass(frozen=True, slots=True)
class CoverageView:
    """Need against contact in a journey."""

    journey: str
    unit: str  # "customers" or "accounts"
    within_us: int
    needs: tuple[str, ...]
    contacts: tuple[str, ...]
    stages: tuple[Row, ...]  # of everyone, in order of the stages
    by: str  # attribute of `rows`; "" without one
    rows: tuple[Row, ...]  # the largest gap first
    apart: tuple[Apart, ...]
    dark: tuple[str, ...]  # groups and times of which contacts are not recorded
    as_of: str
    currency: str | None

    @property
    def waiting(self) -> int:
        """Customers in need whose days are not over, stage by stage."""
        return sum(row.waiting for row in self.stages)

    @property
    def not_recorded(self) -> int:
        """Customers in whose days contacts were not recorded, stage by stage."""
        return sum(row.not_recorded for row in self.stages)

    @property
    def ranked(self) -> tuple[Row, ...]:
        """Stages, the largest gap first."""
        return tuple(sorted(self.stages, key=_rank))


def _rank(row: Row) -> tuple[int, int, str, str]:
    return -row.gap_micros, -row.unmet.n, row.stage, row.value


def coverage(
    journeys: Journeys,
    plan: StagePlan,
    rules: Sequence[Rule],
    *,
    by: str | None = None,
    dark: Mapping[tuple[str, str], str] | None = None,
    also_dark: Sequence[str] = (),
) -> CoverageView:
    """Count who needed a person in each stage, and who met one in time.

    Parameters
    ----------
    journeys, plan
        The data and the journey.
    rules
        By stage: what shows a need, what meets it, in what time.
    by
        Attribute of 2 to 12 values by which stages are split.
    dark
        Groups, as attribute and value, of whom contacts are never recorded, and why.
    also_dark
        What else is not recorded, in words.

    Raises
    ------
    DefinitionError
        If no attribute of 2 to 12 values has the name.

    Notes
    -----
    O(n_touchpoints * n_stages).
    """
    among, hidden = kinds(journeys), dict(dark or {})
    found: CoverageResult = fold.run({"it": Coverage(plan, tuple(rules), among)}, journeys)["it"]
    made = _Made(journeys, plan, tuple(rules), found, hidden)
    stages = tuple(made.row(s, None, 0) for s in range(plan.n_stages))
    rows: list[Row] = []
    if by is not None:
        one = among.named(by)
        cells = range(one.first, one.first + len(one.labels))
        rows = [made.row(s, one, cell) for s in range(plan.n_stages) for cell in cells]
        rows = [row for row in rows if row.needed.n]
    return CoverageView(
        journey=plan.journey,
        unit=units(journeys.unit),
        within_us=rules[0].within_us,
        needs=rules[0].needs,
        contacts=rules[0].contacts,
        stages=stages,
        by=by or "",
        rows=tuple(sorted(rows, key=_rank)),
        apart=_apart(plan, among, found, hidden),
        dark=(*dict.fromkeys(hidden.values()), *also_dark),
        as_of=day(plan.as_of_us, journeys.zone),
        currency=journeys.currency,
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """What rows are made of."""

    journeys: Journeys
    plan: StagePlan
    rules: tuple[Rule, ...]
    found: CoverageResult
    dark: Mapping[tuple[str, str], str]

    def row(self, s: int, one: Split | None, cell: int) -> Row:
        """Make a row of a cell; whom a channel brought has no key."""
        n = dict(zip(COLUMNS, (int(x) for x in self.found.cells[s, cell]), strict=True))
        kind, value = ("", "") if one is None else (one.name, one.labels[cell - one.first])
        whole = one is None
        of = "" if one is None else one.key(cell - one.first)
        needed = n["met"] + n["unmet"] + n["waiting"] + n["not_recorded"]
        return Row(
            stage=self.plan.stages[s],
            kind=kind,
            value=value,
            entered=n["entered"],
            needed=Count(needed, self._key("needed", s, of) * (whole or bool(of))),
            met=Count(n["met"], self._key("met", s, of) * (whole or bool(of))),
            unmet=Count(n["unmet"], self._key("unmet", s, of) * (whole or bool(of))),
            waiting=n["waiting"],
            not_recorded=n["not_recorded"],
            share=rate(n["unmet"], n["met"] + n["unmet"]),
            wait=time(self.found.wait[s]) if whole else None,
            met_left=rate(n["met_left"], n["met_there"]),
            unmet_left=rate(n["unmet_left"], n["unmet_there"]),
            worth_micros=n["value"] // max(n["entered"], 1),
            dark=self.dark.get((kind, value), ""),
        )

    def _key(self, kind: str, s: int, of: str) -> str:
        key = InNeed(kind, self.plan.stages[s], self.rules[s], self.plan).key
        return f"{key}&{of}" if of else key


def _apart(
    plan: StagePlan, among: Kinds, found: CoverageResult, dark: Mapping[tuple[str, str], str]
) -> tuple[Apart, ...]:
    """Find kinds who are left alone more often than the others, beyond chance over all of them.

    Kinds of whom contacts are never recorded are no kind that is left alone: they stand aside, and
    do not count among the others.
    """
    tested: list[tuple[Apart, float]] = []
    for s, stage in enumerate(plan.stages):
        for one in among.splits:
            if one.name == CAME_BY:
                continue
            pairs = _pairs(found, s, one, dark)
            for label, (unmet, met) in pairs.items():
                others = [p for other, p in pairs.items() if other != label]
                rest = sum(p[0] for p in others), sum(p[1] for p in others)
                if min(unmet + met, sum(rest)) < _FEWEST or label == UNKNOWN:
                    continue
                own = rate(unmet, unmet + met)
                apart = Apart(stage, one.name, label, own, rate(rest[0], sum(rest)), 1.0)
                tested.append((apart, _p(np.array([[unmet, met], rest]))))
    adjusted = holm([p for _, p in tested])
    made = [
        Apart(a.stage, a.kind, a.value, a.own, a.others, p)
        for (a, _), p in zip(tested, adjusted, strict=True)
        if p <= LEVEL and a.own.share > a.others.share and a.own.whole >= SMALL_N
    ]
    return tuple(sorted(made, key=lambda a: (a.p, a.stage, a.kind, a.value)))


def _pairs(
    found: CoverageResult, s: int, one: Split, dark: Mapping[tuple[str, str], str]
) -> dict[str, tuple[int, int]]:
    at = COLUMNS.index("unmet"), COLUMNS.index("met")
    cells = found.cells[s, one.cells]
    return {
        label: (int(row[at[0]]), int(row[at[1]]))
        for label, row in zip(one.labels, cells, strict=True)
        if (one.name, label) not in dark
    }


def _p(table: NDArray[np.int64]) -> float:
    from scipy.stats import fisher_exact

    return float(fisher_exact(table).pvalue)
