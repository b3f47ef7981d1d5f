"""Journeys from the log and the people: write them, load them."""

from __future__ import annotations

from trod.journeys.bare import from_arrow

__all__ = ["from_arrow"]
