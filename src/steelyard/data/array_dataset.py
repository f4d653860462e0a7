"""Arrays and what is known of each item, as a checked data set."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.array_items import ArrayItems
from steelyard.data.check_target import Rare, labels_of, mend_rare, one_against_rest
from steelyard.data.read_roles import need_column, role_values
from steelyard.errors import BadOption, BadTarget
from steelyard.kernels.hashing import PREFIX
from steelyard.records import Dataset

__all__ = ["ROLES", "array_hash", "dataset_of"]

BINARY = 2
ROLES = ("groups", "time", "weight", "part")


def dataset_of(
    items: ArrayItems,
    *,
    target: str | None = None,
    roles: Mapping[str, Any] | None = None,
    positive: Any = None,
    rare: Rare = "keep",
    modality: Any = "image",
    name: str = "data",
    licence: str = "",
) -> Dataset:
    """Return arrays as a data set.

    Parameters
    ----------
    items : ArrayItems
    target : str, optional
        Column of the labels; with masks there is none.
    roles : mapping, optional
        Column or values for ``groups``, ``time``, ``weight`` and ``part``; None and False give none.
    positive, rare, modality, name, licence
        As in `Dataset` and :func:`steelyard.data.load`.

    Examples
    --------
    >>> import pandas as pd
    >>> items = ArrayItems(np.zeros((3, 1, 2, 2), np.uint8), pd.DataFrame({"kind": ["a", "b", "a"]}))
    >>> dataset_of(items, target="kind").counts
    {'a': 2, 'b': 1}
    """
    per_row = {}
    for role in ROLES:
        given = (roles or {}).get(role)
        per_row[role], _ = role_values(items.columns, None if given is False else given, role)  # type: ignore[arg-type]
    X, y, task = items.X, items.masks, "segmentation"
    if y is not None and positive is not None:
        raise BadOption(f"Masks have no positive class to choose, got positive={positive!r}. Leave it out.")
    if y is None:
        need_column(str(target), list(items.columns), "target", BadTarget)
        y = labels_of(items.columns[target], str(target))
        if positive is not None:
            y, positive = one_against_rest(y, positive, str(target))
        y, stay, _ = mend_rare(y, str(target), rare)
        if len(stay) < len(items.columns):
            X = X[stay]
            per_row = {role: None if v is None else v[stay] for role, v in per_row.items()}
        task = "binary" if len(np.unique(y)) == BINARY else "multiclass"
    return Dataset(
        X=X,
        y=y,
        **per_row,
        task=task,  # type: ignore[arg-type]
        modality=modality,
        name=name,
        licence=licence,
        hash=array_hash(X, y) if isinstance(X, np.ndarray) else "",
    )


def array_hash(X: NDArray[Any], y: NDArray[Any]) -> str:
    """Digest over types, shapes and values of items and labels.

    Examples
    --------
    >>> X, y = np.zeros((2, 1, 3)), np.array(["a", "b"])
    >>> array_hash(X, y) == array_hash(X.copy(), y) != array_hash(X + 1, y)
    True
    """
    digest = hashlib.sha256()
    for array in (X, y):
        kind = array.dtype.newbyteorder("<")
        digest.update(f"{kind.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array.astype(kind, copy=False)).tobytes())
    return PREFIX + digest.hexdigest()
