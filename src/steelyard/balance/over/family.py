"""What over-samplers between neighbours share: the rows they read, who is near, and the children.

Only the rows a method looks at are read: those of one class for SMOTE, all for the methods that ask
how a class lies among the others. What is made is described here and computed while the output is
written (see `Segments`), so that it never exists twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.check_parameter import read_neighbors
from steelyard.balance.over.kin import KinOverSampler
from steelyard.balance.space import AUTO, Space, open_space
from steelyard.balance.tables.base import Children, Table
from steelyard.balance.task import Task
from steelyard.errors import BadTable
from steelyard.kernels.batching import row_chunks
from steelyard.kernels.interpolate import segments
from steelyard.kernels.mates import vote_winners
from steelyard.kernels.neighborhood import Neighborhood

__all__ = [
    "ROW",
    "STEP",
    "Family",
    "Ground",
    "NeighborOverSampler",
    "WithinClassOverSampler",
    "nearest_in_group",
]

# Kept for each synthetic row as long as the sampler is: row numbers, and steps of 2**24 places.
ROW = np.int32
STEP = np.float32
SCRATCH_MB, SCRATCH_BYTES = 0.5, 8


LARGEST = 1e150  # beyond this the square of a difference of two numbers overflows


def _refuse_huge(numbers: Any) -> None:
    """Refuse numbers whose squares cannot be held: not every user of distances notices."""
    held = numbers.data if sparse.issparse(numbers) else numbers
    largest = max(float(np.max(held, initial=0.0)), -float(np.min(held, initial=0.0)))
    if largest > LARGEST:
        raise BadTable(
            f"Distances overflow: the table holds {largest:.3g}, and squares of more than "
            f"{LARGEST:.0e} cannot be held. Rescale the columns."
        )


@dataclass(frozen=True, eq=False)
class Ground:
    """The rows that were read; all other numbers of rows count within them.

    ``rows`` are their source rows, None where the whole table was read; ``groups`` is one value per row
    read. ``in_place`` is the table itself, where it is an array of floats.
    """

    space: Space
    rows: NDArray[np.intp] | None
    groups: NDArray[Any] | None
    in_place: NDArray[Any] | None

    def __len__(self) -> int:
        return int(self.space.numbers.shape[0])

    @cached_property
    def has_gaps(self) -> bool:
        """Whether a number is missing."""
        numbers = self.space.numbers
        # The least of them is NaN if any is; unlike a mask of all cells it costs no memory.
        return not sparse.issparse(numbers) and numbers.size > 0 and bool(np.isnan(np.min(numbers)))

    @cached_property
    def around(self) -> Neighborhood:
        """The rows read, ready to be searched."""
        around = self.space.neighborhood()
        _refuse_huge(around.numbers)
        return around

    def source(
        self, rows: NDArray[np.integer[Any]], out: NDArray[np.int32] | None = None
    ) -> NDArray[np.int32]:
        """Source rows of these rows; -1 stays."""
        if self.rows is None:
            return rows.astype(ROW, copy=False)
        found = np.empty(rows.shape, dtype=ROW) if out is None else out
        for part in _few_at_a_time(rows.shape[0]):
            found[part] = np.where(rows[part] >= 0, self.rows[rows[part]], -1)
        return found


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
        for part in _few_at_a_time(n_new):
            picks[part, 0] = rng.integers(self.starts.shape[0], size=part.stop - part.start)
        return self._choose(picks, rng)

    def draw_for(self, base: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.int32]:
        """Draw a neighbour for each child of these starts, given by their places."""
        picks = np.empty((base.shape[0], 2), dtype=ROW)
        picks[:, 0] = base
        return self._choose(picks, rng)

    def _choose(self, picks: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int32]:
        for part in _few_at_a_time(picks.shape[0]):
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
        for part in _few_at_a_time(picks.shape[0]):
            partners = self.partners(picks[part])
            picks[part, 0] = self.starts[picks[part, 0]]
            picks[part, 1] = partners
        return picks

    def _other_voters(self, picks: NDArray[np.int32]) -> NDArray[np.int32]:
        """The neighbours that were not drawn but voted."""
        places = np.arange(self.neighbors.shape[1])
        others = np.argsort(places == picks[:, 1, None], axis=1, kind="stable")[:, :-1]
        return np.take_along_axis(self.ground.source(self.neighbors)[picks[:, 0]], others, axis=1)


def _few_at_a_time(n: int) -> Iterator[slice]:
    # Large arrays that come and go leave holes in the process's memory, and the output needs its room.
    return row_chunks(n, SCRATCH_BYTES, SCRATCH_MB)


def nearest_in_group(
    around: Neighborhood,
    k: int,
    asked: NDArray[np.intp],
    pool: NDArray[np.intp],
    groups: NDArray[Any] | None,
) -> NDArray[np.intp]:
    """Find the k nearest rows of ``pool`` to each row asked, within the row's own group.

    Parameters
    ----------
    around : Neighborhood
    k : int
    asked, pool : ndarray of int
        Row numbers; all that are asked are in the pool.
    groups : ndarray of shape (len(around),), optional
        Group of every row.

    Returns
    -------
    ndarray of int, shape (len(asked), at most k)
        Row numbers, nearest first, -1 at the end where a group has fewer.
    """
    parts = [(np.arange(asked.shape[0]), pool)]
    if groups is not None:
        names = np.unique(groups[asked])
        of_asked, of_pool = np.searchsorted(names, groups[asked]), _place_of(names, groups[pool])
        parts = [
            (np.flatnonzero(of_asked == number), pool[of_pool == number]) for number in range(names.shape[0])
        ]
    found = np.full((asked.shape[0], k), -1, dtype=np.intp)
    for places, rows in parts:
        fewer = min(k, rows.shape[0] - 1)
        if fewer < 1 or places.shape[0] == 0:
            continue
        if rows.shape[0] == places.shape[0] == len(around):
            found[places, :fewer] = around.nearest(fewer)[0]
        else:
            everyone = rows.shape[0] == len(around)
            near, _ = around.nearest(fewer, asked=asked[places], pool=None if everyone else rows)
            found[places, :fewer] = near
    return found[:, : max(1, int((found >= 0).sum(axis=1).max(initial=0)))]


def _place_of(names: NDArray[Any], values: NDArray[Any]) -> NDArray[np.intp]:
    """Place of each value in the sorted names, -1 where it is none of them."""
    place = np.searchsorted(names, values).clip(max=names.shape[0] - 1)
    return np.where(names[place] == values, place, -1)


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
        self._note_few(task, code, wanted, np.array([k]), f"the table has {len(ground)} rows")
        return (task.codes[found] != code).sum(axis=1), k

    def _relatives(
        self, task: Task, code: int, ground: Ground, starts: NDArray[np.intp], pool: NDArray[np.intp]
    ) -> Family | None:
        """Those of ``starts`` that have neighbours in the pool and in their group; None if none has."""
        k, around = self._around(ground, self.neighbor_parameters[0])
        found = nearest_in_group(around, k, starts, pool, ground.groups)
        family = Family(ground, starts, found).with_neighbors()
        if family.starts.shape[0] == 0:
            self._note(task, code, "kept as it is, for no row to start from shares its group with another")
            return None
        self._note_few(task, code, k, family.n_neighbors)
        return family

    def _note_few(self, task: Task, code: int, wanted: int, found: NDArray[np.intp], why: str = "") -> None:
        """Say in ``note_`` that rows had fewer neighbours than asked for, if so."""
        if found.shape[0] == 0 or found.min() >= wanted:
            return
        how_many = str(found.min()) if found.min() == found.max() else f"{found.min()} to {found.max()}"
        words = "neighbour" if how_many == "1" else "neighbours"
        why = why or f"it has {task.counts[code]} rows"
        self._note(task, code, f"{how_many} {words} instead of {wanted}, for {why}")


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
