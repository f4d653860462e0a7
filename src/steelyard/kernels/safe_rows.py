"""Rows proved to lie among their own class, without looking for their neighbours.

Cleaning rules ask whether the neighbours of a row carry its label. Where one class is large and
dense, nearly all of its rows are plainly inside it, and finding their true neighbours among all
rows, only to see that, is the whole cost. A proof is cheaper:

1. The class is cut into cells of near rows (`cells_of`). Inside its cell a row finds a few
   *witnesses*, near rows of its own class. They need not be its nearest ones.
2. All rows of other classes, the *enemies*, are compared with the cell. They are few.
3. A witness counts when it is nearer than every enemy. With m such witnesses the first m
   neighbours of the row are all of its class: whoever comes before the m-th of them is not an
   enemy, since all enemies come after all m witnesses.

A row with enough witnesses needs no search. A row without looks for nearer witnesses in the cells
next to its own. Any row that is left may still be safe; it is searched for exactly, elsewhere. How
the cells were drawn changes how many rows are proved, never what is true.

**Rounding.** Steps 1 and 2 are matrix products in single precision. Two things keep the error small
and known. First, a cell is moved to its own middle in double precision before it is rounded, so
values are as large as the cell, not as the table: offsets, units and outliers elsewhere cost no
digits. Second, with ``a`` and ``b`` the moved rows, the product form ``|a|^2 - 2 a.b + |b|^2`` misses
the squared distance by at most ``s = 4 (p + 8) eps (|a|^2 + |b|^2)``: ``p`` roundings in each dot
product, one in each norm, one when the values were rounded, and a factor of two to spare. Of a
witness, ``d^2 + s`` is an upper bound. For the enemies suppose one lay within the distance ``u``; then
``|b| <= |a| + u``, and its computed square could be at most ``u^2 + s``. Hence, when even the smallest
computed square is greater, no enemy lies within ``u``. The comparison is strict on both sides of a
positive margin, so an enemy at the same distance as a witness, where row numbers would decide, always
spoils the proof. A last term, the smallest single number, covers squares too small to be held.

**What stays true.** Taking rows away can remove witnesses, never bring an enemy nearer. As long as
enough witnesses of a row are left, its proof holds, for any smaller number of neighbours too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.kernels.cells import Rough, cells_of, greatest
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.threads import for_each, threads_for

__all__ = ["NO_ROW", "safe_rows"]

NO_ROW = -1
# See the page above: roundings of a dot product, of norms and values, and a factor to spare.
ROUNDINGS_FACTOR = 4
ROUNDINGS_EXTRA = 8
EPS = float(np.finfo(np.float32).eps)
TINY = float(np.finfo(np.float32).tiny)
# By how much more than needed one looks out for enemies: room for the margins.
HORIZON_ROOM = 1.01
# Cells, the nearest first, in which a row without proof looks for nearer witnesses.
MORE_CELLS = 6
# Numbers too large for their squares prove nothing; the search says what is wrong with them.
QUIET: dict[str, Any] = {"over": "ignore", "invalid": "ignore"}
# Enemies compared with a cell at a time, so that the scores stay in the processor's cache.
ENEMY_BLOCK = 512
# Rows whose nearest cells are sought at a time.
ROW_BLOCK = 4096
# Below this many rows a class is searched as fast as it is proved.
LEAST_ROWS = 1000
# After this many rows, a class of which fewer than this share are proved is left to the search.
TRIAL_ROWS = 4096
TRIAL_SHARE = 0.3


def safe_rows(
    around: Neighborhood,
    labels: NDArray[np.intp],
    classes: NDArray[np.intp],
    needed: int,
    *,
    spare: int = 0,
) -> NDArray[np.intp]:
    """Find rows of the same class that are nearer than any row of another.

    Parameters
    ----------
    around : Neighborhood
    labels : ndarray of int, shape (n,)
    classes : ndarray of int
        Labels of the rows to prove.
    needed : int
        Witnesses that make a row safe.
    spare : int
        Further witnesses to keep where there are any.

    Returns
    -------
    ndarray of int, shape (n, needed + spare)
        Witnesses of each row, -1 for each one missing. A row with fewer than ``needed`` is not proved,
        whatever it is; so are all rows of other classes, of small ones, and of sparse tables.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rows = np.vstack([rng.normal(size=(2000, 2)), [[0.0, 0.0]]])
    >>> labels = np.repeat([0, 1], [2000, 1])
    >>> witnesses = safe_rows(Neighborhood(rows), labels, np.array([0]), 3)
    >>> bool((witnesses >= 0).all(axis=1).mean() > 0.99)
    True
    """
    witnesses = np.full((len(around), needed + spare), NO_ROW, dtype=np.intp)
    if sparse.issparse(around.numbers):
        return witnesses
    prover = None
    for code in np.unique(classes):
        own, enemies = np.flatnonzero(labels == code), np.flatnonzero(labels != code)
        # Comparing with the enemies has to be less work than comparing with all rows.
        if own.shape[0] >= max(LEAST_ROWS, enemies.shape[0] / 2):
            with np.errstate(**QUIET):
                prover = prover or _Prover(around, needed)
                prover.prove(own, enemies, witnesses)
    return witnesses


class _Prover:
    """The rows, and the rounding of single precision on them; distances are in the unit of ``rough``."""

    def __init__(self, around: Neighborhood, needed: int) -> None:
        self.numbers = np.asarray(around.numbers)
        self.rough = Rough(around)
        self.unit = ROUNDINGS_FACTOR * (self.numbers.shape[1] + ROUNDINGS_EXTRA) * EPS
        self.needed, self.n_jobs = needed, around.n_jobs

    def prove(self, own: NDArray[np.intp], enemies: NDArray[np.intp], out: NDArray[np.intp]) -> None:
        """Write the witnesses of the rows ``own``; stop early where too few are proved."""
        pivots, cells = cells_of(self.rough, own)
        self._enemy_numbers = self.rough.numbers[enemies]
        proofs = _Proofs(own.shape[0], out.shape[1])
        place = np.empty(len(self.numbers), dtype=np.intp)
        place[own] = np.arange(own.shape[0])
        home = np.empty(own.shape[0], dtype=np.intp)
        for number, cell in enumerate(cells):
            home[place[cell]] = number
        large = [cell for cell in cells if cell.shape[0] > self.needed]
        n_trial = 1 + int(np.searchsorted(np.cumsum([cell.shape[0] for cell in large]), TRIAL_ROWS))
        with threads_for(self.n_jobs, most=len(large)) as n_threads:

            def look(cell: NDArray[np.intp]) -> None:
                with np.errstate(**QUIET):  # which each thread has to itself
                    self._home(cell, enemies, place[cell], proofs)

            for_each(look, large[:n_trial], n_threads)
            tried = place[np.concatenate([*large[:n_trial], own[:0]])]
            if self._proved(proofs, tried).sum() < TRIAL_SHARE * tried.shape[0]:
                out[own[tried]] = self._clear(proofs, tried)
                return
            for_each(look, large[n_trial:], n_threads)
        open_ = np.flatnonzero(~self._proved(proofs, np.arange(own.shape[0])))
        self._further(own, open_, home[open_], pivots, cells, proofs)
        out[own] = self._clear(proofs, np.arange(own.shape[0]))

    def _proved(self, proofs: _Proofs, at: NDArray[np.intp]) -> NDArray[np.bool_]:
        return np.asarray(self._clear(proofs, at)[:, self.needed - 1] != NO_ROW)

    def _clear(self, proofs: _Proofs, at: NDArray[np.intp]) -> NDArray[np.intp]:
        """Witnesses that are nearer than every enemy, -1 in place of the others."""
        upper, norms = proofs.upper[at], proofs.norms[at, None]
        margin = self.unit * (norms + np.square(np.sqrt(norms) + np.sqrt(upper))) + TINY
        return np.where(upper + margin < proofs.enemy[at, None], proofs.rows[at], NO_ROW)

    def _home(
        self, cell: NDArray[np.intp], enemies: NDArray[np.intp], at: NDArray[np.intp], proofs: _Proofs
    ) -> None:
        """Witnesses inside the cell, and the nearest enemies of its rows."""
        middle = self.numbers[cell].mean(axis=0, dtype=np.float64)
        moved = self._moved(cell, middle)
        norms = _squares(moved)
        n_witnesses = min(proofs.rows.shape[1], cell.shape[0] - 1)
        found, upper = self._nearest(cell, moved, norms, cell, moved, norms, n_witnesses)
        proofs.add(at, found, upper)
        proofs.norms[at] = norms
        # An enemy farther from the middle than this is farther from every row than all its witnesses.
        horizon = HORIZON_ROOM * float((np.sqrt(norms) + np.sqrt(upper[:, -1])).max())
        seen = self._nearest_enemy(cell, moved, norms, self._within(enemies, middle, horizon), middle)
        # Of those not looked at, no more is known than that they lie beyond the horizon.
        proofs.enemy[at] = np.minimum(seen, np.square(horizon - np.sqrt(norms)))

    def _further(
        self,
        own: NDArray[np.intp],
        open_: NDArray[np.intp],
        home: NDArray[np.intp],
        pivots: NDArray[np.intp],
        cells: list[NDArray[np.intp]],
        proofs: _Proofs,
    ) -> None:
        """Look for nearer witnesses in the cells next to a row's own."""
        n_more = min(MORE_CELLS, len(cells))
        near = [
            greatest(self.rough.scores(part, pivots), n_more)[0]
            for part in np.array_split(own[open_], open_.shape[0] // ROW_BLOCK + 1)
        ]
        wanted = np.concatenate(near)
        # What the home cell holds is known already.
        wanted[wanted == home[:, None]] = NO_ROW
        for number, cell in enumerate(cells):
            at = open_[(wanted == number).any(axis=1)]
            if at.shape[0] == 0:
                continue
            middle = self.numbers[cell].mean(axis=0, dtype=np.float64)
            guests, moved = self._moved(own[at], middle), self._moved(cell, middle)
            n_witnesses = min(proofs.rows.shape[1], cell.shape[0])
            found, upper = self._nearest(
                own[at], guests, _squares(guests), cell, moved, _squares(moved), n_witnesses
            )
            proofs.add(at, found, upper)

    def _moved(self, rows: NDArray[np.intp], middle: NDArray[np.float64]) -> NDArray[np.float32]:
        """Rows less the middle, which is in the unit of the table."""
        return ((self.numbers[rows] - middle) * self.rough.scale).astype(np.float32)

    def _nearest(
        self,
        asked: NDArray[np.intp],
        left: NDArray[np.float32],
        left_norms: NDArray[np.float64],
        cell: NDArray[np.intp],
        right: NDArray[np.float32],
        right_norms: NDArray[np.float64],
        k: int,
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Near rows of the cell, and upper bounds of their squared distances."""
        score = left @ right.T
        score -= (right_norms / 2).astype(np.float32)
        self.rough.charge(score, asked, cell)
        if asked is cell:
            np.fill_diagonal(score, -np.inf)
        places, best = greatest(score, k)
        squared = left_norms[:, None] - 2.0 * best
        margin = self.unit * (left_norms[:, None] + right_norms[places] + np.abs(squared)) + TINY
        return cell[places], np.maximum.accumulate(np.maximum(squared, 0) + margin, axis=1)

    def _within(
        self, enemies: NDArray[np.intp], middle: NDArray[np.float64], horizon: float
    ) -> NDArray[np.intp]:
        """Those of the enemies that may lie within the horizon, by their numbers alone."""
        centre = ((middle - self.rough.mean) * self.rough.scale).astype(np.float32)
        half_norms, half = self.rough.half_norms[enemies], float(centre @ centre) / 2
        half_squared = half_norms - self._enemy_numbers @ centre + np.float32(half)
        margin = 2 * self.unit * (half_norms + half) + TINY
        return np.asarray(enemies[half_squared - margin <= horizon**2 / 2], dtype=np.intp)

    def _nearest_enemy(
        self,
        cell: NDArray[np.intp],
        moved: NDArray[np.float32],
        norms: NDArray[np.float64],
        enemies: NDArray[np.intp],
        middle: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Smallest computed squared distance of each row of the cell to an enemy."""
        best = np.full(cell.shape[0], -np.inf, dtype=np.float32)
        # The norms of the enemies ride along as one more column, and the greatest is sought down the
        # columns: both spare a walk through the block.
        ones = np.ones((cell.shape[0], 1), dtype=np.float32)
        rows = np.hstack([moved, ones]).T
        for start in range(0, enemies.shape[0], ENEMY_BLOCK):
            block = enemies[start : start + ENEMY_BLOCK]
            far = self._moved(block, middle)
            score = np.hstack([far, (_squares(far) / -2)[:, None].astype(np.float32)]) @ rows
            self.rough.charge(score, block, cell)
            np.maximum(best, score.max(axis=0), out=best)
        return np.asarray(norms - 2.0 * best, dtype=np.float64)


class _Proofs:
    """What is known of the rows of one class: witnesses nearest first, and the nearest enemy.

    ``upper`` bounds the squared distance of each witness from above; ``enemy`` is the computed squared
    distance of the nearest enemy, and ``norms`` the squared norm it was computed with.
    """

    def __init__(self, n_rows: int, n_witnesses: int) -> None:
        self.rows = np.full((n_rows, n_witnesses), NO_ROW, dtype=np.intp)
        self.upper = np.full((n_rows, n_witnesses), np.inf)
        # No enemy was looked for yet: one may be anywhere.
        self.enemy = np.zeros(n_rows)
        self.norms = np.zeros(n_rows)

    def add(self, at: NDArray[np.intp], rows: NDArray[np.intp], upper: NDArray[np.float64]) -> None:
        """Merge new witnesses, none of which is known already, into those of the rows ``at``."""
        rows = np.hstack([self.rows[at], rows])
        upper = np.hstack([self.upper[at], upper])
        order = np.argsort(upper, axis=1, kind="stable")[:, : self.rows.shape[1]]
        self.rows[at] = np.take_along_axis(rows, order, axis=1)
        self.upper[at] = np.take_along_axis(upper, order, axis=1)


def _squares(moved: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(np.einsum("ij,ij->i", moved, moved), dtype=np.float64)
