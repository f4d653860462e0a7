"""Metrics as scikit-learn scorers."""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steelyard.errors import BadOption
from steelyard.metrics.catalogue import METRICS
from steelyard.metrics.labels import code_of, codes_of

__all__ = ["MetricScorer", "scorer"]


class MetricScorer:
    """A metric as ``scorer(estimator, X, y)``; higher is better, so a loss comes with a minus sign.

    Made by `scorer`.

    Parameters
    ----------
    name : str
    cost, positive, k
        As for `scorer`.
    """

    def __init__(self, name: str, *, cost: Any = None, positive: Any = None, k: float | None = None) -> None:
        self.name = name
        self.cost = cost
        self.positive = positive
        self.k = k

    def __repr__(self) -> str:
        given = {"cost": self.cost, "positive": self.positive, "k": self.k}
        told = "".join(f", {option}={value!r}" for option, value in given.items() if value is not None)
        return f"scorer({self.name!r}{told})"

    def __call__(self, estimator: Any, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Score a fitted classifier.

        Parameters
        ----------
        estimator : fitted classifier
            With ``classes_``, and ``predict_proba`` or ``predict``, whatever the metric needs.
        X : table of shape (n, d)
        y : array of shape (n,)
            Labels; all must be among the estimator's classes.
        sample_weight : array of shape (n,), optional

        Returns
        -------
        float
        """
        metric = METRICS[self.name]
        classes = np.asarray(estimator.classes_)
        _, (true,) = codes_of(classes, y)
        positive = None
        if self.positive is not None or classes.size == 2:
            positive = code_of(self.positive, classes, true)
        told = {"cost": self.cost, "positive": positive, "k": self.k, "weight": sample_weight}
        if metric.needs == "proba":
            value = metric.value(true, estimator.predict_proba(X), None, **told)
        else:
            _, (decided,) = codes_of(classes, estimator.predict(X))
            value = metric.value(true, None, decided, **told)
        return value if metric.greater_is_better else -value


def scorer(
    name: str, *, cost: ArrayLike | None = None, positive: Any = None, k: float | None = None
) -> MetricScorer:
    """Return a metric as a scikit-learn scorer, for ``cross_val_score``, ``GridSearchCV`` and the like.

    Parameters
    ----------
    name : str
        A key of `METRICS`.
    cost : array of shape (k, k), optional
        For ``expected_cost``.
    positive : label, optional
        The class of interest. With two classes the rarer one of the rows scored by default; name it
        where folds are small.
    k : float, optional
        For ``precision_at_k``.

    Returns
    -------
    MetricScorer
        Higher is better: a loss is negated, as scikit-learn does.

    Raises
    ------
    BadOption
        No such metric, or something it needs is missing.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> y = ["ok", "ok", "ok", "fraud"]
    >>> model = DummyClassifier().fit([[0]] * 4, y)
    >>> scorer("average_precision", positive="fraud")(model, [[0]] * 4, y)
    0.25
    >>> scorer("brier")(model, [[0]] * 4, y)
    -0.1875
    """
    if name not in METRICS:
        close = difflib.get_close_matches(name, METRICS, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise BadOption(f"There is no metric {name!r}.{hint} The metrics are {', '.join(METRICS)}.")
    given = {"cost": cost, "k": k}
    for option in METRICS[name].requires:
        if given[option] is None:
            raise BadOption(f"The metric {name!r} needs {option}, got None. Pass {option}=...")
    return MetricScorer(name, cost=cost, positive=positive, k=k)
