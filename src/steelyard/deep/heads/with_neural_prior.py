"""A head with prior estimation modules beside it, whose estimate corrects what is predicted (NPE-LA)."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from steelyard.balance.check_parameter import check_number
from steelyard.deep.heads.base import Head
from steelyard.deep.heads.linear import LinearHead
from steelyard.deep.heads.neural_prior import NeuralPrior
from steelyard.deep.heads.neural_prior_conv import NeuralPriorConv2d
from steelyard.deep.heads.prior_modules import PriorModules
from steelyard.deep.losses.base import IGNORED
from steelyard.deep.losses.one_way_logistic import OneWayLogisticLoss
from steelyard.errors import BadOption
from steelyard.kernels.adjust_logits import adjust_logits

__all__ = ["WithNeuralPrior"]


class WithNeuralPrior(Head):
    """Learns logits and, beside them, the class prior; predicts with the prior taken off.

    Parameters
    ----------
    head : Head or None, default=None
        Gives the logits; None is a linear layer drawn as in the paper (Xavier-uniform, bias 0).
    n_modules : int, default=1
        Prior estimation modules, whose mean counts.
    detach : bool, default=False
        Whether their loss stays out of the backbone. The paper lets it through.
    rate : float, default=1.0
        Their learning rate, as a multiple of the net's. A tenth is steadier in short trainings; the paper
        has 1.
    over_modules : {"sum", "mean"}, default="sum"
        How several modules' losses become one: in the paper "sum" for rows, "mean" for pixels.
    weight : float, default=1.0
        Of that loss beside that of the logits.
    scale : float, default=1.0
        By which the correction is divided; larger is weaker. Choose it on held-out rows.
    hidden : int or None, default=None
        For maps: channels of a hidden layer of the modules, see `NeuralPriorConv2d`.
    init_std : float, default=1e-3
        Of the modules' weights at the start.

    Attributes
    ----------
    classifier : Head
        The head, once sized.
    prior : NeuralPrior or NeuralPriorConv2d
        The modules, once sized.

    Notes
    -----
    Features ``(n, d)`` give logits ``(n, k)``, maps ``(n, d, h, w)`` give ``(n, k, h, w)``. The loss of the
    logits sees them uncorrected: use plain cross-entropy and no balanced batches, which would correct
    twice. The correction serves balanced accuracy, and costs plain accuracy. It fits classes that are
    equally frequent; for others add the logarithm of their shares (`adjust_logits`). Where the counts are
    known, taking them off the logits is simpler and as good.

    Train it by SGD: Adam brings the steps of all weights to one size, so that frequent classes no longer
    fall faster and little of the prior is learned. `PriorHealth` shows it.

    References
    ----------
    Yavari and Moallem, Neural Prior Estimation: Learning Class Priors from Latent Representations,
    arXiv 2602.17853, 2026. The rate, the static vector and the folding are ours.

    Examples
    --------
    >>> head = WithNeuralPrior().sized(in_features=8, n_classes=3)
    >>> features = torch.randn(5, 8)
    >>> logits, eta = head.learned(features)
    >>> tuple(logits.shape), tuple(eta.shape)
    ((5, 3), (1, 5, 3))
    >>> torch.allclose(head(features), head.folded()(features), atol=1e-6)
    True
    """

    static: torch.Tensor | None

    def __init__(
        self,
        head: Head | None = None,
        *,
        n_modules: int = 1,
        detach: bool = False,
        rate: float = 1.0,
        over_modules: str = "sum",
        weight: float = 1.0,
        scale: float = 1.0,
        hidden: int | None = None,
        init_std: float = 1e-3,
    ) -> None:
        super().__init__()
        self.head = head
        self.n_modules = n_modules
        self.detach = detach
        self.rate = rate
        self.over_modules = over_modules  # torch has its own Module.modules
        self.weight = weight
        self.scale = scale
        self.hidden = hidden
        self.init_std = init_std
        if head is not None and not isinstance(head, Head):
            raise BadOption(
                f"The 'head' parameter of WithNeuralPrior must be a Head or None. Got {head!r} instead."
            )
        if over_modules not in ("sum", "mean"):
            raise BadOption(
                "The 'over_modules' parameter of WithNeuralPrior must be 'sum' or 'mean'. "
                f"Got {over_modules!r} instead."
            )
        check_number(self, "rate", 0, above=True)
        check_number(self, "weight", 0)
        check_number(self, "scale", 0, above=True)
        _modules(self, 1, 1, dense=hidden is not None)  # speaks up now, not in ``fit``

    def _build(self, in_features: int, n_classes: int, dense: bool) -> None:
        if self.hidden is not None and not dense:
            raise BadOption("The 'hidden' parameter of WithNeuralPrior is for maps. Leave it out for rows.")
        self.classifier = (LinearHead() if self.head is None else self.head).sized(
            in_features, n_classes, dense=dense
        )
        if self.head is None:
            nn.init.xavier_uniform_(self.classifier.layer.weight)
            nn.init.zeros_(self.classifier.layer.bias)
        self.prior = _modules(self, in_features, n_classes, dense=dense)
        self.prior.learning_rate_factor = float(self.rate)  # type: ignore[assignment]
        self.one_way = OneWayLogisticLoss(
            reduction="none", modules=self.over_modules, weight=float(self.weight)
        )
        self.register_buffer("static", None)

    def learned(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits as they are, and the outputs of the modules, shape ``(M, n, k, ...)``."""
        logits = self.classifier.learned(features)
        if isinstance(logits, tuple):
            raise BadOption(
                f"WithNeuralPrior goes around a head without a loss of its own. Got {self.head!r}."
            )
        return logits, self.prior(features)

    def extra_loss(self, extra: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """One-way logistic loss of the outputs, for each item."""
        return self.one_way.per_item(extra, targets)

    def objection_to(self, optimizer: str) -> str | None:
        """Adam's even steps hide the prior, which is told by how far the steps of classes differ."""
        if optimizer == "sgd":
            return None
        return (
            f"WithNeuralPrior learns next to nothing of the prior under {optimizer!r}, whose steps are of "
            "even size. Use optimizer='sgd', for example with learning_rate=0.1."
        )

    def log_prior(self, features: torch.Tensor) -> torch.Tensor:
        """The estimate for each item, centred over classes, shape ``(n, k)`` or ``(n, k, h, w)``."""
        if self.static is None:
            estimate: torch.Tensor = self.prior.log_prior(features)
            return estimate
        shape = (1, -1, *[1] * (features.ndim - 2))
        return self.static.reshape(shape).expand(features.shape[0], -1, *features.shape[2:])

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits minus the estimated log prior, divided by ``scale``."""
        corrected: torch.Tensor = adjust_logits(
            self.classifier(features), self.log_prior(features), tau=1 / self.scale
        )
        return corrected

    def static_vector(self, features: torch.Tensor, codes: Any) -> torch.Tensor:
        """One log prior for all items: what the rows of each class say of their own, in the mean.

        Parameters
        ----------
        features : tensor of shape (n, d) or (n, d, h, w)
            Of training rows.
        codes : array or tensor of int, shape (n,) or (n, h, w)
            Items of -100 do not count.

        Returns
        -------
        tensor of shape (k,)
            Centred. A class without items has the least there is, that of a class never pushed.
        """
        with torch.no_grad():
            own = -self.prior(features).mean(dim=0).movedim(1, -1).flatten(0, -2)
        labels = torch.as_tensor(codes, device=own.device).reshape(-1)
        counted = labels != IGNORED
        own, labels = own[counted], labels[counted]
        counts = torch.bincount(labels, minlength=own.shape[1])
        sums = torch.zeros_like(own[0]).index_add(0, labels, own.gather(1, labels[:, None]).squeeze(1))
        vector = sums / counts.clamp(min=1)
        return vector - vector.mean()

    def fix(self, vector: torch.Tensor | None) -> None:
        """From now on correct every item by this log prior, shape ``(k,)``; None is by its own again.

        With `static_vector` it is the static variant, which parts the estimate of the prior from its
        dependence on the features.
        """
        self.static = None if vector is None else vector.detach().clone()

    def folded(self) -> Any:
        """Return the linear layer (for maps the convolution) that predicts just as this head does.

        Raises
        ------
        BadOption
            The head, or the modules, are not linear.
        """
        if not isinstance(self.classifier, LinearHead):
            raise BadOption(f"Only a LinearHead can be folded. Got {self.head!r}.")
        if self.static is not None:
            raise BadOption("A head with a fixed prior is folded after 'fix(None)'.")
        return self.prior.fold_into(self.classifier.layer, self.scale)


def _modules(head: WithNeuralPrior, in_features: int, n_classes: int, *, dense: bool) -> PriorModules:
    if not dense:
        return NeuralPrior(
            in_features,
            n_classes,
            n_modules=head.n_modules,
            detach=head.detach,
            init_std=head.init_std,
        )
    return NeuralPriorConv2d(
        in_features,
        n_classes,
        n_modules=head.n_modules,
        hidden=head.hidden,
        detach=head.detach,
        init_std=head.init_std,
    )
