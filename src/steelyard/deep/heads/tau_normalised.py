"""The tau-normalised head: learned as a linear one, its class weights brought to one length afterwards."""

from __future__ import annotations

from typing import Any

import torch
from torch.linalg import vector_norm

from steelyard.balance.check_parameter import check_number
from steelyard.deep.heads.base import Head, linear_layer
from steelyard.deep.heads.weigh import weigh

__all__ = ["TauNormalisedHead"]

SHORTEST = 1e-12


class TauNormalisedHead(Head):
    """A linear layer that predicts with each class's weights divided by their length to the power tau.

    Parameters
    ----------
    tau : float, default=1.0
        0 changes nothing but the bias, 1 gives every class weights of length 1. The paper chooses it on
        held-out rows.

    Notes
    -----
    Learning sees weights and bias as they are. The bias is left out of predictions, as in the paper.

    References
    ----------
    Kang, Xie, Rohrbach, Yan, Gordo, Feng and Kalantidis, Decoupling representation and classifier for
    long-tailed recognition, ICLR 2020, section 4.3.

    Examples
    --------
    >>> head = TauNormalisedHead().sized(in_features=8, n_classes=3)
    >>> head.normalised().norm(dim=1).round(decimals=4).tolist()
    [1.0, 1.0, 1.0]
    """

    def __init__(self, *, tau: float = 1.0) -> None:
        super().__init__()
        self.tau = tau
        check_number(self, "tau", 0)

    def _build(self, in_features: int, n_classes: int, dense: bool) -> None:
        self.layer = linear_layer(in_features, n_classes, dense=dense)

    def learned(self, features: torch.Tensor) -> Any:
        """Logits of the linear layer, shape ``(n, k)`` or ``(n, k, h, w)``."""
        return self.layer(features)

    def normalised(self) -> torch.Tensor:
        """Weights to predict with, shape ``(k, d)``."""
        weights: torch.Tensor = self.layer.weight.flatten(1)
        return weights / vector_norm(weights, dim=1, keepdim=True).clamp(min=SHORTEST) ** self.tau

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits of the normalised weights, without a bias."""
        return weigh(features, self.normalised())
