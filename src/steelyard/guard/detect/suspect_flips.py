"""Rows whose label a model that has not seen them contradicts: confident learning."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption
from steelyard.guard.detect.read_rows import FEW_ROWS, quoted, read_codes, read_proba
from steelyard.guard.detect.suspects import Suspects, rank_suspects
from steelyard.kernels.confident_joint import (
    calibrated_joint,
    confident_joint,
    confident_thresholds,
    label_issues,
)

__all__ = ["suspect_flips"]

NAME = "suspect_flips"
RANKINGS = ("normalized_margin", "self_confidence")
FILTERS = ("confident_joint", "noise_rate")
HALF = 0.5


def suspect_flips(
    y: Any,
    proba: Any,
    *,
    classes: Any = None,
    rank_by: str = "normalized_margin",
    by: str = "confident_joint",
) -> Suspects:
    """Find rows whose label is confidently contradicted by a model that has not seen them.

    Parameters
    ----------
    y : array of shape (n,)
        Given labels.
    proba : array of shape (n, k)
        Probabilities out of fold, whole groups on one side (`steelyard.kernels.out_of_fold`). A row of NaN
        is not judged.
    classes : array of shape (k,), optional
        What the columns are; the sorted labels by default.
    rank_by : {"normalized_margin", "self_confidence"}
        Score of a row: ``(1 + largest other probability - own probability) / 2``, or
        ``1 - own probability``.
    by : {"confident_joint", "noise_rate"}
        Which rows are suspects: those off the diagonal of the confident joint; or for each pair of labels as
        many as the calibrated joint expects, those that lean the most to the other label first.

    Returns
    -------
    Suspects
        The suggested label is the most probable other one; with "noise_rate" too.

    Raises
    ------
    BadTable, BadTarget, BadOption

    Notes
    -----
    *What it cannot do.* A model learns from the labels as they are. When most rows of a class carry a wrong
    label, that label is what the model expects of them, and what it then contradicts are the rows that are
    still right. It also cannot tell a wrong label from a right one in a region where classes overlap.

    References
    ----------
    Northcutt, Jiang and Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels,
    Journal of Artificial Intelligence Research 70, 2021.

    Examples
    --------
    >>> y = np.repeat(["ok", "ill"], [20, 12])
    >>> proba = np.where((y == "ok")[:, None], [[0.1, 0.9]], [[0.8, 0.2]])
    >>> y[0] = "ill"
    >>> found = suspect_flips(y, proba)
    >>> found.rows.tolist(), found.suggested.tolist(), found.evidence
    ([0], ['ok'], ("a model that had not seen the row gives 'ill' 0.10 and 'ok' 0.90",))
    """
    for name, value, choices in (("rank_by", rank_by, RANKINGS), ("by", by, FILTERS)):
        if value not in choices:
            raise BadOption(
                f"The {name!r} parameter of {NAME} must be one of {choices}. Got {value!r} instead."
            )
    codes, names = read_codes(y, NAME, classes)
    table = read_proba(proba, codes, names, NAME)
    told = np.flatnonzero(~np.isnan(table).any(axis=1))
    own, other, best = _sides(codes, table)
    every = 1 - own if rank_by == "self_confidence" else HALF * (1 + other - own)
    picked = label_issues if by == "confident_joint" else _by_noise_rate
    suspect = np.zeros(codes.size, dtype=np.bool_)
    suspect[told] = picked(codes[told], table[told])

    labels = names.tolist()

    def say(row: int) -> str:
        return (
            f"a model that had not seen the row gives {labels[codes[row]]!r} {own[row]:.2f} and "
            f"{labels[best[row]]!r} {other[row]:.2f}"
        )

    notes = _notes(codes[told], table[told], names, codes.size)
    return rank_suspects(NAME, suspect, every.clip(0, 1), codes, best, names, say, notes)


def _sides(
    codes: NDArray[np.intp], proba: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """Probability of the given label, the largest of the others, and whose that is."""
    rows = np.arange(codes.size)
    others = proba.copy()
    others[rows, codes] = -np.inf
    best = np.where(np.isnan(others), -np.inf, others).argmax(axis=1)
    return proba[rows, codes], others[rows, best], best


def _by_noise_rate(codes: NDArray[np.intp], proba: NDArray[np.float64]) -> NDArray[np.bool_]:
    """For each pair as many rows as the calibrated joint expects, those that lean the most first."""
    n_classes = proba.shape[1]
    counts = np.bincount(codes, minlength=n_classes)
    expected = calibrated_joint(confident_joint(codes, proba), counts).round().astype(np.intp)
    suspect = np.zeros(codes.size, dtype=np.bool_)
    for given in np.flatnonzero(counts):
        rows = np.flatnonzero(codes == given)
        for right in np.flatnonzero(np.arange(n_classes) != given):
            lean = proba[rows, right] - proba[rows, given]
            suspect[rows[np.argsort(-lean, kind="stable")[: expected[given, right]]]] = True
    return suspect & (proba[np.arange(codes.size), codes] < proba.max(axis=1, initial=0.0))


def _notes(
    codes: NDArray[np.intp], proba: NDArray[np.float64], names: NDArray[Any], n_rows: int
) -> list[str]:
    """Where the answer is weak."""
    notes = []
    counts = np.bincount(codes, minlength=names.size)
    if codes.size < n_rows:
        notes.append(f"{n_rows - codes.size:,} rows have no probability out of fold and were not judged.")
    few = counts < FEW_ROWS
    if few.any():
        notes.append(f"Fewer than {FEW_ROWS} rows, hardly to be judged: {quoted(names, few)}.")
    lost = ~few & (confident_thresholds(codes, proba) < HALF)
    if lost.any():
        notes.append(
            f"The model gives less than half to the rows' own label in {quoted(names, lost)}: these classes "
            "are hard, or so many of their labels are wrong that the wrong ones are what it learned. Neither "
            "can be told from here; audit a sample of them."
        )
    return notes
