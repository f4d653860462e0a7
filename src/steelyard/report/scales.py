"""Where a value falls on an axis, and at which values the axis is marked."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Scale", "linear", "logarithmic"]

TICK_DIGITS = 10
NARROW = 1e-9
"""Values closer than this, as a part of themselves, are one value."""
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """An axis from ``low`` to ``high``; calling it gives the place in 0..1, clipped unless ``open``."""

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool = False
    open: bool = False

    def __call__(self, value: float) -> float:
        """Return the place of ``value`` as a share of the axis."""
        if self.log:
            value, low, high = math.log(max(value, self.low)), math.log(self.low), math.log(self.high)
        else:
            low, high = self.low, self.high
        if high <= low:
            return 0.5
        place = (value - low) / (high - low)
        return place if self.open else min(max(place, 0.0), 1.0)


def linear(low: float, high: float, wanted: int = 5) -> Scale:
    """Return an even axis over ``low``..``high``, widened to round values, with about ``wanted`` ticks.

    >>> linear(0, 0.93).ticks
    (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = 0.0, 1.0
    if high - low <= NARROW * max(abs(low), abs(high), NARROW):
        pad = abs(low) * 0.1 if abs(low) > NARROW else 1.0
        low, high = low - pad, high + pad
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in STEPS if s * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    digits = TICK_DIGITS - math.floor(math.log10(step))
    ticks = tuple(round(i * step, digits) for i in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def logarithmic(low: float, high: float) -> Scale:
    """Return an axis in powers of ten.

    >>> logarithmic(0.001, 1).ticks
    (0.001, 0.01, 0.1, 1.0)
    """
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    ticks = tuple(10.0**power for power in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks, log=True)
