"""Parts of a net that learn at a rate of their own."""

from __future__ import annotations

from typing import Any

from torch import nn

__all__ = ["parameter_groups"]


def parameter_groups(network: nn.Module, learning_rate: float) -> list[dict[str, Any]]:
    """Weights of a net by their rate, as optimizers take them.

    A module that has an attribute ``learning_rate_factor`` learns, with all in it, at that multiple of
    the rate.

    Parameters
    ----------
    network : nn.Module
    learning_rate : float

    Returns
    -------
    list of dict
        ``params`` and ``lr`` of each group; the plain one first.

    Examples
    --------
    >>> net = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 2))
    >>> net[1].learning_rate_factor = 0.1
    >>> [(len(group["params"]), group["lr"]) for group in parameter_groups(net, 0.5)]
    [(2, 0.5), (2, 0.05)]
    """
    factor: dict[int, float] = {}
    for module in network.modules():  # from the outside in, so that the inner word counts
        own = getattr(module, "learning_rate_factor", None)
        if own is not None:
            factor.update({id(weights): float(own) for weights in module.parameters()})
    groups: dict[float, list[nn.Parameter]] = {1.0: []}
    for weights in network.parameters():
        if weights.requires_grad:
            groups.setdefault(factor.get(id(weights), 1.0), []).append(weights)
    return [{"params": weights, "lr": learning_rate * rate} for rate, weights in groups.items() if weights]
