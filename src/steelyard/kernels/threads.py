"""Threads of ours over parts of a job, each doing its matrix products alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar

from joblib import effective_n_jobs
from threadpoolctl import ThreadpoolController

__all__ = ["for_each", "threads_for"]

Part = TypeVar("Part")


@lru_cache(maxsize=1)
def _product_pools() -> ThreadpoolController:
    """The thread pools of the libraries that do matrix products; looking for them takes a while."""
    return ThreadpoolController().select(user_api="blas")


@contextmanager
def threads_for(n_jobs: int | None, most: float) -> Iterator[int]:
    """How many threads to work with; while they do, a matrix product is held to one of them.

    Parameters
    ----------
    n_jobs : int, optional
        As everywhere in scikit-learn, but None stands for as many as matrix products may use now.
    most : float
        Threads that the job keeps busy; below two nothing is changed.

    Yields
    ------
    int

    Examples
    --------
    >>> with threads_for(2, most=10) as n_threads:
    ...     n_threads
    2
    """
    if most < 2:
        yield 1
        return
    allowed = [pool["num_threads"] for pool in _product_pools().info()]
    n_threads = max(allowed, default=1) if n_jobs is None else effective_n_jobs(n_jobs)
    with _product_pools().limit(limits=1):
        yield max(1, min(n_threads, int(most)))


def for_each(do: Callable[[Part], None], parts: Sequence[Part], n_threads: int) -> None:
    """Do something with each part, in any order.

    Parameters
    ----------
    do : callable
    parts : sequence
    n_threads : int

    Examples
    --------
    >>> seen = []
    >>> for_each(seen.append, [1, 2], n_threads=1)
    >>> seen
    [1, 2]
    """
    if n_threads == 1:
        for part in parts:
            do(part)
        return
    with ThreadPoolExecutor(n_threads) as pool:
        for _ in pool.map(do, parts):
            pass
