"""Learners: the default one, those that ``--with`` names, and the correction of a shifted prior."""

from __future__ import annotations

from steelyard.learn.balance_cascade import BalanceCascade as BalanceCascade
from steelyard.learn.coefficient_pruner import CoefficientPruner as CoefficientPruner
from steelyard.learn.default_learner import Boosting as Boosting
from steelyard.learn.default_learner import boosting_for as boosting_for
from steelyard.learn.default_learner import default_learner as default_learner
from steelyard.learn.fit_together import fit_together as fit_together
from steelyard.learn.fit_views import fit_views as fit_views
from steelyard.learn.imovno import IMOVNOPlus as IMOVNOPlus
from steelyard.learn.kmer_vote import KmerVote as KmerVote
from steelyard.learn.learners import LearnerSpec as LearnerSpec
from steelyard.learn.learners import learner_by_name as learner_by_name
from steelyard.learn.learners import learners as learners
from steelyard.learn.logit_adjusted import LogitAdjusted as LogitAdjusted
from steelyard.learn.neural_prior import NeuralPriorCorrection as NeuralPriorCorrection
from steelyard.learn.prior_correction import PriorCorrected as PriorCorrected
from steelyard.learn.pruned_ensemble import PrunedEnsemble as PrunedEnsemble
from steelyard.learn.quantile_grid import QuantileGrid as QuantileGrid
from steelyard.learn.running_prior import RunningPrior as RunningPrior
from steelyard.learn.self_paced import SelfPacedEnsemble as SelfPacedEnsemble
from steelyard.learn.view_fusion import ViewFusion as ViewFusion
from steelyard.learn.vote_and_length import VoteAndLength as VoteAndLength
from steelyard.learn.weak_learners import weak_learners as weak_learners

__all__ = [
    "BalanceCascade",
    "Boosting",
    "CoefficientPruner",
    "IMOVNOPlus",
    "KmerVote",
    "LearnerSpec",
    "LogitAdjusted",
    "NeuralPriorCorrection",
    "PriorCorrected",
    "PrunedEnsemble",
    "QuantileGrid",
    "RunningPrior",
    "SelfPacedEnsemble",
    "ViewFusion",
    "VoteAndLength",
    "boosting_for",
    "default_learner",
    "fit_together",
    "fit_views",
    "learner_by_name",
    "learners",
    "weak_learners",
]
