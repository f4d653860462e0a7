"""Logit-adjusted loss: the class prior is added while learning, so that it is not learned."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

from steelyard.balance.check_parameter import check_number
from steelyard.deep.losses.base import IGNORED, Loss, as_buffer
from steelyard.deep.losses.per_class import given, known, log_shares

__all__ = ["LogitAdjusted"]


class LogitAdjusted(Loss):
    """Cross-entropy of logits plus the log prior; serves balanced accuracy, for which tau 1 is consistent.

    ``-log softmax(z + tau log pi)_y``.

    Parameters
    ----------
    tau : float, default=1.0
        0 is cross-entropy.
    log_prior : sequence of float, length k, optional
        ``log pi``, any constant apart; by default that of the counts given to `for_counts`, which do
        not replace one given here.
    reduction : {"mean", "sum", "none"}, default="mean"
    ignore_index : int, default=-100

    Notes
    -----
    Logits ``(n, k, ...)``, targets ``(n, ...)``. Predict with the logits as they are: their softmax is that
    of classes equally frequent. Do not add weights or a balanced sampler, which would correct twice. A
    class without items is taken to have one.

    References
    ----------
    Menon, Jayasumana, Rawat, Jain, Veit and Kumar, Long-Tail Learning via Logit Adjustment, ICLR 2021,
    equation 10.

    Examples
    --------
    >>> loss = LogitAdjusted().for_counts([90, 10])
    >>> logits = torch.zeros(1, 2)
    >>> round(float(loss(logits, torch.tensor([0]))), 4), round(float(loss(logits, torch.tensor([1]))), 4)
    (0.1054, 2.3026)
    """

    log_pi: torch.Tensor | None

    def __init__(
        self,
        *,
        tau: float = 1.0,
        log_prior: Sequence[float] | None = None,
        reduction: str = "mean",
        ignore_index: int = IGNORED,
    ) -> None:
        super().__init__(reduction=reduction, ignore_index=ignore_index)
        self.tau = tau
        self.log_prior = log_prior
        check_number(self, "tau", 0)
        self.register_buffer("log_pi", None)
        self.log_prior = given(self, "log_prior")

    def _learn_counts(self, counts: torch.Tensor) -> None:
        as_buffer(self, "log_pi", log_shares(counts) if self.log_prior is None else self.log_prior)

    def _of_items(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        if self.log_pi is None and self.log_prior is not None:
            as_buffer(self, "log_pi", logits.new_tensor(self.log_prior))
        adjusted = logits + self.tau * known(self, "log_pi", logits.shape[1])
        return functional.cross_entropy(adjusted, targets, reduction="none")
