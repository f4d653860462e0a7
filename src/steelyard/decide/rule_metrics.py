"""Metrics of decisions as functions of counts, for whole arrays of candidate decisions at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from steelyard.decide.binary_cuts import Cuts

__all__ = ["BINARY", "MULTICLASS", "TITLES"]

Array = NDArray[np.float64]


def _share(part: Array, whole: Array | float) -> Array:
    """``part / whole``, 0 where nothing is there."""
    total = np.broadcast_to(np.asarray(whole, dtype=np.float64), np.shape(part))
    return np.divide(part, total, out=np.zeros(np.shape(part)), where=total > 0)


def _f1(cuts: Cuts) -> Array:
    return _share(2 * cuts.hits, cuts.positives + cuts.hits + cuts.alarms)


def _recalls(cuts: Cuts) -> tuple[Array, Array]:
    return _share(cuts.hits, cuts.positives), _share(cuts.negatives - cuts.alarms, cuts.negatives)


def _balanced_accuracy(cuts: Cuts) -> Array:
    hit, quiet = _recalls(cuts)
    return (hit + quiet) / 2


def _g_mean(cuts: Cuts) -> Array:
    hit, quiet = _recalls(cuts)
    return np.sqrt(hit * np.maximum(quiet, 0.0))


def _mcc(cuts: Cuts) -> Array:
    flagged = cuts.hits + cuts.alarms
    total = cuts.positives + cuts.negatives
    spread = np.sqrt(np.maximum(flagged * (total - flagged) * cuts.positives * cuts.negatives, 0.0))
    return _share(cuts.hits * total - flagged * cuts.positives, spread)


BINARY: Mapping[str, Callable[[Cuts], Array]] = {
    "f1": _f1,
    "balanced_accuracy": _balanced_accuracy,
    "mcc": _mcc,
    "g_mean": _g_mean,
}
"""Value of each cut."""


def _macro_f1(right: Array, said: Array, true: Array) -> Array:
    return np.asarray(_share(2 * right, said + true).mean(axis=-1))


def _macro_recall(right: Array, said: Array, true: Array) -> Array:
    return np.asarray((right / true).mean(axis=-1))


def _geometric_recall(right: Array, said: Array, true: Array) -> Array:
    return np.asarray(np.prod(np.maximum(right / true, 0.0) ** (1 / true.size), axis=-1))


def _many_class_mcc(right: Array, said: Array, true: Array) -> Array:
    total = true.sum()
    spread = np.sqrt(np.maximum((total**2 - (said**2).sum(axis=-1)) * (total**2 - (true**2).sum()), 0.0))
    return _share(right.sum(axis=-1) * total - (said * true).sum(axis=-1), spread)


MULTICLASS: Mapping[str, Callable[[Array, Array, Array], Array]] = {
    "f1": _macro_f1,
    "balanced_accuracy": _macro_recall,
    "mcc": _many_class_mcc,
    "g_mean": _geometric_recall,
}
"""Value from rightly decided rows (..., k), decided rows (..., k) and true rows (k,) per class."""

TITLES: Mapping[str, str] = {
    "f1": "F1",
    "balanced_accuracy": "balanced accuracy",
    "mcc": "Matthews correlation",
    "g_mean": "G-mean",
}
