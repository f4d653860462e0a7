"""Weak learners of different kinds, for ensembles whose members should err differently."""

from __future__ import annotations

from typing import Any

from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

__all__ = ["weak_learners"]

DEPTHS = (3, 5, 8, 12)
NEIGHBORS = (1, 3, 5, 7)
SMOOTHING = 1e-2  # of a level that a class lacks among the rows drawn


def weak_learners() -> list[Any]:
    """Sixteen learners: trees, nearest neighbours, naive Bayes and trees of random cuts, in turn.

    Returns
    -------
    list of classifiers
        Not fitted. They read numbers without gaps.

    Examples
    --------
    >>> [type(learner).__name__ for learner in weak_learners()[:4]]
    ['DecisionTreeClassifier', 'KNeighborsClassifier', 'GaussianNB', 'ExtraTreeClassifier']
    """
    return [
        learner
        for depth, k in zip(DEPTHS, NEIGHBORS, strict=True)
        for learner in (
            DecisionTreeClassifier(max_depth=depth),
            # A tree of neighbours cannot be saved safely, and members are asked about few rows.
            KNeighborsClassifier(n_neighbors=k, algorithm="brute"),
            GaussianNB(var_smoothing=SMOOTHING),
            ExtraTreeClassifier(max_depth=depth),
        )
    ]
