"""One number for all classes: how sure the model is, without a shift."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax

from steelyard.decide.calibrators.base import Calibrator, floor_of, log_of

__all__ = ["TemperatureCalibrator"]

WIDEST = 5.0  # of the log of the temperature: from 1/150 to 150
TOLERANCE = 1e-6


class TemperatureCalibrator(Calibrator):
    """Temperature scaling: ``softmax(log p / T)``.

    For a net that is too sure of itself and right about the shares of the classes. The most probable class
    of a row stays what it was, for any number of classes; what class weights or balanced draws have
    shifted stays shifted, and needs the sigmoid.

    Attributes
    ----------
    temperature_ : float
        Above 1 where the probabilities were too far from one another.
    floor_ : float
        Added to probabilities before the logarithm.

    References
    ----------
    Guo, Pleiss, Sun and Weinberger, On calibration of modern neural networks, ICML 2017, section 4.2.

    Examples
    --------
    >>> p = np.repeat([[0.1, 0.9]], 100, axis=0)
    >>> codes = np.tile([0, 1, 1, 1, 1], 20)  # right four times in five, where it says nine in ten
    >>> TemperatureCalibrator().fit(p, codes).calibrate(p)[0].round(2)
    array([0.2, 0.8])
    """

    def fit(
        self, proba: NDArray[np.float64], codes: NDArray[np.intp], weight: NDArray[np.float64] | None = None
    ) -> TemperatureCalibrator:
        """Find the temperature; see `Calibrator.fit`."""
        w = np.full(codes.size, 1.0 / codes.size) if weight is None else weight / weight.sum()
        self.floor_ = floor_of(proba)
        logits = log_of(proba, self.floor_)
        own = logits[np.arange(codes.size), codes]

        def loss(log_temperature: float) -> float:
            slope = np.exp(-log_temperature)
            return float(w @ (logsumexp(slope * logits, axis=1) - slope * own))

        best = minimize_scalar(loss, bounds=(-WIDEST, WIDEST), method="bounded", options={"xatol": TOLERANCE})
        self.temperature_ = float(np.exp(best.x))
        return self

    def calibrate(self, proba: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated probabilities; see `Calibrator.calibrate`."""
        return np.asarray(softmax(log_of(proba, self.floor_) / self.temperature_, axis=1))
