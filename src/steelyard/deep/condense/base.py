"""What condensers that learn their rows share: the table on one scale, the start, the loop, the way back."""

from __future__ import annotations

import math
import time
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.check_parameter import check_choice, check_number, check_whole
from steelyard.balance.condense.base import ALLOCATIONS, Condenser, CondensingTask, allocation_by_name
from steelyard.balance.space import open_space
from steelyard.balance.tables.base import Children
from steelyard.deep.condense.matching import Matching, RealClass
from steelyard.deep.condense.scaled_columns import SCALINGS, ScaledColumns
from steelyard.deep.devices import on_threads, pick_device, seeded
from steelyard.errors import BadOption, BadTable, CannotResample
from steelyard.kernels.progress import Progress
from steelyard.kernels.rng import child, int_seed

__all__ = ["LearnedCondenser"]


class LearnedCondenser(Condenser):
    """Base of the condensers whose rows are learned; a leaf says from which loss.

    Attributes
    ----------
    history_ : ndarray of float, shape (n_iter_,)
        Loss of each iteration.
    n_iter_ : int
        Updates of the rows that came out.
    seconds_per_iteration_ : float
        Wall time of the loop, divided by its iterations.
    """

    def _check_parameters(self) -> None:
        check_choice(self, "allocation", ALLOCATIONS)
        check_choice(self, "scaling", SCALINGS)
        check_number(self, "gamma", 0, 1)
        check_number(self, "learning_rate", 0, above=True)
        check_whole(self, "batch_size")

    def _check_task(self, task: CondensingTask) -> None:
        super()._check_task(task)
        if task.groups is not None:
            raise CannotResample(
                f"{type(self).__name__} learns each row from all rows of its class, so it cannot keep groups "
                "apart. Leave groups out here, and use them where the data are split."
            )

    def _allocate(self, task: CondensingTask, budget: int) -> NDArray[np.intp]:
        return allocation_by_name(self.allocation, task.counts, budget, self.gamma)

    @property
    @abstractmethod
    def _n_iter(self) -> int:
        """Updates of the rows."""

    @abstractmethod
    def _learn(self, matching: Matching) -> Iterator[float]:
        """Update ``matching.made`` in place, again and again, and yield the loss of each update.

        Torch draws from a stream of this call's own.
        """

    def _begin(self, X: Any, y: Any, groups: Any, sample_weight: Any) -> CondensingTask:
        task = super()._begin(X, y, groups, sample_weight)
        name = type(self).__name__
        space = open_space(task.table, name)
        if space.categorical or sparse.issparse(space.numbers):
            kind = "categories" if space.categorical else "a sparse matrix"
            raise BadTable(
                f"{name} learns rows of numbers, and the table holds {kind}. Encode it as a dense table of "
                "numbers first, or use ClassAdaptiveClustering, which takes it as it is."
            )
        return replace(task, space=space, points=ScaledColumns.of(space.numbers, self.scaling))

    def _resample(self, task: CondensingTask) -> tuple[Any, Any]:
        self._took([], 0.0)
        if (task.wanted == task.counts).all():
            return self._record(task, np.arange(task.table.n_rows))
        device = pick_device(self.device)
        learned = np.flatnonzero(task.wanted).tolist()
        starts = [self._start(task, code) for code in learned]
        real = [self._real(task, code, device) for code in learned]
        base = np.concatenate(starts)
        codes = torch.from_numpy(np.repeat(np.arange(len(starts)), [start.size for start in starts]))
        made = torch.from_numpy(task.points.points[base]).to(device).requires_grad_()
        with on_threads(self.n_jobs), seeded(int_seed(task.seed, "networks"), device):
            self._loop(Matching(real, made, codes.to(device)))
        children = Children(
            base=base,
            parents=base[:, None],
            numeric=task.space.numeric,
            numbers=task.points.back(made.detach().cpu().numpy()),
            categorical=[],
            cells_of=np.empty((base.size, 0), dtype=np.intp),
        )
        return self._record(task, base, children)

    def _loop(self, matching: Matching) -> None:
        losses, began = [], time.perf_counter()
        with Progress(self._n_iter, type(self).__name__, enabled=self.progress) as bar:
            for loss in self._learn(matching):
                if not math.isfinite(loss):
                    raise BadOption(
                        f"The loss of {type(self).__name__} is no longer a finite number after "
                        f"{len(losses)} iterations. Lower learning_rate, or use scaling='minmax'."
                    )
                losses.append(loss)
                bar.advance(note=f"loss {loss:.3g}")
        self._took(losses, time.perf_counter() - began)

    def _took(self, losses: list[float], seconds: float) -> None:
        self.history_ = np.array(losses)
        self.n_iter_ = len(losses)
        self.seconds_per_iteration_ = seconds / max(1, self.n_iter_)

    def _start(self, task: CondensingTask, code: int) -> NDArray[np.intp]:
        """Rows of a class that the learned ones start from."""
        rows = task.rows_of(code)
        rng = child(task.seed, "class", task.labels.names[code], "start")
        return np.sort(rng.choice(rows, size=int(task.wanted[code]), replace=False))

    def _real(self, task: CondensingTask, code: int, device: torch.device) -> RealClass:
        rows, share = task.rows_of(code), None
        if task.weight is not None and task.weight[rows].sum() > 0:
            share = task.weight[rows] / task.weight[rows].sum()
        rng = child(task.seed, "class", task.labels.names[code], "batches")
        return RealClass(torch.from_numpy(task.points.points[rows]).to(device), share, rng)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = tags.input_tags.categorical = tags.input_tags.string = False
        return tags
