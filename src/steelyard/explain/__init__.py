"""What drives the rare class, and why a row was called rare."""

from steelyard.explain.permutation import permutation_importance as permutation_importance
from steelyard.explain.row_reasons import row_reasons as row_reasons

__all__ = ["permutation_importance", "row_reasons"]
