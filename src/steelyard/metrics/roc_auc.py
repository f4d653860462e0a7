"""Area under the ROC curve, whole or the part that matters, of one class or as a mean over classes."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from steelyard.errors import BadOption
from steelyard.metrics.average_precision import mean_of_known, scores_of

__all__ = ["roc_auc"]


def roc_auc(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    max_fpr: float | None = None,
    labels: ArrayLike | None = None,
    positive: Any = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Area under the ROC curve: the share of pairs, one of the class and one not, that are in order.

    Differs from scikit-learn's ``roc_auc_score`` in that a class that does not occur is left out of
    the mean over classes (each against the rest), instead of raising.

    Parameters
    ----------
    y_true : array of shape (n,)
        Labels.
    y_score : array of shape (n,) or (n, k)
        Scores of the positive class, or one column per class in sorted order.
    max_fpr : float in (0, 1], optional
        Only the part up to this false-positive rate, rescaled so that chance is 0.5 (McClish).
    labels : array of shape (k,), optional
        All classes, sorted; those that occur by default.
    positive : label, optional
        The class of interest; the rarer of two classes by default.
    sample_weight : array of shape (n,), optional

    Returns
    -------
    float
        0.5 for a random ranking at any share of the class. NaN when there are no pairs.

    References
    ----------
    Hanley and McNeil, Radiology 143(1), 1982; McClish, Medical Decision Making 9(3), 1989.

    Examples
    --------
    >>> roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    if max_fpr is not None and not 0 < max_fpr <= 1:
        raise BadOption(f"The 'max_fpr' parameter of roc_auc must lie in (0, 1]. Got {max_fpr!r} instead.")
    scores = scores_of(y_true, y_score, labels, positive)
    if max_fpr is None or max_fpr == 1:
        return mean_of_known(ranked.roc_auc(sample_weight) for ranked in scores)
    return mean_of_known(ranked.partial_roc_auc(max_fpr, sample_weight) for ranked in scores)
