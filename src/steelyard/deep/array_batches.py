"""Batches of rows, taken by position: no loader stands between a net and rows that are in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn

from steelyard.deep.batches.base import DrawnBatches
from steelyard.deep.rows import Part

__all__ = ["ArrayBatches"]

LEAST_TO_NORM = 2  # a batch norm cannot learn from a single row


class ArrayBatches:
    """Batches taken by position.

    Parameters
    ----------
    data : Rows or Items
    batch_size : int
        Never more than there are rows.
    seed : int or None
        Rows are shuffled anew for each pass; None goes through them in order.
    drop_last : bool
        Whether the rows that do not fill a last batch are left out of a pass. Else they are one batch
        more, or, where it would be a single row, part of the one before.
    steps : int or None
        Batches over all passes, after which there are no more.
    drawn : DrawnBatches, optional
        Gives the row numbers instead, by a rule of its own.
    augment : nn.Module, optional
        Changes the rows of each batch; one whose attribute ``joint`` is true gets the targets as well and
        gives both.
    rank, world : int, default=0, 1
        This process, and how many share each batch.

    Attributes
    ----------
    taken : int
        Batches so far, over all passes.

    Examples
    --------
    >>> from steelyard.deep.rows import Rows
    >>> data = Rows(torch.zeros(7, 1), torch.zeros(7, dtype=torch.long), torch.ones(7))
    >>> [len(rows) for rows, _ in ArrayBatches(data, 3)]
    [3, 4]
    """

    def __init__(
        self,
        data: Part,
        batch_size: int,
        *,
        seed: int | None = None,
        drop_last: bool = False,
        steps: int | None = None,
        drawn: DrawnBatches | None = None,
        augment: nn.Module | None = None,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self.data = data
        self.batch_size = min(batch_size, len(data))
        self.drop_last = drop_last
        self.steps = steps
        self.taken = 0
        self.drawn = drawn
        self.augment = augment
        self.rank, self.world = rank, world
        self.draws = None if seed is None else torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        """Batches in a whole pass."""
        return len(self.drawn) if self.drawn is not None else max(1, len(self._starts()))

    def __iter__(self) -> Iterator[Any]:
        for rows in self._numbers():
            if self.taken == self.steps:
                return
            self.taken += 1
            yield self._changed(*self.data[rows])

    def _changed(self, rows: torch.Tensor, told: tuple[torch.Tensor, torch.Tensor]) -> Any:
        if self.augment is None:
            return rows, told
        if getattr(self.augment, "joint", False):
            rows, codes = self.augment(rows, told[0])
            return rows, (codes, told[1])
        return self.augment(rows), told

    def _numbers(self) -> Iterable[torch.Tensor]:
        if self.drawn is not None:
            return (torch.as_tensor(rows) for rows in self.drawn)
        return self._in_turn()

    def _in_turn(self) -> Iterator[torch.Tensor]:
        n_rows, starts = len(self.data), self._starts()
        order = torch.arange(n_rows) if self.draws is None else torch.randperm(n_rows, generator=self.draws)
        for start in starts:
            last = start == starts[-1]
            stop = n_rows if last and not self.drop_last else start + self.batch_size
            yield order[start:stop][self.rank :: self.world]

    def _starts(self) -> range:
        end = len(self.data)
        beyond = end % self.batch_size
        if self.drop_last or beyond < LEAST_TO_NORM * self.world:
            end -= beyond
        return range(0, end, self.batch_size)
