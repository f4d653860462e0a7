"""The metrics a comparison shows, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption
from steelyard.metrics.average_precision import mean_of_known, one_class_scores
from steelyard.metrics.calibration_error import binned_classes
from steelyard.metrics.confusion import (
    accuracy_of,
    balanced_accuracy_of,
    confusion_counter,
    cost_of,
    g_mean_of,
    macro_f1_of,
    mcc_of,
)
from steelyard.metrics.labels import rare_code
from steelyard.metrics.metric import Judged, Metric, Weighing
from steelyard.metrics.precision_at_k import budget_of
from steelyard.metrics.ranked import RankedScores
from steelyard.metrics.row_losses import brier_rows, log_loss_rows, weighted_mean

__all__ = ["METRICS", "metrics"]

Floats = NDArray[np.float64]

MODALITIES = ("table", "text", "image", "series", "audio", "graph", "recommendation", "peptide")


def _of_decisions(value: Callable[[Floats], float]) -> Callable[[Judged], Weighing]:
    def prepare(rows: Judged) -> Weighing:
        count = confusion_counter(rows.y, rows.decided, rows.n_classes)
        return lambda weight: value(count(weight))

    return prepare


def _cost(rows: Judged) -> Weighing:
    count = confusion_counter(rows.y, rows.decided, rows.n_classes)
    return lambda weight: cost_of(count(weight), rows.cost)


def _of_ranking(value: Callable[[RankedScores, Floats | None], Any]) -> Callable[[Judged], Weighing]:
    def prepare(rows: Judged) -> Weighing:
        rankings = one_class_scores(rows.proba, rows.y, rows.positive)
        return lambda weight: mean_of_known(value(ranked, weight) for ranked in rankings)

    return prepare


def _precision_at_k(rows: Judged) -> Weighing:
    positive = rare_code(rows.y) if rows.positive is None else rows.positive
    (ranked,) = one_class_scores(rows.proba, rows.y, positive)

    def weigh(weight: Floats | None) -> float:
        total = float(rows.y.size if weight is None else weight.sum())
        return float(ranked.precision_at(budget_of(rows.k or 0.0, total), weight))

    return weigh


def _of_rows(loss: Callable[[NDArray[np.intp], Floats], Floats]) -> Callable[[Judged], Weighing]:
    def prepare(rows: Judged) -> Weighing:
        losses = loss(rows.y, rows.proba)
        return lambda weight: weighted_mean(losses, weight)

    return prepare


def _calibration(rows: Judged) -> Weighing:
    binned = binned_classes(rows.proba, rows.y, rows.positive)
    return lambda weight: mean_of_known(scores.error(weight) for scores in binned)


_ALL: Sequence[Metric] = (
    Metric(
        "average_precision",
        "average precision",
        "proba",
        True,
        "How pure the top of the ranking is, over all recalls; of the positive class, or the class mean.",
        "the share of the class",
        _of_ranking(RankedScores.average_precision),
    ),
    Metric(
        "roc_auc",
        "ROC AUC",
        "proba",
        True,
        "How often a row of the class is ranked above another one; with several classes their mean.",
        "0.5",
        _of_ranking(RankedScores.roc_auc),
    ),
    Metric(
        "balanced_accuracy",
        "balanced accuracy",
        "decided",
        True,
        "The mean over classes of the share of rows found.",
        "one divided by the number of classes",
        _of_decisions(balanced_accuracy_of),
    ),
    Metric(
        "macro_f1",
        "macro F1",
        "decided",
        True,
        "The mean over classes of F1, which is low when either recall or precision is.",
        "F1 of the largest class divided by the number of classes",
        _of_decisions(macro_f1_of),
    ),
    Metric(
        "g_mean",
        "G-mean",
        "decided",
        True,
        "The geometric mean of the recalls; 0 as soon as one class is never found.",
        "0",
        _of_decisions(g_mean_of),
    ),
    Metric(
        "mcc",
        "Matthews correlation",
        "decided",
        True,
        "The correlation of truth and decision, from -1 to 1.",
        "0",
        _of_decisions(mcc_of),
    ),
    Metric(
        "log_loss",
        "log loss",
        "proba",
        False,
        "How surprised the probabilities are by the truth, in nats; hard on certain errors.",
        "the entropy of the class shares",
        _of_rows(log_loss_rows),
    ),
    Metric(
        "brier",
        "Brier score",
        "proba",
        False,
        "Half the squared distance between probabilities and truth.",
        "half of one less the sum of the squared class shares",
        _of_rows(brier_rows),
    ),
    Metric(
        "calibration_error",
        "calibration error",
        "proba",
        False,
        "The mean gap between probability and frequency, less what chance opens; the mean over classes if "
        "there are several.",
        "0: always saying the class shares is calibrated, and useless",
        _calibration,
    ),
    Metric(
        "expected_cost",
        "expected cost",
        "decided",
        False,
        "The mean cost of a decision, by the cost matrix given.",
        "the cost of the cheapest class to decide for always",
        _cost,
        ("cost",),
    ),
    Metric(
        "precision_at_k",
        "precision at k",
        "proba",
        True,
        "The share of positives among the k rows with the highest scores.",
        "the share of the class",
        _precision_at_k,
        ("k",),
    ),
    Metric(
        "accuracy",
        "accuracy",
        "decided",
        True,
        "The share of rows decided right; high for a model that never finds the rare class.",
        "the share of the largest class",
        _of_decisions(accuracy_of),
    ),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
"""Every metric a comparison can show, in the order of its columns; accuracy is last."""


def metrics(on: str | None = None) -> dict[str, Metric]:
    """Return the metrics for a modality: all of them, for they look at labels only.

    Parameters
    ----------
    on : str, optional
        "table", "text", "image"...

    Returns
    -------
    dict of str to Metric

    Raises
    ------
    BadOption
        No such modality.

    Examples
    --------
    >>> list(metrics())[0], list(metrics(on="audio"))[-1]
    ('average_precision', 'accuracy')
    """
    if on is not None and on not in MODALITIES:
        raise BadOption(f"There is no modality {on!r}. There are {', '.join(MODALITIES)}.")
    return dict(METRICS)
