"""The likeliest class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.decide.base import Decided
from steelyard.decide.evidence import Evidence
from steelyard.decide.words import expected_outcome, set_on
from steelyard.kernels.rng import RandomState

__all__ = ["ArgmaxRule"]


class ArgmaxRule(Decided):
    """Decides for the most probable class: what a classifier does when nobody says what mistakes cost.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
    calibration : {"auto", "sigmoid", "isotonic", "beta", "venn-abers"} or None
    inner_folds : int
        Folds of the out-of-fold scores, which only calibration needs here.
    deployment_prior : mapping of label to share, optional
        Class shares where the model will be used.
    random_state : int, RandomState, Generator or None

    Attributes
    ----------
    See `Decided`.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.arange(20.0)[:, None]
    >>> y = (X[:, 0] > 14).astype(int)
    >>> ArgmaxRule(LogisticRegression()).fit(X, y).predict([[2.0], [19.0]])
    array([0, 1])
    """

    _rule_counts = False

    def __init__(
        self,
        estimator: Any,
        *,
        calibration: str | None = None,
        inner_folds: int = 3,
        deployment_prior: Mapping[Any, float] | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.calibration = calibration
        self.inner_folds = inner_folds
        self.deployment_prior = deployment_prior
        self.random_state = random_state

    def _set_rule(self, evidence: Evidence | None) -> dict[str, Any]:
        told: dict[str, Any] = {"rule": "argmax", "how": "nothing to set"}
        if evidence is not None:
            told |= set_on(evidence, None)
            told |= expected_outcome(evidence, self.decide(evidence.proba), self.classes_)
        return {**told, "sentence": "Each row gets its most probable class."}

    def decide(self, proba: ArrayLike) -> NDArray[np.intp]:
        """Class codes for probabilities of shape (n, k); the first class wins a tie."""
        return np.asarray(proba).argmax(axis=1)
