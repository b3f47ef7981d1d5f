"""Models: what is learned from journeys, and how far it can be trusted.

Takes journeys, the stages they are read by, and labels. Gives scores, segments and predictions.
Keeps model versions, each with its card.

A model is a module with two things: a frozen fitted object with `stored` and `of` (plain arrays
and facts, never pickle), and a function `fit` that takes a `Ground` and gives `Fitted` models, each
with its `Card`. To add one, write the module and its line in `MODELS`; ``trod fit`` and
``trod models`` pick it up.
"""

from __future__ import annotations

from trod.models.registry import MODELS, Model

__all__ = ["MODELS", "Model"]
