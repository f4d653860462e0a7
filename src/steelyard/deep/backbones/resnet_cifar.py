"""The residual nets for small images."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from steelyard.balance.check_parameter import check_whole
from steelyard.deep.backbones.base import Backbone
from steelyard.deep.backbones.conv3x3 import Conv3x3
from steelyard.errors import BadOption

__all__ = ["CifarResNet"]

STAGES = 3
LEAST_DEPTH = 8
LAYERS_A_BLOCK = STAGES * 2  # of the three stages together, for one more block in each
LAYERS_OUTSIDE = 2  # the first convolution and the head


class CifarResNet(Backbone):
    """ResNet-20, 32, 44, 56... for images of some 32 x 32 pixels.

    Parameters
    ----------
    depth : int, default=32
        Layers with weights, the head among them: ``6 m + 2`` for m blocks a stage, at least 8.
    width : int, default=16
        Channels of the first stage; the second has twice, the third four times as many.

    Raises
    ------
    BadOption
        A parameter makes no sense, or rows are no images.

    Notes
    -----
    Rows ``(n, c, h, w)`` of any size and number of channels give features ``(n, 4 width)``, the mean over
    pixels of the last maps, whose sides are a quarter of the image's, rounded up. Shortcuts have no weights
    (the paper's option A): where the size halves, every second pixel is taken and channels of zeros are
    added behind. At depth 32 and width 16 with three channels and a head of ten classes there are 464,154
    weights. Convolutions start Kaiming-normal, norms at scale 1 and shift 0.

    References
    ----------
    He, Zhang, Ren and Sun, Deep residual learning for image recognition, CVPR 2016, section 4.2.

    Examples
    --------
    >>> backbone = CifarResNet(depth=8, width=4).eval()
    >>> tuple(backbone(torch.zeros(2, 3, 32, 32)).shape)
    (2, 16)
    """

    axes = ("n", "c", "h", "w")

    def __init__(self, depth: int = 32, *, width: int = 16) -> None:
        super().__init__()
        self.depth, self.width = depth, width
        check_whole(self, "depth", LEAST_DEPTH)
        check_whole(self, "width")
        if (depth - LAYERS_OUTSIDE) % LAYERS_A_BLOCK:
            raise BadOption(
                "The 'depth' parameter of CifarResNet must be 6 m + 2 for a whole number m, such as 20, 32, "
                f"44 or 56. Got {depth!r} instead."
            )

    def _build(self, shape: Sequence[int]) -> None:
        self.stem = nn.Sequential(Conv3x3(shape[1], self.width), nn.BatchNorm2d(self.width), nn.ReLU())
        blocks, before = [], self.width
        for stage in range(STAGES):
            width = self.width * 2**stage
            for _ in range((self.depth - LAYERS_OUTSIDE) // LAYERS_A_BLOCK):
                blocks.append(Block(before, width))
                before = width
        self.blocks = nn.Sequential(*blocks)

    def _features(self, rows: torch.Tensor) -> torch.Tensor:
        maps: torch.Tensor = self.blocks(self.stem(rows))
        return maps.mean(dim=(2, 3))


class Block(nn.Module):
    """Two convolutions and a shortcut; halves the size where the number of channels grows.

    Parameters
    ----------
    in_channels, out_channels : int
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.stride = 1 if in_channels == out_channels else 2
        self.more_channels = out_channels - in_channels
        self.first = Conv3x3(in_channels, out_channels, stride=self.stride)
        self.first_norm = nn.BatchNorm2d(out_channels)
        self.second = Conv3x3(out_channels, out_channels)
        self.second_norm = nn.BatchNorm2d(out_channels)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps ``(n, out_channels, ...)`` from maps ``(n, in_channels, h, w)``."""
        changed = functional.relu(self.first_norm(self.first(maps)))
        changed = self.second_norm(self.second(changed))
        if self.more_channels:
            maps = maps[:, :, :: self.stride, :: self.stride]
            maps = functional.pad(maps, (0, 0, 0, 0, 0, self.more_channels))
        return functional.relu(changed + maps)
