"""Why a score is what it is, in words: from exact contributions of what is known of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.models.features.table import Feature

Floats = NDArray[np.float64]
_LEAST: Final = 0.05  # log-odds below which nothing is a reason


class Reason(NamedTuple):
    """One thing that moves a score."""

    key: str  # of the feature that says most of it
    words: str  # such as "Support ticket 3 times in the last 30 days (usually 0)"
    adds: float  # log-odds: above zero it makes the outcome likelier


def subject(key: str) -> str:
    """Give what a feature speaks of, whatever the window: windows of one thing are one reason.

    Examples
    --------
    >>> subject("count:Chat@30d"), subject("since:Chat"), subject("tempo:days@30d")
    ('Chat', 'Chat', 'tempo')
    """
    sort, _, rest = key.partition(":")
    if sort in ("count", "since"):
        return rest.rpartition("@")[0] or rest
    return rest if sort == "motif" else sort


def reasons(
    features: Sequence[Feature],
    values: NDArray[np.float32],
    adds: Floats,
    usual: Floats,
    *,
    most: int = 3,
    moved: bool = False,
) -> tuple[Reason, ...]:
    """Name what moves the score of one customer most.

    Parameters
    ----------
    features
        (n_used,) the features of the score.
    values, adds
        (n_used,) what is known of the customer, and what each adds to the log-odds.
    usual
        (n_used,) the middle of each among those asked about; or, with `moved`, what was known of
        the customer before.
    most
        How many are named.
    moved
        Whether `adds` is what changed since then.

    Returns
    -------
    tuple of Reason
        The strongest first; ties by name. What is as usual, as it is told, is no reason: "none
        (usually none)" tells nobody anything.
    """
    sums: dict[str, float] = {}
    places: dict[str, list[int]] = {}
    for k, feature in enumerate(features):
        about = subject(feature.key)
        sums[about] = sums.get(about, 0.0) + float(adds[k])
        places.setdefault(about, []).append(k)
    order = sorted(sums, key=lambda about: (-abs(sums[about]), about))
    told: list[Reason] = []
    for about in order:
        if abs(sums[about]) < _LEAST or len(told) == most:
            break
        same_way = [
            k
            for k in places[about]
            if adds[k] * sums[about] > 0
            and _told(features[k], float(values[k])) != _told(features[k], float(usual[k]))
        ]
        if not same_way:
            continue
        k = max(same_way, key=lambda k: (abs(adds[k]), -k))
        words = said(features[k], float(values[k]), float(usual[k]), moved=moved)
        told.append(Reason(features[k].key, words, sums[about]))
    return tuple(told)


def said(feature: Feature, value: float, usual: float, *, moved: bool = False) -> str:
    """Say one feature of a customer beside what is usual.

    Examples
    --------
    >>> chat = Feature("count:Chat@30d", "Chat, times in the last 30 days", "count", "touchpoint")
    >>> said(chat, 3.0, 0.0)
    'Chat 3 times in the last 30 days (usually 0)'
    >>> said(chat, 0.0, 1.0, moved=True)
    'no Chat in the last 30 days (was 1)'
    >>> last = Feature("since:Chat", "Chat, days since the last one", "days", "touchpoint")
    >>> said(last, 40.0, 6.0)
    'last Chat 40 days ago (usually 6)'
    """
    beside = f"({'was' if moved else 'usually'} {_told(feature, usual)})"
    what, times, when = feature.words.rpartition(", times ")
    if times:
        return f"{_often(what, value)} {when} {beside}"
    what, since, _ = feature.words.rpartition(", days since the last one")
    if since:
        return (
            f"no {what} yet {beside}" if np.isnan(value) else f"last {what} {_ago(value)} {beside}"
        )
    return f"{feature.words}: {_told(feature, value)} {beside}"


def _often(what: str, value: float) -> str:
    n = round(value)
    return f"no {what}" if n == 0 else f"{what} once" if n == 1 else f"{what} {n:,} times"


def _ago(value: float) -> str:
    n = round(value)
    return "today" if n == 0 else "yesterday" if n == 1 else f"{n:,} days ago"


def _told(feature: Feature, value: float) -> str:
    if np.isnan(value):
        return "never" if feature.unit == "days" else "not known"
    if feature.unit == "share":
        return f"{100 * value:.0f}%"
    if feature.unit in ("count", "days", "money") or value == round(value):
        return f"{value:,.0f}"
    return f"{value:,.2f}"
