"""How a stage is entered, in words, as the map says it under the name of the stage."""

from __future__ import annotations

from collections.abc import Sequence

from trod.events.counted import count, plural
from trod.insights.answers import Answers
from trod.insights.wording import in_words
from trod.journeys.label import readable
from trod.journeys.spec import Stage, StepRule


def stage_rule(asked: Answers, s: int) -> str:
    """Say how a stage is entered, what keeps customers out, and how many passed it over."""
    stage, unit = asked.spec.stages[s], asked.unit
    words = [_entering(stage)]
    if stage.unless:
        words.append(f"not after {_names(stage.unless, 'or')}")
    if stage.back:
        words.append(f"{unit} may come back to it")
    if asked.spec.hold_constant and s == 0:
        words.append(f"all with the same {readable(asked.spec.hold_constant).lower()}")
    if asked.plan.is_optional(s):
        passed = int(asked.stages.passed_over[s])
        words.append(f"may be passed over: {plural(passed, unit)} did" if passed else "optional")
    return "; ".join(words)


def _entering(stage: Stage) -> str:
    if stage.enter_on:
        return _steps(stage.enter_on)
    if stage.enter_when:
        return f"{stage.enter_when.state} is {in_words(list(stage.enter_when.is_))}"
    first, last = stage.days or (0, None)
    if last is None:
        return f"from {count(first, 'day')} after entry on"
    return f"{first} to {count(last, 'day')} after entry"


def _steps(rule: StepRule) -> str:
    """Say what touchpoints it takes.

    Examples
    --------
    >>> _steps(StepRule(at_least=2, of=("profile_saved", "data_imported", "team_invited")))
    'any 2 of Profile saved, Data imported and Team invited'
    """
    if rule.any_of:
        return f"first {in_words([readable(name) for name in rule.any_of])}"
    if rule.in_order:
        return f"{', then '.join(readable(name) for name in rule.in_order)}"
    if rule.need == len(rule.names):
        return f"all of {_names(rule.names, 'and')}, in any order"
    return f"any {rule.need} of {_names(rule.names, 'and')}"


def _names(names: Sequence[str], last: str) -> str:
    return in_words([readable(name) for name in names], most=len(names), last=last)
