"""Self-paced ensemble: under-samples by how hard rows are, easy ones first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from steelyard.balance.check_parameter import check_whole
from steelyard.kernels.hardness_bins import draw_by_hardness, pace
from steelyard.learn.drawn_ensemble import Classes, DrawnEnsemble

__all__ = ["SelfPacedEnsemble"]


class SelfPacedEnsemble(DrawnEnsemble):
    """Members fitted on balanced draws in which hard rows count for more from member to member.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``, default=None
        None is a decision tree.
    n_estimators : int, default=10
    k_bins : int, default=5
        Bins of hardness.
    n_jobs : int or None, default=None
        Threads that ask the members; each is fitted after the one before it.
    random_state : int, RandomState, Generator or None, default=None
        Each class and member has a stream of its own name, and so has every member without a seed.

    Attributes
    ----------
    estimators_ : list of fitted members
    estimators_samples_ : list of ndarray of int
        Rows each member was fitted on.
    classes_ : ndarray of shape (k,)
    n_features_in_, feature_names_in_
        As in scikit-learn.

    Notes
    -----
    Every class is drawn down to the size ``m`` of the smallest. The first member learns from a draw by
    lot. Before member ``i`` (from 1 to ``n - 1``) the hardness of a row is one minus the mean
    probability that the members so far give its class. The hardness of a large class is cut into
    ``k_bins`` stretches of equal width from its smallest to its largest value, and bin ``l``, of mean
    hardness ``h_l``, gives ``m * p_l / sum(p)`` rows by lot, without replacement, with
    ``p_l = 1 / (h_l + alpha)`` and ``alpha = tan(pi/2 * i / (n - 1))``. So bins first contribute equal
    hardness ("harmonised"), and in the end equal numbers of rows. What a bin lacks the others give, and
    an empty one weighs nothing.

    With more than two classes this is done within each class that is larger than the smallest.

    Probabilities hold where classes are equally frequent; see `PriorCorrected`.

    References
    ----------
    Liu, Cao, Gao, Bian, Chen, Chang and Liu, Self-paced ensemble for highly imbalanced massive data
    classification, ICDE 2020, algorithm 1.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> X, y = make_classification(1000, weights=[0.95], flip_y=0, random_state=0)
    >>> model = SelfPacedEnsemble(n_estimators=5, random_state=0).fit(X, y)
    >>> [rows.shape[0] for rows in model.estimators_samples_], int((y == 1).sum())
    ([100, 100, 100, 100, 100], 50)
    """

    def __init__(
        self,
        estimator: Any = None,
        *,
        n_estimators: int = 10,
        k_bins: int = 5,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.k_bins = k_bins
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _plain_estimator(self) -> Any:
        return DecisionTreeClassifier()

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_whole(self, "k_bins")

    def _draws(self, classes: Classes) -> Iterator[NDArray[np.intp]]:
        pools = {code: classes.rows[code] for code in classes.large}
        yield classes.with_drawn(classes.at_random(pools, 0))
        total = 0.0
        for member in range(1, self.n_estimators):
            total = total + self._said()
            alpha = pace(member, self.n_estimators - 1)
            drawn = {}
            for code, rows in pools.items():
                # A mean of probabilities may exceed 1 by a rounding.
                hardness = np.maximum(1.0 - total[rows, code] / member, 0.0)
                rng = classes.stream(code, member)
                drawn[code] = rows[draw_by_hardness(hardness, self.k_bins, alpha, classes.smallest, rng)]
            yield classes.with_drawn(drawn)
