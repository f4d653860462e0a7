"""Learners: the default one, those that ``--with`` names, and the correction of a shifted prior."""

from __future__ import annotations

from steelyard.learn.balance_cascade import BalanceCascade as BalanceCascade
from steelyard.learn.default_learner import Boosting as Boosting
from steelyard.learn.default_learner import boosting_for as boosting_for
from steelyard.learn.default_learner import default_learner as default_learner
from steelyard.learn.learners import LearnerSpec as LearnerSpec
from steelyard.learn.learners import learner_by_name as learner_by_name
from steelyard.learn.learners import learners as learners
from steelyard.learn.prior_correction import PriorCorrected as PriorCorrected
from steelyard.learn.quantile_grid import QuantileGrid as QuantileGrid
from steelyard.learn.self_paced import SelfPacedEnsemble as SelfPacedEnsemble

__all__ = [
    "BalanceCascade",
    "Boosting",
    "LearnerSpec",
    "PriorCorrected",
    "QuantileGrid",
    "SelfPacedEnsemble",
    "boosting_for",
    "default_learner",
    "learner_by_name",
    "learners",
]
