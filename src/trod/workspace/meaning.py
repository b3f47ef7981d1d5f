"""What a figure means, part by part, so that only figures that mean the same are compared.

A definition stands in more places than its own section of `trod.yml`: in the journey, in the rules
of names, order, zone, currency and identity, in what people stated about ids, and in a silence that
was learned. Each part has a short hash; the log is none of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from trod.analyses.spec import MetricSpec
    from trod.workspace.folder import Workspace

Meaning = Mapping[str, str]
"""A short hash of each part."""
_BARE: Final = {"owner": None, "target": None, "unit": None, "direction": None}
_ON_JOURNEYS: Final = ("conversion", "time_to_value", "retention", "churn")
_MONEY: Final = ("revenue", "arpu", "nrr", "grr", "churn")


def of_metric(workspace: Workspace, spec: MetricSpec, unit: str | None = None) -> Meaning:
    """Give the parts of what a metric counts; who owns it and what it should be are none."""
    parts = {"metric": _hash(spec.model_copy(update=_BARE).model_dump_json())}
    on_journey = spec.kind in _ON_JOURNEYS and not (spec.kind == "churn" and spec.touchpoints)
    if on_journey:
        parts |= _of_journey(workspace, spec.journey, unit if spec.kind == "churn" else "")
    if spec.kind in _MONEY and not (spec.kind == "churn" and on_journey):
        parts["events.currency"] = _hash(workspace.project.events.currency)
    return parts | _of_rules(workspace)


def of_stages(workspace: Workspace, journey: str | None, unit: str | None = None) -> Meaning:
    """Give the parts of what the stages of a declared journey count."""
    declared = workspace.project.journey(journey)
    counted = {"unit": _hash(unit or declared.unit)} if declared else {}
    return counted | _of_journey(workspace, journey, unit) | _of_rules(workspace)


def _of_journey(workspace: Workspace, journey: str | None, unit: str | None) -> dict[str, str]:
    """Give the journey and the silence that counts as left; with `unit` empty the journey alone."""
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(journey)
    if declared is None:
        return {}
    parts = {"journey": _hash(declared.model_dump_json(exclude={"left_after"}))}
    if unit != "":
        journeys = workspace.journeys(unit or declared.unit)
        parts["left_after"] = _hash(plan_of(workspace, journey, journeys).left_after_us)
    return parts


def _of_rules(workspace: Workspace) -> dict[str, str]:
    """Give the rules by which journeys are made of the log, and what was stated."""
    from trod.identity.statements import read, signature

    events, identity = workspace.project.events, workspace.project.identity
    return {
        "events.names": _hash(events.names.model_dump(mode="json")),
        "events.order": _hash(list(events.order)),
        "events.zone": _hash([workspace.zone, events.repeated_hour, events.skipped_hour]),
        "identity": _hash(identity.model_dump(mode="json")),
        "identity statements": _hash(signature(read(workspace.store))),
    }


def fingerprint(meaning: Meaning) -> str:
    """Give one short hash of all parts."""
    return _hash(dict(meaning))


def differing(then: Meaning, now: Meaning) -> tuple[str, ...]:
    """Name the parts that are not what they were, in the order of the alphabet.

    Examples
    --------
    >>> differing({"metric": "a", "journey": "b"}, {"metric": "a", "journey": "c", "identity": "d"})
    ('identity', 'journey')
    """
    return tuple(sorted(p for p in {*then, *now} if then.get(p) != now.get(p)))


def _hash(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
