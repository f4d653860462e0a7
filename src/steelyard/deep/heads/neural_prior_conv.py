"""Prior estimation modules on maps of features."""

from __future__ import annotations

from torch import nn

from steelyard.balance.check_parameter import check_whole
from steelyard.deep.heads.prior_modules import PriorModules

__all__ = ["NeuralPriorConv2d"]

SIGHT = 3  # pixels that a hidden layer sees each way


class NeuralPriorConv2d(PriorModules):
    """`NeuralPrior` for maps ``(n, c, h, w)``: an estimate for each pixel.

    Parameters
    ----------
    in_channels, n_classes : int
    n_modules : int, default=1
    hidden : int or None, default=None
        Channels of a convolution with a kernel of 3 and ReLU in front, one for each module; None is a
        convolution with a kernel of 1 alone, the linear layer of each pixel.
    detach : bool, default=False
        Whether the loss of the modules stays out of what makes the features.
    init_std : float, default=1e-3
        Of all weights at the start; biases start at 0.

    Notes
    -----
    Two layers drawn so small move at first by their last bias alone: after a short run a ``hidden`` module
    gives the same vector for every pixel, a prior without a look at the features.

    References
    ----------
    Yavari and Moallem, Neural Prior Estimation: Learning Class Priors from Latent Representations,
    arXiv 2602.17853, 2026.

    Examples
    --------
    >>> import torch
    >>> prior = NeuralPriorConv2d(in_channels=4, n_classes=2, hidden=8)
    >>> tuple(prior(torch.zeros(1, 4, 6, 6)).shape)
    (1, 1, 2, 6, 6)
    """

    def __init__(
        self,
        in_channels: int,
        n_classes: int,
        *,
        n_modules: int = 1,
        hidden: int | None = None,
        detach: bool = False,
        init_std: float = 1e-3,
    ) -> None:
        super().__init__()
        self._take(n_classes, n_modules, detach, init_std)
        self.hidden = hidden
        if hidden is None:
            self.layers: nn.Module = nn.Conv2d(in_channels, n_modules * n_classes, kernel_size=1)
        else:
            check_whole(self, "hidden")
            self.layers = nn.Sequential(
                nn.Conv2d(in_channels, n_modules * hidden, kernel_size=SIGHT, padding=SIGHT // 2),
                nn.ReLU(),
                nn.Conv2d(n_modules * hidden, n_modules * n_classes, kernel_size=1, groups=n_modules),
            )
        self._draw()
