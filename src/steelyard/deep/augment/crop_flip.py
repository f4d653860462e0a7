"""Random crop and horizontal flip, of a whole batch of images at once."""

from __future__ import annotations

import torch
from torch import nn

from steelyard.balance.check_parameter import check_flag, check_whole
from steelyard.errors import BadTable

__all__ = ["CropFlip"]

IMAGE_DIMS = 4


class CropFlip(nn.Module):
    """Shift each image by up to ``padding`` pixels, zeros moving in, and mirror half of them.

    Parameters
    ----------
    padding : int, default=4
        Zeros put around an image, of which a window of its own size is cut out at random; 0 for no shift.
    flip : bool, default=True
        Whether an image is mirrored left to right with a chance of one half. Not for letters or organs,
        whose sides matter.

    Notes
    -----
    Rows ``(n, c, h, w)`` of any type give new ones of the same shape and type; in ``eval()`` they are given
    back as they are. All draws are from torch's global stream. No gradient passes. Zero is black only if
    images are not centred first; for centred ones it is their mean. No image is visited by itself: all
    windows are views of one padded block, mirrored images included, and are copied in one go.

    References
    ----------
    He, Zhang, Ren and Sun, Deep Residual Learning for Image Recognition, CVPR 2016, section 4.2.

    Examples
    --------
    >>> augment = CropFlip(padding=1, flip=False)
    >>> images = torch.ones(8, 3, 4, 4)
    >>> tuple(augment(images).shape), augment.eval()(images) is images
    ((8, 3, 4, 4), True)
    """

    def __init__(self, *, padding: int = 4, flip: bool = True) -> None:
        super().__init__()
        self.padding = padding
        self.flip = flip
        check_whole(self, "padding", 0)
        check_flag(self, "flip")

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Images of the same shape, changed in training mode.

        Raises
        ------
        BadTable
            No batch of images.
        """
        if images.ndim != IMAGE_DIMS:
            raise BadTable(
                "CropFlip needs a batch of images, shape (n, c, h, w). "
                f"Got rows of shape {tuple(images.shape)}."
            )
        if not self.training or not images.numel():
            return images
        n, c, h, w = images.shape
        sides = 1 + self.flip  # as they are and, where wanted, mirrored
        block = images.new_zeros(sides, n, c, h + 2 * self.padding, w + 2 * self.padding)
        inside = block[..., self.padding : self.padding + h, self.padding : self.padding + w]
        inside[0] = images.detach()
        if self.flip:
            inside[1] = images.detach().flip(3)
        top, left = torch.randint(2 * self.padding + 1, (2, n), device=images.device)
        side = torch.randint(sides, (n,), device=images.device)
        _, an_image, a_channel, a_line, _ = block.stride()
        starts = (side * n + torch.arange(n, device=images.device)) * an_image + top * a_line + left
        window = (c - 1) * a_channel + (h - 1) * a_line + w
        every = block.as_strided((block.numel() - window + 1, c, h, w), (1, a_channel, a_line, 1))
        return every.index_select(0, starts)

    def extra_repr(self) -> str:
        """Arguments, for ``repr``."""
        return f"padding={self.padding}, flip={self.flip}"
