"""A few convolutions, for small images on a CPU."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from steelyard.deep.backbones.base import Backbone
from steelyard.deep.backbones.conv3x3 import conv_norm_relu
from steelyard.errors import BadOption

__all__ = ["SmallCNN"]

NORMS = ("batch", "layer", None)


class SmallCNN(Backbone):
    """3 x 3 convolutions, each with a norm and ReLU, and the mean over pixels.

    Parameters
    ----------
    widths : sequence of int, default=(24, 48, 96)
        Channels after each convolution.
    strides : sequence of int, default=(1, 2, 2)
        By how much each convolution divides the sides of the image; as many as ``widths``.
    norm : {"batch", "layer"} or None, default="batch"
        "layer" is over all channels and pixels of an image, and so the same in batches of any size.

    Raises
    ------
    BadOption
        A parameter makes no sense, or rows are no images.

    Notes
    -----
    Rows ``(n, c, h, w)`` of any size give features ``(n, widths[-1])``. Convolutions start Kaiming-normal,
    norms at scale 1 and shift 0. It is no published net, but the least that is still a convolutional one.

    Examples
    --------
    >>> backbone = SmallCNN(widths=(4, 8), strides=(1, 2)).eval()
    >>> tuple(backbone(torch.zeros(2, 1, 16, 16)).shape)
    (2, 8)
    """

    axes = ("n", "c", "h", "w")

    def __init__(
        self,
        widths: Sequence[int] = (24, 48, 96),
        *,
        strides: Sequence[int] = (1, 2, 2),
        norm: str | None = "batch",
    ) -> None:
        super().__init__()
        self.widths, self.strides = self._read_wholes("widths", widths), self._read_wholes("strides", strides)
        self.norm = norm
        if len(self.widths) != len(self.strides):
            raise BadOption(
                f"The 'strides' parameter of SmallCNN must be as many ints as there are widths, "
                f"{len(self.widths)}. Got {strides!r} instead."
            )
        if norm not in NORMS:
            raise BadOption(f"The 'norm' parameter of SmallCNN must be one of {NORMS}. Got {norm!r} instead.")

    def _build(self, shape: Sequence[int]) -> None:
        channels = (shape[1], *self.widths)
        self.blocks = nn.Sequential(
            *(
                conv_norm_relu(before, width, stride=stride, norm=self.norm)
                for before, width, stride in zip(channels, self.widths, self.strides, strict=False)
            )
        )

    def _features(self, rows: torch.Tensor) -> torch.Tensor:
        maps: torch.Tensor = self.blocks(rows)
        return maps.mean(dim=(2, 3))
