"""Effects, return, what may stop, and what another hour would bring, as parts of a review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trod.actions.queue.plan import Plan
from trod.insights.findings.ranking import Place, in_words
from trod.insights.wording import day, in_money
from trod.journeys.label import units
from trod.outcomes.effect import Effect
from trod.outcomes.judged import TooFew
from trod.outcomes.ledger import Figure, Ledger, Line, Stop
from trod.outcomes.reviews.review import Item, Reported, Row, Section, Tone
from trod.outcomes.verdict import spoken

_HOUR: Final = 60
_TESTED: Final = (
    "Tested: chance decided who was held back. Intervals are 95% and hold however often you look."
)


def told_verdict(told: Effect | TooFew) -> str:
    """Say the verdict; an estimate only seems so."""
    if isinstance(told, TooFew):
        return "Too early"
    return spoken(told.verdict, told.evidence)


def in_short(told: Effect | TooFew) -> str:
    """Say what a play changed in one or two sentences, with both sides and the interval."""
    if isinstance(told, TooFew):
        return (
            f"too early. {told.n_treated:,} treated and {told.n_held_back:,} held back with a "
            f"known outcome, {told.waiting:,} waiting: {told.why}."
        )
    others = "not treated" if told.evidence == "Estimated" else "held back"
    missing = ""
    if told.verdict == "too early" and told.needed:
        missing = f" {told.needed:,} customers more would tell."
    return (
        f"{told_verdict(told).lower()}, {told.evidence.lower()}. {told.metric}: "
        f"{_level(told.treated, told)} of {told.n_treated:,} treated, "
        f"{_level(told.held_back, told)} of {told.n_held_back:,} {others}.{missing}"
    )


def _level(x: float, told: Effect) -> str:
    return f"{x:.1%}" if told.unit == "share" else f"{x:,.2f} {told.unit}"


def _moved(x: float, told: Effect) -> str:
    if told.unit == "share":
        return f"{100 * x:+.1f} points"
    return f"{x:+,.2f} {told.unit}"


def plays(told: Sequence[Effect | TooFew], title: str, zone: str) -> Section:
    """Tell the verdict of every play."""
    rows = tuple(_play(each, zone) for each in sorted(told, key=lambda each: each.playbook))
    return Section(
        "plays",
        title,
        f"Treated less held back, by the metric of each play. {_TESTED}",
        head=("Play", "Judged by", "Treated", "Held back", "Effect", "Verdict", "Evidence"),
        rows=rows,
        none="No play was tried yet.",
    )


def no_plays(why: str) -> Section:
    """Say that no play was tried."""
    return Section("plays", "No play was judged yet", "", none=f"{why[:1].upper()}{why[1:]}")


def _play(told: Effect | TooFew, zone: str) -> Row:
    n = f"{told.n_treated:,}", f"{told.n_held_back:,}"
    if isinstance(told, TooFew):
        cells = (told.playbook, told.metric, *n, "not known", "Too early", told.why)
        return Row(f"play/{told.playbook}", cells)
    as_of = day(told.as_of_us, zone)
    effect = Reported(
        f"figure/effect/{told.playbook}",
        f"Effect of {told.playbook}",
        _moved(told.estimate, told),
        f"{_moved(told.low, told)} to {_moved(told.high, told)}",
        f"{n[0]} treated, {n[1]} beside them, to {as_of}",
        f"{told.metric}: treated less those beside them; {told.method}",
    )
    return Row(
        f"play/{told.playbook}",
        (told.playbook, told.metric, *n, effect, told_verdict(told), told.evidence),
    )


def ledger(found: Ledger, currency: str | None, as_of: str) -> Section:
    """Tell what plays cost and brought, with what an hour of each brought."""
    rows = tuple(_line(each, currency, as_of) for each in found.lines)
    note = "Only customers on whom chance decided, and whose outcome is known, are in the account."
    if found.value is not None:
        cost = "not known" if found.cost is None else in_money(found.cost, currency)
        note += f" All tested plays together: {_range(found.value, currency)} for {cost}."
    return Section(
        "ledger",
        "Return on hours and money",
        f"What was won beyond those held back, to {as_of}. {_TESTED}",
        head=("Play", "Customers", "Hours", "Cost", "Worth", "An hour brought"),
        rows=rows,
        none="Nothing was spent on a play that can be judged.",
        note=note,
    )


def _line(each: Line, currency: str | None, as_of: str) -> Row:
    n, hours = each.spent.customers, each.spent.minutes / _HOUR
    cost: str | Reported = "hour not priced"
    basis = f"{n:,} treated, to {as_of}"
    if each.cost is not None:
        key = f"figure/cost/{each.playbook}"
        cost = Reported(key, f"Cost of {each.playbook}", in_money(each.cost, currency), "", basis)
    return Row(
        f"ledger/{each.playbook}",
        (
            each.playbook,
            f"{n:,}",
            f"{hours:,.0f}" if each.spent.minutes else "none",
            cost,
            _worth(each, currency, basis),
            _hour(each, hours, currency, basis),
        ),
    )


def _worth(each: Line, currency: str | None, basis: str) -> str | Reported:
    if each.value is None:
        return "one more success has no `worth`"
    return Reported(
        f"figure/worth/{each.playbook}",
        f"Worth of {each.playbook}",
        in_money(each.value.value, currency),
        f"{in_money(each.value.low, currency)} to {in_money(each.value.high, currency)}",
        basis,
        "Successes beyond those held back, times what one is worth.",
    )


def _hour(each: Line, hours: float, currency: str | None, basis: str) -> str | Reported:
    """Say what an hour brought: in money where that is known, else in successes."""
    if not each.spent.minutes:
        return "takes no time"
    found = each.value or each.won
    said = [
        in_money(x / hours, currency) if each.value else f"{x / hours:+.2f} successes"
        for x in found
    ]
    return Reported(
        f"figure/hour/{each.playbook}",
        f"An hour of {each.playbook}",
        said[0],
        f"{said[1]} to {said[2]}",
        f"{hours:,.0f} hours, {basis}",
    )


def _range(found: Figure, currency: str | None) -> str:
    low, high = in_money(found.low, currency), in_money(found.high, currency)
    return f"{in_money(found.value, currency)} ({low} to {high})"


def stop_list(stops: Sequence[Stop], currency: str | None, unit: str, as_of: str) -> Section:
    """Tell what may stop, and what that frees."""
    items = tuple(
        Item(
            f"stop/{each.playbook}",
            each.playbook,
            (
                f"{each.verdict.capitalize()}. Tested on {each.n:,} {unit}, to {as_of}.",
                f"Frees {each.minutes_a_month / _HOUR:,.1f} hours and "
                f"{in_money(each.money_a_month, currency)} a month.",
            ),
            "May stop",
        )
        for each in stops
    )
    none = "Nothing yet: no play was measured well enough to rule out an effect worth having."
    return Section("stop", "What may stop", "Plays without a measurable effect.", items, none=none)


def another_hour(plan: Plan) -> Section:
    """Tell where another hour would bring most, by the plan of this week."""
    ordered = sorted(plan.hours, key=lambda each: (-each.another_hour, each.name))
    unit = plan.currency
    rows = tuple(
        Row(
            f"hour/{plan.week}/{each.name}",
            (
                each.name,
                f"{each.minutes / _HOUR:,.1f}",
                f"{each.used / _HOUR:,.1f}",
                _expected(each.another_hour, unit),
            ),
        )
        for each in ordered
    )
    under = f"{len(plan.under):,} {'account' if plan.unit == 'account' else 'customer'}s"
    return Section(
        "hour",
        "Where another hour would bring most",
        f"Expected, not measured: plan of week {plan.week}, data to {plan.as_of}. "
        f"{under} fall below the line, {_expected(plan.below, unit)} expected.",
        head=("Person", "Hours left", "Used of them", "Another hour would bring"),
        rows=rows,
        none="Nobody has hours.",
    )


def _expected(x: float, currency: str | None) -> str:
    return in_money(x, currency) if currency else f"{x:,.2f} customers"


def no_hour(why: str) -> Section:
    """Say why no week was planned."""
    title = "Where another hour would bring most"
    return Section("hour", title, "", none=f"Not planned: {why}")


def money_section(
    first: Place | None, found: Ledger | None, currency: str | None, as_of: str, *, worth: bool
) -> Section:
    """Tell the money that is at stake, and what was won so far; `worth`: an objective has one."""
    items = []
    if first is not None and first.worth is not None:
        low, high = (in_money(x, currency) for x in first.worth)
        figure = Reported(
            f"figure/at stake/{first.finding.id}",
            "At stake",
            f"{low} to {high}",
            "",
            f"{first.finding.population.n:,} {units(first.finding.unit)} concerned, data to "
            f"{first.finding.as_of}",
            "Expected of acting on the first finding, at most, times what its objective is worth.",
        )
        said = f"{in_words(first)} at most" if first.expected else "not priced"
        about = f"{first.finding.title}, the finding that may bring most: {said}."
        lines = (f"{about} {first.finding.evidence}, {first.finding.grade}.",)
        items.append(
            Item(f"stake/{first.finding.id}", "At stake, at most", lines, "", "", (figure,))
        )
    if found is not None and found.value is not None:
        items.append(_won(found, found.value, currency, as_of))
    why = "no open finding could be priced" if worth else "no objective has a `worth`"
    return Section(
        "money",
        "Money at stake and won",
        "",
        tuple(items),
        none=f"Not known: {why}, and no play was judged.",
    )


def _won(found: Ledger, value: Figure, currency: str | None, as_of: str) -> Item:
    n = sum(line.spent.customers for line in found.lines if line.evidence == "Tested")
    sure = value.low > 0 or value.high < 0
    figure = Reported(
        "figure/won",
        "Won by plays",
        in_money(value.value, currency),
        f"{in_money(value.low, currency)} to {in_money(value.high, currency)}",
        f"{n:,} treated in tested plays, to {as_of}",
        "Successes beyond those held back, times what one is worth; customers in several plays "
        "are counted with that.",
    )
    cost = "" if found.cost is None else f" It cost {in_money(found.cost, currency)}."
    cannot = "" if sure else " Cannot tell yet whether anything was won: the interval holds zero."
    tone: Tone = "better" if value.low > 0 else "worse" if value.high < 0 else ""
    return Item("won", "Won so far", (f"Tested.{cost}{cannot}",), "", tone, (figure,))
