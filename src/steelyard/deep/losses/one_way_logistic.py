"""One-way logistic loss: the output of the true class is pushed down, the others are left alone."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

from steelyard.balance.check_parameter import check_number
from steelyard.deep.losses.base import IGNORED, Loss, as_buffer
from steelyard.deep.losses.per_class import given, known
from steelyard.errors import BadOption

__all__ = ["OneWayLogisticLoss"]

MODULES = ("mean", "sum")


class OneWayLogisticLoss(Loss):
    """Logistic loss of the true class's output alone, with target 0; teaches a class prior, no metric.

    ``weight a_y log(1 + e^eta_y)``, summed or averaged over modules. The more often a class comes, the
    lower its output falls: ``-eta`` becomes the log prior, a constant apart, which is to be subtracted
    from logits.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}, default="mean"
    ignore_index : int, default=-100
    class_weight : sequence of float, length k, optional
        ``a``, by default 1 for every class. Any other teaches the prior of the data so weighted.
    modules : {"sum", "mean"}, default="sum"
        How several modules' losses become one.
    weight : float, default=1.0
        Of this loss beside that of the logits.

    Notes
    -----
    Outputs ``(n, k, ...)`` or, of M modules, ``(M, n, k, ...)``; targets ``(n, ...)``. Needs no counts.
    It never reaches 0: without weight decay outputs fall for ever, ever slower, and only their
    differences settle. In the paper modules are summed for classification and averaged for segmentation.

    References
    ----------
    Yavari and Moallem, Neural Prior Estimation: Learning Class Priors from Latent Representations,
    arXiv 2602.17853, 2026.

    Examples
    --------
    >>> eta = torch.zeros(3, 2, requires_grad=True)
    >>> loss = OneWayLogisticLoss()(eta, torch.tensor([0, 0, 1]))
    >>> loss.backward()
    >>> round(loss.item(), 4), eta.grad.sum(dim=0)  # a step against it lowers class 0 the most
    (0.6931, tensor([0.3333, 0.1667]))
    """

    weights: torch.Tensor | None

    def __init__(
        self,
        *,
        reduction: str = "mean",
        ignore_index: int = IGNORED,
        class_weight: Sequence[float] | None = None,
        modules: str = "sum",
        weight: float = 1.0,
    ) -> None:
        super().__init__(reduction=reduction, ignore_index=ignore_index)
        self.class_weight = class_weight
        self.over_modules = modules  # torch has its own Module.modules
        self.weight = weight
        check_number(self, "weight", 0)
        if modules not in MODULES:
            raise BadOption(
                f"The 'modules' parameter of OneWayLogisticLoss must be one of {MODULES}. "
                f"Got {modules!r} instead."
            )
        self.register_buffer("weights", None)
        self.class_weight = given(self, "class_weight", low=0)

    def per_item(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Loss of each item over all modules, of the shape of ``targets``; 0 where it is ignored."""
        if logits.ndim != targets.ndim + 2 or logits.shape[0] == 0:
            return super().per_item(logits, targets)
        every = targets.expand(logits.shape[0], *targets.shape).flatten(0, 1)
        each = super().per_item(logits.flatten(0, 1), every).reshape(-1, *targets.shape)
        return each.mean(dim=0) if self.over_modules == "mean" else each.sum(dim=0)

    def _learn_counts(self, counts: torch.Tensor) -> None:
        if self.class_weight is not None:
            as_buffer(self, "weights", self.class_weight)

    def _of_items(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        each = self.weight * functional.softplus(logits.gather(1, targets[:, None]).squeeze(1))
        if self.class_weight is None:
            return each
        if self.weights is None:
            as_buffer(self, "weights", logits.new_tensor(self.class_weight))
        return known(self, "weights", logits.shape[1])[targets] * each
