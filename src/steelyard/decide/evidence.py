"""What a rule may look at: probabilities of rows the model had not seen, with their labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import CannotEvaluate
from steelyard.kernels.priors import class_counts, correct_prior
from steelyard.kernels.rng import RandomState, child

__all__ = ["Evidence", "scored_evidence"]

LEAST_CLASSES = 2
MOST_ROWS = 20_000  # of many-class evidence: class weights are searched over rows x classes


@dataclass(frozen=True, eq=False)
class Evidence:
    """Out-of-fold probabilities with labels, weights and groups.

    Parameters
    ----------
    proba : ndarray of shape (m, k)
    codes : ndarray of shape (m,)
        True class codes.
    weight : ndarray of shape (m,)
    groups : ndarray of shape (m,) or None
        Group codes; rows of one group are drawn together when an interval is made.

    Examples
    --------
    >>> seen = Evidence(np.array([[0.9, 0.1], [0.4, 0.6]]), np.array([0, 1]), np.ones(2))
    >>> seen.moved(np.array([0.5, 0.5]), np.array([0.75, 0.25])).weight
    array([1.5, 0.5])
    """

    proba: NDArray[np.float64]
    codes: NDArray[np.intp]
    weight: NDArray[np.float64]
    groups: NDArray[np.intp] | None = None

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return int(self.proba.shape[1])

    @property
    def counts(self) -> NDArray[np.intp]:
        """Rows per class, without weights."""
        return np.bincount(self.codes, minlength=self.n_classes)

    def moved(self, trained: NDArray[np.float64], wanted: NDArray[np.float64]) -> Evidence:
        """Return the same rows as they would look, and count, under other class shares."""
        factor = np.divide(wanted, trained, out=np.zeros_like(wanted), where=trained > 0)
        return replace(
            self,
            proba=correct_prior(self.proba, trained, wanted),
            weight=self.weight * factor[self.codes],
        )

    def take(self, rows: NDArray[Any]) -> Evidence:
        """Return the evidence of these rows."""
        groups = None if self.groups is None else self.groups[rows]
        return Evidence(self.proba[rows], self.codes[rows], self.weight[rows], groups)

    def to_plain(self) -> dict[str, Any]:
        """Return the arrays as a model file holds them; ``Evidence(**plain)`` reads them back."""
        return {
            "proba": self.proba,
            "codes": self.codes.astype(np.int32),
            "weight": self.weight,
            "groups": None if self.groups is None else self.groups.astype(np.int32),
        }

    def capped(self, random_state: RandomState) -> Evidence:
        """Return at most so many rows that work on all of them stays quick.

        Small classes stay whole; rows of large ones are drawn and weigh more.
        """
        if self.codes.size <= MOST_ROWS:
            return self
        counts = self.counts
        quota = _fair_share(counts, MOST_ROWS)
        rng = child(random_state, "evidence")
        rows = np.sort(
            np.concatenate(
                [
                    rng.choice(np.flatnonzero(self.codes == code), int(quota[code]), replace=False)
                    for code in np.flatnonzero(counts)
                ]
            )
        )
        kept = self.take(rows)
        before = class_counts(self.codes, self.n_classes, self.weight)
        after = class_counts(kept.codes, self.n_classes, kept.weight)
        factor = np.divide(before, after, out=np.ones_like(before), where=after > 0)
        return replace(kept, weight=kept.weight * factor[kept.codes])


def scored_evidence(
    oof_proba: NDArray[np.float64] | None,
    codes: NDArray[np.intp],
    weight: NDArray[np.float64],
    groups: ArrayLike | None,
) -> Evidence:
    """Return the rows that were predicted out of fold and count for something.

    Raises
    ------
    CannotEvaluate
        They are of one class at most.
    """
    if oof_proba is None:
        raise ValueError("oof_proba must be given when needs_scores is True; make it by inner_scores(X, y).")
    proba = np.asarray(oof_proba, dtype=np.float64)
    n_classes = int(codes.max()) + 1
    if proba.shape != (codes.size, n_classes):
        raise ValueError(
            f"oof_proba must have a row per label and a column per class, {(codes.size, n_classes)}. "
            f"Got shape {proba.shape} instead."
        )
    rows = np.flatnonzero(np.isfinite(proba).all(axis=1) & (weight > 0))
    if np.unique(codes[rows]).size < LEAST_CLASSES:
        raise CannotEvaluate(
            f"A decision rule needs out-of-fold scores of rows of two classes, got {rows.size} scored rows "
            "of one class at most. Collect more rows, or use ArgmaxRule without calibration."
        )
    group_codes = None if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    return Evidence(proba, codes, weight, group_codes).take(rows)


def _fair_share(counts: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """Rows to keep per class: whole small classes, and equal parts for those that must shrink."""
    quota = counts.copy()
    left, unsettled = most, np.argsort(counts, kind="stable")
    for place, code in enumerate(unsettled):
        quota[code] = min(int(counts[code]), left // (unsettled.size - place))
        left -= int(quota[code])
    return quota
