"""One weight for each class, searched one class at a time over every value that changes a decision."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from steelyard.decide.evidence import Evidence
from steelyard.kernels.priors import class_counts

__all__ = ["decide_by_weights", "log_proba", "search_weights", "takeovers"]

Array = NDArray[np.float64]
Value = Callable[[Array, Array, Array], Array]

SMALLEST = 1e-12
MOST_SWEEPS = 5
GAIN = 1e-9  # what counts as better; less is rounding


def log_proba(proba: Array) -> Array:
    """Logarithm of probabilities; a class with probability 0 stays far below all others."""
    return np.asarray(np.log(np.maximum(proba, SMALLEST)))


def decide_by_weights(proba: Array, log_weights: Array) -> NDArray[np.intp]:
    """Class codes with the largest weighted probability; the first class wins a tie."""
    return (log_proba(np.asarray(proba, dtype=np.float64)) + log_weights).argmax(axis=1)


def takeovers(logits: Array, code: int) -> tuple[Array, NDArray[np.intp]]:
    """For each row the log-weight above which ``code`` is decided, and what is decided below it."""
    others = logits.copy()
    others[:, code] = -np.inf
    rival = others.argmax(axis=1)
    return others[np.arange(rival.size), rival] - logits[:, code], rival


def _best_move(
    logits: Array,
    codes: NDArray[np.intp],
    weight: Array,
    true: Array,
    present: NDArray[np.bool_],
    code: int,
    value: Value,
) -> tuple[float, float]:
    """Best additional log-weight for one class and the value it reaches.

    ``logits`` carry the weights of all classes but that of ``code``. Rows are sorted by where they go
    over to ``code``; running sums then give every decision count after each row.
    """
    m, k = logits.shape
    at, rival = takeovers(logits, code)
    order = np.argsort(at, kind="stable")
    at, rival, truth, w = at[order], rival[order], codes[order], weight[order]
    rows = np.arange(m)
    said, right = np.zeros((m + 1, k)), np.zeros((m + 1, k))
    said[rows + 1, rival] -= w
    said[1:, code] += w
    right[rows + 1, rival] -= w * (truth == rival)
    right[1:, code] += w * (truth == code)
    said[0] = class_counts(rival, k, w)
    right[0] = class_counts(rival, k, w * (truth == rival))
    said, right = np.cumsum(said, axis=0)[:, present], np.cumsum(right, axis=0)[:, present]
    ends = np.append(np.flatnonzero(np.diff(at, prepend=-np.inf) > 0), m)  # cuts between distinct places
    values = value(right[ends], said[ends], true[present])
    first = int(np.argmax(values >= values.max() - GAIN))
    last = first
    while last + 1 < values.size and values[last + 1] >= values.max() - GAIN:
        last += 1
    middle = ends[(first + last) // 2]
    low = at[middle - 1] if middle > 0 else at[0] - 1.0
    high = at[middle] if middle < m else at[-1] + 1.0
    return (low + high) / 2, float(values[first])


def search_weights(
    evidence: Evidence, value: Value, starts: list[Array], tunable: NDArray[np.intp]
) -> tuple[Array, float]:
    """Log-weights that give a metric of the decisions its best value out of fold.

    Coordinate ascent: from the best start, each class in turn gets the weight that is best while
    the others stay, until nothing gains. Deterministic.

    Parameters
    ----------
    evidence : Evidence
    value : function of right (m, k), said (m, k), true (k,) to values (m,)
        As in `rule_metrics.MULTICLASS`; classes without rows are left out.
    starts : list of ndarray of shape (k,)
        Log-weights to start from; the first wins a tie.
    tunable : ndarray of int
        Classes whose weight may move.

    Returns
    -------
    log_weights : ndarray of shape (k,)
    value : float
    """
    k = evidence.n_classes
    true = class_counts(evidence.codes, k, evidence.weight)
    present = true > 0
    logits = log_proba(evidence.proba)

    def reached(log_weights: Array) -> float:
        decided = (logits + log_weights).argmax(axis=1)
        said = class_counts(decided, k, evidence.weight)[present]
        right = class_counts(decided, k, evidence.weight * (decided == evidence.codes))[present]
        return float(value(right[None], said[None], true[present])[0])

    values = [reached(start) for start in starts]
    best = max(values)
    found = starts[values.index(best)].copy()
    for _ in range(MOST_SWEEPS):
        before = best
        for code in tunable:
            others = found.copy()
            others[code] = 0.0
            moved, gained = _best_move(
                logits + others, evidence.codes, evidence.weight, true, present, int(code), value
            )
            if gained > best + GAIN:
                found[code], best = moved, gained
        if best <= before + GAIN:
            break
    return found, best
