"""What touchpoints carried: mood and money; and the calls for help among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.features_told import money, mood, support
from trod.journeys.batch import JourneyBatch
from trod.models.features.look import Look, Values
from trod.models.features.table import Feature, Unit

_MOOD: Final = (
    Feature("mood:scores", "Touchpoints that tell a mood, so far", "count", "mood"),
    Feature("mood:since", "Days since the last that told a mood", "days", "mood"),
    Feature("mood:last", "Mood of the last that told one", "score", "mood"),
    Feature("mood:late", "Mood of the last three that told one", "score", "mood"),
    Feature("mood:lowest", "Lowest mood so far", "score", "mood"),
    Feature("mood:mean", "Mean mood so far", "score", "mood"),
    Feature("mood:change", "Mood of the last three less that of all before", "score", "mood"),
)
_MONEY: Final[tuple[tuple[str, str, Unit], ...]] = (
    ("money:times", "Touchpoints with money, so far", "count"),
    ("money:sum", "Money so far{currency}", "money"),
    ("money:sum@90d", "Money in the last 90 days{currency}", "money"),
    ("money:last", "Last amount{currency}", "money"),
    ("money:change", "Last amount less the one before{currency}", "money"),
    ("money:mean", "Mean amount{currency}", "money"),
    ("money:since", "Days since the last amount", "days"),
)
_SUPPORT: Final = (
    Feature("support:count@ever", "Calls for help so far", "count", "support"),
    Feature("support:count@90d", "Calls for help in the last 90 days", "count", "support"),
    Feature("support:count@30d", "Calls for help in the last 30 days", "count", "support"),
    Feature("support:count@7d", "Calls for help in the last 7 days", "count", "support"),
    Feature("support:since", "Days since the last call for help", "days", "support"),
    Feature(
        "support:to_go_on", "Mean days from a call for help to anything else", "days", "support"
    ),
    Feature(
        "support:waiting", "Days since a call for help with nothing else after", "days", "support"
    ),
)


@dataclass(frozen=True, slots=True)
class Mood:
    """Scores from -1 to 1."""

    family: ClassVar[str] = "mood"

    @property
    def features(self) -> tuple[Feature, ...]:
        """Its features."""
        return _MOOD

    def fill(self, look: Look, values: Values, column: int) -> None:
        """Write its columns."""
        score = given(look.batch.score, np.int16)
        mood(look.span, look.moment_us, look.time_us, score, values, column)


@dataclass(frozen=True, slots=True)
class Money:
    """Amounts, in the currency of the workspace."""

    family: ClassVar[str] = "money"
    currency: str | None

    @property
    def features(self) -> tuple[Feature, ...]:
        """Its features."""
        said = f" ({self.currency})" if self.currency else ""
        return tuple(
            Feature(key, words.format(currency=said), unit, "money") for key, words, unit in _MONEY
        )

    def fill(self, look: Look, values: Values, column: int) -> None:
        """Write its columns."""
        value = given(look.batch.value, np.int64)
        money(look.span, look.moment_us, look.time_us, value, values, column)


@dataclass(frozen=True, slots=True)
class Support:
    """Calls for help: touchpoints and channels whose names say so when the catalog was made."""

    family: ClassVar[str] = "support"
    names: tuple[str, ...]
    channels: tuple[str, ...]

    @property
    def features(self) -> tuple[Feature, ...]:
        """Its features."""
        return _SUPPORT

    def asks(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say which touchpoints are calls for help, (n_events,)."""
        words = batch.vocabulary
        by_name = np.array([name in self.names for name in words.touchpoints], np.bool_)
        by_channel = np.array([name in self.channels for name in words.channels], np.bool_)
        if not self.channels:
            return by_name[batch.code]
        return np.asarray(by_name[batch.code] | by_channel[batch.channel], np.bool_)

    def fill(self, look: Look, values: Values, column: int) -> None:
        """Write its columns."""
        asks = given(self.asks(look.batch), np.bool_)
        support(look.span, look.moment_us, look.time_us, asks, values, column)
