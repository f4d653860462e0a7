"""Exact neighbours: the engines in the order in which they are tried.

Matrix products in 32 bits settle most tables. Where too many rows compete for a place, the reason is
met step by step: rows that repeat are set aside, the products are done in 64 bits, a tree measures
differences, and in the end all that compete are measured.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.batching import row_chunks
from steelyard.kernels.equal_rows import first_of_equal
from steelyard.kernels.fast_counts import may_compile
from steelyard.kernels.neighbors_blocks import MOST_COLUMNS_IN_32_BITS, BlockFinder
from steelyard.kernels.neighbors_tree import TreeFinder, tree_pays
from steelyard.kernels.search_job import SearchJob, TooManyCandidates
from steelyard.kernels.threads import for_each, threads_for

__all__ = ["answer_exactly"]

Queries = NDArray[np.intp]

# Smaller searches are over before a second thread has begun.
PAIRS_PER_THREAD = 1e7
# Among so few rows it costs less to measure all pairs than to choose among them.
FEW_ROWS = 24
QUERIES_AT_ONCE = 512
# A tree that is a last resort may be slow, so it is tried on a few queries at a time.
FEW_QUERIES = 64

# Queries from which looking for equal rows first costs little beside the search itself.
QUERIES_BESIDE = 1000
QUERIES_PER_COLUMN = 50

# Candidates a query, on average over a block, beyond which a finer engine is tried: in 32 bits as
# many as cost what the products in 64 bits would, then as many as cost little.
WANTED_FACTOR = 4
ROWS_PER_CANDIDATE_AND_COLUMN = 4
COLUMNS_BESIDE = 10
MOST_CANDIDATES = 512
BYTES_PER_CANDIDATE = 64
# An engine that failed this many blocks, and more than half of those it tried, is left out.
FAILURES = 2


def answer_exactly(job: SearchJob, n_jobs: int | None = None) -> None:
    """Fill in the answers of a search.

    Parameters
    ----------
    job : SearchJob
    n_jobs : int, optional
        Threads; None for as many as matrix products may use.
    """
    queries = np.arange(len(job.asked))
    if len(job.points) <= FEW_ROWS:
        for part in row_chunks(queries.shape[0], len(job.points) * BYTES_PER_CANDIDATE, job.memory_mb):
            _measure_all(job, queries[part])
        return
    with threads_for(n_jobs, most=job.n_pairs / PAIRS_PER_THREAD) as n_threads:
        steps = _Steps(job, n_threads)
        starts = range(0, queries.shape[0], QUERIES_AT_ONCE)
        for_each(steps.answer, [queries[start : start + QUERIES_AT_ONCE] for start in starts], n_threads)


def _measure_all(job: SearchJob, queries: Queries) -> None:
    n_rows = len(job.points)
    places = np.repeat(np.arange(queries.shape[0]), n_rows)
    job.settle(queries, (places, np.tile(np.arange(n_rows), queries.shape[0])))


class _Steps:
    """The engines of one search, made when first needed; threads share them."""

    def __init__(self, job: SearchJob, n_threads: int) -> None:
        self.job, self.memory_mb = job, job.memory_mb / n_threads
        self._making = RLock()
        points = job.points
        fits_in_32_bits = not points.is_sparse and points.width <= MOST_COLUMNS_IN_32_BITS
        everything, distinct = (lambda: self.everything), (lambda: self.distinct)
        coarse = np.float32 if fits_in_32_bits else np.float64
        self.steps: list[_Step] = []
        if len(job.asked) < QUERIES_BESIDE + QUERIES_PER_COLUMN * points.n_columns:
            self.steps.append(_Products(self, everything, coarse))
        self.steps.append(_Products(self, distinct, coarse))
        if fits_in_32_bits:
            self.steps.append(_Products(self, distinct, np.float64))
        if not points.is_sparse and points.codes is None and points.width:
            pays = tree_pays(job)
            tree = _Tree(self, distinct, QUERIES_AT_ONCE if pays else FEW_QUERIES)
            self.steps.insert(0 if pays else len(self.steps), tree)
        self.steps.append(_Products(self, distinct, np.float64, unlimited=True))

    @cached_property
    def everything(self) -> NDArray[np.intp]:
        """All rows."""
        return np.arange(len(self.job.points))

    @cached_property
    def distinct(self) -> NDArray[np.intp]:
        """The rows that can win a tie against equal ones."""
        return first_of_equal(self.job.points, self.job.wanted)

    def made(self, make: Callable[[], Any]) -> Any:
        """Let one thread make what all will use."""
        with self._making:
            return make()

    def answer(self, queries: Queries) -> None:
        """Answer these queries, step by step."""
        for step in self.steps:
            queries = step.answer(queries)
            if queries.shape[0] == 0:
                return


class _Step(ABC):
    """An engine over some rows, with a count of how often it could not answer."""

    def __init__(self, steps: _Steps, rows: Callable[[], NDArray[np.intp]]) -> None:
        self.all, self.rows, self.job = steps, rows, steps.job
        self.tried = self.failed = 0
        self._finder: Any = None

    def answer(self, queries: Queries) -> Queries:
        """Answer what can be answered; return the rest."""
        left = [queries[:0]]
        for start in range(0, queries.shape[0], self.at_once()):
            part = queries[start : start + self.at_once()]
            if not self.is_given_up:
                rest = self.try_to_answer(part)
                self.tried += 1
                self.failed += rest.shape[0] > part.shape[0] // 2
                part = rest
            left.append(part)
        return np.concatenate(left)

    @property
    def is_given_up(self) -> bool:
        """Whether another engine had better be asked at once."""
        return self.failed >= FAILURES and self.failed > self.tried // 2

    @property
    def finder(self) -> Any:
        """The engine itself."""
        if self._finder is None:
            self._finder = self.all.made(lambda: self._finder or self.make())
        return self._finder

    @abstractmethod
    def make(self) -> Any:
        """Prepare the rows."""

    @abstractmethod
    def at_once(self) -> int:
        """Queries of one attempt."""

    @abstractmethod
    def try_to_answer(self, queries: Queries) -> Queries:
        """Answer these queries; return those it cannot."""


class _Tree(_Step):
    """Differences in a tree: for few columns, and for clusters too tight for products."""

    def __init__(self, steps: _Steps, rows: Callable[[], NDArray[np.intp]], at_once: int) -> None:
        super().__init__(steps, rows)
        self.queries_at_once = at_once

    def make(self) -> TreeFinder:
        return TreeFinder(self.job.points, self.rows(), self.job.wanted)

    def at_once(self) -> int:
        return self.queries_at_once

    def try_to_answer(self, queries: Queries) -> Queries:
        return np.asarray(self.finder.answer(self.job, queries))


class _Products(_Step):
    """Matrix products, in one precision."""

    def __init__(
        self,
        steps: _Steps,
        rows: Callable[[], NDArray[np.intp]],
        kind: type[np.floating[Any]],
        *,
        unlimited: bool = False,
    ) -> None:
        super().__init__(steps, rows)
        self.kind, self.unlimited = kind, unlimited

    def make(self) -> BlockFinder:
        job = self.job
        return BlockFinder(
            job.points,
            self.rows(),
            job.wanted,
            self.kind,
            self.all.memory_mb,
            compiled=may_compile(job.n_pairs),
        )

    def at_once(self) -> int:
        most: int = self.finder.n_queries
        if not self.unlimited:
            return most
        budget = row_chunks(most, len(self.job.points) * BYTES_PER_CANDIDATE, self.all.memory_mb)
        return int(next(iter(budget)).stop)

    def try_to_answer(self, queries: Queries) -> Queries:
        try:
            found = self.finder.find(self.job.asked.take(queries), self._allowed() * queries.shape[0])
        except TooManyCandidates:
            return queries
        self.job.settle(queries, found)
        return queries[:0]

    def _allowed(self) -> float:
        """Candidates a query."""
        if self.unlimited:
            return np.inf
        points, most = self.job.points, float(MOST_CANDIDATES)
        if self.kind == np.float32:
            columns = points.n_columns + COLUMNS_BESIDE
            most = min(most, len(points) / (ROWS_PER_CANDIDATE_AND_COLUMN * columns))
        return WANTED_FACTOR * self.job.wanted + most
