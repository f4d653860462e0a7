"""Samplers and weights for targets that are numbers, of which the rare ones matter."""

from __future__ import annotations

from steelyard.balance.regression.base import RegressionSampler as RegressionSampler
from steelyard.balance.regression.density_weights import dense_weight as dense_weight
from steelyard.balance.regression.density_weights import (
    label_distribution_weight as label_distribution_weight,
)
from steelyard.balance.regression.gaussian_noise import GaussianNoise as GaussianNoise
from steelyard.balance.regression.random_over import RandomOverRegression as RandomOverRegression
from steelyard.balance.regression.random_under import RandomUnderRegression as RandomUnderRegression
from steelyard.balance.regression.smogn import SMOGN as SMOGN
from steelyard.balance.regression.smoter import SMOTER as SMOTER
from steelyard.kernels.relevance import box_plot_points as box_plot_points
from steelyard.kernels.relevance import relevance as relevance

__all__ = [
    "SMOGN",
    "SMOTER",
    "GaussianNoise",
    "RandomOverRegression",
    "RandomUnderRegression",
    "RegressionSampler",
    "box_plot_points",
    "dense_weight",
    "label_distribution_weight",
    "relevance",
]
