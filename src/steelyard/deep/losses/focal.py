"""Focal loss: items that are already told well count less."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from steelyard.balance.check_parameter import check_number
from steelyard.deep.losses.base import IGNORED, Loss, as_buffer
from steelyard.deep.losses.per_class import given, known

__all__ = ["Focal"]


class Focal(Loss):
    """Cross-entropy that fades as the true class becomes sure; serves recall of hard items, not a metric.

    ``-a_y (1 - p_y)^gamma log p_y`` with ``p = softmax(z)``.

    Parameters
    ----------
    gamma : float, default=2.0
        0 or more; 0 is cross-entropy.
    class_weight : sequence of float, length k, optional
        ``a``, by default 1 for every class. For weights from counts see `ClassBalanced`.
    reduction : {"mean", "sum", "none"}, default="mean"
        "mean" divides by the number of items, not by the sum of their weights.
    ignore_index : int, default=-100

    Notes
    -----
    Logits ``(n, k, ...)``, targets ``(n, ...)``. The paper has it for two classes with a sigmoid; this is
    its form for k classes with a softmax. It needs no counts, and its probabilities are too timid.

    References
    ----------
    Lin, Goyal, Girshick, He and Dollar, Focal Loss for Dense Object Detection, ICCV 2017.

    Examples
    --------
    >>> loss = Focal(gamma=2.0)
    >>> round(float(loss(torch.zeros(1, 2), torch.tensor([1]))), 4)  # ln 2 / 4
    0.1733
    """

    weights: torch.Tensor | None

    def __init__(
        self,
        *,
        gamma: float = 2.0,
        class_weight: Sequence[float] | None = None,
        reduction: str = "mean",
        ignore_index: int = IGNORED,
    ) -> None:
        super().__init__(reduction=reduction, ignore_index=ignore_index)
        self.gamma = gamma
        self.class_weight = class_weight
        check_number(self, "gamma", 0)
        self.register_buffer("weights", None)
        self.class_weight = given(self, "class_weight", low=0)

    def _learn_counts(self, counts: torch.Tensor) -> None:
        if self.class_weight is not None:
            as_buffer(self, "weights", self.class_weight)

    def _of_items(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        log_p = logits.log_softmax(dim=1).gather(1, targets[:, None]).squeeze(1)
        # Kept above 0, where a power below 1 has no finite slope.
        missing = (-torch.expm1(log_p)).clamp(min=torch.finfo(log_p.dtype).eps)
        each = -(missing**self.gamma) * log_p
        if self.class_weight is None:
            return each
        if self.weights is None:
            as_buffer(self, "weights", logits.new_tensor(self.class_weight))
        return known(self, "weights", logits.shape[1])[targets] * each
