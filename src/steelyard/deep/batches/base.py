"""What a batch sampler is: a share for each class, and rows drawn to meet it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Sampler

from steelyard.errors import BadOption, BadTarget
from steelyard.kernels.rng import child

__all__ = ["Batches", "DrawnBatches"]


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
        labels: Sequence[Any] | NDArray[Any],
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
        labels : sequence of length n
        batch_size : int
            Rows of one step over all processes.
        seed : int, default=0
        passes : int, default=1
            How many passes training will make, for rules that change on the way.
        drop_last : bool, default=False
            Whether rows that do not fill the last batch are left out.
        rank, world : int, default=0, 1
            This process, and how many there are. All draw the same batches and take their part of each.
        """
        return DrawnBatches(
            self, labels, batch_size, seed=seed, passes=passes, drop_last=drop_last, rank=rank, world=world
        )

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({told})"


class DrawnBatches(Sampler[list[int]]):
    """Batches of row numbers, anew for each pass; made by `Batches.over`.

    Each pass gives as many rows as there are. The number of each class is its share of them, rounded at
    random so that the mean is exact; within a class, rows come in shuffled order and start over when they
    run out, so none comes twice before all came once.
    """

    def __init__(
        self,
        rule: Batches,
        labels: Sequence[Any] | NDArray[Any],
        batch_size: int,
        *,
        seed: int,
        passes: int,
        drop_last: bool,
        rank: int,
        world: int,
    ) -> None:
        codes = np.unique(np.asarray(labels), return_inverse=True)[1].reshape(-1)
        if codes.size == 0:
            raise BadTarget("There are no labels to draw batches from.")
        if not 0 <= rank < world:
            raise BadOption(f"The rank must be from 0 to {world - 1}, one below 'world'. Got {rank} instead.")
        if batch_size < world:
            raise BadOption(
                f"A batch of {batch_size} rows cannot be shared by {world} processes. Raise batch_size."
            )
        self.rule, self.seed, self.passes, self.drop_last = rule, seed, passes, drop_last
        self.batch_size = min(batch_size, codes.size)
        self.rank, self.world = rank, world
        self.pass_number = 0
        self._rows = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
        self._n_rows = codes.size

    def set_epoch(self, epoch: int) -> None:
        """Say which pass comes next; passes count up by themselves otherwise."""
        self.pass_number = epoch

    def __len__(self) -> int:
        full, beyond = divmod(self._n_rows, self.batch_size)
        return full + int(beyond > 1 and not self.drop_last)  # no batch of a single row

    def __iter__(self) -> Iterator[list[int]]:
        order = self.order(self.pass_number)
        self.pass_number += 1
        for number in range(len(self)):
            batch = order[number * self.batch_size : (number + 1) * self.batch_size]
            yield batch[self.rank :: self.world].tolist()

    def order(self, number: int) -> NDArray[np.intp]:
        """Rows of pass ``number``, in the order in which they are drawn."""
        counts = np.array([rows.size for rows in self._rows], dtype=np.int64)
        done = min(number / max(self.passes - 1, 1), 1.0)
        rng = child(self.seed, "pass", number)
        wanted = _whole(self.rule.shares(counts, done) * self._n_rows, rng)
        drawn = [
            _cycle(rows, n, child(self.seed, "pass", number, "class", code))
            for code, (rows, n) in enumerate(zip(self._rows, wanted, strict=True))
        ]
        return rng.permutation(np.concatenate(drawn))


def _whole(wanted: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Round to whole numbers with the same sum and, over draws, the same means."""
    edges = np.concatenate([[0.0], np.cumsum(wanted)])
    edges[-1] = round(edges[-1])
    moved = np.floor(edges + rng.random())
    moved[0], moved[-1] = 0, edges[-1]
    return np.diff(moved).astype(np.int64)


def _cycle(rows: NDArray[np.intp], n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Take n rows in shuffled order, shuffling again each time they run out."""
    rounds = [rng.permutation(rows) for _ in range(-(-n // rows.size))]
    return np.concatenate(rounds)[:n] if rounds else rows[:0]
