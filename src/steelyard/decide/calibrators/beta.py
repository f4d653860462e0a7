"""Three parameters: a slope towards 0, a slope towards 1, and a shift."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from steelyard.decide.calibrators.base import ColumnCalibrator, floor_of, log_of

__all__ = ["BetaCalibrator"]

LEAST_SLOPE = 1e-3  # above zero, so that the order of the rows is kept
SLOPE_SD, SHIFT_SD = 0.5, 3.0
MOST_STEPS = 200


class BetaCalibrator(ColumnCalibrator):
    """Beta calibration: log-odds are ``a ln p - b ln(1 - p) + c`` with ``a, b > 0``.

    Covers the sigmoid and its inverse, and leaves calibrated scores alone. Many classes are calibrated
    one against the rest.

    Differs from the paper: a mild prior around the identity replaces the step that drops a negative
    slope, so that few rows suffice.

    Attributes
    ----------
    maps_ : list of dict
        ``a``, ``b``, ``c`` and the floor added before the logarithm, for each class.

    References
    ----------
    Kull, Silva Filho and Flach, Beta calibration: a well-founded and easily implemented improvement on
    logistic calibration for binary classifiers, AISTATS 2017.

    Examples
    --------
    >>> p = np.repeat([0.2, 0.8], 500)
    >>> codes = np.concatenate([np.tile([0, 0, 0, 0, 1], 100), np.tile([1, 1, 1, 1, 0], 100)])
    >>> BetaCalibrator().fit(np.column_stack([1 - p, p]), codes).calibrate(np.array([[0.8, 0.2]])).round(2)
    array([[0.8, 0.2]])
    """

    def _fit_column(
        self, p: NDArray[np.float64], hit: NDArray[np.float64], weight: NDArray[np.float64]
    ) -> dict[str, Any]:
        floor = floor_of(np.concatenate([p, 1 - p]))
        w = weight * (hit.size / weight.sum())
        share = (float(w @ hit) + 0.5) / (hit.size + 1.0)
        anchor = np.array([np.log(share), -np.log1p(-share)])
        away = np.column_stack([log_of(p, floor), -log_of(1 - p, floor)]) - anchor
        base = float(anchor.sum())
        centre, sd = np.array([1.0, 1.0, 0.0]), np.array([SLOPE_SD, SLOPE_SD, SHIFT_SD])

        def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            z = base + away @ theta[:2] + theta[2]
            off = (theta - centre) / sd
            value = float(w @ (np.logaddexp(0.0, z) - hit * z)) + 0.5 * float(off @ off)
            error = w * (expit(z) - hit)
            gradient = np.append(error @ away, error.sum()) + off / sd
            return value / hit.size, gradient / hit.size

        bounds = [(LEAST_SLOPE, None), (LEAST_SLOPE, None), (None, None)]
        best = minimize(
            loss, centre, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": MOST_STEPS}
        )
        a, b, shift = best.x.tolist()
        return {"a": a, "b": b, "c": base + shift - a * anchor[0] - b * anchor[1], "floor": floor}

    def _map_column(self, p: NDArray[np.float64], parameters: dict[str, Any]) -> NDArray[np.float64]:
        floor = parameters["floor"]
        log_odds = parameters["a"] * log_of(p, floor) - parameters["b"] * log_of(1 - p, floor)
        return np.asarray(expit(log_odds + parameters["c"]))
