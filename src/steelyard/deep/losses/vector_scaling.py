"""Vector-scaling (VS) loss: logits are both shifted and stretched, class by class."""

from __future__ import annotations

import torch
from torch.nn import functional

from steelyard.balance.check_parameter import check_number
from steelyard.deep.losses.base import IGNORED, Loss, as_buffer
from steelyard.deep.losses.per_class import FEWEST, known, log_shares

__all__ = ["VectorScaling"]


class VectorScaling(Loss):
    """Cross-entropy of logits times Delta plus iota, which outlasts the fitting of every item.

    ``-log softmax(Delta z + iota)_y`` with ``Delta_c = (n_c / n_max)^gamma``, ``iota_c = tau log pi_c``;
    serves balanced accuracy.

    Parameters
    ----------
    tau : float, default=1.0
        Of the shift, which acts early.
    gamma : float, default=0.15
        Of the stretch, which acts once the training items are fitted; 0 is `LogitAdjusted`.
    reduction : {"mean", "sum", "none"}, default="mean"
    ignore_index : int, default=-100

    Notes
    -----
    It needs counts (`for_counts`). Logits ``(n, k, ...)``, targets ``(n, ...)``. Predict with the logits as
    they are. The paper may weight items by class, too: wrap it in `ClassBalanced` for that. A class without
    items is taken to have one.

    References
    ----------
    Kini, Paraskevas, Oymak and Thrampoulidis, Label-Imbalanced and Group-Sensitive Classification under
    Overparameterization, NeurIPS 2021.

    Examples
    --------
    >>> loss = VectorScaling(gamma=0.25).for_counts([1600, 100])
    >>> loss.stretch
    tensor([1.0000, 0.5000])
    """

    stretch: torch.Tensor | None
    shift: torch.Tensor | None

    def __init__(
        self,
        *,
        tau: float = 1.0,
        gamma: float = 0.15,
        reduction: str = "mean",
        ignore_index: int = IGNORED,
    ) -> None:
        super().__init__(reduction=reduction, ignore_index=ignore_index)
        self.tau = tau
        self.gamma = gamma
        check_number(self, "tau", 0)
        check_number(self, "gamma", 0)
        self.register_buffer("stretch", None)
        self.register_buffer("shift", None)

    def _learn_counts(self, counts: torch.Tensor) -> None:
        as_buffer(self, "stretch", (counts.clamp(min=FEWEST) / counts.max()) ** self.gamma)
        as_buffer(self, "shift", self.tau * log_shares(counts))

    def _of_items(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        n_classes = logits.shape[1]
        moved = known(self, "stretch", n_classes) * logits + known(self, "shift", n_classes)
        return functional.cross_entropy(moved, targets, reduction="none")
