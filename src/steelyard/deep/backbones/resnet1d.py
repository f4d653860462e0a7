"""A residual net for series."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from steelyard.deep.backbones.base import Backbone
from steelyard.errors import BadOption

__all__ = ["ResNet1D"]


class ResNet1D(Backbone):
    """Blocks of convolutions over time with shortcuts, and the mean over time.

    Parameters
    ----------
    widths : sequence of int, default=(64, 128, 128)
        Channels of each block.
    kernels : sequence of int, default=(7, 5, 3)
        Steps that each convolution of a block looks at; odd.

    Raises
    ------
    BadOption
        A parameter makes no sense, or rows are no series.

    Notes
    -----
    Rows ``(n, c, t)`` of any length give features ``(n, widths[-1])``. Each convolution has batch norm; ReLU
    follows all but the last of a block, and that one after the shortcut is added. A shortcut is batch norm,
    with a convolution over one step in front where the number of channels changes. The paper's first kernel
    is 8; ours are odd, so that what comes out lies under what went in. Weights start as torch draws them.

    References
    ----------
    Wang, Yan and Oates, Time series classification from scratch with deep neural networks: a strong
    baseline, IJCNN 2017.

    Examples
    --------
    >>> backbone = ResNet1D(widths=(4, 8)).eval()
    >>> tuple(backbone(torch.zeros(2, 3, 50)).shape)
    (2, 8)
    """

    axes = ("n", "c", "t")

    def __init__(self, widths: Sequence[int] = (64, 128, 128), *, kernels: Sequence[int] = (7, 5, 3)) -> None:
        super().__init__()
        self.widths, self.kernels = self._read_wholes("widths", widths), self._read_wholes("kernels", kernels)
        if any(kernel % 2 == 0 for kernel in self.kernels):
            raise BadOption(f"The 'kernels' parameter of ResNet1D must be odd ints. Got {kernels!r} instead.")

    def _build(self, shape: Sequence[int]) -> None:
        channels = (shape[1], *self.widths)
        self.blocks = nn.Sequential(
            *(
                Block(before, width, self.kernels)
                for before, width in zip(channels, self.widths, strict=False)
            )
        )

    def _features(self, rows: torch.Tensor) -> torch.Tensor:
        maps: torch.Tensor = self.blocks(rows)
        return maps.mean(dim=2)


class Block(nn.Module):
    """Convolutions of several kernels and a shortcut.

    Parameters
    ----------
    in_channels, width : int
    kernels : sequence of int
    """

    def __init__(self, in_channels: int, width: int, kernels: Sequence[int]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for place, kernel in enumerate(kernels):
            channels = in_channels if place == 0 else width
            layers += [nn.ReLU()] if place else []
            layers += [_convolution(channels, width, kernel), nn.BatchNorm1d(width)]
        self.layers = nn.Sequential(*layers)
        resize = [] if in_channels == width else [_convolution(in_channels, width, 1)]
        self.shortcut = nn.Sequential(*resize, nn.BatchNorm1d(width))

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps ``(n, width, t)`` from maps ``(n, in_channels, t)``."""
        return functional.relu(self.layers(maps) + self.shortcut(maps))


def _convolution(in_channels: int, width: int, kernel: int) -> nn.Module:
    return nn.Conv1d(in_channels, width, kernel, padding=kernel // 2, bias=False)
