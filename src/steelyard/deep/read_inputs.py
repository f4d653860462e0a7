"""What a net can read: tables, images, series, token ids, and data sets that are read an item at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils.validation import validate_data
from torch import nn
from torch.utils.data import Dataset

from steelyard.balance.fit_parts import read_rows
from steelyard.data.lazy_images import LazyImages
from steelyard.deep.rows import Items, Part, Rows, row_of, tensor_of
from steelyard.errors import BadTable, BadTarget

__all__ = ["Inputs", "labels_of", "read_inputs"]

FEWEST_ROWS = 2
IMAGE = 4  # dimensions of images (n, c, h, w)
CHANNELS = (1, 3, 4)


@dataclass(frozen=True)
class Inputs:
    """Rows as read: a tensor, or a data set that is asked for its items.

    Parameters
    ----------
    rows : tensor of shape (n, ...) or Dataset
    example : tensor of shape (1, ...)
        A row, for its shape and type.
    """

    rows: Any
    example: torch.Tensor

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, codes: NDArray[Any], weight: NDArray[np.float64], which: NDArray[np.intp] | None) -> Part:
        """Rows with targets and weights; of those meant by ``which``, all by default."""
        if isinstance(self.rows, torch.Tensor):
            rows = self.rows if which is None else self.rows[torch.from_numpy(which)]
            return Rows.of(rows, codes, weight)
        chosen = np.arange(len(self)) if which is None else which
        told = Rows.of(torch.empty(len(chosen)), codes, weight)
        return Items(self.rows, told.codes, told.weight, chosen)

    def at(self, part: slice) -> torch.Tensor:
        """These rows as a tensor."""
        if isinstance(self.rows, torch.Tensor):
            return self.rows[part]
        numbers = np.arange(len(self))[part]
        nothing = torch.zeros(len(self), dtype=torch.long)
        return Items(self.rows, nothing, nothing, np.arange(len(self))).rows_at(torch.from_numpy(numbers))


def read_inputs(estimator: Any, X: Any, *, reset: bool) -> Inputs:
    """Read rows for a net.

    Parameters
    ----------
    estimator : DeepEstimator
        Its backbone says whether whole numbers are token ids.
    X : array, frame, tensor, torch.utils.data.Dataset, or images that stay in their files
    reset : bool
        Whether the estimator is being fitted, else rows must be like those it learned from.

    Raises
    ------
    BadTable
        Channels come last, or rows of another shape or type than those learned from.
    """
    if isinstance(X, (Dataset, LazyImages)):
        read = Inputs(X, _first(X))
        if reset:
            estimator.n_features_in_ = read.example.shape[1]
    else:
        array = _array(estimator, X.detach().cpu().numpy() if isinstance(X, torch.Tensor) else X, reset)
        read = Inputs(tensor_of(array), tensor_of(array[:1]))
    _check_channels(read.example)
    kind = (tuple(read.example.shape[1:]), read.example.dtype)
    if reset:
        estimator._read_kind = kind
    elif kind != estimator._read_kind:
        (shape, dtype), (expected, learned) = kind, estimator._read_kind
        raise BadTable(
            f"{type(estimator).__name__} learned from rows of shape {expected} ({learned}), got rows "
            f"of shape {shape} ({dtype}). Give rows prepared as for fit."
        )
    return read


def labels_of(dataset: Any) -> list[Any]:
    """Labels of a data set of pairs (row, label): its ``targets`` or ``labels``, else read one by one.

    Raises
    ------
    BadTarget
        Its items have none.
    """
    for name in ("targets", "labels"):
        if getattr(dataset, name, None) is not None:
            return [_plain(label) for label in getattr(dataset, name)]
    found = []
    for number in range(len(dataset)):
        item = dataset[number]
        if not isinstance(item, (tuple, list)) or len(item) < FEWEST_ROWS:
            raise BadTarget("The items of the data set have no labels. Give them as y, one an item.")
        found.append(_plain(item[1]))
    return found


def reads_tokens(backbone: Any) -> bool:
    """Whether whole numbers are token ids: the backbone says so, or an embedding comes first in it."""
    told = getattr(backbone, "reads_tokens", None)
    if told is not None or not isinstance(backbone, nn.Module):
        return bool(told)
    leaves = (part for part in backbone.modules() if not any(True for _ in part.children()))
    return isinstance(next(leaves, None), (nn.Embedding, nn.EmbeddingBag))


def _array(estimator: Any, X: Any, reset: bool) -> NDArray[Any]:
    rows = read_rows(X)
    kind = np.asarray(rows).dtype if isinstance(rows, (np.ndarray, list)) else None
    dtype: Any = np.float32
    if kind is not None and kind.kind in "iu" and reads_tokens(estimator.backbone):
        dtype = np.int64
    elif kind == np.uint8 and np.ndim(rows) > FEWEST_ROWS:
        dtype = np.uint8
    with np.errstate(over="ignore", invalid="ignore"):  # what 32 bits cannot hold is refused as infinite
        read = validate_data(
            estimator,
            rows,
            reset=reset,
            dtype=dtype,
            order="C",
            allow_nd=True,
            ensure_min_samples=FEWEST_ROWS if reset else 1,
        )
    return np.asarray(read)


def _first(dataset: Any) -> torch.Tensor:
    try:
        n_items = len(dataset)
    except TypeError as error:
        raise BadTable(
            "The data set has no length. Give a map-style torch Dataset, with __len__ and __getitem__."
        ) from error
    if n_items == 0:
        raise BadTable("The data set has no items.")
    return row_of(dataset[0])[None]


def _check_channels(example: torch.Tensor) -> None:
    if example.ndim == IMAGE and example.shape[-1] in CHANNELS and example.shape[1] not in CHANNELS:
        raise BadTable(
            f"Images must be (n, channels, height, width), got rows of shape {tuple(example.shape[1:])}, "
            "whose channels seem to come last. Use np.moveaxis(X, -1, 1)."
        )


def _plain(label: Any) -> Any:
    return label.item() if isinstance(label, (torch.Tensor, np.generic)) and label.ndim == 0 else label
