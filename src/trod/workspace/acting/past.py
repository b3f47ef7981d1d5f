"""Which plays that were tried answer a finding, and what they changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trod.actions.playbooks.spec import FindingTrigger, SuccessSpec
    from trod.insights.findings.finding import Finding
    from trod.insights.findings.past import Past
    from trod.outcomes.effect import Effect
    from trod.outcomes.priors import Prior
    from trod.workspace.acting.about import About
    from trod.workspace.folder import Workspace

_OVER_THE_RECORD: Final = ("friction", "coverage gap")
"""Kinds that concern everyone on record. An early warning concerns those there now; of the others
nobody can say over which time they count."""
_NOW: Final = "early warning"
_BY_STAGE: Final = _OVER_THE_RECORD
"""Kinds that are about a stage as such, so that a play for those in it answers them."""


class _Play(NamedTuple):
    """A play of trod.yml, by what it answers."""

    name: str
    success: SuccessSpec
    lever: str | None = None
    stage: str | None = None  # it is for those in this stage, or stuck in it
    finding: str | None = None  # by its id
    asked: FindingTrigger | None = None


def past(
    workspace: Workspace,
    on: About,
    findings: Sequence[Finding],
    effects: Mapping[str, Effect],
) -> dict[str, Past]:
    """Give what plays that answer findings have changed, by the id of the finding.

    A play answers a finding that its trigger or `finding` names, that asks for its lever, or, of a
    stage, where it is for those in that stage. Only an effect on what the finding is about counts:
    on leaving or on a later stage of a loss, on touchpoints of growth; and none of which it is too
    early to tell. Of several plays the one that brought most on average.

    Parameters
    ----------
    on
        The journey of the findings; those of others get none.
    effects
        As `trod effects` knew them last.
    """
    from trod.outcomes.priors import expected

    told = {name for name, effect in effects.items() if effect.verdict != "too early"}
    known = {name: one for name, one in expected(effects).items() if name in told}
    plays = [play for play in _plays(workspace, on) if play.name in known]
    if not plays:
        return {}
    first, last = on.journeys.span_us()
    days = max(1, (last - first) // 86_400_000_000)
    made = {}
    for one in findings:
        fits = [play.name for play in plays if _answers(play, one) and _counts(play, one, on)]
        if one.journey == on.spec.name and fits and one.kind in (*_OVER_THE_RECORD, _NOW):
            over = days if one.kind in _OVER_THE_RECORD else None
            made[one.id] = _best({name: known[name] for name in fits}, over)
    return made


def _plays(workspace: Workspace, on: About) -> Iterable[_Play]:
    """List playbooks and trials of a journey."""
    declared = workspace.project.journey()
    first = declared.name if declared else on.spec.name
    for one in workspace.project.actions.playbooks:
        if (one.journey or first) == on.spec.name:
            trigger = one.trigger
            stage = None if trigger is None else trigger.stall or trigger.stage
            asked = None if trigger is None else trigger.finding
            yield _Play(one.name, one.success, one.lever, stage, one.finding, asked)
    if first == on.spec.name:
        for trial in workspace.project.outcomes.trials:
            yield _Play(trial.name, trial.success, trial.lever, trial.stage)


def _answers(play: _Play, finding: Finding) -> bool:
    """Say whether a play is an answer to a finding."""
    if play.finding is not None:
        return play.finding == finding.id
    if play.asked is not None:
        return play.asked.means(finding.kind, finding.stage, finding.lever)
    if play.stage is not None and play.stage != finding.stage:
        return False
    of_stage = play.stage is not None and finding.kind in _BY_STAGE
    return of_stage or (play.lever is not None and play.lever == finding.lever)


def _counts(play: _Play, finding: Finding, on: About) -> bool:
    """Say whether a play was judged by what the finding is about."""
    success, stages = play.success, on.plan.stages
    if finding.serves == "expanded":
        return bool(success.touchpoints)
    if success.reaches is not None and {success.reaches, finding.stage} <= set(stages):
        return stages.index(success.reaches) > stages.index(finding.stage)
    return success.ends is not None


def _best(known: Mapping[str, Prior], over_days: int | None) -> Past:
    from trod.insights.findings.past import Past

    name = max(sorted(known), key=lambda each: known[each].low + known[each].high)
    one = known[name]
    return Past(name, one.low, one.high, one.n, one.evidence, over_days)
