"""What the field and scikit-learn lack, as functions, as scorers, and as the columns of a comparison.

``METRICS`` holds every metric a comparison shows; each can be asked for its chance level and, for a
bootstrap, prepared once and weighed many times. ``docs/metrics.md`` says when each one misleads.
"""

from steelyard.kernels.frequency_groups import frequency_groups as frequency_groups
from steelyard.kernels.label_imbalance import cvir as cvir
from steelyard.kernels.label_imbalance import irlbl as irlbl
from steelyard.kernels.label_imbalance import mean_ir as mean_ir
from steelyard.kernels.label_imbalance import scumble as scumble
from steelyard.metrics.attack_report import AttackReport as AttackReport
from steelyard.metrics.attack_report import attack_report as attack_report
from steelyard.metrics.average_precision import average_precision as average_precision
from steelyard.metrics.calibration_error import BinnedScores as BinnedScores
from steelyard.metrics.calibration_error import calibration_error as calibration_error
from steelyard.metrics.catalogue import METRICS as METRICS
from steelyard.metrics.catalogue import metrics as metrics
from steelyard.metrics.clopper_pearson import clopper_pearson as clopper_pearson
from steelyard.metrics.confusion import confusion as confusion
from steelyard.metrics.dice import dice_of as dice_of
from steelyard.metrics.dice import dice_score as dice_score
from steelyard.metrics.expected_cost import expected_cost as expected_cost
from steelyard.metrics.g_mean import g_mean as g_mean
from steelyard.metrics.mean_iou import iou_of as iou_of
from steelyard.metrics.mean_iou import mean_iou as mean_iou
from steelyard.metrics.metric import Metric as Metric
from steelyard.metrics.overlap import pixel_confusion as pixel_confusion
from steelyard.metrics.precision_at_k import precision_at_k as precision_at_k
from steelyard.metrics.ranked import RankedScores as RankedScores
from steelyard.metrics.recall_by_frequency import GroupRecall as GroupRecall
from steelyard.metrics.recall_by_frequency import recall_by_frequency as recall_by_frequency
from steelyard.metrics.recall_per_class import recall_per_class as recall_per_class
from steelyard.metrics.roc_auc import roc_auc as roc_auc
from steelyard.metrics.row_losses import brier as brier
from steelyard.metrics.scorer import MetricScorer as MetricScorer
from steelyard.metrics.scorer import scorer as scorer
from steelyard.metrics.sera import sera as sera
from steelyard.metrics.visibility import accuracy_visibility_bound as accuracy_visibility_bound
from steelyard.metrics.visibility import accuracy_would_notice as accuracy_would_notice
from steelyard.metrics.visibility import items_needed as items_needed

__all__ = [
    "METRICS",
    "AttackReport",
    "BinnedScores",
    "GroupRecall",
    "Metric",
    "MetricScorer",
    "RankedScores",
    "accuracy_visibility_bound",
    "accuracy_would_notice",
    "attack_report",
    "average_precision",
    "brier",
    "calibration_error",
    "clopper_pearson",
    "confusion",
    "cvir",
    "dice_of",
    "dice_score",
    "expected_cost",
    "frequency_groups",
    "g_mean",
    "iou_of",
    "irlbl",
    "items_needed",
    "mean_iou",
    "mean_ir",
    "metrics",
    "pixel_confusion",
    "precision_at_k",
    "recall_by_frequency",
    "recall_per_class",
    "roc_auc",
    "scorer",
    "scumble",
    "sera",
]
