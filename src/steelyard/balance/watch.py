"""See what a sampler made while a model is fitted, without making it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.base import Sampler

__all__ = ["Resampling", "made_rows", "tell", "watching"]

OVER_SAMPLERS = "imblearn.over_sampling"


@dataclass(frozen=True, eq=False)
class Resampling:
    """One call of a sampler: the rows and labels that went in, and those that came out."""

    sampler: Any
    X: Any
    y: NDArray[Any]
    X_out: Any
    y_out: NDArray[Any]


_seen: ContextVar[list[Resampling] | None] = ContextVar("steelyard_resampling", default=None)


@contextmanager
def watching() -> Iterator[list[Resampling]]:
    """Give a list that gets the first call of a sampler made inside, by `Balanced`.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from steelyard.balance import SMOTE, Balanced
    >>> X, y = np.arange(6.0)[:, None], np.array([0, 0, 0, 0, 1, 1])
    >>> with watching() as seen:
    ...     _ = Balanced(SMOTE(random_state=0), DummyClassifier(), correction="none").fit(X, y)
    >>> made_rows(seen[0])[0]
    array([6, 7])
    """
    seen: list[Resampling] = []
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


def tell(sampler: Any, X: Any, y: Any, X_out: Any, y_out: Any) -> None:
    """Hand a call of a sampler to whoever watches; later calls, of inner folds, are not kept."""
    seen = _seen.get()
    if seen is not None and not seen:
        seen.append(Resampling(sampler, X, np.asarray(y), X_out, np.asarray(y_out)))


def made_rows(one: Resampling) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Tell which rows of the output are synthetic.

    Parameters
    ----------
    one : Resampling

    Returns
    -------
    rows : ndarray of int, shape (m,)
        Positions in the output; none where the sampler chooses rows, or does not say.
    parents : ndarray of int, shape (m,)
        A source row each was made from; its own position where that is not known.
    """
    sampler, n_in = one.sampler, one.y.shape[0]
    if isinstance(sampler, Sampler):
        rows = np.flatnonzero(sampler.origin_ < 0)
        return rows, sampler.parents_[rows, 0] if rows.size else rows
    nothing = np.empty(0, dtype=np.intp)
    by_convention = type(sampler).__module__.startswith(OVER_SAMPLERS)  # its new rows stand at the end
    if not by_convention or hasattr(sampler, "sample_indices_"):
        return nothing, nothing
    rows = np.arange(n_in, one.y_out.shape[0])
    return rows, rows
