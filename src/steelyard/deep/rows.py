"""Rows, class codes and weights as torch reads them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

__all__ = ["Rows", "tensor_of"]


class Rows(Dataset[Any]):
    """Rows, class codes and weights as tensors of equal length.

    Parameters
    ----------
    rows : tensor of shape (n, ...)
    codes : tensor of int, shape (n,)
    weight : tensor of shape (n,)
    """

    def __init__(self, rows: torch.Tensor, codes: torch.Tensor, weight: torch.Tensor) -> None:
        self.rows, self.codes, self.weight = rows, codes, weight

    @classmethod
    def of(cls, rows: NDArray[Any], codes: NDArray[np.intp], weight: NDArray[np.float64]) -> Rows:
        """Rows from arrays."""
        return cls(tensor_of(rows), tensor_of(codes.astype(np.int64)), tensor_of(weight.astype(np.float32)))

    def __len__(self) -> int:
        return int(self.rows.shape[0])

    def __getitem__(self, which: Any) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
        return self.rows[which], (self.codes[which], self.weight[which])

    def only(self, which: NDArray[np.intp]) -> Rows:
        """These rows."""
        chosen = torch.from_numpy(which)
        return Rows(self.rows[chosen], self.codes[chosen], self.weight[chosen])

    def without(self, which: NDArray[np.intp]) -> Rows:
        """All rows but these."""
        return self if which.size == 0 else self.only(np.setdiff1d(np.arange(len(self)), which))


def tensor_of(array: NDArray[Any]) -> torch.Tensor:
    """Return an array as a tensor; one that must not be written to, such as a memory map, is copied."""
    return torch.from_numpy(array if array.flags.writeable else array.copy())
