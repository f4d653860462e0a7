"""Prior estimation modules on feature vectors."""

from __future__ import annotations

from torch import nn

from steelyard.deep.heads.prior_modules import PriorModules

__all__ = ["NeuralPrior"]


class NeuralPrior(PriorModules):
    """One or several linear layers whose outputs become minus the log prior of the classes.

    Trained with `OneWayLogisticLoss`: the output of the true class is pushed down, so that of a frequent
    class ends lower. It sees no counts.

    Parameters
    ----------
    in_features, n_classes : int
    n_modules : int, default=1
        M. Linear modules on the same features become copies of each other: more of them only push the
        features more.
    detach : bool, default=False
        Whether the loss of the modules stays out of what makes the features. The paper lets it through.
    init_std : float, default=1e-3
        Of the weights at the start; biases start at 0.

    Notes
    -----
    Only the entry of the class a row is of comes near its log prior, and only where the features of all
    classes are equally long: ``u + e^u = 1 + share * length^2 * T`` after T of gradient flow (see
    ``steelyard.kernels.neural_prior_theory``), so the logarithm of the squared length is added to that
    of the share. The other entries of a row say how much of a class's rows look like it, near 0 for
    classes whose features are at right angles. A high rate with momentum overshoots for many passes: look
    at `PriorHealth`.

    References
    ----------
    Yavari and Moallem, Neural Prior Estimation: Learning Class Priors from Latent Representations,
    arXiv 2602.17853, 2026. That the published sign is added, ours subtracted, is the same correction.

    Examples
    --------
    >>> import torch
    >>> prior = NeuralPrior(in_features=8, n_classes=3, n_modules=2)
    >>> features = torch.randn(5, 8)
    >>> tuple(prior(features).shape), tuple(prior.log_prior(features).shape)
    ((2, 5, 3), (5, 3))
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        *,
        n_modules: int = 1,
        detach: bool = False,
        init_std: float = 1e-3,
    ) -> None:
        super().__init__()
        self._take(n_classes, n_modules, detach, init_std)
        self.layers = nn.Linear(in_features, n_modules * n_classes)
        self._draw()
