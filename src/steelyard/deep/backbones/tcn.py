"""A temporal convolutional net: series read from the past only."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from steelyard.balance.check_parameter import check_whole
from steelyard.deep.backbones.base import Backbone

__all__ = ["TCN"]

CONVOLUTIONS = 2  # a block
LEAST_KERNEL = 2  # one step alone sees no past


class TCN(Backbone):
    """Blocks of causal convolutions whose reach doubles from block to block.

    Parameters
    ----------
    width : int, default=32
        Channels of all blocks.
    blocks : int, default=4
    kernel : int, default=3
        Steps that a convolution looks at, at least 2; those of block b (from 0) lie ``2**b`` apart.
    dropout : float in [0, 1), default=0.1
        Share of channels set to 0 after each convolution while the net learns.

    Attributes
    ----------
    receptive_field : int
        Steps that the features of a step depend on, itself included.

    Raises
    ------
    BadOption
        A parameter makes no sense, or rows are no series.

    Notes
    -----
    Rows ``(n, c, t)`` give features ``(n, width)``: those of the last step, which see the last
    ``receptive_field`` steps and no others, so give long series more blocks. `steps` gives those of every
    step. Convolutions are weight-normalised, each followed by ReLU and dropout; a shortcut is a convolution
    over one step where the number of channels changes. Directions of weights start Kaiming-normal, their
    lengths as drawn, biases at 0; the shortcut's as torch draws them.

    References
    ----------
    Bai, Kolter and Koltun, An empirical evaluation of generic convolutional and recurrent networks for
    sequence modeling, arXiv:1803.01271, 2018.

    Examples
    --------
    >>> backbone = TCN(width=8, blocks=3).eval()
    >>> tuple(backbone(torch.zeros(2, 3, 50)).shape), backbone.receptive_field
    ((2, 8), 29)
    """

    axes = ("n", "c", "t")

    def __init__(self, width: int = 32, *, blocks: int = 4, kernel: int = 3, dropout: float = 0.1) -> None:
        super().__init__()
        self.width, self.blocks, self.kernel, self.dropout = width, blocks, kernel, dropout
        check_whole(self, "width")
        check_whole(self, "blocks")
        check_whole(self, "kernel", LEAST_KERNEL)
        self._check_dropout()

    @property
    def receptive_field(self) -> int:
        """Steps that the features of a step depend on, itself included."""
        reach: int = 2**self.blocks - 1
        return 1 + CONVOLUTIONS * (self.kernel - 1) * reach

    def steps(self, rows: torch.Tensor) -> torch.Tensor:
        """Features of every step, shape ``(n, width, t)``, each from itself and what went before."""
        self._meet(rows)
        return self._maps(rows)

    def _build(self, shape: Sequence[int]) -> None:
        self.layers = nn.Sequential(
            *(
                Block(self.width if place else shape[1], self.width, self.kernel, 2**place, self.dropout)
                for place in range(self.blocks)
            )
        )

    def _features(self, rows: torch.Tensor) -> torch.Tensor:
        return self._maps(rows)[:, :, -1]

    def _maps(self, rows: torch.Tensor) -> torch.Tensor:
        maps: torch.Tensor = self.layers(rows)
        return maps


class Block(nn.Module):
    """Two causal convolutions and a shortcut.

    Parameters
    ----------
    in_channels, width, kernel, dilation : int
    dropout : float
    """

    def __init__(self, in_channels: int, width: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.first = CausalConvolution(in_channels, width, kernel, dilation)
        self.second = CausalConvolution(width, width, kernel, dilation)
        self.dropout = nn.Dropout1d(dropout)
        self.shortcut = nn.Identity() if in_channels == width else nn.Conv1d(in_channels, width, 1)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps ``(n, width, t)`` from maps ``(n, in_channels, t)``."""
        changed = self.dropout(functional.relu(self.first(maps)))
        changed = self.dropout(functional.relu(self.second(changed)))
        return functional.relu(changed + self.shortcut(maps))


class CausalConvolution(nn.Module):
    """A weight-normalised convolution over a step and those before it.

    torch's own weight norm can be neither drawn anew nor pickled, so it is written out here.

    Parameters
    ----------
    in_channels, width, kernel, dilation : int
    """

    def __init__(self, in_channels: int, width: int, kernel: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.past = (kernel - 1) * dilation
        self.direction = nn.Parameter(torch.empty(width, in_channels, kernel))
        self.length = nn.Parameter(torch.empty(width, 1, 1))
        self.bias = nn.Parameter(torch.empty(width))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew."""
        nn.init.kaiming_normal_(self.direction, nonlinearity="relu")
        with torch.no_grad():
            self.length.copy_(self._norm())
        nn.init.zeros_(self.bias)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps ``(n, width, t)`` from maps ``(n, in_channels, t)``."""
        weight = self.direction * (self.length / self._norm())
        return functional.conv1d(
            functional.pad(maps, (self.past, 0)), weight, self.bias, dilation=self.dilation
        )

    def _norm(self) -> torch.Tensor:
        norm: torch.Tensor = torch.linalg.vector_norm(self.direction, dim=(1, 2), keepdim=True)
        return norm
