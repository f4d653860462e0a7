"""Samplers, which change the rows a model is fitted on, and the estimator that uses one safely.

A sampler follows imbalanced-learn's protocol (``fit_resample``), takes any table and gives the same
kind back, and says where every row came from.
"""

from steelyard.balance.balanced import Balanced as Balanced
from steelyard.balance.base import OverSampler as OverSampler
from steelyard.balance.base import Sampler as Sampler
from steelyard.balance.base import Selector as Selector
from steelyard.balance.check_sampler import ContractBroken as ContractBroken
from steelyard.balance.check_sampler import check_sampler as check_sampler
from steelyard.balance.clean.edited_nearest_neighbours import (
    EditedNearestNeighbours as EditedNearestNeighbours,
)
from steelyard.balance.clean.tomek_links import TomekLinks as TomekLinks
from steelyard.balance.label_only import is_label_only as is_label_only
from steelyard.balance.named import sampler_by_name as sampler_by_name
from steelyard.balance.named import sampler_needs as sampler_needs
from steelyard.balance.named import samplers as samplers
from steelyard.balance.over.random_over import RandomOverSampler as RandomOverSampler
from steelyard.balance.over.smote import SMOTE as SMOTE
from steelyard.balance.under.random_under import RandomUnderSampler as RandomUnderSampler

__all__ = [
    "SMOTE",
    "Balanced",
    "ContractBroken",
    "EditedNearestNeighbours",
    "OverSampler",
    "RandomOverSampler",
    "RandomUnderSampler",
    "Sampler",
    "Selector",
    "TomekLinks",
    "check_sampler",
    "is_label_only",
    "sampler_by_name",
    "sampler_needs",
    "samplers",
]
