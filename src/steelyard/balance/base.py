"""What every sampler is: a sampler, a selector that keeps rows, or an over-sampler that makes some.

A leaf says how rows are chosen or made; everything else happens here once: reading any table and
any labels, the rows each class shall have, the origin of every row, the priors before and after,
and giving back the kind of table that came in.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Literal

# Importing imbalanced-learn teaches scikit-learn's metadata routing the verb fit_resample, which has
# to be known before the classes below are made.
import imblearn.base  # noqa: F401
import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin

from steelyard.balance.has_lineage import HasLineage
from steelyard.balance.lineage import Lineage
from steelyard.balance.space import Space
from steelyard.balance.tables.base import Children, Table
from steelyard.balance.tables.open_table import open_table
from steelyard.balance.targets import Labels, read_labels
from steelyard.balance.task import Task, check_shape, read_per_row, read_weights
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.priors import class_prior, target_counts
from steelyard.kernels.rng import root_seed
from steelyard.records import Resampled

__all__ = ["OverSampler", "Sampler", "Selector"]

NOTHING_TO_DO = "nothing to do: every class has the rows asked for"


class Sampler(HasLineage, OneToOneFeatureMixin, BaseEstimator, ABC):
    """Base of all samplers: changes which rows a model is fitted on, never which it is asked about.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows asked for per class; a cleaner writes 0 for the classes it may take rows from.
    origin_ : ndarray of int, shape (n_out,)
        Source row of each row that came out, -1 where the row is synthetic.
    parents_ : ndarray of int, shape (n_out, r)
        Source rows a synthetic row was made from; -1 fills short lists.
    steps_ : ndarray of float, shape (n_out,)
        How far from its first parent towards its second a synthetic row lies: 0 at the first, 1 at the
        second. NaN for a row that was not made between two.
    method_ : ndarray of str, shape (n_out,)
        Name of the sampler that made the row, empty where the row came in.
    prior_before_, prior_after_ : dict
        Share of each class, by weight if there are weights.
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
    how: ClassVar[Literal["over", "under", "clean"]]
    #: Whether the rows that come out depend on labels only, so that only the prior has moved.
    label_only: ClassVar[bool] = False
    #: Modalities it is meant for; "rows" is anything that can be indexed.
    works_on: ClassVar[tuple[str, ...]] = ("table",)

    def fit(self, X: Any, y: Any, *, groups: Any = None, sample_weight: Any = None) -> Sampler:
        """Check the input and work out ``sampling_strategy_`` without resampling.

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
        """Resample rows and labels.

        Parameters
        ----------
        X : array, sparse matrix, pandas or polars frame, pyarrow table or list of n rows
        y : array, series or list of n labels
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
            The rows, the labels or a parameter make no sense.
        """
        task = self._begin(X, y, groups, sample_weight)
        self._check_task(task)
        if (task.wanted == task.counts).all():
            self.note_ = NOTHING_TO_DO
        return self._resample(task)

    def resample(self, X: Any, y: Any, *, groups: Any = None, sample_weight: Any = None) -> Resampled:
        """Resample, and return one record that holds the rows, the labels and where each came from.

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

    @abstractmethod
    def _resample(self, task: Task) -> tuple[Any, Any]:
        """Do the work, and record it and put it together with `_record`."""

    def _check_parameters(self) -> None:
        """Refuse parameters that make no sense; a leaf knows its own."""

    def _open_space(self, table: Table) -> Space | None:
        """What distances are measured on, for a leaf that measures any."""
        return None

    def _check_task(self, task: Task) -> None:
        """Refuse rows that cannot be resampled, before any work."""

    def _begin(self, X: Any, y: Any, groups: Any, sample_weight: Any) -> Task:
        name = type(self).__name__
        self._check_parameters()
        labels = read_labels(y, name)
        table = open_table(X)
        check_shape(table, labels, name)
        self._see_features(table)
        self.note_ = ""
        self._forget_lineage()
        self.sampling_strategy_ = self._strategy(labels)
        wanted = np.array([self.sampling_strategy_[label] for label in labels.names], dtype=np.intp)
        try:
            seed = root_seed(getattr(self, "random_state", 0))
        except ValueError as error:
            raise BadOption(str(error)) from error
        return Task(
            table,
            labels,
            wanted,
            seed,
            read_per_row(groups, table.n_rows, "groups"),
            read_weights(sample_weight, table.n_rows),
            self._open_space(table),
        )

    def _strategy(self, labels: Labels) -> dict[Any, int]:
        try:
            # Only a callable looks at the labels one by one.
            each = labels.classes[labels.codes] if callable(self.sampling_strategy) else labels.classes
            return target_counts(self.sampling_strategy, labels.counts, self.how, each)
        except (TypeError, ValueError) as error:
            raise BadOption(f"{type(self).__name__}: {error}") from error

    def _see_features(self, table: Table) -> None:
        self.n_features_in_ = table.n_columns
        names = table.names
        if names and all(isinstance(name, str) for name in names):
            self.feature_names_in_ = np.array(names, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _add_note(self, words: str) -> None:
        """Say one more thing about this run in ``note_``."""
        self.note_ = "; ".join(filter(None, [self.note_, words]))

    def _record(
        self, task: Task, rows: NDArray[np.intp] | None, children: Children | None = None
    ) -> tuple[Any, Any]:
        """Keep where every row came from, and return the rows and labels that come out.

        ``rows`` are the source rows of the output, where ``children`` are given those they start from
        at the end; None stands for all rows, followed by the children.
        """
        n_made = 0 if children is None else children.base.shape[0]
        kept = task.table.n_rows if rows is None else rows[: rows.shape[0] - n_made]
        lineage = self._lineage = Lineage.of(kept, children)
        self.groups_ = None if task.groups is None else lineage.take(task.groups)
        self.sample_weight_ = None if task.weight is None else lineage.take_mean(task.weight)
        if self.sample_weight_ is not None and not self.sample_weight_.any():
            raise CannotResample(
                f"{type(self).__name__} kept only rows whose sample_weight is 0. Leave those rows out first."
            )
        self._record_priors(task, lineage)
        if rows is None:
            X = task.table.take(np.arange(kept)) if children is None else task.table.grow(children)
            return X, task.labels.grow(lineage.base)
        if children is None:
            return task.table.take(rows), task.labels.take(rows)
        chosen = np.concatenate([lineage.kept, np.arange(task.table.n_rows, task.table.n_rows + n_made)])
        return open_table(task.table.grow(children)).take(chosen), task.labels.take(rows)

    def _record_priors(self, task: Task, lineage: Lineage) -> None:
        n_classes = task.labels.classes.shape[0]
        before = class_prior(task.codes, n_classes, task.weight)
        after = lineage.prior(task.codes, n_classes, self.sample_weight_)
        self.prior_before_ = dict(zip(task.labels.names, before.tolist(), strict=True))
        self.prior_after_ = dict(zip(task.labels.names, after.tolist(), strict=True))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "sampler"
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags


class Selector(Sampler):
    """A sampler that only keeps or repeats rows; it can hand out their positions alone.

    Attributes
    ----------
    sample_indices_ : ndarray of int, shape (n_out,)
        Source row of each row that came out, in the order of the source.
    """

    def select(self, X: Any, y: Any, *, groups: Any = None, sample_weight: Any = None) -> NDArray[np.intp]:
        """Return the positions of the rows that ``fit_resample`` would return.

        Parameters
        ----------
        X, y, groups, sample_weight
            As for ``fit_resample``.

        Returns
        -------
        ndarray of int
        """
        return self.resample(X, y, groups=groups, sample_weight=sample_weight).origin

    @abstractmethod
    def _select(self, task: Task) -> NDArray[np.intp]:
        """Source rows to keep or repeat."""

    def _resample(self, task: Task) -> tuple[Any, Any]:
        rows = self._select(task)
        out = self._record(task, rows)
        self.sample_indices_ = rows
        return out


class OverSampler(Sampler):
    """A sampler that keeps every row and adds synthetic ones at the end, class after class."""

    how = "over"

    #: Whether it is an error when no class could be given a synthetic row.
    refuses_to_make_none: ClassVar[bool] = True

    @abstractmethod
    def _children(self, task: Task, code: int, n_new: int) -> Children | None:
        """``n_new`` synthetic rows of one class; None where the class stays as it is, with a note."""

    def _resample(self, task: Task) -> tuple[Any, Any]:
        missing = task.wanted - task.counts
        short = np.flatnonzero(missing > 0).tolist()
        broods = [self._children(task, code, int(missing[code])) for code in short]
        made = [brood for brood in broods if brood is not None]
        if short and not made and self.refuses_to_make_none:
            raise CannotResample(
                f"{type(self).__name__} can make no row ({self.note_}). Use SMOTE, which asks for less."
            )
        return self._record(task, None, Children.together(made) if made else None)
