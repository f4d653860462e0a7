"""How the learning rate falls while a net learns: factors by the share of training that is done."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["SCHEDULES", "Constant", "Cosine", "Step"]


@dataclass(frozen=True)
class Constant:
    """The rate stays, after a linear rise over the share ``warmup``.

    Examples
    --------
    >>> Constant(warmup=0.2)(0.1)
    0.5
    """

    warmup: float = 0.0

    def __call__(self, done: float) -> float:
        """Factor of the rate when so much is done, 0 to 1."""
        return _rise(done, self.warmup)


@dataclass(frozen=True)
class Step:
    """The rate falls by a factor at given shares of training, as is usual on CIFAR.

    Examples
    --------
    >>> [round(Step()(done), 3) for done in (0.5, 0.8, 0.95)]
    [1.0, 0.1, 0.01]
    """

    at: tuple[float, ...] = (0.8, 0.9)
    factor: float = 0.1
    warmup: float = 0.0

    def __call__(self, done: float) -> float:
        """Factor of the rate when so much is done, 0 to 1."""
        return float(self.factor ** sum(done >= when for when in self.at)) * _rise(done, self.warmup)


@dataclass(frozen=True)
class Cosine:
    """The rate falls to 0 along half a cosine (Loshchilov and Hutter, SGDR, ICLR 2017).

    Examples
    --------
    >>> [round(Cosine()(done), 3) for done in (0.0, 0.5, 1.0)]
    [1.0, 0.5, 0.0]
    """

    warmup: float = 0.0

    def __call__(self, done: float) -> float:
        """Factor of the rate when so much is done, 0 to 1."""
        return 0.5 * (1 + math.cos(math.pi * done)) * _rise(done, self.warmup)


def _rise(done: float, warmup: float) -> float:
    return min(1.0, done / warmup) if warmup else 1.0


SCHEDULES: dict[str, Callable[[float], float]] = {"constant": Constant(), "step": Step(), "cosine": Cosine()}
