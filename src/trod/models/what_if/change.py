"""What people ask to be otherwise: a stage that keeps more customers, or takes less time.

``Onboard conversion +5pt``, ``onboard conversion to 60%``, ``onboard conversion -10%`` (of what it
is), ``Activate time -3d``, ``Activate time -20%``, ``Activate time to 10d`` (the median).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from trod.errors import DefinitionError, NotEnoughDataError, unknown
from trod.models.what_if.chain import Chain

_ASKED: Final = re.compile(
    r"(?P<stage>.+?)\s+(?P<what>conversion|time)\s+(?P<to>to\s+)?(?P<sign>[+-]?)\s*"
    r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>points?|pts?|pp|%|days?|d|hours?|h|weeks?|w)",
    re.IGNORECASE,
)
_DAYS: Final = {"d": 1.0, "h": 1 / 24, "w": 7.0}
_FORMS: Final = (
    "Write STAGE conversion +5pt, STAGE conversion to 60%, STAGE conversion -10%, STAGE time -3d, "
    "STAGE time -20% or STAGE time to 10d."
)
_SHORTEST: Final = 4  # letters by which a stage may be called when its name is longer or shorter
_TINY: Final = 1e-12
How = Literal["by", "times", "to"]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is otherwise.

    Examples
    --------
    >>> change = parse_change("onboarding conversion +5pt", ("Evaluate", "Onboard"))
    >>> change.stage, change.what, change.how, change.amount
    (1, 'conversion', 'by', 0.05)
    """

    stage: int
    what: Literal["conversion", "time"]
    how: How
    amount: float  # share, factor, or days
    text: str  # with the name of the stage as it is


def parse_change(text: str, stages: tuple[str, ...]) -> Change:
    """Read a change as people write it.

    Raises
    ------
    DefinitionError
        If it is not written so, or no stage has the name.
    """
    found = _ASKED.fullmatch(text.strip())
    if found is None:
        raise DefinitionError([f"{text!r} is no change of a stage. {_FORMS}"])
    stage = _stage(found["stage"].strip(" '\""), stages)
    what, unit = found["what"].lower(), found["unit"].lower()
    number = float(found["number"]) * (-1 if found["sign"] == "-" else 1)
    kind = "points" if unit[0] == "p" else unit[0]
    if (kind in _DAYS) == (what == "conversion") and kind != "%":
        raise DefinitionError([f"{text!r}: {what} is not told in {found['unit']}. {_FORMS}"])
    how, amount = _amount(
        text, what, kind, number, to=bool(found["to"]), signed=bool(found["sign"])
    )
    rest = text.strip()[found.end("stage") :].strip()
    shown = f"{stages[stage]} {' '.join(rest.split())}"
    return Change(stage, "time" if what == "time" else "conversion", how, amount, shown)


def _amount(
    text: str, what: str, kind: str, number: float, *, to: bool, signed: bool
) -> tuple[How, float]:
    if to:
        fits = kind != "points" and not signed and (kind == "%") == (what == "conversion")
        if not fits:
            raise DefinitionError([f"{text!r} says nothing that {what} can come to. {_FORMS}"])
        return "to", number / 100 if kind == "%" else number * _DAYS[kind]
    if not signed:
        raise DefinitionError([f"{text!r}: more or less? Write +, - or to. {_FORMS}"])
    if kind == "%":
        if number < -100:
            raise DefinitionError([f"{text!r} takes away more than there is. Write -100% or less."])
        return "times", 1 + number / 100
    if kind == "points":
        return "by", number / 100
    return "by", number * _DAYS[kind]


def _stage(name: str, stages: tuple[str, ...]) -> int:
    """Find a stage by its name in any case, or by a name that only ends otherwise."""
    asked, known = name.casefold(), [stage.casefold() for stage in stages]
    if asked in known:
        return known.index(asked)
    alike = [
        s
        for s, one in enumerate(known)
        if min(len(one), len(asked)) >= _SHORTEST
        and (one.startswith(asked) or asked.startswith(one))
    ]
    if len(alike) != 1:
        raise DefinitionError([unknown("stage", name, stages)])
    return alike[0]


def changed(chain: Chain, change: Change, stages: tuple[str, ...], *, strict: bool = True) -> Chain:
    """Give the chain as it would be.

    With another conversion, those who go on do so to the same places and as fast as now, and those
    who leave do so when they do now: only how many of each there are is otherwise. With another
    time, those who go on go to the same places, sooner or later; leaving stays as it is.

    Parameters
    ----------
    chain, change, stages
        How it is, what shall be otherwise, and the names of the stages.
    strict
        Whether a share beyond 0 or 100 % is refused; else it stops there.

    Raises
    ------
    DefinitionError
        If a share would be less than 0 or more than 100 %.
    NotEnoughDataError
        If nobody went on from the stage yet, or nobody left where some are to leave.
    """
    stage = stages[change.stage]
    if change.what == "time":
        return _timed(chain, change, stage)
    now = chain.conversion(change.stage)
    then = {"by": now + change.amount, "times": now * change.amount, "to": change.amount}[
        change.how
    ]
    if strict and not -_TINY <= then <= 1 + _TINY:
        raise DefinitionError(
            [
                f"{change.text}: it is {now:.1%} now and would be {then:.1%}. "
                "Write a change that stays within 0% and 100%."
            ]
        )
    then = min(max(then, 0.0), 1.0)
    return chain.with_way(change.stage, _converted(chain.way[change.stage], now, then, stage))


def _converted(
    way: NDArray[np.float64], now: float, then: float, stage: str
) -> NDArray[np.float64]:
    if then == now:
        return way
    if now <= _TINY:
        raise NotEnoughDataError(f"nobody went on from {stage} yet: where to is not known.")
    if now >= 1 - _TINY:
        raise NotEnoughDataError(f"nobody left {stage} yet: when they would is not known.")
    found = way.copy()
    found[:-1] *= then / now
    found[-1] *= (1 - then) / (1 - now)
    return found


def _timed(chain: Chain, change: Change, stage: str) -> Chain:
    so_far = chain.way[change.stage, :-1].sum(axis=0).cumsum()
    if so_far[-1] <= _TINY:
        raise NotEnoughDataError(
            f"nobody went on from {stage} yet: how long it takes is not known."
        )
    if change.how == "by":
        return chain.with_pace(change.stage, 1.0, change.amount)
    if change.how == "times":
        return chain.with_pace(change.stage, change.amount, 0.0)
    median = int(np.searchsorted(so_far, so_far[-1] / 2))
    if median == 0:
        raise DefinitionError(
            [f"{change.text}: half of them need less than a day now. Write a change in per cent."]
        )
    return chain.with_pace(change.stage, change.amount / median, 0.0)
