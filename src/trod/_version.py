"""The version of Trod, for those who may not import the whole of it."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
