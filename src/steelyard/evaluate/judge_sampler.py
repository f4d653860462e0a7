"""What an over-sampler makes of a training part, seen by the resampled table and by held-out rows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from steelyard.balance.clean.big_jump import BigJumpCleaner
from steelyard.evaluate.synthetic_rows import validity_in_fold
from steelyard.kernels.rng import RandomState, int_seed

__all__ = ["judge_sampler"]


def judge_sampler(
    sampler: Any,
    train: tuple[pd.DataFrame, NDArray[Any]],
    held_out: tuple[pd.DataFrame, NDArray[Any]],
    random_state: RandomState = 0,
) -> dict[str, float]:
    """Resample a training part, and look at the synthetic rows from several sides.

    Parameters
    ----------
    sampler : sampler of steelyard
        Cloned.
    train, held_out : (frame, labels)
    random_state : int, RandomState, Generator or None

    Returns
    -------
    dict
        ``overlap before`` and ``overlap after``: share of rows in the overlap of the training part and of
        the resampled one. The second is circular, for synthetic rows vouch for each other.
        ``held-out mismatch``: share of synthetic rows whose nearest held-out row is of another class.
        ``variance kept``: variance of synthetic rows over that of real ones, mean over columns and classes.
        A figure that cannot be told is left out.

    Examples
    --------
    >>> from steelyard.balance import SMOTE
    >>> rng = np.random.default_rng(0)
    >>> X, y = pd.DataFrame(rng.normal(size=(90, 2))), np.repeat([0, 1], [70, 20])
    >>> found = judge_sampler(SMOTE(), (X[::2], y[::2]), (X[1::2], y[1::2]))
    >>> found["variance kept"] < 1 and found["overlap after"] < found["overlap before"]
    True
    """
    X, y = train
    made = clone(sampler)
    if "random_state" in made.get_params():
        made.set_params(random_state=int_seed(random_state, "judged"))
    X_out, y_out = made.fit_resample(X, y)
    synthetic = np.flatnonzero(made.origin_ < 0)
    validity = validity_in_fold(made, [], train, held_out, int_seed(random_state, "validity"))
    found = {
        "overlap before": _overlap(X, y),
        "overlap after": _overlap(X_out, y_out),
        "held-out mismatch": math.nan if validity is None else validity.enemies,
        "variance kept": _variance_kept(_numbers(X), y, _numbers(X_out)[synthetic], y_out[synthetic]),
    }
    return {name: value for name, value in found.items() if math.isfinite(value)}


def _overlap(X: Any, y: Any) -> float:
    cleaner = BigJumpCleaner(standardize=True)
    cleaner.fit_resample(X, y)
    return cleaner.overlap_ratio_


def _numbers(X: pd.DataFrame) -> NDArray[np.float64]:
    return X.select_dtypes("number").to_numpy(dtype=np.float64)


def _variance_kept(
    real: NDArray[np.float64], y: NDArray[Any], made: NDArray[np.float64], y_made: NDArray[Any]
) -> float:
    shares = []
    for label in np.unique(y_made):
        wide, narrow = (
            np.nanvar(rows[labels == label], axis=0) for rows, labels in ((real, y), (made, y_made))
        )
        shares.extend(narrow[wide > 0] / wide[wide > 0])
    return float(np.mean(shares)) if shares else math.nan
