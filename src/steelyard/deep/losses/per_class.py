"""The numbers a loss keeps for each class: given by the user, or made of class counts."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from steelyard.errors import BadOption
from steelyard.kernels.priors import effective_number

__all__ = ["FEWEST", "MOST_BETA", "balanced_weights", "given", "known", "log_shares"]

FEWEST = 1  # what a class without items is taken to have, so that its logarithm is finite
MOST_BETA = 1 - 1e-9  # 1 itself would divide 0 by 0; this is 1 / n for any n worth the name


def given(owner: nn.Module, name: str, *, low: float = -torch.inf) -> tuple[float, ...] | None:
    """Return an argument that is one number a class, or None, as plain numbers.

    Tensors are made of them when the loss is bound or used: a loss that is nothing but its arguments is
    pickled and hashed alike in every process.

    Raises
    ------
    BadOption
        It is something else, or holds a number below ``low`` or none at all.
    """
    value: Any = getattr(owner, name)
    if value is None:
        return None
    try:
        numbers = torch.as_tensor(value, dtype=torch.float64).detach().cpu()
    except (TypeError, ValueError, RuntimeError):
        numbers = torch.empty(0)
    if numbers.ndim != 1 or not numbers.numel() or not bool((numbers.isfinite() & (numbers >= low)).all()):
        wanted = "finite number" if low == -torch.inf else f"finite number of at least {low:g}"
        raise BadOption(
            f"The {name!r} parameter of {type(owner).__name__} must be one {wanted} a class, or None. "
            f"Got {value!r} instead."
        )
    return tuple(numbers.tolist())


def known(owner: nn.Module, name: str, n_classes: int) -> torch.Tensor:
    """Return a buffer of one number a class.

    Raises
    ------
    BadOption
        The loss was not told the counts yet, or those of another number of classes.
    """
    values: torch.Tensor | None = getattr(owner, name)
    if values is None:
        raise BadOption(
            f"{type(owner).__name__} must know how many items each class has. Use the copy that its "
            "for_counts(counts) returns."
        )
    if values.shape[0] != n_classes:
        raise BadOption(
            f"{type(owner).__name__} was told of {values.shape[0]} classes, got logits for {n_classes}. "
            "Call for_counts with one count for each logit."
        )
    return values


def log_shares(counts: torch.Tensor) -> torch.Tensor:
    """Log of each class's share; a class without items is taken to have one.

    Examples
    --------
    >>> log_shares(torch.tensor([3.0, 1.0])).exp()
    tensor([0.7500, 0.2500])
    """
    rows = counts.clamp(min=FEWEST)
    return (rows / rows.sum()).log()


def balanced_weights(counts: torch.Tensor, beta: float) -> torch.Tensor:
    """Weights that fall with the effective number of items and have a mean of 1 over the classes with items.

    A class without items is weighted as one with a single item would be, and takes nothing from the others.

    Examples
    --------
    >>> balanced_weights(torch.tensor([2.0, 1.0, 0.0]), beta=0.5)
    tensor([0.8000, 1.2000, 1.2000], dtype=torch.float64)
    """
    effective = effective_number(counts.clamp(min=FEWEST).cpu().numpy(), beta)
    weights = 1.0 / torch.from_numpy(effective)
    return weights / weights[counts.cpu() > 0].mean()
