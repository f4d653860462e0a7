"""What an attack on the labels of one class achieved, and which figures show it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import BadOption
from steelyard.metrics.clopper_pearson import LEVEL, clopper_pearson
from steelyard.metrics.confusion import confusion
from steelyard.metrics.labels import codes_of
from steelyard.records import Estimate

__all__ = ["AttackReport", "attack_report"]

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class AttackReport:
    """Figures of a clean and of a poisoned model on the same test rows.

    Parameters
    ----------
    target, to : label
        The class under attack, and the one its rows are to be taken for.
    n_target : int
        Test rows of ``target``.
    asr, asr_baseline : Estimate
        Share of the target's rows called ``to`` by the poisoned and by the clean model.
    lift : Estimate
        The one less the other: what the attack did, beside what the model got wrong anyway.
    recall, accuracy, balanced_accuracy, macro_f1 : tuple of two Estimate
        Of the clean and of the poisoned model.
    """

    target: Any
    to: Any
    n_target: int
    asr: Estimate
    asr_baseline: Estimate
    lift: Estimate
    recall: tuple[Estimate, Estimate]
    accuracy: tuple[Estimate, Estimate]
    balanced_accuracy: tuple[Estimate, Estimate]
    macro_f1: tuple[Estimate, Estimate]


def attack_report(
    y_true: ArrayLike,
    predicted_clean: ArrayLike,
    predicted_poisoned: ArrayLike,
    target: Any,
    to: Any,
    *,
    level: float = LEVEL,
) -> AttackReport:
    """Compare a clean and a poisoned model on test rows whose labels nobody touched.

    Parameters
    ----------
    y_true : array of shape (n,)
        True labels.
    predicted_clean, predicted_poisoned : array of shape (n,)
        Labels that the two models decided on.
    target, to : label
        The class under attack, and the one its rows are to be taken for.
    level : float
        Of all intervals.

    Returns
    -------
    AttackReport

    Raises
    ------
    BadOption
        Arrays of unequal length, no test row of ``target``, or ``to`` equal to it.

    Notes
    -----
    A success rate alone says little: a class that the clean model already calls ``to`` has a high one
    without any attack. Hence the baseline and the lift.

    Shares have Clopper and Pearson's exact interval. F1 of a class is ``2J / (1 + J)``, where J is the share
    of hits among the rows that are of the class or are called it; its interval is that of J, moved along.
    Means over classes combine the intervals of the classes by squares (Zou and Donner), taken as independent.
    The lift is a difference on the same rows: Newcombe's tenth method with exact limits in place of Wilson's.

    References
    ----------
    Clopper and Pearson, Biometrika 26, 1934; Newcombe, Improved confidence intervals for the difference
    between binomial proportions based on paired data, Statistics in Medicine 17, 1998; Zou and Donner,
    Statistics in Medicine 27, 2008.

    Examples
    --------
    >>> true = ["rare"] * 4 + ["common"] * 16
    >>> clean = ["rare"] * 3 + ["common"] * 17
    >>> report = attack_report(true, clean, ["common"] * 20, "rare", "common")
    >>> report.asr.mean, report.asr_baseline.mean, report.lift.mean
    (1.0, 0.25, 0.75)
    >>> [round(e.mean, 3) for e in (*report.accuracy, *report.balanced_accuracy)]
    [0.95, 0.8, 0.875, 0.5]
    """
    if target == to:
        raise BadOption(f"Expected two classes, got target={target!r} and to={to!r}. Choose another 'to'.")
    classes, (true, clean, poisoned) = codes_of(None, y_true, predicted_clean, predicted_poisoned)
    at = np.flatnonzero(classes == target)
    rows = np.flatnonzero(true == at[0]) if at.size else np.empty(0, dtype=np.intp)
    if rows.size == 0:
        raise BadOption(
            f"No test row is of the class {target!r}; there are {np.unique(y_true).tolist()[:10]}."
        )
    called = [classes[codes[rows]] == to for codes in (clean, poisoned)]
    k, n = classes.size, true.size
    matrices = [confusion(true, codes, k) for codes in (clean, poisoned)]
    before, after = (clopper_pearson(int(hit.sum()), rows.size, level=level) for hit in called)

    def both(measure: Callable[[Matrix], Estimate]) -> tuple[Estimate, Estimate]:
        return measure(matrices[0]), measure(matrices[1])

    return AttackReport(
        target,
        to,
        int(rows.size),
        after,
        before,
        _paired_difference(called[1], called[0], after, before),
        both(lambda m: clopper_pearson(float(m[at[0], at[0]]), rows.size, level=level)),
        both(lambda m: clopper_pearson(float(np.trace(m)), n, level=level)),
        both(lambda m: _mean_recall(m, level)),
        both(lambda m: _mean_f1(m, level)),
    )


def _paired_difference(a: NDArray[Any], b: NDArray[Any], one: Estimate, other: Estimate) -> Estimate:
    """Difference of two shares of the same rows, with the limits of each squared and added."""
    difference = one.mean - other.mean
    spread = math.sqrt(one.mean * (1 - one.mean) * other.mean * (1 - other.mean))
    together = float((a & b).mean()) - one.mean * other.mean
    phi = together / spread if spread > 0 else 0.0

    def reach(own: float, others: float) -> float:
        return math.sqrt(max(own**2 - 2 * phi * own * others + others**2, 0.0))

    low = difference - reach(one.mean - one.low, other.high - other.mean)
    high = difference + reach(one.high - one.mean, other.mean - other.low)
    return Estimate(difference, max(-1.0, low), min(1.0, high), (), "Newcombe, exact limits")


def _mean_of(parts: list[Estimate]) -> Estimate:
    """Mean over classes, each counting the same."""
    mean = float(np.mean([part.mean for part in parts]))
    down = math.sqrt(sum((part.mean - part.low) ** 2 for part in parts)) / len(parts)
    up = math.sqrt(sum((part.high - part.mean) ** 2 for part in parts)) / len(parts)
    return Estimate(mean, max(0.0, mean - down), min(1.0, mean + up), (), "Clopper-Pearson, combined")


def _mean_recall(matrix: Matrix, level: float) -> Estimate:
    totals = matrix.sum(axis=1)
    return _mean_of(
        [clopper_pearson(float(matrix[c, c]), float(totals[c]), level=level) for c in np.flatnonzero(totals)]
    )


def _mean_f1(matrix: Matrix, level: float) -> Estimate:
    seen = matrix.sum(axis=0) + matrix.sum(axis=1) - np.diagonal(matrix)
    parts = []
    for c in np.flatnonzero(seen):
        j = clopper_pearson(float(matrix[c, c]), float(seen[c]), level=level)
        mean, low, high = (2 * value / (1 + value) for value in (j.mean, j.low, j.high))
        parts.append(Estimate(mean, low, high, (), j.method))
    return _mean_of(parts)
