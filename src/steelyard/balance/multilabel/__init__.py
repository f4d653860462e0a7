"""Samplers for rows that carry several labels at once."""

from __future__ import annotations

from steelyard.balance.multilabel.base import MultilabelSampler as MultilabelSampler
from steelyard.balance.multilabel.base import MultilabelSelector as MultilabelSelector
from steelyard.balance.multilabel.lp_ros import LPROS as LPROS
from steelyard.balance.multilabel.lp_rus import LPRUS as LPRUS
from steelyard.balance.multilabel.ml_ros import MLROS as MLROS
from steelyard.balance.multilabel.ml_rus import MLRUS as MLRUS
from steelyard.balance.multilabel.ml_smote import MLSMOTE as MLSMOTE
from steelyard.balance.multilabel.ml_tl import MLTL as MLTL

__all__ = [
    "LPROS",
    "LPRUS",
    "MLROS",
    "MLRUS",
    "MLSMOTE",
    "MLTL",
    "MultilabelSampler",
    "MultilabelSelector",
]
