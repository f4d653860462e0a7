"""What our backbones are: modules that are nothing but their arguments until they meet rows."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from torch import nn
from torch.nn.parameter import is_lazy

__all__ = ["Backbone"]


class Backbone(nn.Module):
    """Base of the modules that turn rows ``(n, ...)`` into features ``(n, d)``.

    A leaf keeps each argument of its constructor as an attribute of that name, and leaves the sizes of
    its layers to be found when the first rows arrive (``nn.LazyLinear`` and its like). Until then it has
    no weights, so it is pickled, copied and hashed as its arguments: two that were made alike are alike,
    in every process, which lets a comparison that was killed find its finished parts again.
    """

    def _arguments(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in signature(type(self)).parameters}

    def __reduce_ex__(self, protocol: Any) -> Any:
        if any(is_lazy(weights) for weights in self.parameters()):
            return _made, (type(self), self._arguments())
        return super().__reduce_ex__(protocol)

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self._arguments().items())
        return f"{type(self).__name__}({told})"


def _made(kind: Callable[..., Backbone], arguments: dict[str, Any]) -> Backbone:
    return kind(**arguments)
