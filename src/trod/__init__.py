"""Trod maps the journeys customers really take."""

__version__ = "0.1.0"
