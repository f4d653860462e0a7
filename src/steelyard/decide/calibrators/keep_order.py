"""Steps that never tie two rows which the scores tell apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.decide.calibrators.sigmoid import SigmoidCalibrator

__all__ = ["blend", "smooth_parameters"]

SMOOTH_SHARE = 0.01


def _two_columns(p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([1 - p, p])


def smooth_parameters(
    p: NDArray[np.float64], hit: NDArray[np.float64], weight: NDArray[np.float64]
) -> dict[str, Any]:
    """Fit the sigmoid that the steps are blended with; its parameters as plain arrays."""
    fitted = SigmoidCalibrator().fit(_two_columns(p), hit.astype(np.intp), weight)
    return {
        "slope": fitted.slope_,
        "shift": fitted.shift_,
        "anchor": fitted.anchor_,
        "floor": fitted.floor_,
    }


def blend(
    p: NDArray[np.float64], steps: NDArray[np.float64], parameters: dict[str, Any]
) -> NDArray[np.float64]:
    """Mix one part in a hundred of a rising sigmoid into a step function of the same scores.

    A step function ties all rows of a step; the sigmoid tells them apart, is calibrated itself, and
    keeps the result away from exactly 0 and 1.
    """
    smooth = SigmoidCalibrator()
    smooth.slope_, smooth.shift_ = parameters["slope"], parameters["shift"]
    smooth.anchor_, smooth.floor_ = parameters["anchor"], parameters["floor"]
    rising = smooth.calibrate(_two_columns(p))[:, 1]
    return (1 - SMOOTH_SHARE) * steps + SMOOTH_SHARE * rising
