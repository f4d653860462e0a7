"""What is lost when learners see a condensed table instead of the whole one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from steelyard.errors import BadOption, CannotEvaluate

__all__ = ["CondensationReport", "LearnedFrom", "condensation_report", "decision_figures"]

FULL = "full"
FIGURES = ("accuracy", "macro F1", "worst recall")


@dataclass(frozen=True)
class LearnedFrom:
    """One learner fitted on one table: how many rows it saw, what it reached, and how long it took.

    ``figures`` are accuracy, macro F1 and the recall of the worst class, on rows it has not seen;
    ``recovered`` is each of them as a share of what the same learner reached from the full table, None
    where that was not measured.
    """

    table: str
    learner: str
    rows: int
    figures: Mapping[str, float]
    seconds: float
    recovered: Mapping[str, float] | None = None


@dataclass(frozen=True)
class CondensationReport:
    """Every learner on every table.

    Examples
    --------
    >>> report = CondensationReport((LearnedFrom("full", "tree", 9, {"macro F1": 0.5}, 0.1),))
    >>> report.figure("full", "tree", "macro F1")
    0.5
    """

    entries: tuple[LearnedFrom, ...]

    def figure(self, table: str, learner: str, name: str) -> float:
        """Return one figure; a KeyError names what there is."""
        for entry in self.entries:
            if (entry.table, entry.learner) == (table, learner):
                return entry.figures[name]
        known = sorted({(entry.table, entry.learner) for entry in self.entries})
        raise KeyError(f"nothing was measured for {(table, learner)}; there are {known}")

    def __str__(self) -> str:
        head = f"{'table':<24}{'learner':<20}{'rows':>8}" + "".join(f"{name:>14}" for name in FIGURES)
        lines = [
            f"{entry.table:<24}{entry.learner:<20}{entry.rows:>8,}"
            + "".join(f"{entry.figures[name]:>14.3f}" for name in FIGURES)
            for entry in self.entries
        ]
        return "\n".join([head, *lines])


def decision_figures(y: Any, predicted: Any) -> dict[str, float]:
    """Accuracy, macro F1 and the recall of the worst class, over the classes that occur in ``y``.

    Parameters
    ----------
    y, predicted : arrays of shape (n,)

    Returns
    -------
    dict of str to float
        A class that is never predicted has an F1 of 0.

    Examples
    --------
    >>> decision_figures(["a", "a", "a", "b"], ["a", "a", "b", "b"])["worst recall"]
    0.6666666666666666
    """
    truth, told = np.asarray(y), np.asarray(predicted)
    labels, codes = np.unique(np.concatenate([truth, told]), return_inverse=True)
    true, guess = codes[: truth.size], codes[truth.size :]
    has, said, right = (
        np.bincount(some, minlength=labels.size) for some in (true, guess, true[true == guess])
    )
    tested = has > 0
    f1 = 2 * right[tested] / (has + said)[tested]
    return {
        "accuracy": float(right.sum() / truth.size),
        "macro F1": float(f1.mean()),
        "worst recall": float((right[tested] / has[tested]).min()),
    }


def condensation_report(
    full: tuple[Any, Any] | None,
    condensed: Mapping[str, tuple[Any, ...]],
    learners: Mapping[str, Any],
    test: tuple[Any, Any],
) -> CondensationReport:
    """Fit learners on a full table and on condensed ones, and test all on the same untouched rows.

    Parameters
    ----------
    full : (X, y) or None
        The table that was condensed; without it nothing is compared with it.
    condensed : mapping of name to (X, y) or (X, y, sample_weight)
    learners : mapping of name to classifier
        Cloned, never fitted themselves.
    test : (X, y)
        Rows that no condenser has seen.

    Returns
    -------
    CondensationReport

    Raises
    ------
    BadOption
        No learner, or weights for one that takes none.
    CannotEvaluate
        No row to test on.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from steelyard.balance.condense import ClassAdaptiveClustering
    >>> X, y = make_classification(2000, weights=[0.9], random_state=0)
    >>> small = ClassAdaptiveClustering(budget=40, random_state=0).fit_resample(X[:1000], y[:1000])
    >>> report = condensation_report(
    ...     (X[:1000], y[:1000]), {"c2tc": small}, {"logistic": LogisticRegression()}, (X[1000:], y[1000:])
    ... )
    >>> [(entry.table, entry.rows) for entry in report.entries]
    [('full', 1000), ('c2tc', 40)]
    """
    if not learners:
        raise BadOption("The 'learners' parameter must name at least one classifier. Got none instead.")
    y_test = np.asarray(test[1])
    if y_test.size == 0:
        raise CannotEvaluate("There is no row to test on. Hold some back before the table is condensed.")
    tables: dict[str, tuple[Any, ...]] = {} if full is None else {FULL: full}
    tables.update(condensed)
    entries: list[LearnedFrom] = []
    for learner, estimator in learners.items():
        whole: LearnedFrom | None = None
        for name, table in tables.items():
            entry = _learned(name, learner, clone(estimator), table, (test[0], y_test), whole)
            entries.append(entry)
            whole = entry if name == FULL and full is not None else whole
    return CondensationReport(tuple(entries))


def _learned(
    name: str,
    learner: str,
    estimator: Any,
    table: tuple[Any, ...],
    test: tuple[Any, NDArray[Any]],
    whole: LearnedFrom | None,
) -> LearnedFrom:
    X, y, weight = (*table, None)[:3]
    start = time.perf_counter()
    if weight is None:
        estimator.fit(X, y)
    elif has_fit_parameter(estimator, "sample_weight"):
        estimator.fit(X, y, sample_weight=weight)
    else:
        raise BadOption(
            f"{type(estimator).__name__} takes no sample_weight in fit, and the table {name!r} has weights. "
            "Leave the weights out, or use another learner."
        )
    figures = decision_figures(test[1], estimator.predict(test[0]))
    recovered = None
    if whole is not None:
        recovered = {key: value / whole.figures[key] for key, value in figures.items() if whole.figures[key]}
    return LearnedFrom(name, learner, len(y), figures, time.perf_counter() - start, recovered)
