"""Class-balanced loss: any loss, weighted by the effective number of items of the class."""

from __future__ import annotations

import torch

from steelyard.balance.check_parameter import check_number
from steelyard.deep.losses.base import IGNORED, Loss, as_buffer
from steelyard.deep.losses.cross_entropy import CrossEntropy
from steelyard.deep.losses.per_class import MOST_BETA, balanced_weights, known
from steelyard.errors import BadOption

__all__ = ["ClassBalanced"]


class ClassBalanced(Loss):
    """Another loss times a weight that falls with the effective number of items; serves balanced accuracy.

    ``w_y loss(z, y)`` with ``w_c`` proportional to ``(1 - beta) / (1 - beta^n_c)``.

    Parameters
    ----------
    loss : Loss, optional
        What is weighted, by default cross-entropy. Its own ``reduction`` and ``ignore_index`` are not used.
    beta : float in [0, 1), default=0.9999
        0 weights all classes alike; towards 1 the weights become ``1 / n_c``.
    reduction : {"mean", "sum", "none"}, default="mean"
        "mean" divides by the number of items, not by the sum of their weights.
    ignore_index : int, default=-100

    Notes
    -----
    It needs counts (`for_counts`). Logits ``(n, k, ...)``, targets ``(n, ...)``. Weights sum to the number
    of classes that have items; a class without any is weighted as one with a single item would be.

    References
    ----------
    Cui, Jia, Lin, Song and Belongie, Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019.

    Examples
    --------
    >>> loss = ClassBalanced(beta=0.9).for_counts([90, 10])
    >>> loss.weights
    tensor([0.7889, 1.2111])
    >>> round(float(loss(torch.zeros(1, 2), torch.tensor([1]))), 4)
    0.8395
    """

    weights: torch.Tensor | None

    def __init__(
        self,
        loss: Loss | None = None,
        *,
        beta: float = 0.9999,
        reduction: str = "mean",
        ignore_index: int = IGNORED,
    ) -> None:
        super().__init__(reduction=reduction, ignore_index=ignore_index)
        self.beta = beta
        check_number(self, "beta", 0, MOST_BETA)
        if loss is not None and not isinstance(loss, Loss):
            raise BadOption(
                f"The 'loss' parameter of ClassBalanced must be a Loss or None. Got {loss!r} instead."
            )
        self.loss = CrossEntropy() if loss is None else loss
        self.register_buffer("weights", None)

    def begin_pass(self, done: float) -> None:
        """Hand on to the loss that is weighted how much of training is done."""
        self.loss.begin_pass(done)

    def _learn_counts(self, counts: torch.Tensor) -> None:
        self.loss = self.loss.for_counts(counts.tolist())
        as_buffer(self, "weights", balanced_weights(counts, self.beta))

    def _of_items(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        weights = known(self, "weights", logits.shape[1])
        return weights[targets] * self.loss._of_items(logits, targets)
