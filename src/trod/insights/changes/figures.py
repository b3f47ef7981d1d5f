"""How a figure that is compared is told: its name, its values, who stands behind it."""

from __future__ import annotations

from math import exp
from typing import Final, NamedTuple

from trod.analyses.changes.measures import SETTLED_US, Measure, Spans
from trod.analyses.changes.soon import HadSoon
from trod.analyses.metrics.whom import Answered, Converted
from trod.analyses.names import encode
from trod.analyses.occupancy import Stood
from trod.analyses.predicate import both
from trod.analyses.retention import ActiveBetween, EnteredBetween
from trod.events.counted import plural
from trod.insights.changes.judging import Sums3
from trod.insights.claims import Figure
from trod.insights.coverage.human import fails
from trod.insights.wording import duration, in_money
from trod.journeys.batch import Journeys
from trod.journeys.help import asks_for_help
from trod.journeys.label import readable, units
from trod.journeys.passage import StagePlan
from trod.journeys.predicate import Predicate

SHARES: Final = ("went on", "left", "had", "first", "reach", "paid")
UNIT: Final = {
    "took": "log time",
    "mood": "mood",
    "help": "calls",
    "nps": "points",
    "amount": "log money",
}
WORSE_UP: Final = ("took", "left", "help")
BETTER_UP: Final = ("went on", "mood", "nps", "paid", "amount")


_TITLES: Final[dict[str, str]] = {
    "went on": "{more} go on from {stage}",
    "left": "{more} leave in {stage}",
    "took": "{stage} takes {longer}",
    "had": "{more} have {name} in {stage}",
    "first": "{more} go from entering {stage} straight to {name}",
    "help": "{more} calls for help in {stage}",
    "mood": "Mood {moved} at {name} in {stage}",
    "reach": "{more} in {stage} have {name}",
    "paid": "{more} in {stage} pay",
    "amount": "{name} brings {money} money",
    "nps": "{name} {moved}",
}


class Told(NamedTuple):
    """What words of figures need to know."""

    journeys: Journeys
    plan: StagePlan
    spans: Spans

    @property
    def unit(self) -> str:
        """The word for customers."""
        return units(self.journeys.unit)

    @property
    def entered(self) -> tuple[str, str]:
        """The keys of those who entered the journey in each of the two periods."""
        start, end = self.spans.start_us, self.spans.end_us
        before, now = (EnteredBetween(start[p], end[p], self.plan).key for p in (-2, -1))
        return before, now

    def stage(self, measure: Measure) -> str:
        """Name the stage of a figure."""
        return self.plan.stages[measure.stage] if measure.stage >= 0 else ""

    def touchpoint(self, measure: Measure) -> str:
        """Name the touchpoint of a figure, as in the data."""
        names = self.journeys.vocabulary.touchpoints
        return names[measure.code] if measure.code >= 0 else ""


def value(measure: Measure, sums: Sums3, told: Told) -> str:
    """Write the value of a figure in one period."""
    mean = sums.mean
    if measure.kind in SHARES:
        return per_cent(mean)
    if measure.kind == "took":
        return duration(round(1e6 * (exp(mean / 1000) - 1)))
    if measure.kind == "amount":
        return in_money(exp(mean / 1000) - 1, told.journeys.currency)
    if measure.kind == "help":
        return f"{mean:.2f}"
    if measure.kind == "nps":
        return f"{mean / 10:+.0f}".replace("-", "−")
    return f"{mean / 1000:+.2f}".replace("-", "−")


def per_cent(share: float) -> str:
    """Write a share with one decimal where that says more.

    Examples
    --------
    >>> per_cent(0.208), per_cent(0.2), per_cent(1.0)
    ('20.8%', '20%', '100%')
    """
    return f"{100 * share:.1f}".removesuffix(".0") + "%"


def title(measure: Measure, before: Sums3, now: Sums3, told: Told) -> str:
    """Say a change in a line."""
    up = now.mean > before.mean
    words = _TITLES[measure.kind].format(
        more="More" if up else "Fewer",
        moved="rose" if up else "fell",
        longer="longer" if up else "less time",
        money="more" if up else "less",
        stage=told.stage(measure),
        name=readable(told.touchpoint(measure)) or measure.metric,
    )
    values = f"{value(measure, before, told)} to {value(measure, now, told)}"
    each = " for each of them" if measure.kind == "help" else ""
    return f"{words}: {values}{each}"


def sentence(measure: Measure) -> str:
    """Give the template of a statement, with {n_before} {before} {n_now} {now} in it."""
    time = duration(measure.within_us) if measure.within_us else ""
    within = "within {window} of entering {stage}" if time else ""
    match measure.kind:
        case "went on":
            what = f"went on {within}"
        case "left":
            what = f"left there {within}"
        case "took":
            return (
                "Of {n_before} {unit} who went on from {stage} in {then} within {window}, the"
                " typical time was {before}; of {n_now} in {later} it was {now}."
            )
        case "had":
            what = f"had {{name}} {within}"
        case "first":
            what = f"went straight on to {{name}}, {within}"
        case "help":
            return (
                "{n_before} {unit} who entered {stage} in {then} called for help {before} times"
                " each within {window}; {n_now} in {later} did {now} times."
            )
        case "mood" | "nps":
            return (
                "{n_before} {unit} said {before} in {then} on average; {n_now} said {now} in"
                " {later}."
            )
        case "paid" | "reach":
            what = "paid" if measure.kind == "paid" else "had {name}"
            return (
                "Of {n_before} {unit} in {stage} for {settled} as {then} began, {before}"
                f" {what} in its first {{days}}; of {{n_now}} as {{later}} began, {{now}} did."
            )
        case _:
            return (
                "{n_before} {unit} typically paid {before} by {name} in {then}; {n_now} in {later}"
                " paid {now}."
            )
    return (
        f"Of {{n_before}} {{unit}} who entered {{stage}} in {{then}}, {{before}} {what}; of"
        f" {{n_now}} in {{later}}, {{now}} did."
    )


def figures(
    measure: Measure, before: Sums3, now: Sums3, told: Told
) -> dict[str, Figure]:  # fmt: skip
    """Give the figures of a statement, with the keys of the customers behind them."""
    made: dict[str, Figure] = {}
    for at, sums, which in ((-2, before, "before"), (-1, now, "now")):
        whole = whole_key(measure, told, at)
        part = part_key(measure, told, at)
        counted = Figure(f"{sums.n:,}", ((whole, sums.n),) if whole else ())
        checks: tuple[tuple[str, int], ...] = ()
        if whole and part and measure.kind in SHARES:
            checks = ((f"{whole}&{part}", sums.total), (whole, sums.n))
        made[f"n_{which}"] = counted
        made[which] = Figure(value(measure, sums, told), checks)
    return made


def whole_key(measure: Measure, told: Told, at: int) -> str:
    """Give the key of the customers whom a figure is about, in one of the two periods."""
    start, end = told.spans.start_us[at], told.spans.end_us[at]
    plan = told.plan
    if measure.kind == "nps":
        names = tuple(told.journeys.vocabulary.touchpoints[k] for k in measure.codes)
        return Answered(None, names, start, end).key
    if measure.kind in ("paid", "reach"):
        stage, begin = told.stage(measure), told.journeys.span_us()[0]
        there = Stood(start, "open", told.plan, stage)
        since = EnteredBetween(begin, max(start - SETTLED_US, begin), told.plan, stage)
        return both(there, since).key
    if measure.kind in ("mood", "amount"):
        return ""
    end = min(end, plan.as_of_us - measure.within_us + 1)
    key = EnteredBetween(start, max(end, start), plan, told.stage(measure)).key
    if measure.kind == "took":
        return f"{key}&{_went_on(measure, told).key}"
    return key


def part_key(measure: Measure, told: Told, at: int) -> str:
    """Give the key of those for whom a share holds; "" where none lists them."""
    if measure.kind == "went on":
        return _went_on(measure, told).key
    if measure.kind == "had":
        name = told.touchpoint(measure)
        return HadSoon(told.stage(measure), name, measure.within_us, told.plan).key
    if measure.kind == "reach":
        level = told.spans.level
        return ActiveBetween(level.start_us[at], level.end_us[at], told.touchpoint(measure)).key
    if measure.kind == "left":
        return f"goneby:{encode(told.stage(measure))}@{measure.within_us}"
    return ""


def _went_on(measure: Measure, told: Told) -> Predicate:
    stages = told.plan.stages
    return Converted(
        stages[measure.stage], stages[measure.stage + 1], measure.within_us, (), told.plan
    )


def tone(measure: Measure, up: bool, told: Told) -> str:
    """Say whether more of it is better or worse; "" where nobody can say."""
    name = told.touchpoint(measure)
    bad = measure.kind in ("had", "first", "reach") and (asks_for_help(name) or fails(name))
    if measure.kind in WORSE_UP or bad:
        return "worse" if up else "better"
    if measure.kind in BETTER_UP:
        return "better" if up else "worse"
    return ""


def size(measure: Measure, touched: float, up: bool, told: Told) -> str:
    """Say how many customers a change touches."""
    about = round(abs(touched))
    some = f"about {plural(about, told.unit)}"
    more = f"about {about:,} {'more' if up else 'fewer'} {told.unit}"
    match measure.kind:
        case "went on" | "left" | "had" | "first" | "reach" | "paid":
            verb = {"went on": "went on", "left": "left", "paid": "paid"}.get(measure.kind, "did")
            return f"{more} {verb} than at the earlier rate"
        case "took":
            return f"{some} were {'slower' if up else 'quicker'} than they would have been"
        case "help":
            return f"{some} called {'more' if up else 'less'} often than they would have"
        case "mood" | "nps":
            return f"{some} said something {'better' if up else 'worse'} than they would have"
        case _:
            return f"{some} paid {'more' if up else 'less'} than they would have"
