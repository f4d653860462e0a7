"""Arithmetic of class priors: counts, ratios, weights, and moving probabilities between priors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "class_counts",
    "class_prior",
    "class_weights",
    "correct_prior",
    "effective_number",
    "imbalance_ratio",
    "target_counts",
]

How = Literal["over", "under", "clean"]
Strategy = str | float | Mapping[Any, int] | list[Any] | Callable[..., Mapping[Any, int]]

TINY = float(np.finfo(np.float64).tiny)


def class_counts(codes: ArrayLike, n_classes: int, weight: ArrayLike | None = None) -> NDArray[np.float64]:
    """Rows (or total weight) per class.

    Parameters
    ----------
    codes : array of int, shape (n,)
        Class codes, 0 to ``n_classes - 1``.
    n_classes : int
    weight : array of shape (n,), optional

    Returns
    -------
    ndarray of shape (n_classes,)

    Examples
    --------
    >>> class_counts([0, 0, 1], 3)
    array([2., 1., 0.])
    """
    flat = np.asarray(codes, dtype=np.intp)
    weights = None if weight is None else np.asarray(weight, dtype=np.float64)
    return np.bincount(flat, weights=weights, minlength=n_classes).astype(np.float64)


def class_prior(codes: ArrayLike, n_classes: int, weight: ArrayLike | None = None) -> NDArray[np.float64]:
    """Share of each class; the shares sum to one.

    Examples
    --------
    >>> class_prior([0, 0, 0, 1], 2)
    array([0.75, 0.25])
    """
    counts = class_counts(codes, n_classes, weight)
    return np.asarray(counts / counts.sum())


def imbalance_ratio(counts: ArrayLike) -> float:
    """Rows of the most frequent class for each row of the least frequent one that occurs.

    Examples
    --------
    >>> imbalance_ratio([100, 4, 0])
    25.0
    """
    present = np.asarray(counts, dtype=np.float64)
    present = present[present > 0]
    return float(present.max() / present.min())


def effective_number(counts: ArrayLike, beta: float = 0.999) -> NDArray[np.float64]:
    """Effective number of rows per class, ``(1 - beta**n) / (1 - beta)``.

    Parameters
    ----------
    counts : array of shape (k,)
    beta : float in [0, 1)
        0 gives one per class, values near 1 approach the counts.

    References
    ----------
    Cui, Jia, Lin, Song and Belongie, Class-Balanced Loss Based on Effective Number of Samples,
    CVPR 2019, equation 2.

    Examples
    --------
    >>> effective_number([1, 2], beta=0.5)
    array([1. , 1.5])
    """
    if not 0 <= beta < 1:
        raise ValueError(f"beta must lie in [0, 1). Got {beta} instead.")
    n = np.asarray(counts, dtype=np.float64)
    return (1.0 - np.power(beta, n)) / (1.0 - beta)


def class_weights(codes: ArrayLike, n_classes: int) -> NDArray[np.float64]:
    """Weight per class that gives every class that occurs the same total, with mean weight one.

    The rule of scikit-learn's ``class_weight="balanced"``: ``n / (k * n_c)``.

    Examples
    --------
    >>> class_weights([0, 0, 0, 1], 2)
    array([0.66666667, 2.        ])
    """
    counts = class_counts(codes, n_classes)
    present = counts > 0
    weights = np.zeros(n_classes)
    weights[present] = counts.sum() / (present.sum() * counts[present])
    return weights


def correct_prior(proba: ArrayLike, trained: ArrayLike, wanted: ArrayLike) -> NDArray[np.float64]:
    """Move probabilities from the prior a model was trained on to another one.

    Exact when only the class shares differ, ``p(x | class)`` being the same on both sides:
    each column is multiplied by ``wanted / trained`` and the rows are normalised again.

    Parameters
    ----------
    proba : array of shape (n, k)
        Probabilities under the prior ``trained``; rows sum to one.
    trained, wanted : array of shape (k,)
        Class shares. A class with ``trained`` zero keeps the probability zero.

    Returns
    -------
    ndarray of shape (n, k)
        Rows sum to one. A row whose every class is impossible under ``wanted`` gets ``wanted``.

    References
    ----------
    Elkan, The Foundations of Cost-Sensitive Learning, IJCAI 2001, theorem 2; Saerens, Latinne and
    Decaestecker, Neural Computation 14(1), 2002, equation 2.4.

    Examples
    --------
    >>> correct_prior([[0.5, 0.5]], trained=[0.5, 0.5], wanted=[0.9, 0.1])
    array([[0.9, 0.1]])
    """
    p = np.asarray(proba, dtype=np.float64)
    old = np.asarray(trained, dtype=np.float64)
    new = np.asarray(wanted, dtype=np.float64)
    if p.ndim != 2 or old.shape != (p.shape[1],) or new.shape != (p.shape[1],):
        raise ValueError(
            f"proba must have one column per prior. Got proba {p.shape}, trained {old.shape}, "
            f"wanted {new.shape} instead."
        )
    factor = np.divide(new, old, out=np.zeros_like(new), where=old > 0)
    moved = p * factor
    total = moved.sum(axis=1, keepdims=True)
    return np.asarray(np.where(total > TINY, moved / np.maximum(total, TINY), new / new.sum()))


def _classes_to_touch(strategy: str, counts: Mapping[Any, int], how: How) -> list[Any]:
    """The classes that a named strategy resamples."""
    least, most = min(counts, key=counts.__getitem__), max(counts, key=counts.__getitem__)
    automatic = "not majority" if how == "over" else "not minority"
    chosen = {
        "minority": [least],
        "majority": [most],
        "not minority": [label for label in counts if label != least],
        "not majority": [label for label in counts if label != most],
        "all": list(counts),
    }
    name = automatic if strategy == "auto" else strategy
    refused = {"over": "majority", "under": "minority", "clean": "minority"}[how]
    allowed = ["auto", *(key for key in chosen if key != refused)]
    if name not in chosen or name == refused:
        raise ValueError(
            f"sampling_strategy must be one of {allowed}, a number, a dict, a list or a callable. "
            f"Got {strategy!r} instead."
        )
    return chosen[name]


def _from_ratio(ratio: float, counts: Mapping[Any, int], how: How) -> dict[Any, int]:
    """Counts for "minority rows per majority row", which only two classes have."""
    if len(counts) != 2:
        raise ValueError(
            f"A sampling_strategy given as a number needs two classes, got {len(counts)}. "
            "Use a dict of rows per class, or a name such as 'auto'."
        )
    if how == "clean" or not 0 < ratio <= 1:
        raise ValueError(
            "sampling_strategy must lie in (0, 1] and suits over- and under-sampling only. "
            f"Got {ratio!r} for a method that {how}s instead."
        )
    least, most = min(counts, key=counts.__getitem__), max(counts, key=counts.__getitem__)
    if least == most:
        least, most = list(counts)
    touched, wanted = (
        (least, int(counts[most] * ratio)) if how == "over" else (most, int(counts[least] / ratio))
    )
    return {touched: wanted}


def _check_counts(wanted: Mapping[Any, int], counts: Mapping[Any, int], how: How) -> None:
    for label, count in wanted.items():
        if label not in counts:
            raise ValueError(
                f"sampling_strategy names the class {label!r}, which is not in y. "
                f"The classes are {list(counts)}."
            )
        if isinstance(count, bool) or int(count) != count or count < 0:
            raise ValueError(f"sampling_strategy asks for {count!r} rows of {label!r}; give a whole number.")
        has = counts[label]
        if how == "over" and count < has:
            raise ValueError(
                f"sampling_strategy asks for {count} rows of {label!r}, which has {has}: over-sampling "
                "cannot take rows away. Ask for at least as many, or use an under-sampler."
            )
        if how == "under" and count > has:
            raise ValueError(
                f"sampling_strategy asks for {count} rows of {label!r}, which has {has}: under-sampling "
                "cannot add rows. Ask for at most as many, or use an over-sampler."
            )


def _own_name(label: Any, counts: Mapping[Any, int]) -> Any:
    """A class as the counts name it."""
    return label if label in counts else {str(known): known for known in counts}.get(label, label)


def target_counts(strategy: Strategy, counts: Mapping[Any, int], how: How, y: Any = None) -> dict[Any, int]:
    """Rows each class shall have, from every form of ``sampling_strategy`` that imbalanced-learn knows.

    Parameters
    ----------
    strategy : str, float, dict, list or callable
        A name ("auto", "minority", "not minority", "not majority", "majority", "all"); a ratio of
        minority to majority rows (two classes only); rows per class; the classes to clean; or a
        function of ``y`` that returns rows per class. Where the class 1 is meant, ``"1"``, as a command
        line spells it, finds it.
    counts : mapping of label to rows
    how : "over", "under" or "clean"
        A cleaner decides by itself how many rows go: its count for a class it may touch is 0.
    y : array, optional
        Handed to a callable strategy.

    Returns
    -------
    dict of label to rows
        All classes of ``counts``, in their order; those left alone keep their count.

    Raises
    ------
    ValueError
        The strategy does not suit the classes or the method; the message says what would.

    Examples
    --------
    >>> target_counts("auto", {"ok": 90, "fraud": 10}, "over")
    {'ok': 90, 'fraud': 90}
    >>> target_counts(0.5, {"ok": 90, "fraud": 10}, "under")
    {'ok': 20, 'fraud': 10}
    """
    if callable(strategy):
        strategy = dict(strategy(y))
    if isinstance(strategy, Mapping):
        if how == "clean":
            raise ValueError(
                "A cleaning method decides itself how many rows go: sampling_strategy must be a name or "
                "a list of classes. Got a dict instead."
            )
        strategy = {_own_name(label, counts): count for label, count in strategy.items()}
        wanted = {label: int(count) for label, count in strategy.items()}
        _check_counts(strategy, counts, how)
    elif isinstance(strategy, list):
        if how != "clean":
            raise ValueError("A list of classes suits cleaning methods only; give a dict of rows per class.")
        wanted = dict.fromkeys([_own_name(label, counts) for label in strategy], 0)
        _check_counts(wanted, counts, how)
    elif isinstance(strategy, str):
        touched = _classes_to_touch(strategy, counts, how)
        goal = {"over": max(counts.values()), "under": min(counts.values()), "clean": 0}[how]
        wanted = dict.fromkeys(touched, goal)
    else:
        wanted = _from_ratio(float(strategy), counts, how)
        _check_counts(wanted, counts, how)
    return {label: wanted.get(label, count) for label, count in counts.items()}
