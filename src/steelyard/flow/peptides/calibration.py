"""Scores to probabilities with bounds, by two step functions that are plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.decide.calibrators import VennAbersCalibrator

__all__ = ["Bounds", "VennAbers"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bounds:
    """Probabilities (n,) with bounds: ``low`` were the row a negative, ``high`` were it a positive."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class VennAbers:
    """The steps of Venn-ABERS calibration: scores in order, and what each step says as either label."""

    scores: Floats
    as_negative: Floats
    as_positive: Floats

    @classmethod
    def fit(cls, scores: Floats, labels: NDArray[np.intp]) -> VennAbers:
        """Calibrate scores of rows that were not fitted on.

        Raises
        ------
        MissingExtra
            venn-abers is not installed.

        Examples
        --------
        >>> labels = np.array([0, 0, 1, 0, 1, 1] * 20)
        >>> told = VennAbers.fit(np.tile(np.arange(6) / 5, 20), labels).bounds(np.array([0.0, 1.0]))
        >>> bool((told.low <= told.mean).all() and (told.mean <= told.high).all())
        True
        """
        (steps,) = VennAbersCalibrator().fit(np.column_stack([1 - scores, scores]), labels).maps_
        return cls(steps["scores"], steps["as_negative"], steps["as_positive"])

    def bounds(self, scores: Floats) -> Bounds:
        """Probabilities and bounds of scores.

        Notes
        -----
        The two bounds are merged to the probability that risks the least log loss whichever of them is
        right, ``high / (1 - low + high)``.

        References
        ----------
        Vovk, Petej and Fedorova, Large-scale probabilistic predictors with and without guarantees of
        validity, NIPS 2015.
        """
        low = self.as_negative[np.searchsorted(self.scores, scores, side="right")]
        high = self.as_positive[np.searchsorted(self.scores, scores, side="left")]
        return Bounds(high / (1 - low + high), low, high)

    def to_dict(self) -> dict[str, list[float]]:
        """Return the steps as JSON holds them."""
        return {name: values.tolist() for name, values in vars(self).items()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> VennAbers:
        """Return what `to_dict` wrote."""
        return cls(*(np.asarray(given[name]) for name in ("scores", "as_negative", "as_positive")))
