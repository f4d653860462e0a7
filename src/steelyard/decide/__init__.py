"""Decisions: costs, capacity, floors and metrics into thresholds; calibration; the prior at deployment.

Every rule wraps an estimator and is one itself: ``predict_proba`` is calibrated and moved to the
deployment prior, ``predict`` follows the rule, ``decision_`` says in plain words what the rule is.
"""

from __future__ import annotations

from steelyard.decide.argmax_rule import ArgmaxRule as ArgmaxRule
from steelyard.decide.base import Decided as Decided
from steelyard.decide.calibrators import BetaCalibrator as BetaCalibrator
from steelyard.decide.calibrators import Calibrator as Calibrator
from steelyard.decide.calibrators import IsotonicCalibrator as IsotonicCalibrator
from steelyard.decide.calibrators import SigmoidCalibrator as SigmoidCalibrator
from steelyard.decide.calibrators import TemperatureCalibrator as TemperatureCalibrator
from steelyard.decide.calibrators import VennAbersCalibrator as VennAbersCalibrator
from steelyard.decide.capacity_threshold import CapacityThreshold as CapacityThreshold
from steelyard.decide.cost_threshold import CostThreshold as CostThreshold
from steelyard.decide.costs import Costs as Costs
from steelyard.decide.costs import parse_cost as parse_cost
from steelyard.decide.estimate_prior import PRIOR_METHODS as PRIOR_METHODS
from steelyard.decide.estimate_prior import estimate_deployment_prior as estimate_deployment_prior
from steelyard.decide.estimate_prior import estimate_prior as estimate_prior
from steelyard.decide.evidence import Evidence as Evidence
from steelyard.decide.metric_threshold import MetricThreshold as MetricThreshold
from steelyard.decide.parse_shares import parse_shares as parse_shares
from steelyard.decide.recall_floor import RecallFloor as RecallFloor

__all__ = [
    "PRIOR_METHODS",
    "ArgmaxRule",
    "BetaCalibrator",
    "Calibrator",
    "CapacityThreshold",
    "CostThreshold",
    "Costs",
    "Decided",
    "Evidence",
    "IsotonicCalibrator",
    "MetricThreshold",
    "RecallFloor",
    "SigmoidCalibrator",
    "TemperatureCalibrator",
    "VennAbersCalibrator",
    "estimate_deployment_prior",
    "estimate_prior",
    "parse_cost",
    "parse_shares",
]
