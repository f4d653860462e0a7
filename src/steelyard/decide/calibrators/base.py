"""What every calibrator promises, and the frame for those that calibrate one class at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

__all__ = ["Calibrator", "ColumnCalibrator", "floor_of", "log_of"]

SMALLEST_FLOOR, LARGEST_FLOOR = 1e-12, 1e-3


def floor_of(proba: NDArray[np.float64]) -> float:
    """What is added before a logarithm: half the smallest probability that is not 0.

    A forest of 100 trees says 0 where it means "below 1 in 100"; a fixed tiny floor would make such a
    row a far outlier and the fit follow it.
    """
    positive = proba[proba > 0]
    smallest = float(positive.min()) if positive.size else 1.0
    return float(np.clip(smallest / 2, SMALLEST_FLOOR, LARGEST_FLOOR))


def log_of(proba: NDArray[np.float64], floor: float) -> NDArray[np.float64]:
    """Logarithm that keeps the order of probabilities and is finite at 0."""
    return np.asarray(np.log(proba + floor))


class Calibrator(ABC, BaseEstimator):
    """Maps an array of probabilities to calibrated ones; abstract.

    With two classes every calibrator keeps the order of the rows: what ranks rows before ranks them
    after.
    """

    @abstractmethod
    def fit(
        self, proba: NDArray[np.float64], codes: NDArray[np.intp], weight: NDArray[np.float64] | None = None
    ) -> Calibrator:
        """Learn the map from out-of-fold probabilities (n, k) and true class codes (n,)."""

    @abstractmethod
    def calibrate(self, proba: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated probabilities, rows summing to one."""


class ColumnCalibrator(Calibrator):
    """Calibrates each class against the rest and normalises the rows; abstract.

    With two classes only the second column is fitted. A leaf says how one column is fitted and mapped.
    """

    @abstractmethod
    def _fit_column(
        self, p: NDArray[np.float64], hit: NDArray[np.float64], weight: NDArray[np.float64]
    ) -> dict[str, Any]:
        """Parameters of the map of one class: plain numbers and arrays."""

    @abstractmethod
    def _map_column(self, p: NDArray[np.float64], parameters: dict[str, Any]) -> NDArray[np.float64]:
        """Calibrated probability of one class against the rest."""

    def fit(
        self, proba: NDArray[np.float64], codes: NDArray[np.intp], weight: NDArray[np.float64] | None = None
    ) -> ColumnCalibrator:
        """Learn one map per class; see `Calibrator.fit`."""
        w = np.ones(codes.size) if weight is None else weight
        k = proba.shape[1]
        columns = [1] if k == 2 else range(k)
        self.maps_ = [self._fit_column(proba[:, c], (codes == c).astype(np.float64), w) for c in columns]
        return self

    def calibrate(self, proba: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated probabilities; see `Calibrator.calibrate`."""
        if proba.shape[1] == 2:
            positive = self._map_column(proba[:, 1], self.maps_[0])
            return np.column_stack([1 - positive, positive])
        mapped = np.column_stack(
            [self._map_column(proba[:, c], parameters) for c, parameters in enumerate(self.maps_)]
        )
        total = mapped.sum(axis=1, keepdims=True)
        return np.where(total > 0, mapped / np.where(total > 0, total, 1.0), proba)
