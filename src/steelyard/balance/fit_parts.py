"""The steps of fitting an estimator on resampled rows: read, seed, resample, fit."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils.validation import has_fit_parameter

from steelyard.balance.base import Sampler
from steelyard.balance.watch import tell
from steelyard.errors import BadOption
from steelyard.kernels.rng import int_seed

__all__ = ["fit_with_weights", "read_rows", "resample_for_fit", "seed_part"]


def read_rows(X: Any) -> Any:
    """Leave tables as they are; lists of rows become an array, so that estimators can take rows of it."""
    if sparse.issparse(X):
        return X if X.format == "csc" else X.tocsr()  # other formats have no rows to take
    if hasattr(X, "iloc") or isinstance(X, np.ndarray):
        return X
    if hasattr(X, "to_pandas"):  # polars and pyarrow: estimators of scikit-learn read pandas
        return X.to_pandas()
    array = np.asarray(X)
    return list(X) if array.ndim == 1 and array.dtype.kind in "OUS" else array


def seed_part(part: Any, seed: int, name: str) -> Any:
    """Give a seed of its own to every nested ``random_state`` that has none."""
    parameters = part.get_params(deep=True) if hasattr(part, "get_params") else {}
    unset = sorted(
        key for key, value in parameters.items() if key.split("__")[-1] == "random_state" and value is None
    )
    return part.set_params(**{key: int_seed(seed, name, key) for key in unset}) if unset else part


def resample_for_fit(sampler: Any, X: Any, y: Any, groups: Any, weight: Any) -> tuple[Any, Any, Any]:
    """Rows, labels and weights to fit on."""
    if isinstance(sampler, Sampler):
        X_fit, y_fit = sampler.fit_resample(X, y, groups=groups, sample_weight=weight)
        tell(sampler, X, y, X_fit, y_fit)
        return X_fit, y_fit, sampler.sample_weight_
    X_fit, y_fit = sampler.fit_resample(X, y)
    tell(sampler, X, y, X_fit, y_fit)
    if weight is None:
        return X_fit, y_fit, None
    rows = getattr(sampler, "sample_indices_", None)
    if rows is None:
        raise BadOption(
            f"{type(sampler).__name__} does not say which rows its output comes from, so sample_weight "
            "cannot be carried over. Use a sampler of steelyard, or leave the weights out."
        )
    return X_fit, y_fit, weight[np.asarray(rows)]


def fit_with_weights(estimator: Any, X: Any, y: Any, weight: Any) -> Any:
    """Fit the estimator, with weights if there are any."""
    if weight is None:
        return estimator.fit(X, y)
    if not has_fit_parameter(estimator, "sample_weight"):
        raise BadOption(
            f"{type(estimator).__name__} takes no sample_weight in fit. Leave the weights out, or use "
            "another estimator."
        )
    return estimator.fit(X, y, sample_weight=weight)
