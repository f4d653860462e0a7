"""A backbone and its head as one net, sized by the rows it will see and drawn from one seed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import nn

from steelyard.errors import BadOption

__all__ = ["Network", "build_network", "draw_anew"]

ROWS_TO_TRY = 2


class Network(nn.Module):
    """Logits from rows: a backbone that gives features, a head that gives logits.

    Parameters
    ----------
    backbone : nn.Module
        ``(n, ...)`` to ``(n, d)``.
    head : nn.Module
        ``(n, d)`` to ``(n, k)``.

    Examples
    --------
    >>> net = Network(nn.Flatten(), nn.Linear(4, 3))
    >>> tuple(net(torch.zeros(5, 2, 2)).shape)
    (5, 3)
    """

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = head

    def forward(self, rows: torch.Tensor) -> Any:
        """Logits of rows, shape ``(n, k)``."""
        return self.head(self.backbone(rows))


def build_network(
    backbone: nn.Module, shape: tuple[int, ...], n_classes: int, *, pretrained: bool = False
) -> Network:
    """Copy a backbone, find what it makes of such rows, put a linear head on it, draw all weights.

    Weights are drawn from torch's global stream: call it inside `seeded`.

    Parameters
    ----------
    backbone : nn.Module
        Left as it is.
    shape : tuple of int
        Shape of one row.
    n_classes : int
    pretrained : bool, default=False
        Whether the backbone keeps the weights it has; else each part that can draws them anew.

    Returns
    -------
    Network

    Raises
    ------
    BadOption
        The backbone cannot read rows of this shape, or does not give one vector a row.

    Examples
    --------
    >>> build_network(nn.Flatten(), (2, 3), n_classes=4).head
    Linear(in_features=6, out_features=4, bias=True)
    """
    own = deepcopy(backbone).eval()
    # Sizing must not move the draws below: a backbone that has met rows before draws nothing here.
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        try:
            features = own(torch.zeros(ROWS_TO_TRY, *shape))
        except (RuntimeError, ValueError, IndexError) as error:
            raise BadOption(
                f"The 'backbone' {type(backbone).__name__} cannot read rows of shape {shape}: {error}"
            ) from error
    if not isinstance(features, torch.Tensor) or features.ndim != 2 or features.shape[0] != ROWS_TO_TRY:
        got = tuple(features.shape) if isinstance(features, torch.Tensor) else type(features).__name__
        raise BadOption(
            f"The 'backbone' {type(backbone).__name__} must turn {ROWS_TO_TRY} rows into features of shape "
            f"({ROWS_TO_TRY}, d). Got {got} instead."
        )
    if not pretrained:
        draw_anew(own)
    return Network(own, nn.Linear(features.shape[1], n_classes))


def draw_anew(module: nn.Module) -> None:
    """Draw the weights of a module, part by part, from torch's global stream."""
    for part in module.modules():
        draw = getattr(part, "reset_parameters", None) or getattr(part, "_reset_parameters", None)
        if callable(draw):
            draw()
