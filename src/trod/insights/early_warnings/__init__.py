"""Early warnings: signs by which customers who leave, or grow, are known weeks before."""

from __future__ import annotations

from trod.insights.early_warnings.search import early_warnings, one_sign
from trod.insights.early_warnings.warning import EarlyWarnings, SetAside, Signal

__all__ = ["EarlyWarnings", "SetAside", "Signal", "early_warnings", "one_sign"]
