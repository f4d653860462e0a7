"""One slope and a shift for each class, on log-probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import softmax

from steelyard.decide.calibrators.base import Calibrator, floor_of, log_of
from steelyard.kernels.priors import class_counts

__all__ = ["SigmoidCalibrator"]

SLOPE_SD = 1.0  # of the log of the slope: few rows leave the slope near one
SHIFT_SD = 3.0  # of a class's shift: class weights of 20 to 1 lie within one
MOST_STEPS = 200


class SigmoidCalibrator(Calibrator):
    """Platt's sigmoid, and its counterpart for any number of classes.

    ``softmax(anchor + slope * (log p - anchor) + shift)``, with one slope for all classes and one
    shift for each: with two classes a sigmoid of the log-odds. The slope is positive, so the order of
    the rows is kept. The parameters are the likeliest under mild priors around "already calibrated",
    which keeps a class with a handful of rows from running away.

    Differs from Platt: it works on log-odds instead of raw scores, and priors on the parameters take the
    place of smoothed targets.

    Attributes
    ----------
    slope_ : float
    shift_, anchor_ : ndarray of shape (k,)
    floor_ : float
        Added to probabilities before the logarithm.

    References
    ----------
    Platt, Probabilistic outputs for support vector machines, 1999. Guo, Pleiss, Sun and Weinberger, On
    calibration of modern neural networks, ICML 2017. Alexandari, Kundaje and Shrikumar, Maximum likelihood
    with bias-corrected calibration is hard-to-beat at label shift adaptation, ICML 2020.

    Examples
    --------
    >>> p = np.repeat([[0.5, 0.5], [0.1, 0.9]], 100, axis=0)
    >>> codes = np.tile([0, 0, 0, 0, 1], 40)  # a fifth is positive, whatever the score says
    >>> SigmoidCalibrator().fit(p, codes).calibrate(p)[[0, -1], 1].round(2)
    array([0.16, 0.24])
    """

    def fit(
        self, proba: NDArray[np.float64], codes: NDArray[np.intp], weight: NDArray[np.float64] | None = None
    ) -> SigmoidCalibrator:
        """Find slope and shifts; see `Calibrator.fit`."""
        k = proba.shape[1]
        w = np.ones(codes.size) if weight is None else weight * (codes.size / weight.sum())
        counts = class_counts(codes, k, w) + 0.5
        self.floor_ = floor_of(proba)
        self.anchor_ = np.log(counts / counts.sum())
        away = log_of(proba, self.floor_) - self.anchor_
        rows = np.arange(codes.size)

        def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            slope, shift = np.exp(theta[0]), theta[1:]
            logits = slope * away
            logits += self.anchor_ + shift
            # One exponential a cell; the largest of a row is taken off so that none overflows.
            logits -= np.maximum.reduce([logits[:, code] for code in range(k)])[:, None]
            error = np.exp(logits)
            total = error.sum(axis=1)
            value = float(w @ (np.log(total) - logits[rows, codes]))
            error /= total[:, None]
            error[rows, codes] -= 1.0
            error *= w[:, None]
            value += 0.5 * (theta[0] / SLOPE_SD) ** 2 + 0.5 * float(shift @ shift) / SHIFT_SD**2
            gradient = np.empty_like(theta)
            gradient[0] = slope * float(np.einsum("ij,ij->", error, away)) + theta[0] / SLOPE_SD**2
            gradient[1:] = error.sum(axis=0) + shift / SHIFT_SD**2
            return value / codes.size, gradient / codes.size

        best = minimize(loss, np.zeros(k + 1), jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS})
        self.slope_ = float(np.exp(best.x[0]))
        self.shift_ = np.asarray(best.x[1:])
        return self

    def calibrate(self, proba: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated probabilities; see `Calibrator.calibrate`."""
        away = log_of(proba, self.floor_) - self.anchor_
        return np.asarray(softmax(self.anchor_ + self.slope_ * away + self.shift_, axis=1))
