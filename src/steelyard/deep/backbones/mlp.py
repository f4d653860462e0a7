"""A multi-layer perceptron for tables."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

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
    the head that turns them into logits belongs to the estimator.

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
        if not len(widths) or any(int(width) != width or width < 1 for width in widths):
            raise BadOption(
                f"The 'widths' parameter of MLP must be ints in the range [1, inf). Got {widths!r} instead."
            )
        if norm not in NORMS:
            raise BadOption(f"The 'norm' parameter of MLP must be one of {NORMS}. Got {norm!r} instead.")
        if not 0 <= dropout < 1:
            raise BadOption(
                "The 'dropout' parameter of MLP must be a float in the range [0, 1). "
                f"Got {dropout!r} instead."
            )
        self.widths, self.norm, self.dropout = tuple(int(width) for width in widths), norm, dropout
        layers: list[nn.Module] = []
        for width in self.widths:
            layers += [_linear(width), *_norm(norm, width), nn.ReLU()]
            if dropout:
                layers.append(nn.Dropout(dropout))
        self.layers = nn.Sequential(*layers)

    def forward(self, rows: torch.Tensor) -> Any:
        """Features of rows, shape ``(n, widths[-1])``."""
        return self.layers(rows.flatten(1))


def _linear(width: int) -> nn.Module:
    with warnings.catch_warnings():  # older releases of torch call lazy modules new
        warnings.filterwarnings("ignore", message="Lazy modules are a new feature", category=UserWarning)
        return nn.LazyLinear(width)


def _norm(norm: str | None, width: int) -> list[nn.Module]:
    if norm is None:
        return []
    return [nn.BatchNorm1d(width) if norm == "batch" else nn.LayerNorm(width)]
