"""What a loss is: one number an item, and how the items become one number."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from copy import deepcopy
from inspect import signature
from typing import Any

import torch
from torch import nn

from steelyard.errors import BadOption, BadTarget

__all__ = ["IGNORED", "Loss", "as_buffer"]

IGNORED = -100  # torch's own mark of an item without a label
REDUCTIONS = ("mean", "sum", "none")


class Loss(nn.Module):
    """Base of the losses of one label an item.

    A leaf writes ``_of_items``, and ``_learn_counts`` where it depends on how many items each class has.
    Shapes, ignored items, labels out of range and the reduction are settled here. A loss is nothing but
    its arguments until `for_counts` binds it to the classes of a training set.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}, default="mean"
        "mean" is over the items that count; "none" gives one number an item, 0 where it is ignored.
    ignore_index : int, default=-100
        Label of items that do not count.

    Notes
    -----
    Logits of shape ``(n, k)`` take targets of shape ``(n,)``; maps ``(n, k, h, w)`` take ``(n, h, w)``.
    Where no item counts the loss is a 0 that still has a gradient, which is 0. It is computed in 32 bits
    (or more), whatever the logits come in.
    """

    def __init__(self, *, reduction: str = "mean", ignore_index: int = IGNORED) -> None:
        super().__init__()
        if reduction not in REDUCTIONS:
            raise BadOption(
                f"The 'reduction' parameter of {type(self).__name__} must be one of {REDUCTIONS}. "
                f"Got {reduction!r} instead."
            )
        self.reduction = reduction
        self.ignore_index = ignore_index

    def for_counts(self, counts: Sequence[int]) -> Loss:
        """Return a copy that knows how many training items each class has.

        Parameters
        ----------
        counts : sequence of int, length k
            In the order of the logits.
        """
        bound = deepcopy(self)
        numbers = torch.as_tensor(counts, dtype=torch.float64)
        if numbers.ndim != 1 or not bool((numbers >= 0).all()) or not bool(numbers.sum() > 0):
            raise BadOption(f"Counts must be one number of 0 or more a class. Got {list(counts)} instead.")
        bound._learn_counts(numbers)
        return bound

    def begin_pass(self, done: float) -> None:
        """Tell the loss how much of training is done, 0 to 1, before each pass."""

    def forward(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Loss of a batch, reduced.

        Parameters
        ----------
        logits : tensor of shape (n, k, ...)
        targets : tensor of int, shape (n, ...)

        Returns
        -------
        tensor
            A scalar, or of the shape of ``targets`` with ``reduction="none"``.

        Raises
        ------
        BadTarget
            Shapes that do not fit, or a label out of range.
        """
        each = self.per_item(logits, targets)
        if self.reduction == "none":
            return each
        total = each.sum()
        if self.reduction == "sum":
            return total
        return total / (targets != self.ignore_index).sum().clamp(min=1)

    def per_item(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Loss of each item, of the shape of ``targets``; 0 where it is ignored."""
        self._check(logits, targets)
        flat = logits if logits.ndim == 2 else logits.movedim(1, -1).flatten(0, -2)
        wide = flat if flat.dtype == torch.float64 else flat.float()
        labels = targets.reshape(-1).long()  # bytes would be read as a mask
        counted = labels != self.ignore_index
        if bool(counted.all()):
            return self._of_items(wide, labels).reshape(targets.shape)
        each = wide.new_zeros(len(labels)) + wide[:0].sum()  # keeps the graph where nothing counts
        kept = self._of_items(wide[counted], labels[counted]) if bool(counted.any()) else each[counted]
        return each.masked_scatter(counted, kept).reshape(targets.shape)

    @abstractmethod
    def _of_items(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Loss of each of m items, from logits ``(m, k)`` and labels ``(m,)``, m at least 1."""

    def _learn_counts(self, counts: torch.Tensor) -> None:
        """Keep what the loss needs of the counts, a tensor of shape ``(k,)`` in 64 bits."""

    def _check(self, logits: torch.Tensor, targets: torch.Tensor) -> None:
        name = type(self).__name__
        expected = (logits.shape[0], *logits.shape[2:]) if logits.ndim >= 2 else None
        if expected is None or tuple(targets.shape) != expected:
            raise BadTarget(
                f"{name} needs logits of shape (n, k, ...) and targets of shape (n, ...). "
                f"Got {tuple(logits.shape)} and {tuple(targets.shape)}."
            )
        if targets.is_floating_point() or targets.dtype == torch.bool:
            raise BadTarget(f"{name} needs whole numbers as targets. Got {targets.dtype}.")
        counted = targets[targets != self.ignore_index]
        if counted.numel() and not 0 <= int(counted.min()) <= int(counted.max()) < logits.shape[1]:
            raise BadTarget(
                f"{name} has logits for classes 0 to {logits.shape[1] - 1}, got labels from "
                f"{int(counted.min())} to {int(counted.max())}. Items without a label are marked "
                f"{self.ignore_index}."
            )

    def extra_repr(self) -> str:
        """Arguments that are not torch modules, for ``repr``."""
        told = {name: getattr(self, name, None) for name in signature(type(self)).parameters}
        return ", ".join(
            f"{name}={value!r}"
            for name, value in told.items()
            if not isinstance(value, (nn.Module, torch.Tensor))
        )


def as_buffer(module: nn.Module, name: str, values: Any) -> None:
    """Keep 32-bit numbers with a module, so that they move to its device and are saved with it."""
    module.register_buffer(name, torch.as_tensor(values).float())
