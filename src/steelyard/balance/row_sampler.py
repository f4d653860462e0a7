"""What every sampler of rows is, whatever its target: reading, notes, and where each row came from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, ClassVar

# Importing imbalanced-learn teaches scikit-learn's metadata routing the verb fit_resample, which has
# to be known before the classes below are made.
import imblearn.base  # noqa: F401
import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin

from steelyard.balance.lineage import Lineage
from steelyard.balance.space import Space, open_space
from steelyard.balance.tables.base import Table
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.rng import root_seed
from steelyard.records import Resampled

__all__ = ["RowSampler"]

# Written out only when asked for: on a narrow table they would weigh as much as the rows.
ON_READING = ("origin_", "parents_", "steps_", "method_")


class RowSampler(OneToOneFeatureMixin, BaseEstimator, ABC):
    """Changes which rows a model is fitted on, never which it is asked about.

    Attributes
    ----------
    origin_ : ndarray of int, shape (n_out,)
        Source row of each row that came out, -1 where the row is synthetic.
    parents_ : ndarray of int, shape (n_out, r)
        Source rows a synthetic row was made from; -1 fills short lists.
    steps_ : ndarray of float, shape (n_out,)
        How far from its first parent towards its second a synthetic row lies: 0 at the first, 1 at the
        second. NaN for a row that was not made between two.
    method_ : ndarray of str, shape (n_out,)
        Name of what made the row, empty where the row came in.
    prior_before_, prior_after_ : dict
        Share of each class, label or kind of target, by weight if there are weights.
    groups_, sample_weight_ : ndarray of shape (n_out,) or None
        Group and weight of each row that came out: its own for a kept or copied row, the first
        parent's group and the parents' mean weight for a synthetic one.
    note_ : str
        What else is to be known about this run; empty when nothing is.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Only for tables whose column names are all strings.
    """

    _estimator_type: ClassVar[str] = "sampler"
    #: Modalities it is meant for; "rows" is anything that can be indexed.
    works_on: ClassVar[tuple[str, ...]] = ("table",)

    _lineage: Lineage
    prior_before_: dict[Any, float]
    prior_after_: dict[Any, float]

    def fit(self, X: Any, y: Any, *, groups: Any = None, sample_weight: Any = None) -> RowSampler:
        """Check the input and settle what is asked for, without resampling.

        Parameters
        ----------
        X, y, groups, sample_weight
            As for ``fit_resample``.

        Returns
        -------
        self
        """
        self._begin(X, y, groups, sample_weight)
        return self

    def fit_resample(
        self, X: Any, y: Any, *, groups: Any = None, sample_weight: Any = None
    ) -> tuple[Any, Any]:
        """Resample rows and targets.

        Parameters
        ----------
        X : array, sparse matrix, pandas or polars frame, pyarrow table or list of n rows
        y : array, series, frame or list with the target of n rows
        groups : array of shape (n,), optional
            No synthetic row is made across two groups.
        sample_weight : array of shape (n,), optional

        Returns
        -------
        X_resampled, y_resampled
            The same kinds of thing that came in.

        Raises
        ------
        CannotResample
            It cannot be done with these rows; the message says what would help.
        BadTable, BadTarget, BadOption
            The rows, the targets or a parameter make no sense.
        """
        return self._resample(self._ready(X, y, groups, sample_weight))

    def resample(self, X: Any, y: Any, *, groups: Any = None, sample_weight: Any = None) -> Resampled:
        """Resample, and return one record that holds the rows, the targets and where each came from.

        Parameters
        ----------
        X, y, groups, sample_weight
            As for ``fit_resample``.

        Returns
        -------
        Resampled
        """
        X_out, y_out = self.fit_resample(X, y, groups=groups, sample_weight=sample_weight)
        return Resampled(
            X=X_out,
            y=y_out,
            origin=self.origin_,
            parents=self.parents_,
            prior_before=self.prior_before_,
            prior_after=self.prior_after_,
            method=type(self).__name__,
        )

    @cached_property
    def origin_(self) -> NDArray[np.intp]:
        """Source row of each row that came out, -1 where it is synthetic."""
        return self._fitted_lineage("origin_").origin()

    @cached_property
    def parents_(self) -> NDArray[np.intp]:
        """Source rows that each synthetic row was made from."""
        return self._fitted_lineage("parents_").all_parents()

    @cached_property
    def steps_(self) -> NDArray[np.float64]:
        """How far each synthetic row lies from its first parent towards its second."""
        return self._fitted_lineage("steps_").all_steps()

    @cached_property
    def method_(self) -> NDArray[np.str_]:
        """Name of what made each row, empty where the row came in."""
        return self._fitted_lineage("method_").all_methods(type(self).__name__)

    @abstractmethod
    def _begin(self, X: Any, y: Any, groups: Any, sample_weight: Any) -> Any:
        """Read and check one call."""

    @abstractmethod
    def _resample(self, task: Any) -> tuple[Any, Any]:
        """Do the work, and record it and put it together."""

    def _ready(self, X: Any, y: Any, groups: Any, sample_weight: Any) -> Any:
        task = self._begin(X, y, groups, sample_weight)
        self._check_task(task)
        return task

    def _check_parameters(self) -> None:
        """Refuse parameters that make no sense; a leaf knows its own."""

    def _check_task(self, task: Any) -> None:
        """Refuse rows that cannot be resampled, before any work."""

    def _open_space(self, table: Table) -> Space | None:
        """What distances are measured on, for a leaf that lets columns of categories be named."""
        if not hasattr(self, "categorical_features"):
            return None
        standardize = getattr(self, "standardize", False)
        return open_space(table, type(self).__name__, self.categorical_features, standardize=standardize)

    def _seed(self) -> int:
        try:
            return root_seed(getattr(self, "random_state", 0))
        except ValueError as error:
            raise BadOption(str(error)) from error

    def _start_anew(self, table: Table) -> None:
        """Forget the last call, and note what the columns of this one are."""
        self.note_ = ""
        for name in (*ON_READING, "_lineage"):
            vars(self).pop(name, None)
        self.n_features_in_ = table.n_columns
        names = table.names
        if names and all(isinstance(name, str) for name in names):
            self.feature_names_in_ = np.array(names, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _keep(
        self, lineage: Lineage, groups: NDArray[Any] | None, weight: NDArray[np.float64] | None
    ) -> None:
        """Remember where every row came from, and what group and weight that gives it."""
        self._lineage = lineage
        self.groups_ = None if groups is None else lineage.take(groups)
        self.sample_weight_ = None if weight is None else lineage.take_mean(weight)
        if self.sample_weight_ is not None and not self.sample_weight_.any():
            raise CannotResample(
                f"{type(self).__name__} kept only rows whose sample_weight is 0. Leave those rows out first."
            )

    def _add_note(self, words: str) -> None:
        """Say one more thing about this run in ``note_``."""
        self.note_ = "; ".join(filter(None, [self.note_, words]))

    def _note_few(self, found: NDArray[np.intp], wanted: int, what: str, why: str) -> None:
        """Say in ``note_`` that some rows had fewer neighbours than asked for, if so."""
        if found.shape[0] == 0 or found.min() >= wanted:
            return
        how_many = str(found.min()) if found.min() == found.max() else f"{found.min()} to {found.max()}"
        words = "neighbour" if how_many == "1" else "neighbours"
        self._add_note(f"{what}: {how_many} {words} instead of {wanted}, for {why}")

    def _fitted_lineage(self, name: str) -> Lineage:
        if not hasattr(self, "_lineage"):
            raise AttributeError(f"{type(self).__name__} has no {name} before fit_resample.")
        return self._lineage

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "sampler"
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags
