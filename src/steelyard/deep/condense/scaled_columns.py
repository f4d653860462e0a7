"""Columns of numbers on one scale, for a net to learn from, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadTable

__all__ = ["SCALINGS", "ScaledColumns"]

SCALINGS = ("minmax", "none", "standard")


@dataclass(frozen=True, eq=False)
class ScaledColumns:
    """Rows as ``(numbers - middle) / unit``, in 32 bits; a gap stands at its column's median."""

    points: NDArray[np.float32]
    middle: NDArray[np.float64]
    unit: NDArray[np.float64]

    @classmethod
    def of(cls, numbers: NDArray[Any], scaling: str) -> ScaledColumns:
        """Put columns on a scale.

        Parameters
        ----------
        numbers : ndarray of shape (n, p)
            Finite or NaN.
        scaling : {"minmax", "standard", "none"}
            What a column is divided by: its range, its standard deviation, nothing.

        Returns
        -------
        ScaledColumns

        Raises
        ------
        BadTable
            Numbers that 32 bits cannot hold, with the scaling "none".

        Examples
        --------
        >>> columns = ScaledColumns.of(np.array([[0.0], [5.0], [10.0]]), "minmax")
        >>> columns.points.ravel().tolist(), columns.back(columns.points).ravel().tolist()
        ([-0.5, 0.0, 0.5], [0.0, 5.0, 10.0])
        """
        full = np.asarray(numbers, dtype=np.float64)
        if np.isnan(full).any():
            empty = np.isnan(full).all(axis=0)
            full = np.where(np.isnan(full), np.nanmedian(np.where(empty, 0.0, full), axis=0), full)
        low, high = full.min(axis=0), full.max(axis=0)
        half = high / 2 - low / 2  # halves, for the difference of very large numbers may not fit
        middle, unit = np.zeros_like(low), np.ones_like(low)
        if scaling != "none":
            middle = low / 2 + high / 2
            safe = np.where(half > 0, half, 1.0)
            within = full / safe - middle / safe  # between -1 and 1
            spread = 2.0 if scaling == "minmax" else within.std(axis=0)
            unit = np.where(half > 0, safe * spread, 1.0)
        with np.errstate(over="ignore"):
            points = ((full - middle) / unit).astype(np.float32)
        if not np.isfinite(points).all():
            raise BadTable("The table holds numbers that 32 bits cannot hold. Rescale the columns.")
        return cls(points, middle, unit)

    def back(self, points: NDArray[np.float32]) -> NDArray[np.float64]:
        """Points as numbers of the table."""
        return np.asarray(points.astype(np.float64) * self.unit + self.middle)
