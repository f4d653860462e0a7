"""Rows, targets and weights as torch reads them: all in memory, or an item at a time."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset, default_collate

from steelyard.errors import BadTable

__all__ = ["Items", "Part", "Rows", "tensor_of"]

Batch = tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]


class Part(Protocol):
    """What batches are taken from: rows by their numbers, each with its target and weight."""

    codes: torch.Tensor

    def __len__(self) -> int:
        """Rows."""

    def __getitem__(self, which: Any) -> Batch:
        """Rows, and their targets and weights."""

    def only(self, which: NDArray[np.intp]) -> Part:
        """These rows."""


class Rows(Dataset[Any]):
    """Rows, targets and weights as tensors of equal length.

    Parameters
    ----------
    rows : tensor of shape (n, ...)
    codes : tensor of int, shape (n,) or (n, h, w)
        Class codes.
    weight : tensor of shape (n,)
    """

    def __init__(self, rows: torch.Tensor, codes: torch.Tensor, weight: torch.Tensor) -> None:
        self.rows, self.codes, self.weight = rows, codes, weight

    @classmethod
    def of(cls, rows: torch.Tensor, codes: NDArray[Any], weight: NDArray[np.float64]) -> Rows:
        """Rows from arrays."""
        kind = np.int64 if codes.ndim == 1 else np.int16  # masks are large
        return cls(rows, tensor_of(codes.astype(kind)), tensor_of(weight.astype(np.float32)))

    def __len__(self) -> int:
        return int(self.rows.shape[0])

    def __getitem__(self, which: Any) -> Batch:
        return self.rows[which], (self.codes[which], self.weight[which])

    def only(self, which: NDArray[np.intp]) -> Rows:
        """These rows."""
        chosen = torch.from_numpy(which)
        return Rows(self.rows[chosen], self.codes[chosen], self.weight[chosen])


class Items(Dataset[Any]):
    """A data set that is read an item at a time, with targets and weights kept beside it.

    Parameters
    ----------
    items : torch.utils.data.Dataset
        Map-style; an item is the row, or a pair whose first is the row.
    codes : tensor of int, shape (m, ...)
    weight : tensor of shape (m,)
    which : ndarray of int, shape (m,)
        The items meant.
    """

    def __init__(
        self, items: Any, codes: torch.Tensor, weight: torch.Tensor, which: NDArray[np.intp]
    ) -> None:
        self.items, self.codes, self.weight, self.which = items, codes, weight, which

    def __len__(self) -> int:
        return int(self.which.shape[0])

    def __getitem__(self, which: Any) -> Batch:
        numbers = torch.arange(len(self))[which]
        return self.rows_at(numbers), (self.codes[numbers], self.weight[numbers])

    def rows_at(self, numbers: torch.Tensor) -> torch.Tensor:
        """Rows of these items, read now."""
        read = [row_of(self.items[int(self.which[number])]) for number in numbers.tolist()]
        rows: torch.Tensor = default_collate(read)
        if rows.is_floating_point() and not bool(torch.isfinite(rows).all()):
            bad = [
                int(self.which[number])
                for number, row in zip(numbers.tolist(), rows, strict=True)
                if not bool(torch.isfinite(row).all())
            ]
            raise BadTable(f"Items {bad[:10]} hold NaN or infinite numbers. Fill or leave them out.")
        return rows

    def only(self, which: NDArray[np.intp]) -> Items:
        """These items."""
        chosen = torch.from_numpy(which)
        return Items(self.items, self.codes[chosen], self.weight[chosen], self.which[which])


def row_of(item: Any) -> torch.Tensor:
    """The row of an item, which may come with its label; images and series in 32 bits."""
    row = torch.as_tensor(np.asarray(first) if not isinstance(first := _first(item), torch.Tensor) else first)
    return row.float() if row.dtype == torch.float64 else row


def _first(item: Any) -> Any:
    return item[0] if isinstance(item, (tuple, list)) else item


def tensor_of(array: NDArray[Any]) -> torch.Tensor:
    """Return an array as a tensor; one that must not be written to, such as a memory map, is copied."""
    return torch.from_numpy(array if array.flags.writeable else array.copy())
