"""Rows to learn from and to test on, as recipes hand them about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["TwoParts"]


@dataclass(frozen=True)
class TwoParts:
    """What is learned from, and what is tested on.

    Parameters
    ----------
    X, X_test : array of shape (n, ...), (m, ...)
    y, y_test : array of shape (n, ...), (m, ...)
        Labels, or masks of them.
    ids, groups : array of shape (n,), optional
        Of the rows that are learned from.

    Examples
    --------
    >>> TwoParts(np.zeros((3, 1)), np.array([0, 1, 1]), np.zeros((1, 1)), np.array([0])).counts.tolist()
    [1, 2]
    """

    X: Any
    y: Any
    X_test: Any
    y_test: Any
    ids: Any = None
    groups: Any = None

    @property
    def counts(self) -> Any:
        """Items of each class to learn from, where labels are codes; negative ones are no class."""
        return np.bincount(self.y[self.y >= 0])
