"""Losses for long tails: modules that take logits and targets; one a file."""

from steelyard.deep.losses.asymmetric import AsymmetricLoss as AsymmetricLoss
from steelyard.deep.losses.balanced_softmax import BalancedSoftmax as BalancedSoftmax
from steelyard.deep.losses.base import Loss as Loss
from steelyard.deep.losses.class_balanced import ClassBalanced as ClassBalanced
from steelyard.deep.losses.cross_entropy import CrossEntropy as CrossEntropy
from steelyard.deep.losses.focal import Focal as Focal
from steelyard.deep.losses.ldam import LDAM as LDAM
from steelyard.deep.losses.logit_adjusted import LogitAdjusted as LogitAdjusted
from steelyard.deep.losses.one_way_logistic import OneWayLogisticLoss as OneWayLogisticLoss
from steelyard.deep.losses.running_logit_adjusted import RunningLogitAdjusted as RunningLogitAdjusted
from steelyard.deep.losses.vector_scaling import VectorScaling as VectorScaling

__all__ = [
    "LDAM",
    "AsymmetricLoss",
    "BalancedSoftmax",
    "ClassBalanced",
    "CrossEntropy",
    "Focal",
    "LogitAdjusted",
    "Loss",
    "OneWayLogisticLoss",
    "RunningLogitAdjusted",
    "VectorScaling",
]
