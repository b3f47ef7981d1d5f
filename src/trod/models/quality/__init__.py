"""How good a model is, and whether it still is: ranking, capacity, calibration, lead, drift.

Pure functions over arrays. Nothing here knows a customer or a model.
"""

from __future__ import annotations

from trod.models.quality.calibration import brier, calibration, calibration_error
from trod.models.quality.capacity import AtCapacity, GainTable, at_capacity, gain
from trod.models.quality.checked import Estimate
from trod.models.quality.drift import Ks, ks, psi
from trod.models.quality.lead import lead_days
from trod.models.quality.ranking import auc, auc_difference, average_precision

__all__ = [
    "AtCapacity",
    "Estimate",
    "GainTable",
    "Ks",
    "at_capacity",
    "auc",
    "auc_difference",
    "average_precision",
    "brier",
    "calibration",
    "calibration_error",
    "gain",
    "ks",
    "lead_days",
    "psi",
]
