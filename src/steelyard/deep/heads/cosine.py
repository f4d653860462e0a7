"""The cosine head: only directions count."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional

from steelyard.balance.check_parameter import check_flag, check_number
from steelyard.deep.heads.base import Head, linear_layer
from steelyard.deep.heads.weigh import weigh

__all__ = ["CosineHead"]


class CosineHead(Head):
    """Logits are cosines between features and class weights, times a scale.

    A linear layer learns longer weights for frequent classes, which tips the balance to them; here all
    have the same length.

    Parameters
    ----------
    scale : float, default=16.0
        Cosines lie between -1 and 1: without a scale the softmax could never be sure.
    learn_scale : bool, default=False
        Whether the scale is learned with the weights, from ``scale`` on.

    References
    ----------
    Gidaris and Komodakis, Dynamic few-shot visual learning without forgetting, CVPR 2018.

    Examples
    --------
    >>> head = CosineHead(scale=10.0).sized(in_features=8, n_classes=3)
    >>> features = torch.randn(5, 8)
    >>> bool(head(features).abs().max() <= 10), torch.allclose(head(features), head(7 * features), atol=1e-5)
    (True, True)
    """

    def __init__(self, *, scale: float = 16.0, learn_scale: bool = False) -> None:
        super().__init__()
        self.scale = scale
        self.learn_scale = learn_scale
        check_number(self, "scale", 0, above=True)
        check_flag(self, "learn_scale")

    def _build(self, in_features: int, n_classes: int, dense: bool) -> None:
        self.layer = linear_layer(in_features, n_classes, dense=False, bias=False)
        logarithm = torch.tensor(math.log(self.scale))
        if self.learn_scale:
            self.log_scale = nn.Parameter(logarithm)
        else:
            self.register_buffer("log_scale", logarithm)

    def learned(self, features: torch.Tensor) -> torch.Tensor:
        """Logits, shape ``(n, k)`` or ``(n, k, h, w)``."""
        weights: torch.Tensor = functional.normalize(self.layer.weight, dim=1)
        return self.log_scale.exp() * weigh(functional.normalize(features, dim=1), weights)
