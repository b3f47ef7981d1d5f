"""Bars that data must pass: written in trod.yml, held by `trod audit`, which then exits with 1."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from trod.sources.spec import Duration, Spec

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")


def _share(value: object) -> object:
    """Read "1.5%" as thousandths of thousandths: shares are compared as integers."""
    if isinstance(value, str):
        if (found := _PERCENT.fullmatch(value.strip())) and float(found[1]) <= 100:
            return round(float(found[1]) * 10_000)
        raise ValueError(f"{value!r} is not a share. Write 0.5%, 1% or 20%.")
    if isinstance(value, int | float) and not isinstance(value, bool) and value != 0:
        raise ValueError(f"{value!r} has no unit. Write a share such as 1%.")
    return value


Share = Annotated[int, BeforeValidator(_share)]
"""A share that people write in per cent; in millionths."""


class GateSpec(Spec):
    """What must hold, for all sources or for one; what is not written is not a bar."""

    quarantined: Share | None = Field(
        None, description="Most rows that may be in quarantine, as a share of those received: `1%`."
    )
    duplicates: Share | None = Field(
        None,
        description="Most rows that may have been on record when their file was first read.",
    )
    nobody: Share | None = Field(
        None, description="Most touchpoints that may lead to nobody, as a share of those stored."
    )
    skewed: Share | None = Field(
        None, description="Most rows whose device clock is five minutes or more off."
    )
    fresh_within: Duration | None = Field(
        None, description="How long ago the last touchpoint may be, such as `2d`."
    )
    longest_gap: Duration | None = Field(
        None, description="Longest gap in tracking that is accepted, such as `3d`."
    )
    drift: Literal["allow", "fail"] = Field(
        "allow", description="Whether columns that came or went since the last file fail."
    )
    personal: Literal["allow", "fail"] = Field(
        "allow", description="Whether personal data in texts and properties fail."
    )
    grade: Literal["A", "B", "C"] | None = Field(
        None,
        description="Worst grade that a stage of a journey may have; for all sources together.",
    )

    def over(self, other: GateSpec | None) -> GateSpec:
        """Give these gates, with those of one source in their place where it has any."""
        if other is None:
            return self
        own = {name: getattr(other, name) for name in other.model_fields_set}
        return self.model_copy(update=own)
