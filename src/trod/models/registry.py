"""One line per model: where it is, and what it says. Nothing is imported before it is fitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from trod.models.fitted import Fitted
    from trod.models.ground import Ground


@dataclass(frozen=True, slots=True)
class Model:
    """Where a model is."""

    name: str  # as in `trod fit NAME`
    module: str
    says: str  # the question it answers, in a line
    each: str = ""  # what the names of its versions begin with, where one fit gives several

    def load(self) -> Callable[[Ground], Sequence[Fitted]]:
        """Import its function `fit`, which gives one fitted model, or several of one sort."""
        found: Callable[[Ground], Sequence[Fitted]] = import_module(self.module).fit
        return found


MODELS: Final[tuple[Model, ...]] = (
    Model(
        "outcomes",
        "trod.models.outcomes.fit",
        "Who will leave, buy more, or come to an end?",
        each="outcome/",
    ),
    Model("next", "trod.models.next.fit", "Which touchpoint comes next, and when."),
    Model("value", "trod.models.value.fit", "What will customers still spend?"),
    Model("topics", "trod.models.voice.topics", "What do customers write about?"),
    Model("sentiment", "trod.models.voice.sentiment", "How do they feel about it?"),
    Model("intent", "trod.models.voice.intent", "What do they want, and how soon?"),
    Model("segments", "trod.models.segments.fitting", "Which customers behave alike?"),
)
