"""Scores of some queries, block after block of rows, and which rows may be among the nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.mixed_distance import Points
from steelyard.kernels.search_job import Candidates

if TYPE_CHECKING:
    from steelyard.kernels.neighbors_blocks import BlockFinder

__all__ = ["BlockScores"]

MOST_COUNTED_CODES = 255
# Share of numbers that are not 0 from which queries of a sparse table are written out.
DENSE_ENOUGH = 0.03


class BlockScores:
    """Some queries, the rows seen so far that may be near them, and a bound on who else may be."""

    def __init__(self, finder: BlockFinder, asked: Points) -> None:
        self.finder = finder
        n_asked = len(asked)
        kind, width = finder.kind, finder.width
        if finder.is_sparse:
            numbers = asked.numeric.astype(np.float64)
            self.norms = np.asarray(numbers.power(2).sum(axis=1), dtype=np.float64).ravel()
            is_dense = numbers.nnz > DENSE_ENOUGH * n_asked * max(1, width)
            self.queries = numbers.T.toarray() if is_dense else numbers.T.tocsr()
        else:
            near = finder.near(asked.numeric)
            self.norms = np.einsum("ij,ij->i", near, near, dtype=np.float64)
            self.queries = np.ones((width + 1, n_asked), dtype=kind)
            self.queries[:-1] = near.T
        self.scores = np.empty((finder.n_rows, n_asked), dtype=kind)
        if finder.has_codes and asked.codes is not None:
            self.codes = np.ascontiguousarray(asked.codes.T)
            counter = np.uint8 if finder.n_codes <= MOST_COUNTED_CODES else np.uint32
            shape = (1 if finder.charge else finder.n_rows, n_asked)
            self.counts = np.empty(shape, dtype=counter)
            self.differs, self.prices = np.empty(shape, dtype=bool), np.empty(shape, dtype=kind)
        self.best = np.full((finder.wanted, n_asked), -np.inf, dtype=kind)
        self.bound = self.best[0]
        self.limit = np.full(n_asked, -np.inf, dtype=kind)
        self.places: list[NDArray[np.intp]] = []
        self.positions: list[NDArray[np.intp]] = []
        self.values: list[NDArray[Any]] = []
        self.n_seen = 0

    def see(self, part: slice) -> None:
        """Score these rows, tighten the bound, and keep those that may be near."""
        run = self.finder.run
        scores = self._scored(part)
        by_run = scores.reshape(-1, run, scores.shape[1])
        top = by_run.max(axis=1)
        self._tighten(top)
        runs, places = _where(top >= self.limit)
        values = by_run[runs, :, places]
        chosen, within = _where(values >= self.limit[places, None])
        self.places.append(places[chosen])
        self.positions.append(part.start + runs[chosen] * run + within)
        self.values.append(values[chosen, within])
        self.n_seen += chosen.shape[0]

    def _scored(self, part: slice) -> NDArray[Any]:
        finder = self.finder
        scores = self.scores[: part.stop - part.start]
        if finder.is_sparse:
            product = finder.table[part] @ self.queries
            scores[...] = product if isinstance(product, np.ndarray) else product.toarray()
            scores += finder.last[part, None]
        else:
            np.matmul(finder.table[part], self.queries, out=scores)
        if finder.has_codes:
            self._charge(scores, part)
        return scores

    def _charge(self, scores: NDArray[Any], part: slice) -> None:
        """Take the price of the differing codes off the scores."""
        if self.finder.charge is not None:
            of_rows = self.finder.codes[:, part]
            self.finder.charge(scores, of_rows, self.codes, self.counts[0], self.finder.half_price)
            return
        length = scores.shape[0]
        differs, counts, prices = self.differs[:length], self.counts[:length], self.prices[:length]
        counts.fill(0)
        for of_rows, of_queries in zip(self.finder.codes[:, part], self.codes, strict=True):
            np.not_equal(of_rows[:, None], of_queries, out=differs)
            np.add(counts, differs.view(np.uint8), out=counts)
        np.multiply(counts, self.finder.half_price, out=prices, casting="unsafe")
        np.subtract(scores, prices, out=scores)

    def _tighten(self, top: NDArray[Any]) -> None:
        """Let the maxima of new runs raise the bound on the wanted-th largest score."""
        wanted = self.finder.wanted
        better = np.flatnonzero((top > self.bound).any(axis=0))
        if better.shape[0] == 0:
            return
        both = np.concatenate([self.best[:, better], top[:, better]]).T
        both = np.partition(both, both.shape[1] - wanted, axis=1)[:, -wanted:]
        self.best[:, better] = both.T
        self.bound = self.best[0]
        norms, bound = self.norms[better], self.bound[better].astype(np.float64)
        known = np.isfinite(bound)
        reach = np.sqrt(np.maximum(norms - 2 * np.where(known, bound, 0.0), 0.0))
        # Twice: those that set the bound may seem nearer than they are, a neighbour farther.
        limit = (bound - 2 * self.finder.slack(norms, reach)).astype(self.limit.dtype)
        self.limit[better] = np.nextafter(limit, limit.dtype.type(-np.inf))

    def thin_out(self) -> Candidates:
        """Keep the rows that are still near, given the bound by now; sorted by query and row."""
        places = np.concatenate(self.places)
        positions, values = np.concatenate(self.positions), np.concatenate(self.values)
        stays = np.flatnonzero(values >= self.limit[places])
        order = stays[np.argsort(places[stays].astype(np.uint16), kind="stable")]
        places, positions, values = places[order], positions[order], values[order]
        self.places, self.positions, self.values = [places], [positions], [values]
        self.n_seen = places.shape[0]
        return places, positions


def _where(flags: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Line and column of each flag that is set; `nonzero` does the same, much more slowly."""
    line, column = np.divmod(np.flatnonzero(flags), flags.shape[1])
    return line, column
