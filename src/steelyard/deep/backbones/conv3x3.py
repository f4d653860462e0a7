"""The 3 x 3 convolution that the backbones for images are made of."""

from __future__ import annotations

from torch import nn

__all__ = ["Conv3x3", "conv_norm_relu"]


class Conv3x3(nn.Conv2d):
    """A 3 x 3 convolution that keeps the size (or divides it by the stride, rounded up).

    Parameters
    ----------
    in_channels, out_channels : int
    stride : int, default=1
    bias : bool, default=False

    Notes
    -----
    Weights start normal with variance ``2 / (9 in_channels)``, which keeps the size of signals through
    ReLU; the bias starts at 0.

    References
    ----------
    He, Zhang, Ren and Sun, Delving deep into rectifiers: surpassing human-level performance on ImageNet
    classification, ICCV 2015.

    Examples
    --------
    >>> import torch
    >>> tuple(Conv3x3(3, 8, stride=2)(torch.zeros(1, 3, 7, 7)).shape)
    (1, 8, 4, 4)
    """

    def __init__(self, in_channels: int, out_channels: int, *, stride: int = 1, bias: bool = False) -> None:
        super().__init__(in_channels, out_channels, kernel_size=3, stride=stride, padding=1, bias=bias)

    def reset_parameters(self) -> None:
        """Draw the weights anew."""
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")
        if self.bias is not None:
            nn.init.zeros_(self.bias)


def conv_norm_relu(in_channels: int, out_channels: int, *, stride: int = 1, norm: str | None) -> nn.Module:
    """Return a convolution, a norm and ReLU; without a norm the convolution has a bias."""
    convolution = Conv3x3(in_channels, out_channels, stride=stride, bias=norm is None)
    if norm is None:
        return nn.Sequential(convolution, nn.ReLU())
    over = nn.BatchNorm2d(out_channels) if norm == "batch" else nn.GroupNorm(1, out_channels)
    return nn.Sequential(convolution, over, nn.ReLU())
