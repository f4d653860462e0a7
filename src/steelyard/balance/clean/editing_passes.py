"""Passes of editing: leave out contradicted rows, look again, and know when to stop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.clean.cleaner import Cleaner, first_rarest
from steelyard.balance.task import Task
from steelyard.kernels.disagreement import Disagreement
from steelyard.kernels.priors import target_counts

__all__ = ["EditingPasses"]

# Neighbours kept beyond those asked for: a row that loses one need not be searched for again.
SPARE = 2


class EditingPasses:
    """The rows still there while a cleaner edits its table again and again.

    Which classes may lose rows is settled anew before each pass, from the rows still there.

    Parameters
    ----------
    owner : Cleaner
        With ``sampling_strategy``, ``kind_sel`` and ``n_jobs``.
    task : Task
    k : int
        The largest number of neighbours any pass asks.
    engine : object or None
    """

    def __init__(self, owner: Cleaner, task: Task, k: int, engine: object) -> None:
        self.owner, self.task = owner, task
        around = task.space.neighborhood(n_jobs=owner.n_jobs, engine=engine)
        self.votes = Disagreement(around, task.codes, k, owner.kind_sel, spare=SPARE)
        self.rarest = first_rarest(task.codes)

    @property
    def rows(self) -> NDArray[np.intp]:
        """The rows still there."""
        return np.flatnonzero(self.votes.there)

    @property
    def overtaken(self) -> bool:
        """Whether a class has fewer rows left than the smallest had at the start."""
        others = np.delete(self.votes.counts, self.rarest)
        return bool((others < self.task.counts[self.rarest]).any())

    def edit(self, k: int) -> int:
        """Leave out the rows that k neighbours contradict; return how many went."""
        contradicted = self.votes.contradicted(self._touched(), k)
        goes = self.owner._spare_whole_classes(self.task, self.votes.there, contradicted)
        self.votes.leave_out(goes)
        return goes.shape[0]

    def _touched(self) -> NDArray[np.bool_]:
        names, counts = self.task.labels.names, self.votes.counts
        now = dict(zip(names, counts.tolist(), strict=True))
        wanted = target_counts(self.owner.sampling_strategy, now, "clean")
        return np.array([wanted[name] != now[name] for name in names])
