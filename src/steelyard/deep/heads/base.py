"""What a head is: arguments until it is sized, then one way to learn and one to predict."""

from __future__ import annotations

from abc import abstractmethod
from copy import deepcopy
from inspect import signature
from typing import Any

import torch
from torch import nn

from steelyard.errors import BadOption

__all__ = ["Head", "linear_layer"]

Learned = torch.Tensor | tuple[torch.Tensor, torch.Tensor]


class Head(nn.Module):
    """Base of the modules that turn features ``(n, d)``, or maps ``(n, d, h, w)``, into logits.

    A leaf keeps each argument of its constructor as an attribute of that name and has no weights until
    `sized` makes a copy for so many features and classes, which calls ``_build``. What the loss sees
    (`learned`) may differ from what is predicted with (``forward``): corrections that belong to inference
    alone, such as a learnt prior or a norm of the weights, are in ``forward``. A head that is to be learned
    a second time on finished features says how in ``second_stage``.
    """

    second_stage: Any = None

    def sized(self, in_features: int, n_classes: int, *, dense: bool = False) -> Any:
        """Return a copy with weights, drawn from torch's global stream.

        Parameters
        ----------
        in_features, n_classes : int
        dense : bool, default=False
            Whether features are maps ``(n, d, h, w)`` and each of their pixels gets logits.
        """
        own = deepcopy(self)
        own._build(in_features, n_classes, dense)
        return own

    @abstractmethod
    def _build(self, in_features: int, n_classes: int, dense: bool) -> None:
        """Make the layers."""

    @abstractmethod
    def learned(self, features: torch.Tensor) -> Learned:
        """What training sees: logits, or logits and something more that `extra_loss` is made of."""

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits to predict with."""
        learned = self.learned(features)
        return learned[0] if isinstance(learned, tuple) else learned

    def extra_loss(self, extra: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Loss of each item, of the shape of ``targets``, that is added to that of the logits."""
        raise BadOption(f"{type(self).__name__} has no loss of its own; its 'learned' gives logits only.")

    def objection_to(self, optimizer: str) -> str | None:
        """What speaks against learning this head with an optimizer, in words; None where nothing does."""
        return None

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in signature(type(self)).parameters)
        return f"{type(self).__name__}({told})"


def linear_layer(in_features: int, n_classes: int, *, dense: bool, bias: bool = True) -> nn.Module:
    """Return a linear layer, or for maps the convolution with a kernel of 1 that is the same thing."""
    if dense:
        return nn.Conv2d(in_features, n_classes, kernel_size=1, bias=bias)
    return nn.Linear(in_features, n_classes, bias=bias)
