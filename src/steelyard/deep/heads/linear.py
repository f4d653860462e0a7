"""The linear head, the plain one."""

from __future__ import annotations

from typing import Any

import torch

from steelyard.deep.heads.base import Head, linear_layer

__all__ = ["LinearHead"]


class LinearHead(Head):
    """One linear layer, features to logits.

    Parameters
    ----------
    bias : bool, default=True

    Examples
    --------
    >>> head = LinearHead().sized(in_features=8, n_classes=3)
    >>> tuple(head(torch.zeros(5, 8)).shape)
    (5, 3)
    """

    def __init__(self, *, bias: bool = True) -> None:
        super().__init__()
        self.bias = bias

    def _build(self, in_features: int, n_classes: int, dense: bool) -> None:
        self.layer = linear_layer(in_features, n_classes, dense=dense, bias=self.bias)

    def learned(self, features: torch.Tensor) -> Any:
        """Logits, shape ``(n, k)`` or ``(n, k, h, w)``."""
        return self.layer(features)
