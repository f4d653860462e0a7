"""skorch's net, with a loss and a weight for each item and with heads that have a loss of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from skorch import NeuralNet
from skorch.dataset import unpack_data
from skorch.utils import to_device

from steelyard.deep.losses.base import Loss
from steelyard.deep.parameter_groups import parameter_groups

__all__ = ["Criterion", "Net", "accelerated_net", "bare"]


@dataclass(frozen=True)
class Criterion:
    """Holds the loss, which skorch's mixin would else wrap for many processes; it has nothing to share."""

    loss: Loss


class _ItemLosses:
    """How both nets come from a batch to one number.

    Parameters
    ----------
    module : nn.Module
        Built.
    class_scale : tensor of shape (k,) or None
        Weights of classes.
    **settings
        skorch's own.
    """

    def __init__(self, module: Any, *, class_scale: Any = None, **settings: Any) -> None:
        super().__init__(module, **settings)  # type: ignore[call-arg]
        self.class_scale = class_scale

    def infer(self, x: Any, **fit_params: Any) -> Any:
        return self.module_(self._here(x), **fit_params)  # type: ignore[attr-defined]

    def get_loss(self, y_pred: Any, y_true: Any, X: Any = None, training: bool = False) -> Any:
        logits, extra = y_pred if isinstance(y_pred, tuple) else (y_pred, None)
        codes, weight = self._here(y_true)
        loss: Loss = self.criterion_.loss  # type: ignore[attr-defined]
        if loss.training != training:
            loss.train(training)  # one that keeps count of the labels must not count those held back
        each = loss.per_item(logits, codes)
        if extra is not None:
            each = each + bare(self.module_).head.extra_loss(extra, codes)  # type: ignore[attr-defined]
        counted = codes != loss.ignore_index
        if self.class_scale is not None:
            each = each * self._here(self.class_scale)[codes.clamp(min=0).long()]
        each = each * weight.reshape(-1, *[1] * (each.ndim - 1))
        return each.mean() if bool(counted.all()) else each.sum() / counted.sum().clamp(min=1)

    def validation_step(self, batch: Any, **fit_params: Any) -> Any:
        """Loss of rows held back, by what the loss sees and not by what is predicted with."""
        self._set_training(False)  # type: ignore[attr-defined]
        Xi, yi = unpack_data(batch)
        with torch.no_grad():
            y_pred = bare(self.module_).learned(self._here(Xi))  # type: ignore[attr-defined]
            return {"loss": self.get_loss(y_pred, yi, X=Xi), "y_pred": y_pred}

    def get_params_for_optimizer(self, prefix: str, named_parameters: Any) -> Any:
        _, settings = super().get_params_for_optimizer(prefix, named_parameters)  # type: ignore[misc]
        return (parameter_groups(self.module_, settings["lr"]),), settings  # type: ignore[attr-defined]

    def _here(self, data: Any) -> Any:
        """Tensors on the device where the net is."""
        return to_device(data, getattr(self, "accelerator", self).device)


class Net(_ItemLosses, NeuralNet):
    """One process, 32 bits."""


def accelerated_net() -> Any:
    """Return the net that trains in mixed precision or on many devices, which loads Accelerate."""
    from skorch.hf import AccelerateMixin

    class AcceleratedNet(_ItemLosses, AccelerateMixin, NeuralNet):
        """Many processes, or fewer bits."""

    return AcceleratedNet


def bare(module: Any) -> Any:
    """The net itself, out of the wrapper that many processes put around it."""
    return getattr(module, "module", module)
