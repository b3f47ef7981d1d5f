"""A model that was just fitted, on its way into the store."""

from __future__ import annotations

from typing import NamedTuple

from trod.models.card import Card
from trod.models.stored import Stored


class Fitted(NamedTuple):
    """A card, and the model itself where there is one."""

    card: Card
    stored: Stored = Stored()
