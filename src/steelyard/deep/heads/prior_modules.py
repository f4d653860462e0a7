"""What prior estimation modules on vectors and on maps share: outputs, the log prior, folding."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import nn

from steelyard.balance.check_parameter import check_flag, check_number, check_whole
from steelyard.errors import BadOption

__all__ = ["PriorModules"]


class PriorModules(nn.Module):
    """Base of `NeuralPrior` and `NeuralPriorConv2d`, which build the layers.

    All modules are one layer of ``n_modules * n_classes`` outputs, so that several cost about as much as
    one.
    """

    layers: nn.Module

    def _take(self, n_classes: int, n_modules: int, detach: bool, init_std: float) -> None:
        self.n_classes = n_classes
        self.n_modules = n_modules
        self.detach = detach
        self.init_std = init_std
        check_whole(self, "n_classes")
        check_whole(self, "n_modules")
        check_flag(self, "detach")
        check_number(self, "init_std", 0)

    def _draw(self) -> None:
        for part in self.layers.modules():
            if isinstance(part, (nn.Linear, nn.Conv2d)):
                nn.init.normal_(part.weight, std=self.init_std)
                nn.init.zeros_(part.bias)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Outputs of every module, shape ``(M, n, k)`` or ``(M, n, k, h, w)``, which the loss pushes down."""
        told: torch.Tensor = self.layers(features.detach() if self.detach else features)
        return told.unflatten(1, (self.n_modules, self.n_classes)).movedim(1, 0)

    def log_prior(self, features: torch.Tensor) -> torch.Tensor:
        """Minus the mean over modules, centred over classes, shape ``(n, k)`` or ``(n, k, h, w)``."""
        eta = self(features).mean(dim=0)
        centred: torch.Tensor = eta.mean(dim=1, keepdim=True) - eta
        return centred

    def fold_into(self, layer: Any, scale: float = 1.0) -> Any:
        """Return a copy of a layer with the correction in its weights.

        Parameters
        ----------
        layer : nn.Linear, or for maps nn.Conv2d of kernel 1
        scale : float, default=1.0
            By which the correction is divided.

        Returns
        -------
        nn.Linear or nn.Conv2d
            Its outputs are those of ``layer`` minus ``log_prior / scale``.

        Raises
        ------
        BadOption
            The layer, or the module, is not linear in the features, or they are of other sizes.
        """
        own = self.layers
        if not isinstance(own, (nn.Linear, nn.Conv2d)):
            raise BadOption("A prior module with a hidden layer is not linear: it cannot be folded into one.")
        weight = own.weight.unflatten(0, (self.n_modules, self.n_classes)).mean(dim=0)
        bias = own.bias.unflatten(0, (self.n_modules, self.n_classes)).mean(dim=0)  # type: ignore[union-attr]
        if not isinstance(layer, type(own)) or layer.weight.shape != weight.shape:
            raise BadOption(
                f"A prior module folds into a {type(own).__name__} with weights of shape "
                f"{tuple(weight.shape)}. Got {layer!r} instead."
            )
        folded = deepcopy(layer)
        with torch.no_grad():
            folded.weight += (weight - weight.mean(dim=0)) / scale
            moved = (bias - bias.mean()) / scale
            if folded.bias is None:
                folded.bias = nn.Parameter(moved.clone())
            else:
                folded.bias += moved
        return folded
