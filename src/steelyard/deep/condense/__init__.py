"""Condensers that learn their rows by gradients, with the face of those in ``steelyard.balance.condense``."""

from __future__ import annotations

from steelyard.deep.condense.distribution_matching import DistributionMatching as DistributionMatching
from steelyard.deep.condense.gradient_matching import GradientMatching as GradientMatching

__all__ = ["DistributionMatching", "GradientMatching"]
