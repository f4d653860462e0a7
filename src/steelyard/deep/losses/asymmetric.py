"""Asymmetric loss for many labels an item: absent labels, the many, fade faster than present ones."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from steelyard.balance.check_parameter import check_number
from steelyard.deep.losses.base import IGNORED, REDUCTIONS
from steelyard.errors import BadOption, BadTarget

__all__ = ["AsymmetricLoss"]

MOST_CLIPPED = 0.5


class AsymmetricLoss(nn.Module):
    """Binary cross-entropy that fades for easy labels, absent ones above all; serves mean average precision.

    Summed over the k labels of an item, with ``p = sigmoid(z)`` and ``q = max(p - clip, 0)``:
    ``-(1 - p)^gamma_positive log p`` where the label is present and ``-q^gamma_negative log(1 - q)`` where
    it is absent.

    Parameters
    ----------
    gamma_negative : float, default=4
    gamma_positive : float, default=0
        0 or more. With both 0 and no clip it is binary cross-entropy.
    clip : float in [0, 0.5], default=0.05
        Absent labels below this probability cost nothing.
    reduction : {"mean", "sum", "none"}, default="mean"
        "mean" is over the items with a known label; "none" gives one number an item, 0 where there is none.
    ignore_index : int, default=-100
        Mark of a label that is not known, which costs nothing.

    Notes
    -----
    Logits and targets ``(n, k)``, or maps ``(n, k, h, w)`` with a number for each of the ``(n, h, w)``
    pixels. It is no `Loss`, for an item has k labels here. Needs no counts. The gradient goes through the
    fading factors, too. Where no label is known the loss is a 0 that still has a gradient, which is 0.

    References
    ----------
    Ridnik, Ben-Baruch, Zamir, Noy, Friedman, Protter and Zelnik-Manor, Asymmetric Loss For Multi-Label
    Classification, ICCV 2021.

    Examples
    --------
    >>> loss = AsymmetricLoss()
    >>> logits, labels = torch.zeros(1, 3), torch.tensor([[1, 0, 0]])
    >>> round(float(loss(logits, labels)), 4)
    0.7422
    """

    def __init__(
        self,
        *,
        gamma_negative: float = 4.0,
        gamma_positive: float = 0.0,
        clip: float = 0.05,
        reduction: str = "mean",
        ignore_index: int = IGNORED,
    ) -> None:
        super().__init__()
        self.gamma_negative = gamma_negative
        self.gamma_positive = gamma_positive
        self.clip = clip
        self.reduction = reduction
        self.ignore_index = ignore_index
        check_number(self, "gamma_negative", 0)
        check_number(self, "gamma_positive", 0)
        check_number(self, "clip", 0, MOST_CLIPPED)
        if reduction not in REDUCTIONS:
            raise BadOption(
                f"The 'reduction' parameter of AsymmetricLoss must be one of {REDUCTIONS}. "
                f"Got {reduction!r} instead."
            )

    def forward(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Loss of a batch, reduced.

        Parameters
        ----------
        logits : tensor of shape (n, k, ...)
        targets : tensor of the same shape
            1 where the label is present, 0 where it is absent.

        Returns
        -------
        tensor
            A scalar, or of shape ``(n, ...)`` with ``reduction="none"``.

        Raises
        ------
        BadTarget
            Shapes that differ, or targets other than 0, 1 and ``ignore_index``.
        """
        each = self.per_item(logits, targets)
        if self.reduction == "none":
            return each
        total = each.sum()
        if self.reduction == "sum":
            return total
        return total / (targets != self.ignore_index).any(dim=1).sum().clamp(min=1)

    def per_item(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Loss of each item, summed over its labels, shape ``(n, ...)``."""
        self._check(logits, targets)
        known = targets != self.ignore_index
        # Unknown logits are swapped for 0 first: even an infinite one must leave no trace in the gradient.
        wide = (logits if logits.dtype == torch.float64 else logits.float()).where(known, 0)
        # Kept above 0, where a power below 1 has no finite slope.
        least = torch.finfo(wide.dtype).eps
        absent_p = wide.sigmoid()
        present = -((-wide).sigmoid().clamp(min=least) ** self.gamma_positive) * functional.logsigmoid(wide)
        if self.clip > 0:
            absent_p = (absent_p - self.clip).clamp(min=0)
            log_rest = torch.log1p(-absent_p)
        else:
            log_rest = functional.logsigmoid(-wide)
        absent = -(absent_p.clamp(min=least) ** self.gamma_negative) * log_rest
        return torch.where(targets == 1, present, absent).where(known, 0).sum(dim=1)

    def _check(self, logits: torch.Tensor, targets: torch.Tensor) -> None:
        if logits.ndim < 2 or logits.shape != targets.shape:
            raise BadTarget(
                "AsymmetricLoss needs logits and targets of one shape, (n, k, ...). "
                f"Got {tuple(logits.shape)} and {tuple(targets.shape)}."
            )
        strange = targets[(targets != 0) & (targets != 1) & (targets != self.ignore_index)]
        if strange.numel():
            raise BadTarget(
                f"AsymmetricLoss needs targets 1 (present), 0 (absent) or {self.ignore_index} (not known). "
                f"Got {strange[0].item()}."
            )

    def extra_repr(self) -> str:
        """Arguments, for ``repr``."""
        return (
            f"gamma_negative={self.gamma_negative!r}, gamma_positive={self.gamma_positive!r}, "
            f"clip={self.clip!r}, reduction={self.reduction!r}"
        )
