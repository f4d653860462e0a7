"""LDAM: a margin for the true class, wider the rarer it is; re-weighted late in training."""

from __future__ import annotations

import torch
from torch.nn import functional

from steelyard.balance.check_parameter import check_number
from steelyard.deep.losses.base import IGNORED, Loss, as_buffer
from steelyard.deep.losses.per_class import MOST_BETA, balanced_weights, known

__all__ = ["LDAM"]

POWER = -0.25  # of the count, which the paper derives from a bound on the balanced error


class LDAM(Loss):
    """Cross-entropy with a margin that is wider for rare classes; serves balanced accuracy.

    ``-w_y log softmax(s (z - m_y e_y))_y`` with ``m_c = max_margin (n_min / n_c)^(1/4)``; ``w`` is 1 until
    ``drw_start`` and from then on that of `ClassBalanced` (deferred re-weighting, DRW).

    Parameters
    ----------
    max_margin : float, default=0.5
        Margin of the rarest class.
    scale : float, default=30
        ``s``. Made for logits that are cosines (`CosineHead`); with a linear head take 1.
    drw_start : float in [0, 1] or None, default=0.8
        Share of training after which classes are weighted; None never.
    beta : float in [0, 1), default=0.9999
        Of the weights.
    reduction : {"mean", "sum", "none"}, default="mean"
        "mean" divides by the number of items, not by the sum of their weights.
    ignore_index : int, default=-100

    Attributes
    ----------
    reweighting : bool
        Whether weights are on, which `begin_pass` sets.

    Notes
    -----
    It needs counts (`for_counts`). Logits ``(n, k, ...)``, targets ``(n, ...)``. The scale is part of the
    loss: predict with the logits as they are. A class without items has the margin ``max_margin``, and
    the weight that one with a single item would have.

    References
    ----------
    Cao, Wei, Gaidon, Arechiga and Ma, Learning Imbalanced Datasets with Label-Distribution-Aware Margin
    Loss, NeurIPS 2019.

    Examples
    --------
    >>> loss = LDAM().for_counts([1600, 100])
    >>> loss.margins
    tensor([0.2500, 0.5000])
    >>> loss.begin_pass(done=0.8)
    >>> loss.reweighting
    True
    """

    margins: torch.Tensor | None
    weights: torch.Tensor | None

    def __init__(
        self,
        *,
        max_margin: float = 0.5,
        scale: float = 30.0,
        drw_start: float | None = 0.8,
        beta: float = 0.9999,
        reduction: str = "mean",
        ignore_index: int = IGNORED,
    ) -> None:
        super().__init__(reduction=reduction, ignore_index=ignore_index)
        self.max_margin = max_margin
        self.scale = scale
        self.drw_start = drw_start
        self.beta = beta
        check_number(self, "max_margin", 0)
        check_number(self, "scale", 0, above=True)
        check_number(self, "beta", 0, MOST_BETA)
        if drw_start is not None:
            check_number(self, "drw_start", 0, 1)
        self.reweighting = drw_start == 0
        self.register_buffer("margins", None)
        self.register_buffer("weights", None)

    def begin_pass(self, done: float) -> None:
        """Switch the weights on from ``drw_start`` on."""
        self.reweighting = self.drw_start is not None and done >= self.drw_start

    def _learn_counts(self, counts: torch.Tensor) -> None:
        rarest = counts[counts > 0].min()
        margins = self.max_margin * (counts.clamp(min=rarest) / rarest) ** POWER
        as_buffer(self, "margins", margins)
        as_buffer(self, "weights", balanced_weights(counts, self.beta))

    def _of_items(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        margins = known(self, "margins", logits.shape[1])
        short = -margins[targets].to(logits.dtype)
        harder = logits.scatter_add(1, targets[:, None], short[:, None])
        each = functional.cross_entropy(self.scale * harder, targets, reduction="none")
        return known(self, "weights", logits.shape[1])[targets] * each if self.reweighting else each
