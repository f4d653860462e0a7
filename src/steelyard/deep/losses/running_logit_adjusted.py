"""Logit-adjusted loss whose prior is counted on the way, from the labels that pass by."""

from __future__ import annotations

import torch
from torch.nn import functional

from steelyard.balance.check_parameter import check_number
from steelyard.deep.losses.base import IGNORED, Loss, as_buffer
from steelyard.deep.losses.per_class import known
from steelyard.errors import BadOption

__all__ = ["RunningLogitAdjusted"]

MOST = 1 - 1e-6  # a longer memory than training is; 1 itself would forget nothing, and overflow
SMOOTHING = 1.0  # items that every class is taken to have had beside those seen


class RunningLogitAdjusted(Loss):
    """`LogitAdjusted` for data whose counts nobody knows; serves balanced accuracy.

    ``-log softmax(z + tau log pi)_y``, where ``pi`` are the class shares among the items seen, those of a
    batch fading by ``momentum`` with every batch after it.

    Parameters
    ----------
    tau : float, default=1.0
        0 is cross-entropy.
    momentum : float in [0, 1), default=0.99
        About ``1 / (1 - momentum)`` batches are remembered; 0 is the shares of this batch alone.
    reduction : {"mean", "sum", "none"}, default="mean"
    ignore_index : int, default=-100

    Attributes
    ----------
    seen : tensor of shape (k,)
        Items of each class so far, faded.

    Notes
    -----
    Logits ``(n, k, ...)``, targets ``(n, ...)``; ignored items are not counted. A batch is counted, then
    adjusted for, in training mode; in ``eval()`` nothing is counted. Each class is taken to have had one
    item more, so that no share is 0; shares start equal. Of the counts given to `for_counts` it uses
    nothing but their number. It follows the shares of the batches: under a balanced sampler it corrects
    nothing. Each process of a parallel training counts its own batches.

    This is our plain yardstick for learnt priors, after Menon et al., Long-Tail Learning via Logit
    Adjustment, ICLR 2021, who take the prior of the whole training set.

    Examples
    --------
    >>> loss = RunningLogitAdjusted()
    >>> _ = loss(torch.zeros(4, 2), torch.tensor([0, 0, 0, 1]))
    >>> loss.prior()
    tensor([0.6667, 0.3333])
    """

    seen: torch.Tensor | None

    def __init__(
        self,
        *,
        tau: float = 1.0,
        momentum: float = 0.99,
        reduction: str = "mean",
        ignore_index: int = IGNORED,
    ) -> None:
        super().__init__(reduction=reduction, ignore_index=ignore_index)
        self.tau = tau
        self.momentum = momentum
        check_number(self, "tau", 0)
        check_number(self, "momentum", 0, MOST)
        self.register_buffer("seen", None)

    def prior(self) -> torch.Tensor:
        """Class shares it adjusts for now, shape ``(k,)``."""
        if self.seen is None:
            raise BadOption("RunningLogitAdjusted has met no labels yet, so it has no prior.")
        counts = self.seen + SMOOTHING
        return counts / counts.sum()

    def _learn_counts(self, counts: torch.Tensor) -> None:
        as_buffer(self, "seen", torch.zeros(len(counts)))

    def _of_items(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        n_classes = logits.shape[1]
        if self.seen is None:
            as_buffer(self, "seen", logits.detach().new_zeros(n_classes))
        seen = known(self, "seen", n_classes)
        if self.training:
            self.seen = self.momentum * seen + torch.bincount(targets, minlength=n_classes)
        adjusted = logits + self.tau * self.prior().log()
        return functional.cross_entropy(adjusted, targets, reduction="none")
