"""Condensers, which let few rows stand for a table within a budget."""

from steelyard.balance.condense.c2tc import ClassAdaptiveClustering as ClassAdaptiveClustering
from steelyard.balance.condense.herding import Herding as Herding
from steelyard.balance.condense.k_center import KCenter as KCenter
from steelyard.balance.condense.random_rows import RandomRows as RandomRows

__all__ = ["ClassAdaptiveClustering", "Herding", "KCenter", "RandomRows"]
