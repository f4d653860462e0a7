"""Which samplers choose rows by their labels alone, so that only the class shares move."""

from __future__ import annotations

from typing import Any

from steelyard.balance.base import Sampler

__all__ = ["is_label_only"]

# imbalanced-learn's samplers do not say so themselves.
IMBALANCED_LEARN = ("RandomOverSampler", "RandomUnderSampler")


def is_label_only(sampler: Any) -> bool:
    """Tell whether prior correction is exact after this sampler.

    Examples
    --------
    >>> from steelyard.balance import SMOTE, RandomUnderSampler
    >>> is_label_only(RandomUnderSampler()), is_label_only(SMOTE())
    (True, False)
    """
    if isinstance(sampler, Sampler) or hasattr(sampler, "label_only"):
        return bool(sampler.label_only)
    if type(sampler).__module__.partition(".")[0] != "imblearn":
        return False
    # Smoothed copies are new points: they change more than the shares.
    return type(sampler).__name__ in IMBALANCED_LEARN and getattr(sampler, "shrinkage", None) is None
