"""What condensers share: a budget of rows for the whole table, and how many of them each class gets."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.base import Sampler, Selector
from steelyard.balance.check_parameter import check_choice, check_number
from steelyard.balance.condense.budget import AUTO, rows_of_budget
from steelyard.balance.condense.encode_space import SCALINGS, encode_space
from steelyard.balance.space import Space, open_space
from steelyard.balance.tables.base import Table
from steelyard.balance.targets import Labels
from steelyard.balance.task import Task
from steelyard.errors import BadOption
from steelyard.kernels.allocate import equal_allocation, power_allocation, ratio_allocation

__all__ = ["Condenser", "CondensingTask", "SelectingCondenser", "allocation_by_name"]

ALLOCATIONS = ("equal", "ratio", "tempered")


@dataclass(frozen=True, eq=False)
class CondensingTask(Task):
    """A call of a condenser: beside the rest the rows as points."""

    points: Any = None


def allocation_by_name(name: str, counts: NDArray[np.intp], budget: int, gamma: float) -> NDArray[np.intp]:
    """Rows per class where class sizes alone decide: "ratio", "equal", or "tempered" by ``1 - gamma``."""
    if name == "ratio":
        return ratio_allocation(counts, budget)
    return (
        equal_allocation(counts, budget) if name == "equal" else power_allocation(counts, budget, 1 - gamma)
    )


class Condenser(Sampler):
    """Base of the samplers that let few rows stand for a table.

    Attributes
    ----------
    allocation_ : dict
        Rows of each class that came out.
    sampling_strategy_ : dict
        The same.
    """

    how = "under"

    @abstractmethod
    def _allocate(self, task: CondensingTask, budget: int) -> NDArray[np.intp]:
        """Rows of the budget that each class gets."""

    def _begin(self, X: Any, y: Any, groups: Any, sample_weight: Any) -> CondensingTask:
        plain = super()._begin(X, y, groups, sample_weight)
        task = CondensingTask(**{field.name: getattr(plain, field.name) for field in fields(Task)})
        if task.space is not None:
            task = replace(task, points=encode_space(task.space, getattr(self, "scaling", "none")))
        if self._by_budget:
            budget = rows_of_budget(self, task.table.n_rows, task.counts.size)
            task = replace(task, wanted=self._allocate(task, budget))
        self.allocation_ = dict(zip(task.labels.names, task.wanted.tolist(), strict=True))
        self.sampling_strategy_ = dict(self.allocation_)
        return task

    @property
    def _by_budget(self) -> bool:
        return isinstance(self.sampling_strategy, str) and self.sampling_strategy == AUTO

    def _strategy(self, labels: Labels) -> dict[Any, int]:
        # What the budget comes to for each class is known once the rows have been looked at.
        return dict(labels.counts) if self._by_budget else super()._strategy(labels)

    def _check_task(self, task: Task) -> None:
        if not task.wanted.sum():
            raise BadOption(
                f"{type(self).__name__} was asked for 0 rows of every class by sampling_strategy. Ask for at "
                "least one row."
            )

    def _open_space(self, table: Table) -> Space | None:
        if not hasattr(self, "categorical_features"):
            return None
        check_choice(self, "scaling", SCALINGS)
        return open_space(
            table,
            type(self).__name__,
            self.categorical_features,
            standardize=self.scaling == "standard",
        )


class SelectingCondenser(Condenser, Selector):
    """A condenser that keeps rows, as many of each class as a rule of class sizes says."""

    #: Rules that may be asked for.
    allocations: ClassVar[tuple[str, ...]] = ALLOCATIONS

    def _check_parameters(self) -> None:
        check_choice(self, "allocation", self.allocations)
        check_number(self, "gamma", 0, 1)

    def _allocate(self, task: CondensingTask, budget: int) -> NDArray[np.intp]:
        return allocation_by_name(self.allocation, task.counts, budget, self.gamma)

    def _select(self, task: CondensingTask) -> NDArray[np.intp]:
        kept = []
        for code, wanted in enumerate(task.wanted.tolist()):
            rows = task.rows_of(code)
            kept.append(rows if wanted == rows.size else rows[self._choose(task, code, rows, wanted)])
        return np.sort(np.concatenate(kept))

    @abstractmethod
    def _choose(self, task: CondensingTask, code: int, rows: NDArray[np.intp], n: int) -> NDArray[np.intp]:
        """Places among the rows of one class that are kept, in any order."""
