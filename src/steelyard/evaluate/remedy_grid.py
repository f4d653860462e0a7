"""What weights and resampling add to a threshold that was moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.balance.balanced import Balanced
from steelyard.evaluate.binary_figures import Said, decided_above, figures_over_folds
from steelyard.learn.view_fusion import ViewFusion

__all__ = ["Remedied", "remedy_grid"]

HALF = 0.5
SECOND = 1


@dataclass(frozen=True, eq=False)
class Remedied:
    """A learner that is to be tried with remedies.

    ``views`` of the rows; ``learner`` takes ``class_weight`` and returns a classifier; ``samplers`` by name.
    """

    views: Mapping[str, Any]
    learner: Callable[..., Any]
    samplers: Mapping[str, Any] = field(default_factory=dict)


def remedy_grid(
    learners: Mapping[str, Remedied],
    X: Any,
    y: ArrayLike,
    splits: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]],
    *,
    groups: ArrayLike | None = None,
    inner_folds: int = 3,
    random_state: int = 0,
) -> dict[str, dict[str, float]]:
    """Cross-validate each learner with each remedy, at one half and at a threshold chosen out of fold.

    Parameters
    ----------
    learners : dict of str to Remedied
    X : rows the views take
    y : array of shape (n,)
        0 and 1.
    splits : sequence of (train, test)
    groups : array of shape (n,), optional
        Kept whole by the inner folds.
    inner_folds : int, default=3
    random_state : int, default=0

    Returns
    -------
    dict of str to dict of str to float
        Means over folds of `binary_figures` under ``"LEARNER, REMEDY, t .5"`` and ``"..., t tuned"``;
        remedies are "none", "weights" (every class weighing the same) and the samplers' names. Scores stay
        those of the resampled world, so that "t .5" shows what a remedy does by itself.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.preprocessing import FunctionTransformer
    >>> X, y = make_classification(300, weights=[0.85], random_state=0)
    >>> tried = {"LR": Remedied({"all": FunctionTransformer()}, LogisticRegression)}
    >>> halves = [(np.arange(150), np.arange(150, 300)), (np.arange(150, 300), np.arange(150))]
    >>> list(remedy_grid(tried, X, y, halves))
    ['LR, none, t .5', 'LR, none, t tuned', 'LR, weights, t .5', 'LR, weights, t tuned']
    """
    made: dict[str, ViewFusion] = {}
    told = {"inner_folds": inner_folds, "random_state": random_state}
    for name, tried in learners.items():
        plain = tried.learner(class_weight=None)
        fitting = {"none": plain, "weights": tried.learner(class_weight="balanced")}
        for way, sampler in tried.samplers.items():
            fitting[way] = Balanced(sampler, plain, correction="none")
        made |= {f"{name}, {way}": ViewFusion(tried.views, one, **told) for way, one in fitting.items()}

    def say(X: Any, y: Any, own: Any, X_test: Any) -> dict[str, Said]:
        said = {}
        for row, model in made.items():
            scores = model.fit(X, y, groups=own).predict_proba(X_test)[:, SECOND]
            said[f"{row}, t .5"] = decided_above(scores, HALF)
            said[f"{row}, t tuned"] = decided_above(scores, model.threshold_ or HALF)
        return said

    return figures_over_folds(say, X, y, splits, groups)
