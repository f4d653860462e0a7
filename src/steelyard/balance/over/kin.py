"""Rows of one class, who of them may be paired, and synthetic rows made from them.

The over-samplers that follow papers differ in which rows they start from and where they go; who may
go together, what a child inherits and what is noted is the same for all and lives here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.base import OverSampler
from steelyard.balance.check_parameter import check_flag
from steelyard.balance.space import Space
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.errors import CannotResample
from steelyard.kernels.interpolate import interpolate
from steelyard.kernels.mates import has_mates, vote_winners
from steelyard.kernels.nearest_in_group import nearest_in_group
from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["Kin", "KinOverSampler"]

HALF = 0.5


@dataclass(frozen=True, eq=False)
class Kin:
    """The rows of one class; everything else counts positions in ``rows``.

    ``group`` numbers each row's group, ``around`` measures distances between all rows of the table,
    with gaps and categories priced by this class.
    """

    rows: NDArray[np.intp]
    others: NDArray[np.intp]
    group: NDArray[np.intp]
    group_of_all: NDArray[np.intp]
    space: Space
    around: Neighborhood

    @cached_property
    def parts(self) -> list[NDArray[np.intp]]:
        """Positions of each group."""
        return [np.flatnonzero(self.group == number) for number in np.unique(self.group)]

    @cached_property
    def with_mates(self) -> NDArray[np.intp]:
        """Positions that share their group with another."""
        return np.flatnonzero(has_mates(self.group))

    def neighbors(self, k: int) -> NDArray[np.intp]:
        """Positions of the k nearest of the class within the group, -1 at the end of short lists."""
        together = self.group_of_all.copy()
        together[self.rows] = self.group  # a method may have cut groups further
        found, _ = nearest_in_group(self.around, k, self.rows, self.rows, together)
        return np.where(found >= 0, np.searchsorted(self.rows, found), -1)

    def draw(
        self, neighbors: NDArray[np.intp], n_new: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
        """Draw rows that have neighbours, one neighbour of each, and a step towards it, as SMOTE does."""
        base = self.with_mates[rng.integers(self.with_mates.shape[0], size=n_new)]
        choice = (rng.random(n_new) * (neighbors >= 0).sum(axis=1)[base]).astype(np.intp)
        return base, neighbors[base, choice], rng.random(n_new)

    def between(
        self,
        base: NDArray[np.intp],
        partner: NDArray[np.intp],
        step: NDArray[np.float64],
        voters: NDArray[np.intp] | None = None,
    ) -> Children:
        """Make the rows that lie ``step`` of the way from ``base`` to ``partner``.

        Categories are voted among the ``voters`` (m, k) of each child where there are any, else they
        are those of the nearer of the two.
        """
        numbers = interpolate(self.space.numbers, self.rows[base], self.rows[partner], step)
        nearer = np.where(step < HALF, base, partner)
        return self._children(base, partner, numbers, nearer, voters, step)

    def moved(
        self,
        base: NDArray[np.intp],
        shift: NDArray[np.float64],
        partner: NDArray[np.intp] | None = None,
        voters: NDArray[np.intp] | None = None,
    ) -> Children:
        """Make the rows that are ``base`` moved by ``shift`` (m, p), in the units distances are measured in.

        A number missing in ``base`` stays missing. Categories are voted among the ``voters`` where there
        are any, else they are those of ``base``.
        """
        numbers = moved_numbers(self.space, self.rows[base], shift)
        return self._children(base, partner, numbers, base, voters)

    def made(self, base: NDArray[np.intp], numbers: Any) -> Children:
        """Make the rows that are ``base`` with other numbers, in the units of the table."""
        return self._children(base, None, numbers, base)

    def _children(
        self,
        base: NDArray[np.intp],
        partner: NDArray[np.intp] | None,
        numbers: Any,
        nearer: NDArray[np.intp],
        voters: NDArray[np.intp] | None = None,
        step: NDArray[np.float64] | None = None,
    ) -> Children:
        columns = [base] if partner is None else [base, partner]
        holders = np.repeat(nearer[:, None], len(self.space.categorical), axis=1)
        if self.space.codes is not None and voters is not None:
            holders = vote_winners(self.space.codes[self.rows], voters)
            known = columns[-1]
            columns += [np.where(voter == known, -1, voter) for voter in voters.T]
        parents = np.stack(columns, axis=1)
        return Children(
            base=self.rows[base],
            parents=np.where(parents >= 0, self.rows[parents], -1),
            numeric=self.space.numeric,
            numbers=numbers,
            categorical=self.space.categorical,
            cells_of=self.rows[holders],
            steps=step,
        )


def moved_numbers(space: Space, rows: NDArray[np.intp], shift: NDArray[np.float64]) -> Any:
    """Return the numbers of these rows moved by ``shift``, which is in the units of distances."""
    if space.scale is not None:
        shift = shift * space.scale
    if sparse.issparse(space.numbers):
        return sparse.csr_array(space.numbers[rows].toarray() + shift)
    return (space.numbers[rows] + shift).astype(space.numbers.dtype)


class KinOverSampler(OverSampler):
    """An over-sampler whose children are made from rows of one class within one group."""

    #: Rows a class must have.
    least_rows: ClassVar[int] = 2
    #: Whether a row needs another of its class in its group to start from.
    needs_mates: ClassVar[bool] = True

    def _check_parameters(self) -> None:
        check_flag(self, "standardize")

    def _check_task(self, task: Task) -> None:
        for code in np.flatnonzero(task.wanted > task.counts).tolist():
            self._refuse_lonely_class(task, code)

    def _refuse_lonely_class(self, task: Task, code: int) -> None:
        name, rows, who = task.labels.names[code], task.rows_of(code), type(self).__name__
        if rows.shape[0] < self.least_rows:
            raise CannotResample(
                f"{who} needs at least {self.least_rows} rows in class {name!r}, got {rows.shape[0]}. "
                "Use RandomOverSampler, or collect more."
            )
        if not self.needs_mates or task.groups is None:
            return
        if np.unique(task.groups[rows]).shape[0] == rows.shape[0]:
            raise CannotResample(
                f"{who} needs a group with at least {self.least_rows} rows of class {name!r}, for no row is "
                "made across groups; each of its rows has a group of its own. Use RandomOverSampler, or "
                "leave out groups."
            )

    def _kin(self, task: Task, code: int) -> Kin:
        """Gather the rows of a class and what distances between them are measured on."""
        rows = task.rows_of(code)
        group = np.zeros(task.table.n_rows, dtype=np.intp)
        if task.groups is not None:
            group = np.unique(task.groups, return_inverse=True)[1].astype(np.intp)
        around = task.space.neighborhood(within=rows)
        return Kin(rows, np.flatnonzero(task.codes != code), group[rows], group, task.space, around)

    def _neighbors(self, task: Task, code: int, kin: Kin, k: int) -> NDArray[np.intp]:
        """Neighbours within class and group; ``note_`` says if there are fewer than k."""
        neighbors = kin.neighbors(k)
        found = (neighbors[kin.with_mates] >= 0).sum(axis=1)
        self._note_few(found, k, self._named(task, code), f"it has {kin.rows.shape[0]} rows")
        return neighbors

    def _note(self, task: Task, code: int, words: str) -> None:
        self._add_note(f"{self._named(task, code)}: {words}")

    @staticmethod
    def _named(task: Task, code: int) -> str:
        return f"class {task.labels.names[code]!r}"

    def _note_copies(self, task: Task, code: int) -> None:
        """Say in ``note_`` that nothing is new where a child takes all categories from one parent."""
        if not task.space.numeric:
            self._note(task, code, "its columns are categories alone, so synthetic rows are copies")
