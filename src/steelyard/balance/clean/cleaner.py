"""What all cleaners share: what they measure on, the classes they may touch, and that no class goes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.base import Selector
from steelyard.balance.task import Task
from steelyard.errors import CannotResample

__all__ = ["CONTRADICTED", "ENDS_A_LINK", "Cleaner", "first_rarest", "touched"]

CONTRADICTED = "is contradicted"
ENDS_A_LINK = "ends a Tomek link"


class Cleaner(Selector):
    """A selector that decides itself how many rows of the chosen classes go."""

    how = "clean"

    categorical_features: Any
    standardize: bool

    def _check_enough_rows(self, task: Task, k: int) -> None:
        if task.table.n_rows <= k:
            raise CannotResample(
                f"{type(self).__name__} needs more than n_neighbors={k} rows, got {task.table.n_rows}. "
                "Lower n_neighbors, or collect more."
            )

    def _without(
        self, task: Task, goes: NDArray[np.intp], nothing: str, why: str = CONTRADICTED
    ) -> NDArray[np.intp]:
        """Rows left when some go, save for those of a class that would go whole; writes ``note_``.

        ``nothing`` says in a few words why no row went, ``why`` what is wrong with those that go.
        """
        stays = np.ones(task.table.n_rows, dtype=np.bool_)
        stays[self._spare_whole_classes(task, stays, goes, why)] = False
        if stays.all() and not self.note_:
            self.note_ = f"no row left out: {nothing}"
        return np.flatnonzero(stays)

    def _spare_whole_classes(
        self, task: Task, there: NDArray[np.bool_], goes: NDArray[np.intp], why: str = CONTRADICTED
    ) -> NDArray[np.intp]:
        """Those of the rows that go, less the rows of classes that would lose all; writes ``note_``."""
        n_classes = task.counts.shape[0]
        left = np.bincount(task.codes[there], minlength=n_classes)
        lost = (left > 0) & (left == np.bincount(task.codes[goes], minlength=n_classes))
        if lost.any():
            names = [task.labels.names[code] for code in np.flatnonzero(lost)]
            self.note_ = f"every row of {names} {why}; no class is removed, so they stay"
        return goes[~lost[task.codes[goes]]]


def touched(task: Task) -> NDArray[np.bool_]:
    """Tell which classes may lose rows."""
    return np.asarray(task.wanted != task.counts)


def first_rarest(codes: NDArray[np.intp]) -> int:
    """Code of the smallest class; among equally small ones the one that comes first in the table."""
    present, first, counts = np.unique(codes, return_index=True, return_counts=True)
    return int(present[np.lexsort((first, counts))[0]])
