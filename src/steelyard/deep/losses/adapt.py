"""Any torch loss as one of ours."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import nn

from steelyard.deep.losses.base import Loss
from steelyard.deep.losses.cross_entropy import CrossEntropy
from steelyard.errors import BadOption

__all__ = ["TorchLoss", "as_loss"]


class TorchLoss(Loss):
    """A loss of torch or of your own, asked for one number an item.

    Parameters
    ----------
    loss : nn.Module
        Called with logits ``(m, k)`` and labels ``(m,)``; one that has a ``reduction`` is set to "none".

    Examples
    --------
    >>> loss = TorchLoss(nn.CrossEntropyLoss(label_smoothing=0.1))
    >>> tuple(loss.per_item(torch.zeros(3, 4), torch.tensor([0, 1, 3])).shape)
    (3,)
    """

    def __init__(self, loss: nn.Module) -> None:
        super().__init__()
        self.loss = deepcopy(loss)
        if hasattr(self.loss, "reduction"):
            self.loss.reduction = "none"

    def _of_items(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        each: Any = self.loss(logits, targets)
        if not isinstance(each, torch.Tensor) or each.shape != targets.shape:
            got = tuple(each.shape) if isinstance(each, torch.Tensor) else type(each).__name__
            raise BadOption(
                f"The loss {type(self.loss).__name__} must give one number an item, shape "
                f"{tuple(targets.shape)}. Got {got}. Give it a 'reduction', or write it as a "
                "steelyard.deep.losses.Loss."
            )
        return each


def as_loss(loss: nn.Module | None) -> Loss:
    """Return a loss as a `Loss`; cross-entropy for None."""
    if loss is None:
        return CrossEntropy()
    return loss if isinstance(loss, Loss) else TorchLoss(loss)
