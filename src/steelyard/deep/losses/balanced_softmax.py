"""Balanced softmax: a softmax in which each class enters as often as it has items."""

from __future__ import annotations

import torch

from steelyard.deep.losses.base import IGNORED, Loss, as_buffer
from steelyard.deep.losses.per_class import FEWEST, known

__all__ = ["BalancedSoftmax"]


class BalancedSoftmax(Loss):
    """Cross-entropy under a softmax weighted by the counts; serves balanced accuracy.

    ``-log (n_y e^z_y / sum_c n_c e^z_c)``: the same number as `LogitAdjusted` with tau 1, derived otherwise.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}, default="mean"
    ignore_index : int, default=-100

    Notes
    -----
    It needs counts (`for_counts`). Logits ``(n, k, ...)``, targets ``(n, ...)``. Predict with the logits as
    they are. The paper pairs it with a learned sampler, which is not here. A class without items is taken
    to have one.

    References
    ----------
    Ren, Yu, Sheng, Ma, Zhao, Yi and Li, Balanced Meta-Softmax for Long-Tailed Visual Recognition,
    NeurIPS 2020.

    Examples
    --------
    >>> loss = BalancedSoftmax().for_counts([3, 1])
    >>> round(float(loss(torch.zeros(1, 2), torch.tensor([1]))), 4)  # ln 4
    1.3863
    """

    log_counts: torch.Tensor | None

    def __init__(self, *, reduction: str = "mean", ignore_index: int = IGNORED) -> None:
        super().__init__(reduction=reduction, ignore_index=ignore_index)
        self.register_buffer("log_counts", None)

    def _learn_counts(self, counts: torch.Tensor) -> None:
        as_buffer(self, "log_counts", counts.clamp(min=FEWEST).log())

    def _of_items(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        weighed = logits + known(self, "log_counts", logits.shape[1])
        return weighed.logsumexp(dim=1) - weighed.gather(1, targets[:, None]).squeeze(1)
