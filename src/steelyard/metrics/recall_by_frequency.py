"""Recall of the classes that were frequent in training, of the middling and of the rare ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from steelyard.errors import BadOption
from steelyard.kernels.frequency_groups import GROUPS, frequency_groups

__all__ = ["GroupRecall", "recall_by_frequency"]


class GroupRecall(NamedTuple):
    """Mean recall of a group of classes.

    Parameters
    ----------
    recall : float
        Mean over the classes that have test rows; NaN where none has.
    classes : int
        Classes in the mean.
    left_out : int
        Classes of the group without a test row.
    """

    recall: float
    classes: int
    left_out: int


def recall_by_frequency(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    train_counts: Mapping[Any, float] | ArrayLike,
    *,
    groups: Sequence[str] = GROUPS,
    cuts: Sequence[float] | None = None,
) -> dict[str, GroupRecall]:
    """Mean recall of head, medium and tail classes.

    Parameters
    ----------
    y_true, y_pred : array of labels, of one shape
        Of test rows.
    train_counts : mapping from label to count, or array of shape (k,)
        Training rows of every class; an array is for labels 0 to ``k - 1``.
    groups : sequence of 3 str, default=("head", "medium", "tail")
        Names, from the most frequent to the rarest.
    cuts : sequence of 2 or 3 numbers, optional
        Three are how many classes each group has; two are counts, such as ``(100, 20)``: head is above 100,
        tail below 20. By default thirds of the classes; see `frequency_groups`.

    Returns
    -------
    dict of str to GroupRecall
        In the order of ``groups``.

    Raises
    ------
    BadOption
        A true label without a count, arrays of unequal shape, or cuts that make no sense.

    References
    ----------
    Liu, Miao, Zhan, Wang, Gong and Yu, Large-scale long-tailed recognition in an open world, CVPR 2019.

    Examples
    --------
    >>> found = recall_by_frequency([0, 0, 1, 1, 2, 2], [0, 0, 1, 0, 0, 0], [900, 90, 9])
    >>> {name: value.recall for name, value in found.items()}
    {'head': 1.0, 'medium': 0.5, 'tail': 0.0}
    """
    if isinstance(train_counts, Mapping):
        counts = dict(train_counts)
    else:
        counts = dict(enumerate(np.asarray(train_counts).tolist()))
    group_of = frequency_groups(list(counts.values()), cuts, groups=groups)
    recalls = _recalls(np.asarray(y_true), np.asarray(y_pred), list(counts))
    out = {}
    for name in groups:
        own = recalls[group_of == name]
        known = own[~np.isnan(own)]
        mean = float(known.mean()) if known.size else float("nan")
        out[str(name)] = GroupRecall(mean, int(known.size), int(own.size - known.size))
    return out


def _recalls(true: Any, decided: Any, labels: list[Any]) -> Any:
    """Recall of each label, NaN for one without a row."""
    if true.shape != decided.shape:
        raise BadOption(
            f"Expected true and predicted labels of one shape, got {true.shape} and {decided.shape}."
        )
    place = {label: number for number, label in enumerate(labels)}
    present, codes = np.unique(true, return_inverse=True)
    unknown = [label for label in present.tolist() if label not in place]
    if unknown:
        raise BadOption(
            f"The label {unknown[0]!r} has no training count. There are counts for {labels[:10]}; give one a "
            "class."
        )
    recalls = np.full(len(labels), np.nan)
    rows = np.bincount(codes.reshape(-1), minlength=present.size)
    right = np.bincount(codes.reshape(-1), (true == decided).reshape(-1), minlength=present.size)
    recalls[[place[label] for label in present.tolist()]] = right / rows
    return recalls
