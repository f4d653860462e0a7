"""One piece of a recipe's work, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["Measured", "Unit"]


@dataclass(frozen=True)
class Measured:
    """What one system reached in one unit.

    Parameters
    ----------
    system : str
        The row of the table.
    values : mapping of str to float
        Metric to value; one that is not finite counts as not measured.
    dataset : str, optional
        Where one unit measures several data sets; the unit's own by default.
    protocol : str, optional
        Where one unit follows several protocols; the unit's own by default.

    Examples
    --------
    >>> Measured("plain", {"accuracy": 0.9}).system
    'plain'
    """

    system: str
    values: Mapping[str, float]
    dataset: str | None = None
    protocol: str | None = None


@dataclass(frozen=True)
class Unit:
    """One piece of work, kept on disk once it is finished.

    Parameters
    ----------
    dataset : str
    protocol : str
        How it is measured, by a name the page explains.
    seed : int
    measure : callable
        Takes nothing, returns a list of `Measured`. It runs in another process and so must be picklable:
        a function at the top of a module, or a `functools.partial` of one.

    Examples
    --------
    >>> from functools import partial
    >>> unit = Unit("yeast", "leak-free", 0, partial(dict, a=1))
    >>> unit.name
    'yeast · leak-free · seed 0'
    """

    dataset: str
    protocol: str
    seed: int
    measure: Callable[[], list[Measured]]

    @property
    def name(self) -> str:
        """The unit in a few words."""
        return f"{self.dataset} · {self.protocol} · seed {self.seed}"
