"""Which calibrator a name stands for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from steelyard.decide.calibrators.base import Calibrator
from steelyard.decide.calibrators.beta import BetaCalibrator
from steelyard.decide.calibrators.isotonic import IsotonicCalibrator
from steelyard.decide.calibrators.sigmoid import SigmoidCalibrator
from steelyard.decide.calibrators.temperature import TemperatureCalibrator
from steelyard.decide.calibrators.venn_abers import VennAbersCalibrator
from steelyard.errors import BadOption

__all__ = ["CALIBRATIONS", "choose_calibrator"]

ROWS_FOR_ISOTONIC = 1000
"""Calibration rows below which isotonic regression overfits (Niculescu-Mizil and Caruana, Predicting good
probabilities with supervised learning, ICML 2005, section 5); counted in the rarer class here."""

BY_NAME: Mapping[str, type[Calibrator]] = {
    "sigmoid": SigmoidCalibrator,
    "isotonic": IsotonicCalibrator,
    "beta": BetaCalibrator,
    "temperature": TemperatureCalibrator,
    "venn-abers": VennAbersCalibrator,
}
CALIBRATIONS = ("auto", *BY_NAME)


def choose_calibrator(name: str, counts: NDArray[np.intp]) -> tuple[str, Calibrator]:
    """Return the calibrator's own name and a new one.

    Parameters
    ----------
    name : "auto", "sigmoid", "isotonic", "beta", "temperature" or "venn-abers"
        "auto" is isotonic for two classes of at least 1000 rows each, and sigmoid for all else.
    counts : ndarray of shape (k,)
        Calibration rows per class.

    Raises
    ------
    BadOption
        An unknown name.

    Examples
    --------
    >>> choose_calibrator("auto", np.array([5000, 50]))[0]
    'sigmoid'
    """
    if name == "auto":
        rich = counts.size == 2 and counts.min() >= ROWS_FOR_ISOTONIC
        name = "isotonic" if rich else "sigmoid"
    if name not in BY_NAME:
        raise BadOption(
            f"The 'calibration' parameter must be one of {', '.join(CALIBRATIONS)} or None. "
            f"Got {name!r} instead."
        )
    return name, BY_NAME[name]()
