"""Venn-ABERS: two isotonic fits, one for each label a new row could have."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.decide.calibrators.base import ColumnCalibrator
from steelyard.decide.calibrators.keep_order import blend, smooth_parameters
from steelyard.errors import BadOption
from steelyard.kernels.optional import require

__all__ = ["VennAbersCalibrator"]


class VennAbersCalibrator(ColumnCalibrator):
    """Inductive Venn-ABERS by the package venn-abers, blended with one hundredth of a sigmoid.

    A row's calibrated probability merges what isotonic regression says when the row is added as a
    positive and when it is added as a negative; few rows make the two differ and the result cautious.
    Many classes are calibrated one against the rest. Sample weights are not supported.

    Attributes
    ----------
    maps_ : list of dict
        Scores and the two step functions for each class, as plain arrays; predicting needs no package.

    Raises
    ------
    MissingExtra
        venn-abers is not installed.
    BadOption
        The rows have unequal weights.

    References
    ----------
    Vovk, Petej and Fedorova, Large-scale probabilistic predictors with and without guarantees of
    validity, NIPS 2015.

    Examples
    --------
    >>> p = np.linspace(0, 1, 100)
    >>> fitted = VennAbersCalibrator().fit(np.column_stack([1 - p, p]), (p > 0.7).astype(int))
    >>> fitted.calibrate(np.array([[0.5, 0.5], [0.1, 0.9]]))[:, 1].round(2)
    array([0.05, 0.95])
    """

    def _fit_column(
        self, p: NDArray[np.float64], hit: NDArray[np.float64], weight: NDArray[np.float64]
    ) -> dict[str, Any]:
        if not np.allclose(weight, weight[0]):
            raise BadOption(
                "Venn-ABERS calibration counts rows, got rows of unequal weight. Use 'isotonic' or 'sigmoid'."
            )
        # The package switches numpy's warnings off for everyone when imported, and divides 0 by 0.
        with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="All-NaN", category=RuntimeWarning)
            package = require("venn_abers", extra="venn", for_="Venn-ABERS calibration")
            as_negative, as_positive, scores = package.calc_p0p1(np.column_stack([1 - p, p]), hit)
        return {
            "scores": np.asarray(scores),
            "as_negative": np.asarray(as_negative[:, 1]),
            "as_positive": np.asarray(as_positive[:, 1]),
            **smooth_parameters(p, hit, weight),
        }

    def _map_column(self, p: NDArray[np.float64], parameters: dict[str, Any]) -> NDArray[np.float64]:
        scores = parameters["scores"]
        low = parameters["as_negative"][np.searchsorted(scores, p, side="right")]
        high = parameters["as_positive"][np.searchsorted(scores, p, side="left")]
        return blend(p, high / (1 - low + high), parameters)
