"""A journey definition as the YAML that people edit."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from trod.journeys.spec import JourneySpec, Stage, StepRule


def to_yaml(spec: JourneySpec) -> str:
    """Write a journey as the `journeys:` section of trod.yml, to be edited.

    Examples
    --------
    >>> stage = Stage(name="Start", enter_on=("signup",))
    >>> print(to_yaml(JourneySpec(name="Trial", stages=(stage,), success=("paid",))))
    journeys:
    - name: Trial
      unit: person
      stages:
      - name: Start
        enter_on: signup
      success: paid
    <BLANKLINE>
    """
    made = CommentedMap(name=spec.name, unit=spec.unit)
    made["stages"] = [_stage_yaml(stage) for stage in spec.stages]
    for key in ("success", "failure", "ignore"):
        if names := getattr(spec, key):
            made[key] = _one_or_all(names)
    if spec.hold_constant:
        made["hold_constant"] = spec.hold_constant
    for key in ("converts_within", "left_after"):
        if (length := getattr(spec, key)) is not None:
            made[key] = _written(length)
    if spec.reentry != "first":
        made["reentry"] = spec.reentry
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 4096
    yaml.dump({"journeys": [made]}, out)
    return out.getvalue()


def _stage_yaml(stage: Stage) -> dict[str, Any]:
    made: dict[str, Any] = {"name": stage.name}
    if stage.enter_on:
        made["enter_on"] = _rule(stage.enter_on)
    if stage.enter_when:
        made["enter_when"] = {
            "state": stage.enter_when.state,
            "is": _one_or_all(stage.enter_when.is_),
        }
    if stage.days:
        first, last = stage.days
        made["days"] = f"{first}+" if last is None else f"{first}-{last}"
    for key in ("optional", "back"):
        if getattr(stage, key):
            made[key] = True
    for key in ("unless", "holds"):
        if names := getattr(stage, key):
            made[key] = _one_or_all(names)
    if stage.asks:
        made["asks"] = stage.asks
    return made


def _rule(rule: StepRule) -> str | list[str] | dict[str, Any]:
    """Write which touchpoints enter, as shortly as may be."""
    if rule.any_of:
        return _one_or_all(rule.any_of)
    if rule.at_least is not None:
        return {"at_least": rule.at_least, "of": list(rule.of)}
    return {"all_of": list(rule.all_of)} if rule.all_of else {"in_order": list(rule.in_order)}


def _one_or_all(names: Sequence[str]) -> str | list[str]:
    return names[0] if len(names) == 1 else list(names)


def _written(length: timedelta) -> str:
    seconds = length // timedelta(seconds=1)
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
