"""Balance cascade: rows of large classes that a member has understood leave the pool."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import AdaBoostClassifier

from steelyard.learn.drawn_ensemble import Classes, DrawnEnsemble

__all__ = ["BalanceCascade"]

ROUNDS = 10  # of boosting in a member, as in the paper


class BalanceCascade(DrawnEnsemble):
    """Members fitted on balanced draws from pools that shrink to the rows which are hard to tell.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``, default=None
        None is AdaBoost of 10 rounds.
    n_estimators : int, default=10
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
    Every class is drawn down, by lot, to the size ``m`` of the smallest. After each of the ``n`` members but
    the last, the rows of a large class of ``c`` rows to which that member gives the highest probability
    of their own class leave the pool, so that a share ``(m / c) ** (1 / (n - 1))`` of it stays; the last
    member learns from a pool of ``m`` rows. Ties are broken by lot. The paper's thresholds ``theta``
    are implied: each is the probability at which that share stays.

    The paper adds up the members' scores less their thresholds. Here the mean of their probabilities is
    returned, which a decision rule or calibration can use.

    With more than two classes this is done within each class that is larger than the smallest.

    Probabilities hold where classes are equally frequent; see `PriorCorrected`.

    References
    ----------
    Liu, Wu and Zhou, Exploratory undersampling for class-imbalance learning, IEEE Transactions on
    Systems, Man and Cybernetics B 39, 2009, algorithm 2.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> X, y = make_classification(1000, weights=[0.95], flip_y=0, random_state=0)
    >>> model = BalanceCascade(n_estimators=3, random_state=0).fit(X, y)
    >>> model.predict_proba(X).shape, [rows.shape[0] for rows in model.estimators_samples_]
    ((1000, 2), [100, 100, 100])
    """

    def __init__(
        self,
        estimator: Any = None,
        *,
        n_estimators: int = 10,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _plain_estimator(self) -> Any:
        return AdaBoostClassifier(n_estimators=ROUNDS)

    def _draws(self, classes: Classes) -> Iterator[NDArray[np.intp]]:
        pools = {code: classes.rows[code] for code in classes.large}
        for member in range(self.n_estimators):
            yield classes.with_drawn(classes.at_random(pools, member))
            if member < self.n_estimators - 1:
                said = self._said()
                done = (member + 1) / (self.n_estimators - 1)
                for code, pool in pools.items():
                    size = classes.rows[code].shape[0]
                    stays = round(size * (classes.smallest / size) ** done)
                    pools[code] = _hardest(pool, said[pool, code], stays, classes.stream(code, member))


def _hardest(
    pool: NDArray[np.intp], own: NDArray[np.float64], stays: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """The rows to which a member gives their own class the least probability, ties by lot."""
    by_lot = rng.permutation(pool.shape[0])
    order = by_lot[np.argsort(own[by_lot], kind="stable")]
    return np.sort(pool[order[:stays]])
