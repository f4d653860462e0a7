"""What our backbones are: modules that are nothing but their arguments until they meet rows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from inspect import signature
from numbers import Integral
from typing import Any, ClassVar

import torch
from torch import nn

from steelyard.balance.check_parameter import check_number
from steelyard.errors import BadOption

__all__ = ["Backbone"]


class Backbone(nn.Module):
    """Base of the modules that turn rows ``(n, ...)`` into features ``(n, d)``, or ``(n, d, h, w)``.

    A leaf keeps each argument of its constructor as an attribute of that name, says in ``axes`` which
    rows it reads, makes its layers in ``_build`` when the first rows arrive, and computes with them in
    ``_features``. Until then it has no weights and draws nothing, so it is pickled, copied and hashed as
    its arguments: two that were made alike are alike, in every process, which lets a comparison that was
    killed find its finished parts again. Show it rows before an optimizer is given its weights or weights
    are loaded into it; ``DeepClassifier`` does.

    Attributes
    ----------
    axes : tuple of str or None
        Names of the dimensions of rows, ``("n", "c", "h", "w")``; None where any will do.
    dense : bool
        Whether features are maps ``(n, d, h, w)`` as large as the rows, one vector a pixel.
    """

    axes: ClassVar[tuple[str, ...] | None] = None
    dense: ClassVar[bool] = False

    @abstractmethod
    def _build(self, shape: Sequence[int]) -> None:
        """Make the layers for rows of this shape, n included; weights come from torch's global stream."""

    @abstractmethod
    def _features(self, rows: torch.Tensor) -> torch.Tensor:
        """Features of rows that have the right dimensions."""

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Features of rows.

        Parameters
        ----------
        rows : tensor of shape (n, ...)

        Returns
        -------
        tensor of shape (n, d), or (n, d, h, w) where ``dense``

        Raises
        ------
        BadOption
            Rows of another number of dimensions than the backbone reads.
        """
        self._meet(rows)
        return self._features(rows)

    def _meet(self, rows: torch.Tensor) -> None:
        """Refuse rows of other dimensions, and make the layers if these are the first."""
        if self.axes is not None and rows.ndim != len(self.axes):
            raise BadOption(
                f"{type(self).__name__} reads rows of shape ({', '.join(self.axes)}), got rows of shape "
                f"{tuple(rows.shape)}. Reshape them, or take another backbone."
            )
        if next(self.children(), None) is None:
            with torch.inference_mode(False):  # weights made in that mode could never learn
                self._build(tuple(rows.shape))
                self.to(rows.device).train(self.training)

    def _read_wholes(self, name: str, values: Any) -> tuple[int, ...]:
        """A parameter that is a sequence of whole numbers of at least 1, as a tuple."""
        fits = isinstance(values, Sequence) and not isinstance(values, str) and len(values)
        if not fits or any(isinstance(v, bool) or not isinstance(v, Integral) or v < 1 for v in values):
            raise BadOption(
                f"The {name!r} parameter of {type(self).__name__} must be ints in the range [1, inf). "
                f"Got {values!r} instead."
            )
        return tuple(int(value) for value in values)

    def _check_dropout(self) -> None:
        if check_number(self, "dropout", 0, 1) == 1:
            raise BadOption(
                f"The 'dropout' parameter of {type(self).__name__} must be a float in the range [0, 1). "
                f"Got {self.dropout!r} instead."
            )

    def _arguments(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in signature(type(self)).parameters}

    def __reduce_ex__(self, protocol: Any) -> Any:
        if next(self.children(), None) is None:
            return _made, (type(self), self._arguments())
        return super().__reduce_ex__(protocol)

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self._arguments().items())
        return f"{type(self).__name__}({told})"


def _made(kind: Callable[..., Backbone], arguments: dict[str, Any]) -> Backbone:
    return kind(**arguments)
