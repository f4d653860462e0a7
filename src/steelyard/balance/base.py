"""What every sampler is: a sampler, a selector that keeps rows, or an over-sampler that makes some.

A leaf says how rows are chosen or made; everything else happens here once: reading any table and
any labels, the rows each class shall have, the origin of every row, the priors before and after,
and giving back the kind of table that came in.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.lineage import Lineage
from steelyard.balance.row_sampler import RowSampler
from steelyard.balance.tables.base import Children
from steelyard.balance.tables.open_table import open_table
from steelyard.balance.targets import Labels, read_labels
from steelyard.balance.task import Task, check_shape, read_per_row, read_weights
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.priors import class_prior, target_counts

__all__ = ["OverSampler", "Sampler", "Selector"]

NOTHING_TO_DO = "nothing to do: every class has the rows asked for"


class Sampler(RowSampler):
    """Base of the samplers for tables with one class a row.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows asked for per class; a cleaner writes 0 for the classes it may take rows from.
    origin_, parents_, steps_, method_, prior_before_, prior_after_, groups_, sample_weight_, note_
        See `RowSampler`.
    n_features_in_, feature_names_in_
        See `RowSampler`.
    """

    how: ClassVar[Literal["over", "under", "clean"]]
    #: Whether the rows that come out depend on labels only, so that only the prior has moved.
    label_only: ClassVar[bool] = False

    def _ready(self, X: Any, y: Any, groups: Any, sample_weight: Any) -> Task:
        task: Task = super()._ready(X, y, groups, sample_weight)
        if (task.wanted == task.counts).all():
            self.note_ = NOTHING_TO_DO
        return task

    def _begin(self, X: Any, y: Any, groups: Any, sample_weight: Any) -> Task:
        name = type(self).__name__
        self._check_parameters()
        labels = read_labels(y, name)
        table = open_table(X)
        check_shape(table, labels, name)
        self._start_anew(table)
        self.sampling_strategy_ = self._strategy(labels)
        wanted = np.array([self.sampling_strategy_[label] for label in labels.names], dtype=np.intp)
        return Task(
            table,
            labels,
            wanted,
            self._seed(),
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

    def _record(
        self, task: Task, rows: NDArray[np.intp] | None, children: Children | None = None
    ) -> tuple[Any, Any]:
        """Keep where every row came from, and return the rows and labels that come out.

        ``rows`` are the source rows of the output, where ``children`` are given those they start from
        at the end; None stands for all rows, followed by the children.
        """
        n_made = 0 if children is None else children.base.shape[0]
        kept = task.table.n_rows if rows is None else rows[: rows.shape[0] - n_made]
        lineage = Lineage.of(kept, children)
        self._keep(lineage, task.groups, task.weight)
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
