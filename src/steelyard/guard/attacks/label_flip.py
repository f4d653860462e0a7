"""Flip labels of one class into another, on purpose."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.guard.attacks.choose_rows import choose_rows, relabelled
from steelyard.kernels.rng import RandomState

__all__ = ["LabelFlip"]


class LabelFlip:
    """Relabels some training rows of one class as another; the rows themselves stay as they are.

    It is how a team learns what a few wrong labels would do to a rare class. Give it training rows only: with
    test labels flipped too, figures mean nothing. It says nothing about an attacker who *chooses* the rows,
    for whom fewer may do.

    Parameters
    ----------
    target, to : label
        The class to break, and the class its rows are to be taken for. Both must occur.
    n : int, optional
        Labels to flip.
    share : float, optional
        Share of the target's rows to flip, in (0, 1]; rounded, at least one row. Give ``n`` or ``share``.
    random_state : int, RandomState, Generator or None

    Notes
    -----
    The rows of the target are put in one random order that depends on the seed and the class alone, and the
    first ones are flipped: under one seed (an int) a larger attack contains every smaller one.

    References
    ----------
    Dahme, Poisoned Acoustics, arXiv 2602.22258, 2026, attack A. The paper counts flips as a share of all
    records; ``share`` here is of the class.

    Examples
    --------
    >>> flip = LabelFlip("fraud", "ok", share=0.5, random_state=0)
    >>> X, y, rows = flip.apply([[0], [1], [2], [3]], ["ok", "fraud", "ok", "fraud"])
    >>> y.tolist().count("fraud"), rows.size
    (1, 1)
    """

    def __init__(
        self,
        target: Any,
        to: Any,
        *,
        n: int | None = None,
        share: float | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.target = target
        self.to = to
        self.n = n
        self.share = share
        self.random_state = random_state

    def apply(self, X: Any, y: Any) -> tuple[Any, Any, NDArray[np.intp]]:
        """Flip labels.

        Parameters
        ----------
        X : anything with one row a label
            Returned as it is, not looked at.
        y : array or pandas Series of shape (n,)

        Returns
        -------
        X : the same object
        y : array or Series of shape (n,)
            A copy with flipped labels.
        flipped : ndarray of int, shape (m,)
            Positions of the flipped rows, sorted.

        Raises
        ------
        BadOption
            A class that does not occur, two classes that are one, or more flips than rows.
        BadTarget
            ``y`` holds no class labels.
        """
        labels, rows = choose_rows(self, y)
        return X, relabelled(y, labels, rows, self.to), rows

    def __repr__(self) -> str:
        size = f"n={self.n!r}" if self.n is not None else f"share={self.share!r}"
        return f"LabelFlip({self.target!r}, {self.to!r}, {size}, random_state={self.random_state!r})"
