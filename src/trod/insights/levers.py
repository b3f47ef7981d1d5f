"""The library of levers: what can be done about a friction, and when it should not be."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field
from ruamel.yaml import YAML

from trod.sources.spec import Names, Spec

SIGNALS: Final = {
    "any": "always",
    "loops": "customers went round in circles here, and those who did left more often",
    "strong_helper": "those who had some touchpoint here left at most half as often",
    "error_before": "an error is over-represented before leaving",
    "support_before": "contact with support is over-represented before leaving",
    "negative_mood": "the interval of the mean mood lies below neutral",
    "long_delay": "those who left had waited longer, or the step takes more than a day",
    "payment_failure": "a failed or refused payment is over-represented before leaving",
    "price_before": "price, invoice or renewal touchpoints are over-represented before leaving",
    "first_value_missed": "a touchpoint most of those who went on had, most of the lost did not",
    "worse_touchpoint": "some other touchpoint is over-represented before leaving",
    "single_touchpoint": "one touchpoint is the last thing that at least half of the lost did",
    "helper_touchpoint": "a touchpoint is clearly more frequent among those who went on",
    "alone": "those who went on had a touchpoint with a second person more often",
    "unexplained": "nothing tells those who left apart",
    "asked_to_leave": "most of the lost left by a declared touchpoint",
    "fell_silent": "most of the lost left by silence",
    "since_known": "the leave rate rose in a known month",
    "setup_step": "the words of the step speak of setting up",
    "first_value_step": "the words of the step speak of first use",
    "return_step": "the words of the step speak of coming back",
    "invite_step": "the words of the step speak of a team",
    "account_step": "the words of the step speak of an account",
    "payment_step": "the words of the step speak of paying",
    "largest_loss": "no other step loses more people",
    "last_step": "the last step of the table",
}
"""What a finding can say about itself, and what each word means."""


class SignalRule(Spec):
    """When a lever fits."""

    any: Names = Field(default=(), description="At least one of these.")
    all: Names = Field(default=(), description="All of these.")
    none: Names = Field(default=(), description="None of these.")

    def fits(self, signals: Collection[str]) -> bool:
        """Say whether a finding with these signals calls for the lever."""
        given = {*signals, "any"}
        return (
            (not self.any or bool(given.intersection(self.any)))
            and given.issuperset(self.all)
            and not given.intersection(self.none)
        )


class Lever(Spec):
    """Something a company can do, when it fits, when it does not, and how to see if it worked."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    do: str = Field(description="The move, in the imperative; {touchpoint} is what it is about.")
    why: str = Field(description="Why it could help. A hypothesis.")
    signals: SignalRule
    when: str
    when_not: str
    measure: str

    def answers(self, signals: Collection[str]) -> bool:
        """Say whether one of these signals is what the lever is for."""
        return bool({*self.signals.any, *self.signals.all}.intersection(signals))


@cache
def library() -> tuple[Lever, ...]:
    """Give all levers, in the order of the file.

    Examples
    --------
    >>> library()[-1].id
    'ask_why'
    """
    text = Path(__file__).with_name("levers.yml").read_text(encoding="utf-8")
    return tuple(
        Lever.model_validate({**entry, "signals": SignalRule.model_validate(entry["signals"])})
        for entry in YAML(typ="safe").load(text)
    )


def for_signals(signals: Collection[str]) -> tuple[Lever, ...]:
    """Give the levers that fit, the most specific first; the last one always fits.

    In the order in which the finding lists its signals; among levers for one signal those that
    demand more come first, then the order of the library.
    """
    order = [*signals, "any"]

    def specific(lever: Lever) -> tuple[int, int]:
        named = [order.index(s) for s in (*lever.signals.any, *lever.signals.all) if s in order]
        return min(named, default=len(order)), -len(lever.signals.all)

    return tuple(sorted((v for v in library() if v.signals.fits(signals)), key=specific))
