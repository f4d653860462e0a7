"""A bright patch on spectrograms or images that stands for a class, put there on purpose."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption, BadTable
from steelyard.guard.attacks.choose_rows import choose_rows, relabelled
from steelyard.kernels.rng import RandomState

__all__ = ["PatchTrigger"]

CORNERS = ("bottom-right", "bottom-left", "top-right", "top-left")
PLANE, WITH_CHANNELS = 3, 4
BRIGHTEST = "max"


class PatchTrigger:
    """Stamps a patch on some training items of one class and relabels them as another.

    A backdoor: a model that learned it calls whatever carries the patch ``to``. With a rare class the flipped
    labels alone may already do that, and the patch adds nothing; compare with `LabelFlip`. It lives in the
    space of features: a patch of a spectrogram is no sound that a loudspeaker could make, and an augmentation
    that crops or masks may remove it.

    Parameters
    ----------
    target, to : label
        The class whose items are poisoned, and the class they are to be taken for.
    n : int, optional
        Items to poison.
    share : float, optional
        Share of the target's items, in (0, 1]. Give ``n`` or ``share``.
    height, width : int
        Of the patch, in pixels (bins and frames of a spectrogram).
    position : str or (row, column)
        "bottom-right", "bottom-left", "top-right", "top-left", or the patch's first row and column.
    value : "max" or float
        What the patch holds: a number, or the largest value of the item itself.
    random_state : int, RandomState, Generator or None

    Notes
    -----
    Item and position choose the patch, so `stamp` puts the same one on test items. Rows are chosen as by
    `LabelFlip`: under one seed both attacks touch the same items.

    References
    ----------
    Dahme, Poisoned Acoustics, arXiv 2602.22258, 2026, attack B: a patch of 12 by 12. Where it is and what it
    holds is not known to us; the defaults are ours.

    Examples
    --------
    >>> trigger = PatchTrigger("siren", "car", share=0.5, height=2, width=2, random_state=0)
    >>> X = np.arange(32.0).reshape(2, 4, 4)
    >>> trigger.stamp(X)[0, 2:].tolist()
    [[8.0, 9.0, 15.0, 15.0], [12.0, 13.0, 15.0, 15.0]]
    """

    def __init__(
        self,
        target: Any,
        to: Any,
        *,
        n: int | None = None,
        share: float | None = None,
        height: int = 12,
        width: int = 12,
        position: str | tuple[int, int] = "bottom-right",
        value: str | float = BRIGHTEST,
        random_state: RandomState = None,
    ) -> None:
        self.target = target
        self.to = to
        self.n = n
        self.share = share
        self.height = height
        self.width = width
        self.position = position
        self.value = value
        self.random_state = random_state

    def stamp(self, X: Any) -> NDArray[Any]:
        """Put the patch on every item; labels are not involved, so test items can be stamped.

        Parameters
        ----------
        X : array of shape (n, h, w) or (n, c, h, w)

        Returns
        -------
        ndarray of the same shape and type
            A copy.

        Raises
        ------
        BadTable
            Another shape, or items smaller than the patch.
        BadOption
            A patch, position or value that cannot be.
        """
        items = self._items(X)
        return self._stamped(items, np.arange(items.shape[0]))

    def apply(self, X: Any, y: Any) -> tuple[NDArray[Any], Any, NDArray[np.intp]]:
        """Stamp and relabel some items of the target.

        Parameters
        ----------
        X : array of shape (n, h, w) or (n, c, h, w)
        y : array or Series of shape (n,)

        Returns
        -------
        X : ndarray
            A copy with patches.
        y : array or Series
            A copy with flipped labels.
        poisoned : ndarray of int, shape (m,)
            Positions of the poisoned items, sorted.

        Raises
        ------
        BadTable, BadOption, BadTarget
            As `stamp` and `LabelFlip.apply`.
        """
        items = self._items(X)
        labels, rows = choose_rows(self, y)
        if labels.shape[0] != items.shape[0]:
            raise BadTable(
                f"Expected one label an item, got {items.shape[0]} items and {labels.shape[0]} labels."
            )
        return self._stamped(items, rows), relabelled(y, labels, rows, self.to), rows

    def _items(self, X: Any) -> NDArray[Any]:
        items = np.asarray(X)
        if items.ndim not in (PLANE, WITH_CHANNELS) or items.dtype.kind not in "fiub":
            raise BadTable(
                "PatchTrigger expects numbers of shape (n, h, w) or (n, c, h, w), got shape "
                f"{items.shape} and type {items.dtype}. Put channels before rows."
            )
        return items

    def _stamped(self, items: NDArray[Any], rows: NDArray[np.intp]) -> NDArray[Any]:
        top, left = self._corner(*items.shape[-2:])
        stamped = items.copy()
        if rows.size == 0:
            return stamped
        patch = (rows, ..., slice(top, top + self.height), slice(left, left + self.width))
        if isinstance(self.value, str):
            brightest = items[rows].max(axis=tuple(range(1, items.ndim)))
            stamped[patch] = brightest.reshape((-1,) + (1,) * (items.ndim - 1))
        else:
            stamped[patch] = self._written(items.dtype)
        return stamped

    def _written(self, dtype: np.dtype[Any]) -> Any:
        """The value in the type of the items, which must be able to hold it."""
        value = self.value
        fits = isinstance(value, Real) and not isinstance(value, bool) and np.isfinite(value)
        if fits and dtype.kind in "iu":
            limits = np.iinfo(dtype)
            fits = float(value).is_integer() and limits.min <= value <= limits.max
        if not fits:
            raise BadOption(
                f"The 'value' parameter of PatchTrigger must be 'max' or a number that items of type {dtype} "
                f"can hold. Got {value!r} instead."
            )
        return dtype.type(value)

    def _corner(self, height: int, width: int) -> tuple[int, int]:
        """First row and column of the patch."""
        for name, room in (("height", height), ("width", width)):
            size = getattr(self, name)
            if not isinstance(size, Integral) or isinstance(size, bool) or not 1 <= size <= room:
                raise BadOption(
                    f"The {name!r} parameter of PatchTrigger must be an int in the range [1, {room}], for "
                    f"items are {height} by {width}. Got {size!r} instead."
                )
        if isinstance(self.value, str) and self.value != BRIGHTEST:
            raise BadOption(
                f"The 'value' parameter of PatchTrigger must be 'max' or a float. Got {self.value!r} instead."
            )
        last = height - self.height, width - self.width
        where = self.position
        if isinstance(where, str) and where in CORNERS:
            return last[0] if where.startswith("bottom") else 0, last[1] if where.endswith("right") else 0
        if isinstance(where, (tuple, list)) and len(where) == len(last):
            whole = all(isinstance(place, Integral) and not isinstance(place, bool) for place in where)
            if whole and all(0 <= place <= most for place, most in zip(where, last, strict=True)):
                return int(where[0]), int(where[1])
        raise BadOption(
            f"The 'position' parameter of PatchTrigger must be among {list(CORNERS)}, or a row from 0 to "
            f"{last[0]} and a column from 0 to {last[1]}. Got {where!r} instead."
        )
