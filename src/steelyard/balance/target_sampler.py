"""What samplers share whose target is no single class: many labels a row, or a number."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

# Importing imbalanced-learn teaches scikit-learn's metadata routing the verb fit_resample, which has
# to be known before the classes below are made.
import imblearn.base  # noqa: F401
import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin

from steelyard.balance.lineage import Lineage
from steelyard.balance.tables.base import Children, Table
from steelyard.errors import BadOption, BadTable, CannotResample
from steelyard.kernels.rng import root_seed
from steelyard.records import Resampled

__all__ = ["TargetSampler"]


class TargetSampler(OneToOneFeatureMixin, BaseEstimator, ABC):
    """Base of samplers for targets that are no single class; see its two leaves for what they read.

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
        What made the row, empty where the row came in.
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
    works_on: ClassVar[tuple[str, ...]] = ("table",)

    def fit(self, X: Any, y: Any, *, groups: Any = None, sample_weight: Any = None) -> TargetSampler:
        """Check the input without resampling.

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
        y : targets of n rows
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
        record = self.resample(X, y, groups=groups, sample_weight=sample_weight)
        return record.X, record.y

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
        return self._resample(self._begin(X, y, groups, sample_weight))

    @abstractmethod
    def _begin(self, X: Any, y: Any, groups: Any, sample_weight: Any) -> Any:
        """Read and check one call."""

    @abstractmethod
    def _resample(self, task: Any) -> Resampled:
        """Do the work and record it."""

    def _check_parameters(self) -> None:
        """Refuse parameters that make no sense; a leaf knows its own."""

    def _seed(self) -> int:
        try:
            return root_seed(getattr(self, "random_state", 0))
        except ValueError as error:
            raise BadOption(str(error)) from error

    def _see_features(self, table: Table) -> None:
        if table.n_rows == 0:
            raise BadTable(
                f"Found array with 0 sample(s) while a minimum of 1 is required by {type(self).__name__}."
            )
        self.n_features_in_ = table.n_columns
        names = table.names
        if names and all(isinstance(name, str) for name in names):
            self.feature_names_in_ = np.array(names, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _add_note(self, words: str) -> None:
        self.note_ = "; ".join(filter(None, [self.note_, words]))

    def _trace(
        self,
        rows: NDArray[np.intp],
        children: Children | None,
        groups: NDArray[Any] | None,
        weight: NDArray[np.float64] | None,
        steps: NDArray[np.float64] | None = None,
        method: NDArray[np.str_] | None = None,
    ) -> Lineage:
        """Keep the origin, the parents, the group and the weight of every row that comes out.

        ``rows`` are the source rows that are kept or copied; ``children`` follow them, and ``steps`` and
        ``method`` are theirs.
        """
        nobody = np.empty(0, dtype=np.intp)
        lineage = Lineage(
            rows,
            nobody if children is None else children.base,
            nobody.reshape(0, 1) if children is None else children.parents,
            steps,
        )
        self.origin_ = lineage.origin()
        self.parents_ = lineage.all_parents()
        self.steps_ = lineage.all_steps()
        names = np.full(lineage.n_made, type(self).__name__) if method is None else method
        self.method_ = np.concatenate([np.full(lineage.n_kept, ""), names])
        self.groups_ = None if groups is None else lineage.take(groups)
        self.sample_weight_ = None if weight is None else lineage.take_mean(weight)
        if self.sample_weight_ is not None and not self.sample_weight_.any():
            raise CannotResample(
                f"{type(self).__name__} kept only rows whose sample_weight is 0. Leave those rows out first."
            )
        return lineage

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "sampler"
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags
