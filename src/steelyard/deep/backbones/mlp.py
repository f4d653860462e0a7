"""A multi-layer perceptron for tables."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn

from steelyard.deep.backbones.base import Backbone
from steelyard.errors import BadOption

__all__ = ["MLP"]

NORMS = ("batch", "layer", None)


class MLP(Backbone):
    """Linear layers, each followed by a norm, ReLU and dropout.

    Parameters
    ----------
    widths : sequence of int, default=(64, 64, 64)
        Features after each layer. The width of the input is found when the first rows arrive.
    norm : {"batch", "layer"} or None, default="batch"
        What stands between a linear layer and its ReLU.
    dropout : float in [0, 1), default=0.1
        Share of features set to 0 after each ReLU while the net learns.

    Raises
    ------
    BadOption
        A parameter makes no sense.

    Notes
    -----
    Rows of any shape ``(n, ...)`` are read flat, and features of shape ``(n, widths[-1])`` come out;
    the head that turns them into logits belongs to the estimator. Weights start as torch draws them.

    References
    ----------
    Ioffe and Szegedy, Batch normalization: accelerating deep network training by reducing internal
    covariate shift, ICML 2015.

    Examples
    --------
    >>> backbone = MLP(widths=(32, 8), dropout=0.0)
    >>> tuple(backbone(torch.zeros(5, 3)).shape)
    (5, 8)
    """

    def __init__(
        self, widths: Sequence[int] = (64, 64, 64), *, norm: str | None = "batch", dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.widths, self.norm, self.dropout = self._read_wholes("widths", widths), norm, dropout
        if norm not in NORMS:
            raise BadOption(f"The 'norm' parameter of MLP must be one of {NORMS}. Got {norm!r} instead.")
        self._check_dropout()

    def _build(self, shape: Sequence[int]) -> None:
        layers: list[nn.Module] = []
        width_before = math.prod(shape[1:])
        for width in self.widths:
            layers += [nn.Linear(width_before, width), *_norm(self.norm, width), nn.ReLU()]
            if self.dropout:
                layers.append(nn.Dropout(self.dropout))
            width_before = width
        self.layers = nn.Sequential(*layers)

    def _features(self, rows: torch.Tensor) -> torch.Tensor:
        features: torch.Tensor = self.layers(rows.flatten(1))
        return features


def _norm(norm: str | None, width: int) -> list[nn.Module]:
    if norm is None:
        return []
    return [nn.BatchNorm1d(width) if norm == "batch" else nn.LayerNorm(width)]
