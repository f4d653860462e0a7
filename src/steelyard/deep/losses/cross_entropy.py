"""Cross-entropy: the plain loss that every other is measured against."""

from __future__ import annotations

import torch
from torch.nn import functional

from steelyard.deep.losses.base import Loss

__all__ = ["CrossEntropy"]


class CrossEntropy(Loss):
    """Minus the log of the probability of the true class; serves plain accuracy and calibration.

    ``-log softmax(z)_y``.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}, default="mean"
    ignore_index : int, default=-100

    Examples
    --------
    >>> loss = CrossEntropy()
    >>> round(float(loss(torch.zeros(3, 4), torch.tensor([0, 1, 3]))), 4)
    1.3863
    """

    def _of_items(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(logits, targets, reduction="none")
