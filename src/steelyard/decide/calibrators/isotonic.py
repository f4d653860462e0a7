"""The best rising step function."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from steelyard.decide.calibrators.base import ColumnCalibrator
from steelyard.decide.calibrators.keep_order import blend, smooth_parameters

__all__ = ["IsotonicCalibrator"]


class IsotonicCalibrator(ColumnCalibrator):
    """Isotonic regression, blended with one hundredth of a sigmoid so that no rows are tied.

    Follows any rising shape, and needs about a thousand rows of the rare class to do it well. Many
    classes are calibrated one against the rest.

    Attributes
    ----------
    maps_ : list of dict
        For each class the steps and the sigmoid, as plain arrays.

    References
    ----------
    Zadrozny and Elkan, Transforming classifier scores into accurate multiclass probability estimates,
    KDD 2002.

    Examples
    --------
    >>> p = np.linspace(0, 1, 100)
    >>> fitted = IsotonicCalibrator().fit(np.column_stack([1 - p, p]), (p > 0.7).astype(int))
    >>> fitted.calibrate(np.array([[0.5, 0.5], [0.1, 0.9]]))[:, 1].round(1)
    array([0., 1.])
    """

    def _fit_column(
        self, p: NDArray[np.float64], hit: NDArray[np.float64], weight: NDArray[np.float64]
    ) -> dict[str, Any]:
        fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(p, hit, weight)
        steps = {"scores": fitted.X_thresholds_, "shares": fitted.y_thresholds_}
        return {**steps, **smooth_parameters(p, hit, weight)}

    def _map_column(self, p: NDArray[np.float64], parameters: dict[str, Any]) -> NDArray[np.float64]:
        steps = np.interp(p, parameters["scores"], parameters["shares"])
        return blend(p, steps, parameters)
