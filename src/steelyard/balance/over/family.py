"""What over-samplers between neighbours share: starts, the neighbours to move to, and the children.

Only the rows a method looks at are read: those of one class for SMOTE, all for the methods that ask
how a class lies among the others. What is made is described here and computed while the output is
written (see `Segments`), so that it never exists twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import read_neighbors
from steelyard.balance.over.ground import ROW, STEP, Ground, few_at_a_time
from steelyard.balance.over.kin import KinOverSampler
from steelyard.balance.space import AUTO, Space, open_space
from steelyard.balance.tables.base import Children, Table
from steelyard.balance.task import Task
from steelyard.kernels.interpolate import segments
from steelyard.kernels.mates import unchosen, vote_winners
from steelyard.kernels.nearest_in_group import nearest_in_group
from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["Family", "NeighborOverSampler", "WithinClassOverSampler"]


@dataclass(frozen=True, eq=False)
class Family:
    """Rows to start from, and the neighbours of each that it may move towards, -1 at the end.

    ``voters`` decide on categories; they are the neighbours unless told otherwise.
    """

    ground: Ground
    starts: NDArray[np.intp]
    neighbors: NDArray[np.intp]

    @cached_property
    def n_neighbors(self) -> NDArray[np.intp]:
        """How many neighbours each start has."""
        return (self.neighbors >= 0).sum(axis=1)

    def with_neighbors(self) -> Family:
        """Only the starts that have any."""
        some = self.n_neighbors > 0
        if some.all():
            return self
        return Family(self.ground, self.starts[some], self.neighbors[some])

    def draw(self, n_new: int, rng: np.random.Generator) -> NDArray[np.int32]:
        """Draw a start and one of its neighbours for each child: picks, as `children` takes them."""
        picks = np.empty((n_new, 2), dtype=ROW)
        for part in few_at_a_time(n_new):
            picks[part, 0] = rng.integers(self.starts.shape[0], size=part.stop - part.start)
        return self._choose(picks, rng)

    def draw_for(self, base: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.int32]:
        """Draw a neighbour for each child of these starts, given by their places."""
        picks = np.empty((base.shape[0], 2), dtype=ROW)
        picks[:, 0] = base
        return self._choose(picks, rng)

    def _choose(self, picks: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int32]:
        for part in few_at_a_time(picks.shape[0]):
            picks[part, 1] = rng.random(part.stop - part.start) * self.n_neighbors[picks[part, 0]]
        return picks

    def partners(self, picks: NDArray[np.int32]) -> NDArray[np.intp]:
        """The neighbours that were drawn."""
        return self.neighbors[picks[:, 0], picks[:, 1]]

    def children(self, picks: NDArray[np.int32], step: NDArray[np.floating[Any]]) -> Children:
        """The rows ``step`` of the way from starts to the neighbours drawn.

        A category is the one that most of the start's neighbours have, the nearest deciding ties. The
        picks are written over.
        """
        ground, space = self.ground, self.ground.space
        cells_of = np.empty((picks.shape[0], 0), dtype=ROW)
        voters = cells_of
        if space.codes is not None:
            voters = self._other_voters(picks)
            cells_of = ground.source(vote_winners(space.codes, self.neighbors))[picks[:, 0]]
        ends = self._ends(picks)
        if ground.in_place is not None:
            values, parents = ground.in_place, ground.source(ends, out=ends)
        else:
            values, parents = space.numbers, ground.source(ends)
        step = step.astype(STEP, copy=False)
        numbers = segments(values, ends[:, 0], ends[:, 1], step, gaps=ground.has_gaps)
        parents = np.hstack([parents, voters]) if voters.shape[1] else parents
        return Children(
            base=parents[:, 0],
            parents=parents,
            numeric=space.numeric,
            numbers=numbers,
            categorical=space.categorical,
            cells_of=cells_of,
            steps=step,
        )

    def _ends(self, picks: NDArray[np.int32]) -> NDArray[np.int32]:
        """Start and neighbour of each child by their numbers among the rows read, in place of the picks."""
        for part in few_at_a_time(picks.shape[0]):
            partners = self.partners(picks[part])
            picks[part, 0] = self.starts[picks[part, 0]]
            picks[part, 1] = partners
        return picks

    def _other_voters(self, picks: NDArray[np.int32]) -> NDArray[np.int32]:
        """The neighbours that were not drawn but voted."""
        return unchosen(self.ground.source(self.neighbors)[picks[:, 0]], picks[:, 1])


class NeighborOverSampler(KinOverSampler):
    """An over-sampler that goes from rows of a class towards neighbours, and looks at the whole table."""

    #: Parameters that are a number of neighbours or an object that finds them.
    neighbor_parameters: ClassVar[tuple[str, ...]] = ("k_neighbors",)

    def _check_parameters(self) -> None:
        super()._check_parameters()
        for name in self.neighbor_parameters:
            read_neighbors(self, name)

    def _ground(self, task: Task, rows: NDArray[np.intp]) -> Ground:
        """Read what a class of these rows needs."""
        space = task.space
        return Ground(space, None, task.groups, task.table.numbers_in_place(space.numeric))

    def _around(self, ground: Ground, name: str) -> tuple[int, Neighborhood]:
        """How many neighbours the parameter ``name`` asks for, and what finds them."""
        k, engine = read_neighbors(self, name)
        if engine is not None:
            return k, ground.space.neighborhood(engine=engine)
        return k, replace(ground.around, n_jobs=getattr(self, "n_jobs", None))

    def _enemies(
        self, task: Task, code: int, ground: Ground, asked: NDArray[np.intp], name: str
    ) -> tuple[NDArray[np.intp], int]:
        """How many of the neighbours of each row asked are of other classes, and how many were asked."""
        wanted, around = self._around(ground, name)
        k = min(wanted, len(ground) - 1)
        found, _ = around.nearest(k, asked=asked)
        self._note_few(np.array([k]), wanted, self._named(task, code), f"the table has {len(ground)} rows")
        return (task.codes[found] != code).sum(axis=1), k

    def _relatives(
        self, task: Task, code: int, ground: Ground, starts: NDArray[np.intp], pool: NDArray[np.intp]
    ) -> Family | None:
        """Those of ``starts`` that have neighbours in the pool and in their group; None if none has."""
        k, around = self._around(ground, self.neighbor_parameters[0])
        found, _ = nearest_in_group(around, k, starts, pool, ground.groups)
        family = Family(ground, starts, found).with_neighbors()
        if family.starts.shape[0] == 0:
            self._note(task, code, "kept as it is, for no row to start from shares its group with another")
            return None
        why = f"it has {task.counts[code]} rows"
        self._note_few(family.n_neighbors, k, self._named(task, code), why)
        return family


class WithinClassOverSampler(NeighborOverSampler):
    """A neighbour-based over-sampler that reads the rows of the class alone."""

    def _open_space(self, table: Table) -> Space | None:
        # The spread of columns is the whole table's; nothing else of other classes counts.
        return super()._open_space(table) if self.standardize else None

    def _ground(self, task: Task, rows: NDArray[np.intp]) -> Ground:
        table, chosen = task.table, self.categorical_features
        if isinstance(chosen, str) and chosen == AUTO:
            # Settled on all rows: a column of objects may hold numbers in this class by chance.
            chosen = [column for column in range(table.n_columns) if table.kind_of(column) == "categorical"]
        space = open_space(table.part(rows), type(self).__name__, chosen)
        if task.space is not None:
            space = replace(space, scale=task.space.scale)
        groups = None if task.groups is None else task.groups[rows]
        return Ground(space, rows, groups, table.numbers_in_place(space.numeric))
