"""The order of findings: by what acting on them may bring to the objectives of the company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from trod.insights.completeness import BLOCKING
from trod.insights.findings.finding import Finding, Impact
from trod.insights.findings.past import Past, impact_of
from trod.insights.findings.spec import ObjectiveSpec, serving
from trod.insights.wording import in_money
from trod.journeys.label import units

YEAR_DAYS: Final = 365
_GRADES: Final = {"strong": 3, "moderate": 2, "weak": 1}
_EVIDENCE: Final = {"Tested": 3, "Estimated": 2, "Observed": 1}
_WHOLE: Final = 10


class Place(NamedTuple):
    """A finding in its place, and why it stands there."""

    finding: Finding
    objective: ObjectiveSpec | None  # that it serves; None: none that is declared
    serves: str  # kept, converted, expanded, satisfied; "" for none
    first: bool  # serves the first objective
    impact: Impact | None  # as found, or by the past effect of a play that answers it
    expected: tuple[float, float] | None  # customers in a year, or those there now; None: unknown
    worth: tuple[float, float] | None  # money; None where no worth is declared or nothing expected
    why: str
    past: Past | None = None  # what a play that answers it changed before

    @property
    def priced(self) -> bool:
        """Whether it is known what acting may bring."""
        return self.expected is not None


def rank(
    findings: Sequence[Finding],
    objectives: Sequence[ObjectiveSpec] = (),
    *,
    stages: Mapping[str, Sequence[str]] | None = None,
    priors: Mapping[str, Past] | None = None,
    currency: str | None = None,
) -> tuple[Place, ...]:
    """Put findings in the order of what acting on them may bring, and say why each stands there.

    1. Findings whose impact is known come before those that are not priced. Where a play was tried
       and brought nothing on average, nobody knows what would: it stands among the latter.
    2. Those that serve the first objective come first; the others follow by value.
    3. Value is the middle of the expected range in customers a year times the worth of the
       objective; where no worth is declared, customers; these come after what has a worth.
    4. Equal ones by evidence, then by customers concerned.

    What is not priced stands by customers concerned times the grade of its evidence: strong 3,
    moderate 2, weak 1. Evidence does not weigh values, because nobody has measured how much less a
    moderate finding brings; it is shown beside them. A finding whose data are graded D is not
    priced.

    Parameters
    ----------
    findings
        In any order.
    objectives
        As declared, the most important first.
    stages
        The stages of each journey in order: those before the one that a `converted` objective
        `reaches` serve it, the others keep customers.
    priors
        By id of a finding: what a play that answers it has changed before. It takes the place of
        what the finding supposes.
    currency
        In which worth is declared.

    Returns
    -------
    tuple of Place
        The first one first; the same for the same findings in any order.

    Examples
    --------
    >>> from trod.insights.journey_map import Count
    >>> def left(stage, high):
    ...     return Finding("friction", stage, "Trial", "account", stage, "", (), Count(9, ""),
    ...         "Observed", "weak", "", "", "", "", Impact(0, high, "accounts kept", 80, "", 365),
    ...         stage=stage)
    >>> win = ObjectiveSpec(name="Win", serves="converted", reaches="Pay", worth=100)
    >>> keep = ObjectiveSpec(name="Keep", serves="kept", worth=900)
    >>> two, on = [left("Try", 20), left("Pay", 10)], {"Trial": ["Try", "Pay"]}
    >>> [p.finding.stage for p in rank(two, [win, keep], stages=on)]
    ['Try', 'Pay']
    >>> [p.finding.stage for p in rank(two, [keep, win], stages=on)]
    ['Pay', 'Try']
    >>> rank(two, [win, keep], stages=on)[0].why
    'Serves Win, the first objective: 0 to 20 accounts a year, 0 to 2,000 at 100 each.'
    """
    placed = [_place(each, objectives, stages or {}, priors or {}, currency) for each in findings]
    return tuple(sorted(placed, key=_order))


def _order(place: Place) -> tuple[bool, bool, bool, float, int, int, int, str]:
    finding = place.finding
    grade, evidence = _GRADES.get(finding.grade, 0), _EVIDENCE[finding.evidence]
    n = finding.population.n
    value = place.worth or place.expected or (0.0, 0.0)
    if sum(value) <= 0:
        group = not place.first, place.objective is None
        return True, *group, -float(n * grade), -evidence, -grade, -n, finding.id
    by = not place.first, place.worth is None
    return False, *by, -round(sum(value) / 2, 6), -evidence, -grade, -n, finding.id


def _place(
    finding: Finding,
    objectives: Sequence[ObjectiveSpec],
    stages: Mapping[str, Sequence[str]],
    priors: Mapping[str, Past],
    currency: str | None,
) -> Place:
    serves = finding.serves or _by_stage(finding, objectives, stages.get(finding.journey, ()))
    objective = serving(objectives, serves)
    first = objective is not None and objective is objectives[0]
    past = priors.get(finding.id)
    impact = finding.impact if past is None else impact_of(finding, past)
    blocked = finding.data_grade in BLOCKING
    expected = None if impact is None or blocked else a_year(impact)
    worth = None
    if expected is not None and objective is not None and objective.worth is not None:
        worth = expected[0] * objective.worth, expected[1] * objective.worth
    if expected is not None and impact is not None and is_money(impact):
        worth = expected
    place = Place(finding, objective, serves, first, impact, expected, worth, "", past)
    return place._replace(why=_why(place, currency))


def _by_stage(
    finding: Finding, objectives: Sequence[ObjectiveSpec], stages: Sequence[str]
) -> str:  # fmt: skip
    """Say what a loss in a stage costs: customers to win before the stage that counts, then kept.

    Without an objective of conversions all of them are customers to keep.
    """
    lost_in = finding.ends or finding.stage
    if not lost_in:
        return ""
    wins = serving(objectives, "converted")
    if wins is None or lost_in not in stages:
        return "kept"
    won = wins.reaches or stages[-1]
    before = stages[: stages.index(won)] if won in stages else stages
    return "converted" if lost_in in before else "kept"


def is_money(impact: Impact) -> bool:
    """Say whether an impact is told in money: its unit is a currency."""
    return len(impact.unit) == 3 and impact.unit.isupper()


def a_year(impact: Impact) -> tuple[float, float]:
    """Give what is expected in a year; of those there now, as many as there are.

    Examples
    --------
    >>> a_year(Impact(10, 20, "accounts kept", 80, "", 730))
    (5.0, 10.0)
    """
    if not impact.over_days:
        return impact.low, impact.high
    times = YEAR_DAYS / impact.over_days
    return impact.low * times, impact.high * times


def _why(place: Place, currency: str | None) -> str:
    """Say in words why a finding stands where it stands."""
    finding, objective = place.finding, place.objective
    served = "Serves no declared objective"
    if objective is not None:
        served = f"Serves {objective.name}" + (", the first objective" if place.first else "")
    if finding.data_grade in BLOCKING:
        grade = finding.data_grade
        return f"{served}. Not priced: its data are graded {grade}. Mend the gaps first."
    if place.impact is None:
        n = finding.population.n
        return f"{served}. Not priced: by {n:,} {units(finding.unit)} and {finding.grade} evidence."
    how = "" if place.past is None else f", {place.past.words}"
    return f"{served}: {in_words(place)}{_money(place, currency)}{how}."


def in_words(place: Place) -> str:
    """Say what is expected, in customers or money; nothing where that is not known."""
    if place.expected is None or place.impact is None:
        return ""
    low, high = (number(x) for x in place.expected)
    if is_money(place.impact):
        return f"{low} to {high} {place.impact.unit}{' a year' if place.impact.over_days else ''}"
    if not place.impact.over_days:
        return f"{low} to {high} of the {place.finding.population.n:,} there now"
    return f"{low} to {high} {units(place.finding.unit)} a year"


def _money(place: Place, currency: str | None) -> str:
    if place.worth is None or place.objective is None or place.objective.worth is None:
        return ""
    low, high = (in_money(x, currency) for x in place.worth)
    each = in_money(place.objective.worth, currency)
    return f", {low} to {high} at {each} each"


def number(x: float) -> str:
    """Say a number of customers that is only expected.

    Examples
    --------
    >>> number(33.4), number(1.26), number(0), number(-0.04), number(-12.3)
    ('33', '1.3', '0', '0', '−12')
    """
    text = f"{x:,.0f}" if abs(x) >= _WHOLE else f"{x:.1f}".removesuffix(".0")
    return text.replace("-", "−") if text != "-0" else "0"
