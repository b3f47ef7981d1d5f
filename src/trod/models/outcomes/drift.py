"""Whether customers, or what scores are worth, have moved since a score was fitted."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.models.outcomes.model import OutcomeModel
from trod.models.quality import brier, calibration_error, ks, psi

MUCH: Final = 0.25
"""PSI from which a feature or the score has moved, by custom."""
_FEWEST: Final = 50
_FEWEST_EVENTS: Final = 10
_BINS: Final = 10
_TIMES_CHANCE: Final = 3.0


class Moved(NamedTuple):
    """One feature, or the score, now beside the time of fitting."""

    words: str
    psi: float
    distance: float  # largest between the distributions, 0 to 1
    much: bool


class Drift(NamedTuple):
    """What has moved since a score was fitted."""

    n: int  # customers now
    score: Moved
    features: tuple[Moved, ...]  # of those that have moved much, the most first
    n_features: int  # looked at
    calibration: float | None  # error of scores given since, whose outcomes are known; None if few
    brier: float | None
    judged: int  # such scores

    @property
    def alarm(self) -> bool:
        """Whether the score should be fitted again: it has moved, or its figures are off."""
        off = self.calibration is not None and self.calibration > 0.1
        return self.score.much or off


def drift(
    model: OutcomeModel,
    x: NDArray[np.float32],
    given: NDArray[np.float64],
    came: NDArray[np.bool_],
) -> Drift | None:
    """Compare customers of now with those the score was fitted on.

    Parameters
    ----------
    model
        The score.
    x
        (n_rows, n_features) of everyone at risk now, features as in the catalog of the model.
    given, came
        (n_given,) probabilities that were given since it was fitted and whose horizon has passed,
        and whether the outcome came.

    Returns
    -------
    Drift or None
        None where fewer than 50 customers are at risk, now or when it was fitted.

    Notes
    -----
    A feature has moved much where its PSI is above 0.25 and above three times what chance alone
    gives in so few customers.
    """
    if min(x.shape[0], model.margins.size) < _FEWEST:
        return None
    now = x[:, model.scorer.columns]
    features = [model.catalog.features[k] for k in model.scorer.columns.tolist()]
    told = [
        _moved(feature.words, model.sample[:, k], now[:, k]) for k, feature in enumerate(features)
    ]
    much = sorted((m for m in told if m.much), key=lambda m: (-m.psi, m.words))
    enough = int(came.sum()) >= _FEWEST_EVENTS and came.size > int(came.sum())
    return Drift(
        x.shape[0],
        _moved("score", model.margins, model.scorer.margin(x)),
        tuple(much),
        len(features),
        calibration_error(given, came) if enough else None,
        brier(given, came) if enough else None,
        came.size,
    )


def _moved(words: str, then: NDArray[np.floating], now: NDArray[np.floating]) -> Moved:
    found = psi(then, now, _BINS)
    both = np.isfinite(then).any() and np.isfinite(now).any()
    distance = ks(then, now).distance if both else 0.0
    chance = (_BINS - 1) * (1 / then.size + 1 / now.size)
    return Moved(words, found, distance, bool(found > max(MUCH, _TIMES_CHANCE * chance)))
