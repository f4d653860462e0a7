"""Labels to class codes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import BadOption

__all__ = ["code_of", "codes_of"]


def codes_of(labels: ArrayLike | None, *arrays: ArrayLike) -> tuple[NDArray[Any], list[NDArray[np.intp]]]:
    """Code arrays of labels by their position among the sorted classes.

    Parameters
    ----------
    labels : array of shape (k,) or None
        The classes, sorted; all labels that occur by default.
    *arrays : array of shape (n,)

    Returns
    -------
    classes : ndarray of shape (k,)
    codes : list of ndarray of shape (n,)

    Raises
    ------
    BadOption
        A label that is not among ``labels``, or arrays of unequal length.

    Examples
    --------
    >>> codes_of(None, ["b", "a"], ["c", "a"])
    (array(['a', 'b', 'c'], dtype='<U1'), [array([1, 0]), array([2, 0])])
    """
    given = [np.asarray(array) for array in arrays]
    if len({array.shape for array in given}) > 1 or given[0].ndim != 1:
        raise BadOption(
            f"Expected one label a row on both sides, got shapes {[array.shape for array in given]}."
        )
    if labels is None:
        classes, joined = np.unique(np.concatenate(given), return_inverse=True)
        return classes, [codes.astype(np.intp) for codes in np.split(joined, len(given))]
    classes = np.unique(np.asarray(labels))
    codes = []
    for array in given:
        place = np.minimum(np.searchsorted(classes, array), classes.size - 1)
        known = classes[place] == array
        if not np.all(known):
            raise BadOption(
                f"Label {array[~known][0]!r} is not among the labels {classes.tolist()}. Add it to labels."
            )
        codes.append(place.astype(np.intp))
    return classes, codes


def code_of(label: Any, classes: NDArray[Any], codes: NDArray[np.intp]) -> int:
    """Code of the positive class: the one named, or the rarest that occurs (the last among equals).

    Examples
    --------
    >>> code_of(None, np.array(["no", "yes"]), np.array([0, 0, 1]))
    1
    """
    if label is None:
        return rare_code(codes)
    found = np.flatnonzero(classes == label)
    if found.size == 0:
        raise BadOption(f"The positive class {label!r} is not among the labels {classes.tolist()}.")
    return int(found[0])


def rare_code(codes: NDArray[np.intp]) -> int:
    """Code of the rarest class that occurs; the last among equals."""
    present, counts = np.unique(codes, return_counts=True)
    return int(present[::-1][np.argmin(counts[::-1])]) if present.size else 0
