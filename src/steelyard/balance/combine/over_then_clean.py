"""Over-sample, then clean: what both combinations share."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from steelyard.balance.base import OverSampler, Sampler
from steelyard.balance.check_parameter import check_flag, read_exactness
from steelyard.balance.clean.cleaner import Cleaner
from steelyard.balance.lineage import Lineage
from steelyard.balance.over.smote import SMOTE
from steelyard.balance.tables.base import Table
from steelyard.balance.targets import Labels
from steelyard.balance.task import Task
from steelyard.errors import BadOption
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.rng import root_seed
from steelyard.kernels.safe_children import safe_among_children

__all__ = ["OverThenClean"]


class OverThenClean(Sampler):
    """Base of the combinations; rows and provenance are those of the two samplers one after the other.

    Attributes
    ----------
    smote_, cleaner_ : the two samplers
    recall_ : float or None
        Measured share of true neighbours where cleaning was allowed to be approximate and was.
    """

    how = "over"

    smote: Any
    n_jobs: int | None
    categorical_features: Any
    standardize: bool
    #: Name of the parameter that holds the cleaner, and what kind it has to be.
    cleaner_parameter: ClassVar[str]
    cleaner_kind: ClassVar[type[Cleaner]]
    #: Why no row went, in a few words.
    nothing_goes: ClassVar[str]

    def _check_parameters(self) -> None:
        check_flag(self, "standardize")
        read_exactness(self)
        for name, kind in (("smote", OverSampler), (self.cleaner_parameter, self.cleaner_kind)):
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                wanted = "an over-sampler" if kind is OverSampler else f"an {kind.__name__}"
                raise BadOption(
                    f"The {name!r} parameter of {type(self).__name__} must be {wanted} of steelyard.balance "
                    f"or None. Got {value!r} instead."
                )

    def _open_space(self, table: Table) -> None:
        """Nothing: each of the two samplers opens its own."""

    def _strategy(self, labels: Labels) -> dict[Any, int]:
        return super()._strategy(labels) if self.smote is None else self.smote._strategy(labels)

    def _resample(self, task: Task) -> tuple[Any, Any]:
        self.note_ = ""
        X, y = self._enlarged(task)
        self.cleaner_ = self._fresh_cleaner()
        inner = self.cleaner_._begin(X, y, self.smote_.groups_, self.smote_.sample_weight_)
        self.cleaner_._check_task(inner)
        made = self.smote_._lineage
        rows = self.cleaner_._without(inner, self._goes(inner, made), self.nothing_goes)
        self._add_note(self.cleaner_.note_)
        n_known = made.n_kept
        child = rows[rows >= n_known] - n_known
        lineage = Lineage(
            rows[rows < n_known],
            made.base[child],
            made.parents[child],
            None if made.steps is None else made.steps[child],
            type(self.smote_).__name__,
        )
        self._keep(lineage, task.groups, task.weight)
        self._record_priors(task, lineage)
        return inner.table.take(rows), inner.labels.take(rows)

    def _enlarged(self, task: Task) -> tuple[Any, Any]:
        """All rows followed by synthetic ones, as the over-sampler makes them."""
        over = self.smote_ = (
            SMOTE(categorical_features=self.categorical_features, standardize=self.standardize)
            if self.smote is None
            else clone(self.smote)
        )
        over._check_parameters()
        over.note_ = ""
        seed = task.seed if self.smote is None else root_seed(getattr(over, "random_state", 0))
        mine = replace(task, seed=seed, space=over._open_space(task.table))
        over._check_task(mine)
        enlarged = over._resample(mine)
        self._add_note(over.note_)
        return enlarged

    def _fresh_cleaner(self) -> Cleaner:
        given = getattr(self, self.cleaner_parameter)
        if given is not None:
            return clone(given)
        return self.cleaner_kind(
            sampling_strategy="all",
            n_jobs=self.n_jobs,
            categorical_features=self.categorical_features,
            standardize=self.standardize,
        )

    def _around(self, inner: Task, engine: Any = None) -> Neighborhood:
        exact, recall = read_exactness(self)
        return inner.space.neighborhood(
            n_jobs=self.cleaner_.n_jobs, engine=engine, exact=exact, recall=recall
        )

    def _open_rows(self, around: Neighborhood, inner: Task, made: Lineage, k: int) -> NDArray[np.intp]:
        """Rows that are not proved to have k nearest rows of their own class."""
        if made.n_made == 0:
            return np.arange(inner.table.n_rows)
        base, partner = made.parents[:, 0], made.parents[:, min(1, made.parents.shape[1] - 1)]
        lone = (partner < 0) | (inner.codes[partner] != inner.codes[base])
        partner = np.where(lone, base, partner)
        return np.flatnonzero(~safe_among_children(around, inner.codes, base, partner, k))

    @abstractmethod
    def _goes(self, inner: Task, made: Lineage) -> NDArray[np.intp]:
        """Rows of the enlarged table that the cleaner would leave out."""
