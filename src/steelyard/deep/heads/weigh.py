"""A weight vector a class, applied to features or to maps of them."""

from __future__ import annotations

import torch

__all__ = ["weigh"]


def weigh(features: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return the product of each item's features ``(n, d, ...)`` with each row of ``weights`` ``(k, d)``."""
    if features.ndim == weights.ndim:
        return features @ weights.T
    return torch.einsum("nd...,kd->nk...", features, weights)
