"""A transformer for tables."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from steelyard.balance.check_parameter import check_whole
from steelyard.deep.backbones.base import Backbone
from steelyard.errors import BadOption

__all__ = ["FTTransformer"]

WIDER = 2  # by which the layer inside a block is wider than the block


class FTTransformer(Backbone):
    """Each number becomes a token, tokens attend to each other, and one more token sums them up.

    Parameters
    ----------
    width : int, default=64
        Length of a token.
    blocks : int, default=2
    heads : int, default=4
        Of the attention; ``width`` must be a multiple.
    dropout : float in [0, 1), default=0.1
        Of attention, of the layer inside a block, and of what a block adds.
    feed_forward : int or None, default=None
        Width of the layer inside a block; None is twice ``width``.

    Raises
    ------
    BadOption
        A parameter makes no sense, or rows are no table.

    Notes
    -----
    Rows ``(n, columns)`` give features ``(n, width)``. The token of number x in column j is
    ``x weight_j + bias_j``; blocks are torch's encoder layers with the norm in front and GELU inside, and
    out of them come a norm and ReLU of the summing token. The paper has ReGLU inside and leaves out the
    first norm. Tokens start uniform within ``1 / sqrt(width)``, blocks as torch draws them. Time and memory
    grow with the square of the number of columns.

    References
    ----------
    Gorishniy, Rubachev, Khrulkov and Babenko, Revisiting deep learning models for tabular data,
    NeurIPS 2021.

    Examples
    --------
    >>> backbone = FTTransformer(width=8, blocks=1, heads=2).eval()
    >>> tuple(backbone(torch.zeros(5, 3)).shape)
    (5, 8)
    """

    axes = ("n", "columns")

    def __init__(
        self,
        width: int = 64,
        *,
        blocks: int = 2,
        heads: int = 4,
        dropout: float = 0.1,
        feed_forward: int | None = None,
    ) -> None:
        super().__init__()
        self.width, self.blocks, self.heads = width, blocks, heads
        self.dropout, self.feed_forward = dropout, feed_forward
        for name in ("width", "blocks", "heads"):
            check_whole(self, name)
        self._check_dropout()
        if feed_forward is not None:
            check_whole(self, "feed_forward")
        if width % heads:
            raise BadOption(
                f"The 'width' parameter of FTTransformer must be a multiple of heads, {heads}. "
                f"Got {width!r} instead."
            )

    def _build(self, shape: Sequence[int]) -> None:
        inside = WIDER * self.width if self.feed_forward is None else self.feed_forward
        self.tokens = Tokens(shape[1], self.width)
        self.layers = nn.Sequential(
            *(
                nn.TransformerEncoderLayer(
                    self.width,
                    self.heads,
                    dim_feedforward=inside,
                    dropout=self.dropout,
                    activation="gelu",
                    batch_first=True,
                    norm_first=True,
                )
                for _ in range(self.blocks)
            )
        )
        self.norm = nn.LayerNorm(self.width)

    def _features(self, rows: torch.Tensor) -> torch.Tensor:
        summing = self.layers(self.tokens(rows))[:, 0]
        return functional.relu(self.norm(summing))


class Tokens(nn.Module):
    """A token for each number, with the summing token in front.

    Parameters
    ----------
    columns, width : int
    """

    def __init__(self, columns: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(columns, width))
        self.bias = nn.Parameter(torch.empty(columns, width))
        self.summing = nn.Parameter(torch.empty(width))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew."""
        bound = 1 / math.sqrt(self.weight.shape[1])
        for weights in (self.weight, self.bias, self.summing):
            nn.init.uniform_(weights, -bound, bound)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Tokens of shape ``(n, 1 + columns, width)``."""
        columns = self.weight.shape[0]
        if rows.shape[1] != columns:  # a single column would be spread over all without a word
            raise BadOption(f"FTTransformer was made for {columns} columns, got {rows.shape[1]}.")
        tokens = rows[:, :, None] * self.weight + self.bias
        return torch.cat([self.summing.to(tokens.dtype).expand(len(rows), 1, -1), tokens], dim=1)
