"""What is learned: a few rows of each class, compared with batches of the real ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

__all__ = ["Matching", "RealClass"]


@dataclass(frozen=True, eq=False)
class RealClass:
    """The real rows of one class on the device, and its own stream of draws.

    ``share`` is each row's share of the class's weight, or None where all weigh alike.
    """

    rows: torch.Tensor
    share: NDArray[np.float64] | None
    rng: np.random.Generator

    def batch(self, size: int) -> torch.Tensor:
        """Return ``size`` rows by lot, none twice; all rows where there are no more.

        With weights a row is drawn by its share, and may come twice.
        """
        n_rows = int(self.rows.shape[0])
        if self.share is None and n_rows <= size:
            return self.rows
        drawn = self.rng.choice(n_rows, size=size, replace=self.share is not None, p=self.share)
        return self.rows[torch.from_numpy(drawn).to(self.rows.device)]


@dataclass(frozen=True, eq=False)
class Matching:
    """One condensation under way: real classes, and the rows that are learned, class after class.

    ``made`` (k, p) is the tensor that learns; ``codes`` (k,) says which of ``real`` each row belongs to.
    """

    real: list[RealClass]
    made: torch.Tensor
    codes: torch.Tensor

    def real_batch(self, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """A batch of each class, one below the other, and the class of each row."""
        parts = [own.batch(size) for own in self.real]
        lengths = torch.tensor([len(part) for part in parts], device=self.made.device)
        return torch.cat(parts), torch.arange(len(parts), device=self.made.device).repeat_interleave(lengths)

    def class_means(self, features: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
        """Mean of the features of each class, shape (classes, d)."""
        belongs = torch.nn.functional.one_hot(codes, len(self.real)).to(features.dtype).T
        return (belongs @ features) / belongs.sum(dim=1, keepdim=True)
