"""The `actions: playbooks:` part of trod.yml, and playbooks/*.yml beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from trod.actions.playbooks.merge import check
from trod.sources.spec import Duration, Names, Spec

_WITHIN: Final = timedelta(days=60)
_WEEK: Final = timedelta(days=7)
_MONTH: Final = timedelta(days=30)
ATTRIBUTE: Final = "attribute:"


class SuccessSpec(Spec):
    """By what a play is judged. Exactly one of `ends`, `reaches`, `touchpoints` and `money`."""

    ends: Literal["left", "done"] | None = Field(
        default=None, description="left or done: how the journey ends."
    )
    reaches: str | None = Field(default=None, description="Stage that is reached.")
    touchpoints: Names = Field(default=(), description="Touchpoints, any of which counts.")
    money: bool = Field(default=False, description="Whether money received is what counts.")
    within: Duration = Field(
        default=_WITHIN, description="From the decision on, so long is looked. Default: 60d."
    )
    worth: float | None = Field(
        default=None,
        gt=0,
        description="Money that one more success is worth. Default: `value` of the same outcome, "
        "else `worth` of the objective that it serves.",
    )
    better: Literal["up", "down"] | None = Field(
        default=None, description="up or down. Default: down for left, up for the rest."
    )

    @model_validator(mode="after")
    def _one_sort(self) -> Self:
        given = [k for k in ("ends", "reaches", "touchpoints", "money") if getattr(self, k)]
        if len(given) != 1:
            found = " and ".join(given) or "nothing"
            raise ValueError(
                f"{found} says what success is. Give exactly one of ends, reaches, touchpoints, "
                "money."
            )
        return self

    @property
    def wants(self) -> Literal["up", "down"]:
        """Which way is good."""
        return self.better or ("down" if self.ends == "left" else "up")

    @property
    def has_a_moment(self) -> bool:
        """Whether a customer comes to it, or leaves, at a moment after which a play is over."""
        return not self.money and (self.wants == "up" or self.ends is not None)

    @property
    def sort(self) -> str:
        """Name what is looked at: plays of one sort are judged by the same."""
        return self.ends or self.reaches or "+".join(self.touchpoints) or "money"


class ScoreTrigger(Spec):
    """Customers with a high score."""

    outcome: str = Field(description="Outcome of `models: outcomes:`.")
    at_least: float | None = Field(
        default=None, gt=0, lt=1, description="Chance from which on. Default: those pointed out."
    )


class FindingTrigger(Spec):
    """Customers whom a finding is about that is open or accepted."""

    kind: str | None = Field(default=None, description="friction, early warning, anomaly ...")
    stage: str | None = Field(default=None, description="Stage of the finding.")
    lever: str | None = Field(default=None, description="Lever it asks for.")

    def means(self, kind: str, stage: str, lever: str) -> bool:
        """Say whether a finding is one of these: what is not given may be anything."""
        pairs = ((self.kind, kind), (self.stage, stage), (self.lever, lever))
        return all(wanted is None or wanted == has for wanted, has in pairs)


class LatelyTrigger(Spec):
    """Customers who had a touchpoint not long ago."""

    touchpoint: str = Field(min_length=1, description="Name of the touchpoint.")
    within: Duration = Field(
        default=_MONTH, description="Before the last day on record. Default: 30d."
    )


class TriggerSpec(Spec):
    """Whom a play is for. All that is given has to hold."""

    finding: FindingTrigger | None = Field(default=None, description="Named by such a finding.")
    score: ScoreTrigger | None = Field(default=None, description="With such a score.")
    stage: str | None = Field(default=None, description="In this stage, and still there.")
    segment: str | None = Field(default=None, description="Members of a segment, by its id.")
    stall: str | None = Field(default=None, description="Stuck in this stage.")
    lately: LatelyTrigger | None = Field(
        default=None, description="Had this touchpoint not long ago."
    )
    where: str | None = Field(default=None, description="Key of customers, such as `did:NAME`.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise ValueError(
                "says nothing. Give finding, score, stage, segment, stall, lately or where."
            )
        return self


class AudienceSpec(Spec):
    """Who else must, or must not, hold."""

    where: Names = Field(default=(), description="Keys that all have to hold.")
    unless: Names = Field(default=(), description="Keys of which none may hold.")
    left: bool = Field(
        default=False, description="Whether customers count who have left. Default: no."
    )


class StepSpec(Spec):
    """One thing to do."""

    do: str = Field(min_length=1, description="What, such as Call the admin.")
    after: Duration = Field(
        default=timedelta(0), description="Time after the start. Default: at once."
    )
    channel: str | None = Field(default=None, description="Where: phone, e-mail, in person.")
    template: str | None = Field(default=None, description="Words, with merge fields.")

    @field_validator("template")
    @classmethod
    def _fields_are_known(cls, given: str | None) -> str | None:
        if given is not None:
            check(given)
        return given


class ContraindicationSpec(Spec):
    """When to keep away. Exactly one of `where`, `touchpoints`, `contacted` and `played`."""

    where: str | None = Field(default=None, description="Key of customers.")
    touchpoints: Names = Field(default=(), description="Had one of them, such as Complaint,")
    within: Duration | None = Field(default=None, description="so lately. Default: ever,")
    until: Names = Field(
        default=(), description="and none of these since, such as Complaint closed."
    )
    contacted: Duration | None = Field(
        default=None, description="Somebody was in touch with them so lately."
    )
    played: Duration | None = Field(
        default=None, description="Was in another play so lately, or still is."
    )
    why: str | None = Field(default=None, description="In words, for the list of who is left out.")

    @model_validator(mode="after")
    def _one_sort(self) -> Self:
        given = [k for k in ("where", "touchpoints", "contacted", "played") if getattr(self, k)]
        if len(given) != 1:
            raise ValueError("give exactly one of where, touchpoints, contacted, played.")
        if given != ["touchpoints"] and (self.within or self.until):
            raise ValueError("within and until belong to touchpoints.")
        return self


class StopSpec(Spec):
    """When a play ends before its last step."""

    success: bool = Field(default=True, description="At success. Default: yes.")
    where: Names = Field(default=(), description="Where one of these keys holds.")
    harms: bool = Field(
        default=True,
        description="For everyone, once it is known to harm, or that it has no effect. "
        "Default: yes.",
    )


class NoHoldout(Spec):
    """Nobody is held back; then nothing can be learned."""

    none: str = Field(min_length=1, description="Why nobody is held back.")


Holdout = Literal["edge"] | Annotated[float, Field(gt=0, lt=1)] | NoHoldout


class PlaybookSpec(Spec):
    """One playbook."""

    name: str = Field(min_length=1, description="What people call it, such as Set-up call.")
    success: SuccessSpec = Field(description="By what it is judged.")
    minutes: int = Field(
        default=30, ge=0, le=10_000, description="Time it takes of a person. Default: 30."
    )
    cost: float = Field(
        default=0.0, ge=0, description="Money it costs beside that time, each. Default: none."
    )
    journey: str | None = Field(default=None, description="Journey. Default: the first.")
    trigger: TriggerSpec | None = Field(
        default=None, description="Whom it is for. Without one it is started by hand only."
    )
    audience: AudienceSpec = Field(
        default=AudienceSpec.model_validate({}), description="Who else must, or must not, hold."
    )
    steps: Annotated[tuple[StepSpec, ...], Field(strict=False)] = Field(
        default=(), description="What to do, in order."
    )
    owner: str | None = Field(
        default=None,
        description="attribute:NAME, a person, or a team of which whoever has time. Default: "
        "anybody with hours.",
    )
    deadline: Duration = Field(
        default=_WEEK, description="To be done so long after the decision. Default: 7d."
    )
    contraindications: Annotated[tuple[ContraindicationSpec, ...], Field(strict=False)] = Field(
        default=(), description="When to keep away."
    )
    stop: StopSpec = Field(
        default=StopSpec.model_validate({}), description="When it ends before its last step."
    )
    lever: str | None = Field(default=None, description="Lever that it pulls, by its id.")
    finding: str | None = Field(default=None, description="Finding that it answers, by its id.")
    prior: Annotated[tuple[float, float], Field(strict=False)] = Field(
        default=(0.0, 0.1),
        description="Effect believed in before there is any, low and high, in the direction that "
        "is good: [0.02, 0.10] is 2 to 10 points. Default: 0 to 10 points.",
    )
    holdout: Holdout = Field(
        default="edge",
        description="Who is left to chance: edge, a share to hold back, or {none: WHY}. "
        "Default: edge.",
    )

    @model_validator(mode="after")
    def _prior_rises(self) -> Self:
        low, high = self.prior
        if not low < high:
            raise ValueError("prior: the low end comes first. Write [0.02, 0.10].")
        if not self.success.money and not (low >= -1 and high <= 1):
            raise ValueError("prior: a share changes by at most 1. Write [0.02, 0.10].")
        return self

    @property
    def by_attribute(self) -> str | None:
        """Name the attribute that names the owner; None where none does."""
        given = self.owner or ""
        return given.removeprefix(ATTRIBUTE) if given.startswith(ATTRIBUTE) else None
