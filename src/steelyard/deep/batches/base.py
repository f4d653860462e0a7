"""What a batch sampler is: a share for each class, and rows drawn to meet it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Sampler

from steelyard.balance.check_parameter import check_flag, check_whole
from steelyard.errors import BadOption, BadTarget
from steelyard.kernels.class_labels import read_class_labels
from steelyard.kernels.rng import child, root_seed

__all__ = ["Batches", "DrawnBatches"]

LEAST_TO_NORM = 2  # rows of a process; a batch norm cannot learn from a single one
SHUFFLED_AT_ONCE = 1024  # rows of a small class, which is shuffled many times a pass
DECIMALS = 6  # of numbers of rows, so that 2.9999999999 is 3


class Batches:
    """Base of the rules by which classes share the rows of a pass.

    A leaf keeps its arguments as attributes and writes `shares`. It holds no rows: `over` binds it to
    labels and gives an object that `torch.utils.data.DataLoader` takes as its ``batch_sampler``.
    """

    @abstractmethod
    def shares(self, counts: NDArray[np.int64], done: float) -> NDArray[np.float64]:
        """Share of a pass that each class gets.

        Parameters
        ----------
        counts : ndarray of int, shape (k,)
            Rows of each class, none of them 0.
        done : float in [0, 1]
            How much of training is done.

        Returns
        -------
        ndarray of shape (k,)
            Sums to 1.
        """

    def over(
        self,
        labels: Any,
        batch_size: int,
        *,
        seed: int = 0,
        passes: int = 1,
        drop_last: bool = False,
        rank: int = 0,
        world: int = 1,
    ) -> DrawnBatches:
        """Bind the rule to labels.

        Parameters
        ----------
        labels : array of shape (n,)
        batch_size : int
            Rows of one step over all processes; never more than there are.
        seed : int, default=0
        passes : int, default=1
            How many passes training will make, for rules that change on the way.
        drop_last : bool, default=False
            Whether rows that do not fill a last batch are left out of a pass. Else they are one batch
            more, or, where some process would get less than two of them, part of the one before.
        rank, world : int, default=0, 1
            This process, and how many there are. All draw the same batches and take their part of each;
            parts differ by one row at most. Whatever splits batches by itself (Accelerate's loaders do)
            is given the whole ones.

        Returns
        -------
        DrawnBatches

        Raises
        ------
        BadOption
            A batch that cannot be shared by so many processes, or a parameter out of range.
        BadTarget
            No labels, or some that are no classes.
        """
        return DrawnBatches(
            self, labels, batch_size, seed=seed, passes=passes, drop_last=drop_last, rank=rank, world=world
        )

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({told})"


class DrawnBatches(Sampler[list[int]]):
    """Batches of row numbers, anew for each pass; made by `Batches.over`.

    Each pass draws as many rows as there are. The number of each class is its share of them, rounded at
    random so that the mean is exact. The rows of a class come in shuffled order and are shuffled anew when
    they run out, over all passes: none is drawn twice before all were drawn once. A pass is known by its
    number alone, so training can start again at any.
    """

    def __init__(
        self,
        rule: Batches,
        labels: Any,
        batch_size: int,
        *,
        seed: int,
        passes: int,
        drop_last: bool,
        rank: int,
        world: int,
    ) -> None:
        self.rule, self.passes, self.drop_last = rule, passes, drop_last
        self.batch_size, self.rank, self.world = batch_size, rank, world
        for name in ("passes", "batch_size", "world"):
            check_whole(self, name)
        check_whole(self, "rank", 0)
        check_flag(self, "drop_last")
        self.seed = root_seed(seed)
        if np.size(labels) == 0:
            raise BadTarget("There are no labels to draw batches from.")
        codes = np.unique(read_class_labels(labels, "A batch sampler"), return_inverse=True)[1]
        if rank >= world:
            raise BadOption(f"The rank must be from 0 to {world - 1}, one below 'world'. Got {rank} instead.")
        self.batch_size = min(batch_size, codes.size)
        if self.batch_size < world:
            raise BadOption(
                f"A batch of {self.batch_size} rows cannot be shared by {world} processes. "
                f"It needs a row for each: raise batch_size (it is {batch_size}) or take fewer processes."
            )
        self.pass_number = 0
        self._rows = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
        self._counts = np.array([rows.size for rows in self._rows], dtype=np.int64)
        self._drawn = [np.zeros_like(self._counts)]  # rows of each class, before each pass

    def set_epoch(self, epoch: int) -> None:
        """Say which pass comes next; passes count up by themselves otherwise."""
        self.pass_number = epoch

    def __len__(self) -> int:
        full, beyond = divmod(int(self._counts.sum()), self.batch_size)
        return full + int(beyond >= LEAST_TO_NORM * self.world and not self.drop_last)

    def __iter__(self) -> Iterator[list[int]]:
        order = self.order(self.pass_number)
        self.pass_number += 1
        n_batches = len(self)
        ends = self.batch_size * np.arange(1, n_batches + 1)
        if not self.drop_last:
            ends[-1] = order.size
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            yield order[start + self.rank : end : self.world].tolist()

    def order(self, number: int) -> NDArray[np.intp]:
        """Rows of pass ``number``, in the order in which they are drawn."""
        while len(self._drawn) < number + 2:
            self._drawn.append(self._drawn[-1] + self._wanted(len(self._drawn) - 1))
        bounds = zip(self._drawn[number].tolist(), self._drawn[number + 1].tolist(), strict=True)
        drawn = [self._of_class(code, start, stop) for code, (start, stop) in enumerate(bounds)]
        return child(self.seed, "order", number).permutation(np.concatenate(drawn))

    def _wanted(self, number: int) -> NDArray[np.int64]:
        done = min(number / max(self.passes - 1, 1), 1.0)
        shares = np.asarray(self.rule.shares(self._counts, done), dtype=np.float64)
        if shares.shape != self._counts.shape or not (shares >= 0).all() or not np.isclose(shares.sum(), 1):
            raise BadOption(
                f"The shares of {self.rule!r} must be a number of 0 or more for each of "
                f"{self._counts.size} classes, with a sum of 1. Got {shares} instead."
            )
        return _whole(shares * self._counts.sum(), child(self.seed, "pass", number))

    def _of_class(self, code: int, start: int, stop: int) -> NDArray[np.intp]:
        """Rows of a class from place ``start`` to ``stop`` of its endless order."""
        rows = self._rows[code]
        rounds = max(1, SHUFFLED_AT_ONCE // rows.size)
        block = rounds * rows.size
        first = start // block
        parts = [
            child(self.seed, "class", code, "block", number).permuted(np.tile(rows, (rounds, 1)), axis=1)
            for number in range(first, -(-stop // block))
        ]
        taken = slice(start - first * block, stop - first * block)
        return np.concatenate([rows[:0], *map(np.ravel, parts)])[taken]


def _whole(wanted: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Round to whole numbers with the same sum and, over draws, the same means."""
    edges = np.concatenate([[0.0], np.cumsum(wanted)]).round(DECIMALS)
    total = round(edges[-1])
    moved = np.floor(edges + rng.random()).clip(max=total)
    moved[0], moved[-1] = 0, total
    return np.diff(moved).astype(np.int64)
