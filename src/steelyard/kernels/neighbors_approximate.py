"""Neighbours that are nearly all the true ones, and the measured share that are.

The rows are sorted into cells around centres. A query is answered from the cells nearest to its own,
as many of them as a sample of queries needs for the share of true neighbours asked for; on a second
sample, answered exactly, that share is measured. Within those cells the search is the exact one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.batching import DEFAULT_MEMORY_MB
from steelyard.kernels.exact_search import answer_exactly
from steelyard.kernels.mixed_distance import Points
from steelyard.kernels.rng import child
from steelyard.kernels.search_job import SearchJob
from steelyard.kernels.threads import for_each, threads_for

__all__ = ["APPROXIMATE_PAIRS", "DEFAULT_RECALL", "answer_nearly", "may_be_approximate"]

DEFAULT_RECALL = 0.99
#: Pairs up to which a search is exact whatever was asked: it takes a second or two.
APPROXIMATE_PAIRS = 1e9

# Queries whose answers say how many cells to look into, and others that measure the outcome.
TRIAL_QUERIES = 500
MEASURED_QUERIES = 2000
# The trial is right up to chance; so many standard errors are added to what it must reach.
SAFETY = 2.0

CENTRE_ROUNDS = 2
ROWS_PER_CENTRE_SAMPLE = 30
# Beyond this share of the cells the whole table is searched sooner.
MOST_CELLS = 0.4
ROWS_PER_WANTED = 4
CELLS_PER_THREAD = 8


def may_be_approximate(job: SearchJob) -> bool:
    """Whether cells can save time in this search: many pairs of dense rows of numbers.

    Parameters
    ----------
    job : SearchJob
    """
    dense = not job.points.is_sparse and job.points.codes is None
    return dense and job.n_pairs > APPROXIMATE_PAIRS and len(job.asked) > TRIAL_QUERIES + MEASURED_QUERIES


def answer_nearly(job: SearchJob, recall: float, n_jobs: int | None = None) -> float:
    """Fill in the answers of a search; return the measured share of true neighbours among them.

    Parameters
    ----------
    job : SearchJob
        One that `may_be_approximate`.
    recall : float
        Share of true neighbours to reach. What cells cannot reach is searched exactly.
    n_jobs : int, optional

    Returns
    -------
    float
        On the measured sample of queries.
    """
    some = child(0, "neighbours", "sample").permutation(len(job.asked))[: TRIAL_QUERIES + MEASURED_QUERIES]
    trial, measured = np.sort(some[:TRIAL_QUERIES]), np.sort(some[TRIAL_QUERIES:])
    cells = _sort_into_cells(job.points, n_jobs)
    home = cells.home_of(job.asked, n_jobs)
    truth = _exactly(job, trial, n_jobs)
    n_cells = cells.enough(home[trial], truth.indices, recall, ROWS_PER_WANTED * job.wanted)
    if n_cells > MOST_CELLS * len(cells):
        answer_exactly(job, n_jobs)
        return 1.0
    _answer_by_cells(job, cells, home, n_cells, n_jobs)
    truth = _exactly(job, measured, n_jobs)
    # A neighbour as near as the true one at its place is as good.
    return float((job.squared[measured] <= truth.squared).mean())


@dataclass(frozen=True, eq=False)
class _Cells:
    """Centres, the cell of each row, and the rows cell after cell."""

    centres: Points
    cell_of: NDArray[np.intp]
    by_cell: NDArray[np.intp]
    starts: NDArray[np.intp]
    nearest: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.centres)

    def home_of(self, asked: Points, n_jobs: int | None) -> NDArray[np.intp]:
        """The cell of each query."""
        return _nearest_centre(self.centres, asked, n_jobs)

    def rows(self, cells: NDArray[np.intp]) -> NDArray[np.intp]:
        """Rows of these cells, ascending."""
        return np.sort(np.concatenate([self.by_cell[self.starts[c] : self.starts[c + 1]] for c in cells]))

    def enough(self, home: NDArray[np.intp], truth: NDArray[np.intp], recall: float, least_rows: int) -> int:
        """How many cells around a query's own must be searched."""
        order = np.empty_like(self.nearest)
        np.put_along_axis(order, self.nearest, np.arange(len(self))[None, :], axis=1)
        needed = np.sort(order[home[:, None], self.cell_of[truth]].ravel()) + 1
        error = np.sqrt(recall * (1 - recall) / home.shape[0])
        place = min(needed.shape[0] - 1, int(np.ceil((recall + SAFETY * error) * needed.shape[0])))
        sizes = np.diff(self.starts)
        filled = (np.cumsum(sizes[self.nearest], axis=1) < least_rows).sum(axis=1).max() + 1
        return int(max(needed[place], filled))


def _sort_into_cells(points: Points, n_jobs: int | None) -> _Cells:
    """About as many cells as rows in a cell, around means that a few rounds of k-means found."""
    rng = child(0, "neighbours", "cells")
    n_cells = int(np.sqrt(len(points)))
    sample = np.sort(
        rng.choice(len(points), min(len(points), n_cells * ROWS_PER_CENTRE_SAMPLE), replace=False)
    )
    some = Points(points.numeric[sample])
    centres = Points(some.numeric[rng.choice(len(some), n_cells, replace=False)])
    for _ in range(CENTRE_ROUNDS):
        cell = _nearest_centre(centres, some, n_jobs)
        used, member = np.unique(cell, return_inverse=True)
        by_cell = np.argsort(member, kind="stable")
        starts = np.searchsorted(member[by_cell], np.arange(used.shape[0]))
        sums = np.add.reduceat(some.numeric[by_cell].astype(np.float64), starts, axis=0)
        means = sums / np.bincount(member)[:, None]
        centres = Points(means.astype(points.numeric.dtype))
    cell_of = _nearest_centre(centres, points, n_jobs)
    by_cell = np.argsort(cell_of, kind="stable")
    starts = np.searchsorted(cell_of[by_cell], np.arange(len(centres) + 1))
    everyone = SearchJob(centres, centres, len(centres), None, memory_mb=DEFAULT_MEMORY_MB)
    answer_exactly(everyone, n_jobs)
    return _Cells(centres, cell_of, by_cell, starts, everyone.indices)


def _nearest_centre(centres: Points, asked: Points, n_jobs: int | None) -> NDArray[np.intp]:
    job = SearchJob(centres, asked, 1, None, memory_mb=DEFAULT_MEMORY_MB)
    answer_exactly(job, n_jobs)
    return job.indices[:, 0]


def _exactly(job: SearchJob, queries: NDArray[np.intp], n_jobs: int | None) -> SearchJob:
    """Answer some queries of the search exactly."""
    own = None if job.own is None else job.own[queries]
    part = SearchJob(job.points, job.asked.take(queries), job.k, own, job.memory_mb)
    answer_exactly(part, n_jobs)
    return part


def _answer_by_cells(
    job: SearchJob, cells: _Cells, home: NDArray[np.intp], n_cells: int, n_jobs: int | None
) -> None:
    by_home = np.argsort(home, kind="stable")
    starts = np.searchsorted(home[by_home], np.arange(len(cells) + 1))

    def answer(cell: int) -> None:
        queries = by_home[starts[cell] : starts[cell + 1]]
        if queries.shape[0] == 0:
            return
        rows = cells.rows(cells.nearest[cell, :n_cells])
        own = None if job.own is None else _positions(rows, job.own[queries])
        part = SearchJob(job.points.take(rows), job.asked.take(queries), job.k, own, job.memory_mb)
        answer_exactly(part, n_jobs=1)
        job.indices[queries], job.squared[queries] = rows[part.indices], part.squared

    with threads_for(n_jobs, most=len(cells) / CELLS_PER_THREAD) as n_threads:
        for_each(answer, range(len(cells)), n_threads)


def _positions(rows: NDArray[np.intp], own: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where each row number stands in a sorted list, -1 where it is not there."""
    place = np.searchsorted(rows, own).clip(max=rows.shape[0] - 1)
    return np.where(rows[place] == own, place, -1)
