"""A small U-Net: features for every pixel."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from steelyard.deep.backbones.base import Backbone
from steelyard.deep.backbones.conv3x3 import conv_norm_relu

__all__ = ["UNet"]


class UNet(Backbone):
    """Down by halves and up again, with the finer maps put beside the coarser ones on the way up.

    Parameters
    ----------
    widths : sequence of int, default=(12, 24, 48)
        Channels at each size, from the full one downwards; each further one halves the sides.

    Raises
    ------
    BadOption
        A parameter makes no sense, or rows are no images.

    Notes
    -----
    Rows ``(n, c, h, w)`` give maps ``(n, widths[0], h, w)``, for any h and w: inside, the image is continued
    by its last row and column until its sides can be halved, and the maps are cut back. Unlike the paper's,
    convolutions keep the size and have batch norm, so nothing is cropped on the way. 3 x 3 convolutions
    start Kaiming-normal, norms at scale 1 and shift 0, the 2 x 2 ones that double the size as torch draws
    them.

    References
    ----------
    Ronneberger, Fischer and Brox, U-Net: convolutional networks for biomedical image segmentation,
    MICCAI 2015.

    Examples
    --------
    >>> backbone = UNet(widths=(4, 8)).eval()
    >>> tuple(backbone(torch.zeros(2, 3, 17, 10)).shape)
    (2, 4, 17, 10)
    """

    axes = ("n", "c", "h", "w")
    dense = True

    def __init__(self, widths: Sequence[int] = (12, 24, 48)) -> None:
        super().__init__()
        self.widths = self._read_wholes("widths", widths)

    def _build(self, shape: Sequence[int]) -> None:
        before = (shape[1], *self.widths)
        pairs = list(zip(self.widths, self.widths[1:], strict=False))
        self.down = nn.ModuleList(
            _double(channels, width) for channels, width in zip(before, self.widths, strict=False)
        )
        self.larger = nn.ModuleList(
            nn.ConvTranspose2d(coarse, fine, kernel_size=2, stride=2) for fine, coarse in pairs
        )
        self.up = nn.ModuleList(_double(2 * fine, fine) for fine, _ in pairs)

    def _features(self, rows: torch.Tensor) -> torch.Tensor:
        height, width = rows.shape[2:]
        maps = _to_multiple(rows, 2 ** (len(self.widths) - 1))
        finer = []
        for level, convolve in enumerate(self.down):
            maps = convolve(maps if level == 0 else functional.max_pool2d(maps, 2))
            finer.append(maps)
        for level in reversed(range(len(self.up))):
            maps = torch.cat([finer[level], self.larger[level](maps)], dim=1)
            maps = self.up[level](maps)
        return maps[:, :, :height, :width]


def _double(in_channels: int, width: int) -> nn.Module:
    return nn.Sequential(
        conv_norm_relu(in_channels, width, norm="batch"), conv_norm_relu(width, width, norm="batch")
    )


def _to_multiple(rows: torch.Tensor, step: int) -> torch.Tensor:
    """Continue images by their last row and column until their sides are multiples of ``step``."""
    below, right = -rows.shape[2] % step, -rows.shape[3] % step
    return functional.pad(rows, (0, right, 0, below), mode="replicate") if below or right else rows
