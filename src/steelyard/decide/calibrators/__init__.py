"""Calibrators: from a model's probabilities to probabilities that come true as often as they say."""

from __future__ import annotations

from steelyard.decide.calibrators.base import Calibrator as Calibrator
from steelyard.decide.calibrators.base import ColumnCalibrator as ColumnCalibrator
from steelyard.decide.calibrators.beta import BetaCalibrator as BetaCalibrator
from steelyard.decide.calibrators.choose import CALIBRATIONS as CALIBRATIONS
from steelyard.decide.calibrators.choose import choose_calibrator as choose_calibrator
from steelyard.decide.calibrators.isotonic import IsotonicCalibrator as IsotonicCalibrator
from steelyard.decide.calibrators.sigmoid import SigmoidCalibrator as SigmoidCalibrator
from steelyard.decide.calibrators.temperature import TemperatureCalibrator as TemperatureCalibrator
from steelyard.decide.calibrators.venn_abers import VennAbersCalibrator as VennAbersCalibrator

__all__ = [
    "CALIBRATIONS",
    "BetaCalibrator",
    "Calibrator",
    "ColumnCalibrator",
    "IsotonicCalibrator",
    "SigmoidCalibrator",
    "TemperatureCalibrator",
    "VennAbersCalibrator",
    "choose_calibrator",
]
