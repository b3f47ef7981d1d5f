"""Which touchpoints and channels customers met before they converted, and the credit of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from trod import fold
from trod.analyses.answer import Answer, answer
from trod.analyses.attribution.credit import RESAMPLES, USUAL, AttributionResult, credited
from trod.analyses.attribution.paths import By, ConversionPaths
from trod.analyses.names import codes_of, wanted_channels
from trod.errors import DefinitionError, NotEnoughDataError
from trod.journeys.batch import Journeys
from trod.journeys.label import readable
from trod.journeys.passage import StagePlan
from trod.journeys.vocabulary import UNKNOWN_CHANNEL

_MICROSECOND: Final = timedelta(microseconds=1)
LOOKBACK: Final = timedelta(days=90)
HALF_LIFE: Final = timedelta(days=7)


def attribution(
    journeys: Journeys,
    to: str | None = None,
    *,
    by: By = "channel",
    only: Sequence[str] = (),
    channels: Sequence[str] = (),
    lookback: timedelta = LOOKBACK,
    half_life: timedelta = HALF_LIFE,
    first: bool = False,
    collapse: bool = False,
    models: Sequence[str] = USUAL,
    plan: StagePlan | None = None,
) -> Answer[AttributionResult]:
    """Share conversions out among what customers met before them, by several methods.

    Credit is an association: it says what was there, not what would be missing without it. Only a
    control group tells that.

    Parameters
    ----------
    journeys
        The data.
    to
        Touchpoint that is a conversion; None for the success of the journey, once per customer.
    by
        Whether credit goes to channels or to touchpoints.
    only
        Touchpoints that may be credited; all but conversions by default.
    channels
        Channels whose touchpoints may be credited; all by default.
    lookback
        How long before a conversion, at most, a step counts.
    half_life
        Time after which a step counts half, for decay.
    first
        Whether only the first conversion of each customer counts; each ends a path by default.
    collapse
        Whether the same step several times in a row is one step.
    models
        Names of `trod.analyses.attribution.credit.MODELS`.
    plan
        The journey whose success counts where `to` names nothing.

    Returns
    -------
    Answer
        With an `AttributionResult`.

    Raises
    ------
    DefinitionError
        If neither a touchpoint nor a journey says what a conversion is, or a name is not known.
    NotEnoughDataError
        If nobody converted, or nothing was met before.

    Notes
    -----
    One pass over the touchpoints; then each method O(steps of different paths) for each of 200
    resamples. Credit does not say who would have converted anyway; customers who may still convert
    count as null paths.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "ann", "bob", "bob"],
    ...     "touchpoint": ["visit", "call", "buy", "visit", "buy"],
    ...     "time": [0, 10, 30, 0, 20],
    ... }))
    >>> found = attribution(journeys, "buy", by="touchpoint", models=["first", "last"]).data
    >>> found.names, found.of("last").conversions
    (('call', 'visit'), array([1000000, 1000000]))
    """
    if to is None and plan is None:
        raise DefinitionError(["to: say which touchpoint is a conversion, or declare a journey."])
    for name, length in (("lookback", lookback), ("half_life", half_life)):
        if length <= timedelta(0):
            raise DefinitionError([f"{name} is no time at all: give one above 0, such as 30d."])
    ends = () if to is None else (to,)
    codes_of(journeys.vocabulary, (*ends, *only))
    wanted_channels(journeys.vocabulary, channels)
    asked = ConversionPaths(
        journeys.vocabulary,
        ends,
        None if ends else plan,
        by,
        tuple(only),
        lookback // _MICROSECOND,
        not first,
        collapse,
        half_life // _MICROSECOND,
        tuple(channels),
    )
    table = fold.run({"it": asked}, journeys)["it"]
    what = readable(to) if to is not None else f"success of {plan.journey if plan else ''}"
    if not table.conversions.any():
        raise NotEnoughDataError(f"nobody had {what} yet: there is nothing to share out.")
    if by == "channel" and set(table.names) == {UNKNOWN_CHANNEL}:
        raise NotEnoughDataError(
            "no touchpoint before a conversion names a channel. Add `channel:` to a source, or "
            "credit touchpoints: --by touchpoint."
        )
    return answer(
        "attribution",
        credited(table, models),
        journeys,
        population="All customers",
        window=f"{lookback.days} days before" if lookback.days else f"{lookback} before",
        method=_method(
            what, channels, once=first or not ends, collapse=collapse, half_life=half_life
        ),
    )


def _method(
    what: str, channels: Sequence[str], *, once: bool, collapse: bool, half_life: timedelta
) -> str:
    ends = "The first one of each customer counts" if once else "Each one ends a path"
    among = f" Credited: {', '.join(channels)}; no other channel." if channels else ""
    loops = "; repeats in a row are one step" if collapse else ""
    half = f"{half_life.days} days" if half_life.days else f"{half_life}"
    return (
        f"Conversions: {what}. {ends}{loops}.{among} Decay halves after {half}. Intervals: 95% of"
        f" {RESAMPLES} resamples of the paths. Credit is observed (association): who was there,"
        " not what caused it."
    )
