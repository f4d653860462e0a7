"""Optimizers by name, with the settings they share."""

from __future__ import annotations

from typing import Any

import torch

__all__ = ["OPTIMIZERS", "optimizer_settings"]

OPTIMIZERS: dict[str, type[torch.optim.Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "sgd": torch.optim.SGD,
}
FUSED_ON = ("cpu", "cuda")  # where torch updates all weights in one go, which small nets feel


def optimizer_settings(
    name: str, device: torch.device, *, learning_rate: float, weight_decay: float, momentum: float
) -> dict[str, Any]:
    """Arguments of an optimizer; momentum is that of "sgd" only.

    Parameters
    ----------
    name : str
        Among `OPTIMIZERS`.
    device : torch.device
    learning_rate, weight_decay, momentum : float

    Returns
    -------
    dict

    Examples
    --------
    >>> cpu = torch.device("cpu")
    >>> optimizer_settings("adam", cpu, learning_rate=0.1, weight_decay=0.0, momentum=0.9)
    {'lr': 0.1, 'weight_decay': 0.0, 'fused': True}
    """
    shared = {"lr": learning_rate, "weight_decay": weight_decay, "fused": device.type in FUSED_ON}
    return shared | {"momentum": momentum} if name == "sgd" else shared
