"""The `models:` part of trod.yml: what is to be predicted, and what may be spent on it."""

from __future__ import annotations

from trod.sources.spec import Spec


class ModelsSpec(Spec):
    """What models are asked for beyond what they do by themselves."""
