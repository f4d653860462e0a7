"""Labels, probabilities and features as detectors take them, checked once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption, BadTable, BadTarget
from steelyard.kernels.class_labels import read_class_labels

__all__ = ["FEW_ROWS", "need_share", "quoted", "read_codes", "read_features", "read_proba"]

TABLE = 2
LEAST_CLASSES = 2
FEW_ROWS = 10  # of a class: what its rows look like to a model is a mean over them
SUMS_TO_ONE = 1e-3  # what float32 probabilities of many classes may be off


def read_codes(y: Any, owner: str, classes: Any = None) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Labels as positions in the sorted classes, and the classes.

    Parameters
    ----------
    y : array of shape (n,)
    owner : str
        Who asks, for messages.
    classes : array of shape (k,), optional
        The classes in the order of their codes; the sorted labels by default.

    Raises
    ------
    BadTarget
        There are fewer than two classes, or a label is none of them.

    Examples
    --------
    >>> codes, classes = read_codes(["b", "a", "b"], "An example")
    >>> codes.tolist(), classes.tolist()
    ([1, 0, 1], ['a', 'b'])
    """
    labels = read_class_labels(y, owner)
    names = np.unique(labels) if classes is None else np.asarray(classes)
    if names.ndim != 1 or names.size < LEAST_CLASSES:
        raise BadTarget(
            f"{owner} needs at least two classes, got {names.size}. A label can only be wrong where another "
            "one is possible."
        )
    order = np.argsort(names, kind="stable")
    place = np.searchsorted(names[order], labels).clip(max=names.size - 1)
    codes = order[place]
    if not np.array_equal(names[codes], labels):
        unknown = sorted({str(label) for label in labels[names[codes] != labels]})
        raise BadTarget(f"{owner} knows the classes {names.tolist()}, got also {unknown}. Name them all.")
    return codes.astype(np.intp), names


def read_proba(proba: Any, codes: NDArray[np.intp], classes: NDArray[Any], owner: str) -> NDArray[np.float64]:
    """Probabilities of shape (n, k); a row of NaN is one that no model was asked about.

    Raises
    ------
    BadTable
        The shape does not fit, or rows are no probabilities.

    Examples
    --------
    >>> read_proba([[0.5, 0.5]], np.array([0]), np.array(["a", "b"]), "An example")
    array([[0.5, 0.5]])
    """
    array = np.asarray(proba, dtype=np.float64)
    if array.shape != (codes.size, classes.size):
        raise BadTable(
            f"{owner} needs one probability for each row and class, an array of shape "
            f"({codes.size}, {classes.size}). Got shape {array.shape} instead. Its columns are the classes "
            f"{classes.tolist()}; name others with classes=."
        )
    told = ~np.isnan(array).any(axis=1)
    rows = array[told]
    if rows.size and (rows.min() < 0 or np.abs(rows.sum(axis=1) - 1).max() > SUMS_TO_ONE):
        raise BadTable(
            f"{owner} needs probabilities: at least 0, adding up to 1 over the classes. Got others. Hand "
            "over predict_proba of models that have not seen the rows."
        )
    return array


def read_features(features: Any, codes: NDArray[np.intp], owner: str) -> NDArray[np.float64]:
    """Features of shape (n, d), finite.

    Raises
    ------
    BadTable
        The shape does not fit, or something is not finite.

    Examples
    --------
    >>> read_features([[1], [2]], np.array([0, 1]), "An example").shape
    (2, 1)
    """
    array = np.asarray(features, dtype=np.float64)
    if array.ndim != TABLE or array.shape[0] != codes.size:
        raise BadTable(
            f"{owner} needs one row of features for each of the {codes.size} labels, an array of shape "
            f"({codes.size}, d). Got shape {array.shape} instead. Average maps over their pixels first."
        )
    if not np.isfinite(array).all():
        raise BadTable(f"{owner} needs finite features, got NaN or infinity. Fill the gaps first.")
    return array


def need_share(owner: str, name: str, value: Any, *, low: float = 0.0, high: float = 1.0) -> float:
    """Return a parameter that must lie strictly between two limits.

    Raises
    ------
    BadOption
        It does not.

    Examples
    --------
    >>> need_share("An example", "alpha", 0.05)
    0.05
    """
    fits = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not fits or not low < value < high:
        raise BadOption(
            f"The {name!r} parameter of {owner} must be a float in the range ({low:g}, {high:g}). "
            f"Got {value!r} instead."
        )
    return float(value)


def quoted(classes: NDArray[Any], which: NDArray[Any]) -> str:
    """Names of some classes, for a sentence.

    Examples
    --------
    >>> quoted(np.array(["a", "b", "c"]), np.array([True, False, True]))
    "'a', 'c'"
    """
    return ", ".join(repr(label) for label in classes[which].tolist())
