"""A backbone and its head as one net, sized by the rows it will see and drawn from one seed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import nn

from steelyard.deep.heads.base import Head
from steelyard.errors import BadOption

__all__ = ["Network", "build_network", "draw_anew"]

ROWS_TO_TRY = 2
VECTOR, MAP = 2, 4  # dimensions of features: (n, d), or (n, d, h, w) where each pixel has its own
BRIGHTEST = 255  # of an image in whole numbers


class Network(nn.Module):
    """Logits from rows: a backbone that gives features, a head that gives logits.

    Parameters
    ----------
    backbone : nn.Module
        ``(n, ...)`` to ``(n, d)``, or to ``(n, d, h, w)`` for a label a pixel.
    head : nn.Module
        Features to logits ``(n, k)`` or ``(n, k, h, w)``; a `Head`, or any module.

    Notes
    -----
    While it learns, a call gives what the loss sees; in ``eval`` mode, logits to predict with. The two
    differ for heads that correct their logits at inference. Rows of unsigned bytes are taken for images
    and divided by 255.

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

    def features(self, rows: torch.Tensor) -> Any:
        """What the head is given: ``(n, d)`` or ``(n, d, h, w)``."""
        if rows.dtype == torch.uint8:
            rows = rows.float() / BRIGHTEST
        if rows.ndim == MAP:
            rows = rows.contiguous(memory_format=torch.channels_last)
        return self.backbone(rows)

    def learned(self, rows: torch.Tensor) -> Any:
        """What the loss sees: logits, or logits and what `Head.extra_loss` takes."""
        features = self.features(rows)
        return self.head.learned(features) if isinstance(self.head, Head) else self.head(features)

    def forward(self, rows: torch.Tensor) -> Any:
        """`learned` while the net learns, else logits to predict with."""
        return self.learned(rows) if self.training else self.head(self.features(rows))


def build_network(
    backbone: nn.Module,
    head: Head,
    example: torch.Tensor,
    n_classes: int,
    *,
    dense: bool = False,
    pretrained: bool = False,
) -> Network:
    """Copy a backbone, find what it makes of such rows, put a head on it, draw all weights.

    Weights are drawn from torch's global stream: call it inside `seeded`.

    Parameters
    ----------
    backbone : nn.Module
        Left as it is.
    head : Head
    example : tensor of shape (1 or more, ...)
        Rows of the shape and type the net will meet; their values do not matter.
    n_classes : int
    dense : bool, default=False
        Whether every pixel has a label.
    pretrained : bool, default=False
        Whether the backbone keeps the weights it has; else each part that can draws them anew.

    Returns
    -------
    Network

    Raises
    ------
    BadOption
        The backbone cannot read such rows, or does not give one vector a row (or a pixel).

    Examples
    --------
    >>> from steelyard.deep.heads.linear import LinearHead
    >>> net = build_network(nn.Flatten(), LinearHead(), torch.zeros(1, 2, 3), n_classes=4)
    >>> net.head.layer
    Linear(in_features=6, out_features=4, bias=True)
    """
    own = deepcopy(backbone).eval()
    blank = example.new_zeros((ROWS_TO_TRY, *example.shape[1:]))
    # Sizing must not move the draws below: a backbone that has met rows before draws nothing here.
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        try:
            features = Network(own, nn.Identity()).features(blank)
        except BadOption:
            raise
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            raise BadOption(
                f"The 'backbone' {type(backbone).__name__} cannot read rows of shape "
                f"{tuple(blank.shape[1:])}: {error}"
            ) from error
    _check_features(features, type(backbone).__name__, blank, dense)
    if not pretrained:
        draw_anew(own)
    net = Network(own, head.sized(features.shape[1], n_classes, dense=dense))
    # Convolutions are faster with the channels of a pixel side by side.
    return net.to(memory_format=torch.channels_last) if blank.ndim == MAP else net


def _check_features(features: Any, name: str, blank: torch.Tensor, dense: bool) -> None:
    n, *_ = got = tuple(features.shape) if isinstance(features, torch.Tensor) else (None,)
    if dense:
        fits = len(got) == MAP and n == ROWS_TO_TRY and got[2:] == tuple(blank.shape[2:])
        expected = f"maps of shape ({ROWS_TO_TRY}, d, {', '.join(map(str, blank.shape[2:]))})"
    else:
        fits, expected = len(got) == VECTOR and n == ROWS_TO_TRY, f"features of shape ({ROWS_TO_TRY}, d)"
    if not fits:
        told = got if isinstance(features, torch.Tensor) else type(features).__name__
        raise BadOption(
            f"The 'backbone' {name} must turn {ROWS_TO_TRY} rows into {expected}. Got {told} instead."
        )


def draw_anew(module: nn.Module) -> None:
    """Draw the weights of a module, part by part, from torch's global stream."""
    for part in module.modules():
        draw = getattr(part, "reset_parameters", None) or getattr(part, "_reset_parameters", None)
        if callable(draw):
            draw()
