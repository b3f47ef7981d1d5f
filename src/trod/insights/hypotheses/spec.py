"""A file of hypotheses: what people believe, who said so, and how it can be tested."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from trod.sources.spec import Duration, Spec

_FORMS: Final = {
    "sign": ("with_", "without"),
    "shares": ("if_",),
    "metric": ("metric",),
    "stage": ("loses_over", "loses_under"),
}
_TAKES: Final = {
    "sign": {
        "stage",
        "within",
        "before",
        "leaving",
        "toward",
        "among",
        "direction",
        "matters_from",
    },
    "shares": {"then", "among", "direction", "matters_from"},
    "metric": {"above", "below"},
    "stage": {"stage", "among"},
}
_NEEDS: Final = {
    "sign": ("stage", "within"),
    "shares": ("then",),
    "metric": (),
    "stage": ("stage",),
}
_WRITTEN: Final = {"with_": "with", "if_": "if"}
_DAY: Final = timedelta(days=1)


class TestSpec(Spec):
    """How a hypothesis is tested: by a sign, by shares, by a metric or by a stage."""

    __test__ = False  # no class of tests, whatever its name

    with_: str | None = Field(
        default=None, alias="with", description="Touchpoint: having it goes with the outcome."
    )
    without: str | None = Field(
        default=None, description="Touchpoint: not having it goes with the outcome."
    )
    before: str | None = Field(
        default=None, description="Second touchpoint: the sign is that the first came before it."
    )
    stage: str | None = Field(default=None, description="Stage from which days count.")
    within: Duration | None = Field(default=None, description="Days since the stage, such as 30d.")
    leaving: str | None = Field(
        default=None, description="Stage in which they leave. Default: `stage`."
    )
    toward: str | None = Field(
        default=None, description="Touchpoint as the outcome, in place of leaving."
    )
    if_: str | None = Field(default=None, alias="if", description="Key of some customers.")
    then: str | None = Field(default=None, description="Key of what becomes of them.")
    among: str = Field(default="all", description="Key of those who are looked at. Default: all.")
    metric: str | None = Field(default=None, description="Metric of trod.yml.")
    above: str | int | float | None = Field(default=None, description="It is above this value.")
    below: str | int | float | None = Field(default=None, description="It is below this value.")
    loses_over: str | None = Field(
        default=None, description="More than this share leave in `stage`, such as 20%."
    )
    loses_under: str | None = Field(
        default=None, description="Fewer than this share leave in `stage`."
    )
    direction: Literal["more", "less"] = Field(
        default="more", description="more or less often than the others. Default: more."
    )
    matters_from: float = Field(
        default=1.5,
        gt=1,
        le=100,
        description="How many times as often would matter. Default: 1.5. Below it is refuted.",
    )

    @property
    def form(self) -> str:
        """Which of the four tests it is."""
        return next(
            form for form, keys in _FORMS.items() if any(getattr(self, k) is not None for k in keys)
        )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        heads = [k for keys in _FORMS.values() for k in keys if getattr(self, k) is not None]
        if len(heads) != 1:
            found = " and ".join(_WRITTEN.get(k, k) for k in heads) or "nothing"
            raise ValueError(
                f"{found} says how to test it. Give one of with, without, if, metric, loses_over, "
                "loses_under."
            )
        form = self.form
        given = {k for k in self.model_fields_set if getattr(self, k) is not None}
        if extra := sorted(given - _TAKES[form] - set(heads)):
            taken = ", ".join(sorted(_TAKES[form]))
            raise ValueError(f"a test by {form} does not take {extra[0]}. It takes {taken}.")
        if lacks := [k for k in _NEEDS[form] if getattr(self, k) is None]:
            raise ValueError(f"a test by {form} needs {' and '.join(lacks)}. Write it.")
        self._fits(form)
        return self

    def _fits(self, form: str) -> None:
        """Refuse what cannot be tested in a form."""
        if form == "metric" and (self.above is None) == (self.below is None):
            raise ValueError("a test by metric needs one of above and below.")
        if self.within is not None and (self.within < _DAY or self.within % _DAY):
            raise ValueError("within is in whole days. Write 14d.")
        if self.leaving is not None and self.toward is not None:
            raise ValueError("one sign has one outcome. Keep leaving or toward.")


class HypothesisSpec(Spec):
    """One hypothesis."""

    statement: str = Field(min_length=1, description="What is believed, in a sentence.")
    source: str = Field(min_length=1, description="Who says so: a workshop, a person.")
    test: TestSpec = Field(description="How it can be told.")
    owner: str | None = Field(default=None, description="Who wants to know.")
    journey: str | None = Field(default=None, description="Journey. Default: the first.")


class HypothesesSpec(Spec):
    """A file of hypotheses."""

    hypotheses: Annotated[tuple[HypothesisSpec, ...], Field(min_length=1, strict=False)] = Field(
        description="What people believe."
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        said = [(" ".join(h.statement.split()).casefold(), h.journey) for h in self.hypotheses]
        if twice := [h for h, s in zip(self.hypotheses, said, strict=True) if said.count(s) > 1]:
            raise ValueError(
                f"{twice[0].statement!r} stands twice, and a hypothesis has one test. Say in words "
                "how the two differ, or keep one."
            )
        return self
