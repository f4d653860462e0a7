"""Random windows of images and of their masks, cut out together."""

from __future__ import annotations

import torch
from torch import nn

from steelyard.balance.check_parameter import check_flag, check_whole
from steelyard.errors import BadTable

__all__ = ["CropPair"]

WIDTH, HEIGHT = -1, -2  # dimensions


class CropPair(nn.Module):
    """Cut a random window out of each image and its mask, and mirror both the same way.

    Parameters
    ----------
    size : int, default=64
        Side of the window, in pixels; images must be at least as large.
    flip : bool, default=True
        Whether windows are mirrored left to right, and top to bottom, each with a chance of one half.

    Attributes
    ----------
    joint : bool
        True: it takes images and masks.

    Notes
    -----
    Images ``(n, c, h, w)`` and masks ``(n, h, w)`` give ``(n, c, size, size)`` and ``(n, size, size)``; in
    ``eval()`` both are given back as they are. All draws are from torch's global stream.

    Examples
    --------
    >>> images = torch.arange(36.0).reshape(1, 1, 6, 6)
    >>> rows, masks = CropPair(size=3)(images, images[:, 0])
    >>> tuple(rows.shape), bool((rows[:, 0] == masks).all())
    ((1, 1, 3, 3), True)
    """

    joint = True

    def __init__(self, *, size: int = 64, flip: bool = True) -> None:
        super().__init__()
        self.size = size
        self.flip = flip
        check_whole(self, "size")
        check_flag(self, "flip")

    def forward(self, images: torch.Tensor, masks: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Windows of both, in training mode.

        Raises
        ------
        BadTable
            Images smaller than a window, or masks of other sides.
        """
        n, _, height, width = images.shape
        if min(height, width) < self.size or masks.shape != (n, height, width):
            raise BadTable(
                f"CropPair(size={self.size}) needs images at least that large and masks of their sides. "
                f"Got images {tuple(images.shape)} and masks {tuple(masks.shape)}."
            )
        if not self.training:
            return images, masks
        top = torch.randint(height - self.size + 1, (n,)).tolist()
        left = torch.randint(width - self.size + 1, (n,)).tolist()
        mirrored = torch.randint(2, (n, 2)).tolist() if self.flip else [(0, 0)] * n
        cut = [
            (self._window(image, *place), self._window(mask, *place))
            for image, mask, place in zip(images, masks, zip(top, left, mirrored, strict=True), strict=True)
        ]
        return torch.stack([image for image, _ in cut]), torch.stack([mask for _, mask in cut])

    def _window(self, image: torch.Tensor, top: int, left: int, mirrored: list[int]) -> torch.Tensor:
        window = image[..., top : top + self.size, left : left + self.size]
        dims = [dim for dim, on in zip((WIDTH, HEIGHT), mirrored, strict=True) if on]
        return window.flip(dims) if dims else window

    def extra_repr(self) -> str:
        """Arguments, for ``repr``."""
        return f"size={self.size}, flip={self.flip}"
