"""A long tail made of any labels: fewer rows for each class than for the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from steelyard.data.check_parameter import check_choice, check_whole
from steelyard.errors import BadOption, BadTarget
from steelyard.kernels.class_labels import read_class_labels
from steelyard.kernels.rng import RandomState, child, root_seed

__all__ = ["long_tail_counts", "long_tail_rows"]

OWNER = "long_tail_rows"
SHAPES = ("exponential", "step")
FEWEST_CLASSES = 2
FEWEST_ROWS = 1
LISTED = 5
ROUNDING = 1e-9  # so that 49.9999999999 rows are 50

Shape = Literal["exponential", "step"]


def long_tail_rows(
    y: Any,
    ratio: float = 100.0,
    *,
    shape: Shape = "exponential",
    order: Sequence[Any] | None = None,
    largest: int | None = None,
    minority_share: float = 0.5,
    random_state: RandomState = None,
) -> NDArray[np.intp]:
    """Choose rows so that the classes left have a long tail.

    Parameters
    ----------
    y : array of shape (n,)
        Labels.
    ratio : float, default=100
        Rows of the first class for each row of the last one, 1 or more.
    shape : {"exponential", "step"}, default="exponential"
        Whether counts fall evenly from class to class, ``largest * ratio^(-i / (k - 1))`` for the i-th of
        k classes, or at once, the last ones all having ``largest / ratio``.
    order : sequence of all labels, optional
        From head to tail; by default the most frequent first, equals in label order.
    largest : int, optional
        Rows of the head; by default all rows of the first class.
    minority_share : float in (0, 1), default=0.5
        Share of the classes that are minorities, for the step.
    random_state : int, RandomState, Generator or None

    Returns
    -------
    ndarray of int, shape (m,)
        Row numbers, sorted: for ``dataset.take(rows)``, ``X[rows]``, ``frame.iloc[rows]``.

    Raises
    ------
    BadTarget
        Fewer than two classes.
    BadOption
        A parameter out of range, or an order that is not one of the labels.

    Notes
    -----
    Counts are rounded down; every class keeps one row at least, and none gets more than it has:
    `long_tail_counts` says beforehand what comes out. Where a class is too small for its place, the real
    ratio differs: put it further down the ``order``, or lower ``largest``. Rows of a class are drawn by
    its own stream, so under one seed the rows of a steeper tail are among those of a milder one.

    References
    ----------
    Cao, Wei, Gaidon, Arechiga and Ma, Learning Imbalanced Datasets with Label-Distribution-Aware Margin
    Loss, NeurIPS 2019 (exponential, as CIFAR-LT has it); Buda, Maki and Mazurowski, A Systematic Study of
    the Class Imbalance Problem in Convolutional Neural Networks, Neural Networks 106, 2018 (step).

    Examples
    --------
    >>> y = np.repeat(["cat", "dog", "emu"], 100)
    >>> rows = long_tail_rows(y, ratio=25, random_state=0)
    >>> np.unique(y[rows], return_counts=True)[1].tolist()
    [100, 20, 4]
    """
    counts = long_tail_counts(
        y, ratio, shape=shape, order=order, largest=largest, minority_share=minority_share
    )
    seed = root_seed(random_state)
    classes, codes = np.unique(read_class_labels(y, OWNER), return_inverse=True)
    rows = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    drawn = [
        child(seed, "class", label).permutation(of_class)[: counts[label]]
        for label, of_class in zip(classes.tolist(), rows, strict=True)
    ]
    return np.sort(np.concatenate(drawn))


def long_tail_counts(
    y: Any,
    ratio: float = 100.0,
    *,
    shape: Shape = "exponential",
    order: Sequence[Any] | None = None,
    largest: int | None = None,
    minority_share: float = 0.5,
) -> dict[Any, int]:
    """Say how many rows of each class `long_tail_rows` would keep.

    Parameters
    ----------
    y, ratio, shape, order, largest, minority_share
        As there.

    Returns
    -------
    dict of label to int
        From head to tail.

    Raises
    ------
    BadTarget, BadOption
        As there.

    Examples
    --------
    >>> long_tail_counts(np.repeat([0, 1, 2, 3], 50), ratio=10, shape="step")
    {0: 50, 1: 50, 2: 5, 3: 5}
    """
    check_choice(OWNER, "shape", shape, SHAPES)
    if not _is_number(ratio) or not 1 <= ratio < np.inf:
        raise _refused("ratio", "a float in the range [1, inf)", ratio)
    if not _is_number(minority_share) or not 0 < minority_share < 1:
        raise _refused("minority_share", "a float in the range (0, 1)", minority_share)
    if largest is not None:
        check_whole(OWNER, "largest", largest, FEWEST_ROWS)
    classes, sizes = np.unique(read_class_labels(y, OWNER), return_counts=True)
    if classes.size < FEWEST_CLASSES:
        raise BadTarget(
            f"A long tail needs at least {FEWEST_CLASSES} classes, got {classes.tolist()}. "
            "Give the labels of all classes."
        )
    has = dict(zip(classes.tolist(), sizes.tolist(), strict=True))
    ordered = sorted(has, key=lambda label: -has[label]) if order is None else _ordered(order, has)
    head = has[ordered[0]] if largest is None else largest
    wanted = head / _fall(len(ordered), ratio, shape, minority_share)
    whole = np.floor(wanted * (1 + ROUNDING)).astype(np.int64).clip(min=FEWEST_ROWS).tolist()
    return {label: min(n, has[label]) for label, n in zip(ordered, whole, strict=True)}


def _fall(n_classes: int, ratio: float, shape: str, minority_share: float) -> NDArray[np.float64]:
    """By what the head is divided for each class, from head to tail."""
    place = np.arange(n_classes)
    if shape == "exponential":
        return np.asarray(ratio ** (place / (n_classes - 1)))
    minorities = min(max(round(minority_share * n_classes), 1), n_classes - 1)
    return np.where(place < n_classes - minorities, 1.0, ratio)


def _ordered(order: Sequence[Any], has: dict[Any, int]) -> list[Any]:
    given = np.asarray(order).reshape(-1).tolist()
    if len(given) != len(has) or set(given) != set(has):
        absent = [label for label in has if label not in given][:LISTED]
        strange = [label for label in given if label not in has][:LISTED]
        raise BadOption(
            f"The 'order' parameter of {OWNER} must name each of the {len(has)} classes once. Got "
            f"{len(given)} names, without {absent} and with {strange}, which are no classes here."
        )
    return given


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _refused(name: str, wanted: str, value: Any) -> BadOption:
    return BadOption(f"The {name!r} parameter of {OWNER} must be {wanted}. Got {value!r} instead.")
