"""Dates to numbers: seconds since the epoch, and the turns of the calendar that vary."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["DateColumn"]

DAY, HOUR = 86_400, 3_600
EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday, and Monday is 0


def _calendar(seconds: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    missing = np.isnan(seconds)
    whole = np.where(missing, 0.0, np.floor(seconds)).astype(np.int64)
    parts = {
        "month": whole.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12 + 1,
        "weekday": (whole // DAY + EPOCH_WEEKDAY) % 7,
        "hour": whole % DAY // HOUR,
    }
    return {name: np.where(missing, np.nan, values) for name, values in parts.items()}


class DateColumn:
    """Turns a date into the seconds since 1970 and those of month, weekday and hour that vary.

    Times with a zone are read in UTC. Month runs from 1, weekday from 0 for Monday.

    Attributes
    ----------
    parts : list of str
        Calendar parts that took more than one value at fit.

    Examples
    --------
    >>> import numpy as np
    >>> noon = np.array([0.0, 86_400.0]) + 43_200
    >>> DateColumn().fit(noon).transform(noon)
    array([[4.320e+04, 3.000e+00],
           [1.296e+05, 4.000e+00]])
    """

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of the output columns' names."""
        return ("", *(f"__{part}" for part in self.parts))

    @property
    def sentence(self) -> str:
        """What the user is told."""
        return f"holds dates: read as {', '.join(['seconds since 1970', *self.parts])}"

    def fit(self, seconds: NDArray[np.float64]) -> DateColumn:
        """Find the parts that vary; ``seconds`` has shape (n,), NaN for missing."""
        present = seconds[~np.isnan(seconds)]
        self.parts = [name for name, part in _calendar(present).items() if np.unique(part).size > 1]
        return self

    def transform(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Columns ``seconds, *parts``; shape (n, 1 + len(parts))."""
        calendar = _calendar(seconds)
        return np.column_stack([seconds, *(calendar[name] for name in self.parts)])

    def measure(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the seconds, for shift."""
        return seconds
