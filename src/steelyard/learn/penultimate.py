"""What a fitted estimator makes of rows before it decides: features and logits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from steelyard.errors import BadOption
from steelyard.kernels.out_of_fold import aligned_proba

__all__ = ["logits_of", "penultimate_features"]

VECTORS = 2  # dimensions


def _last_step(estimator: Any, X: Any) -> tuple[Any, Any]:
    """The step of a pipeline that decides, and the rows that reach it."""
    while True:
        if isinstance(estimator, FrozenEstimator):
            estimator = estimator.estimator
        elif isinstance(estimator, Pipeline):
            X = estimator[:-1].transform(X) if len(estimator) > 1 else X
            estimator = estimator[-1]
        else:
            return estimator, X


def penultimate_features(
    estimator: Any, X: Any, given: Callable[[Any], Any] | None = None
) -> NDArray[np.float64]:
    """Return features of rows: those of a function, those of the estimator, or the rows themselves.

    Parameters
    ----------
    estimator : fitted classifier
        One with a method ``features``, such as a net, is asked. Of a pipeline it is the last step, and the
        rows are those that reach it.
    X : rows
    given : callable, optional
        From rows to an array ``(n, d)``.

    Returns
    -------
    ndarray of shape (n, d)

    Raises
    ------
    BadOption
        They are not finite numbers, one vector a row.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    >>> penultimate_features(model, [[3.0]])
    array([[3.]])
    """
    if given is not None:
        told = given(X)
    else:
        last, rows = _last_step(estimator, X)
        told = last.features(rows) if hasattr(last, "features") else rows
    try:
        features = np.asarray(told.toarray() if sparse.issparse(told) else told, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadOption(
            f"Features must be numbers: {error}. Give 'features', a function from rows to numbers."
        ) from error
    if features.ndim != VECTORS or not np.isfinite(features).all():
        raise BadOption(
            f"Features must be finite numbers of shape (n, d). Got shape {features.shape}"
            f"{'' if np.isfinite(features).all() else ' with NaN or infinite numbers'}. "
            "Give 'features', a function from rows to such an array."
        )
    return features


def logits_of(estimator: Any, X: Any, classes: NDArray[Any]) -> NDArray[np.float64]:
    """Return logits without a correction: the estimator's ``logits(X)``, else its log-probabilities."""
    last, rows = _last_step(estimator, X)
    if hasattr(last, "logits"):
        return np.asarray(last.logits(rows), dtype=np.float64)
    with np.errstate(divide="ignore"):
        return np.log(aligned_proba(estimator, X, classes))
