"""What every sampler of multi-label rows is: reading, imbalance before and after, provenance."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.check_parameter import check_number
from steelyard.balance.lineage import Lineage
from steelyard.balance.multilabel.indicators import Indicators, read_indicators
from steelyard.balance.row_sampler import RowSampler
from steelyard.balance.space import Space
from steelyard.balance.tables.base import Children, Table
from steelyard.balance.tables.open_table import open_table
from steelyard.balance.task import read_per_row, read_weights, refuse_no_rows
from steelyard.errors import BadTable
from steelyard.kernels.label_imbalance import irlbl, mean_known
from steelyard.kernels.rng import child

__all__ = ["MultilabelSampler", "MultilabelSelector", "MultilabelTask"]

PER_CENT = 100


@dataclass(frozen=True, eq=False)
class MultilabelTask:
    """One call of ``fit_resample``: rows, their labels, groups, weights and a seed."""

    table: Table
    labels: Indicators
    seed: int
    groups: NDArray[Any] | None
    weight: NDArray[np.float64] | None
    space: Space | None

    def stream(self, label: int) -> np.random.Generator:
        """Return the stream of draws that belongs to one label alone."""
        return child(self.seed, "label", self.labels.names[label])

    @property
    def ratio(self) -> NDArray[np.float64]:
        """IRLbl of each label."""
        return irlbl(self.labels.matrix)


class MultilabelSampler(RowSampler):
    """Base of the samplers for tables in which a row carries any number of labels.

    ``y`` is an indicator matrix (n, L): one column per label holding 0 and 1, as an array, a sparse
    matrix, a pandas or polars frame, a pyarrow table or a list; the same kind comes out.

    Attributes
    ----------
    irlbl_before_, irlbl_after_ : dict
        Imbalance ratio of each label: rows of the most frequent label for each of its own; NaN for a
        label without a row.
    mean_ir_before_, mean_ir_after_ : float
        Mean of the ratios over the labels that occur.
    prior_before_, prior_after_ : dict
        Share of the rows that carry each label, by weight if there are weights; they need not sum to 1.
    origin_, parents_, groups_, sample_weight_, note_, n_features_in_, feature_names_in_
        See `RowSampler`.
    """

    def _begin(self, X: Any, y: Any, groups: Any, sample_weight: Any) -> MultilabelTask:
        name = type(self).__name__
        self._check_parameters()
        labels = read_indicators(y, name)
        table = open_table(X)
        self._start_anew(table)
        refuse_no_rows(table, name)
        if labels.table.n_rows != table.n_rows:
            raise BadTable(
                f"{name} needs the labels of every row, got {table.n_rows} rows and labels of "
                f"{labels.table.n_rows}."
            )
        n_rows = table.n_rows
        return MultilabelTask(
            table,
            labels,
            self._seed(),
            read_per_row(groups, n_rows, "groups"),
            read_weights(sample_weight, n_rows),
            self._open_space(table),
        )

    def _record(
        self,
        task: MultilabelTask,
        rows: NDArray[np.intp],
        children: Children | None = None,
        made: NDArray[np.float64] | None = None,
    ) -> tuple[Any, Any]:
        """Put the output together: ``rows``, and the ``children`` with the labels ``made`` (m, L)."""
        self._keep(Lineage.of(rows, children), task.groups, task.weight)
        labels = task.labels
        kept = labels.matrix[rows]
        every = kept if made is None else sparse.vstack([kept, sparse.csr_array(made)], format="csr")
        self.irlbl_before_, self.mean_ir_before_ = self._ratios(labels, labels.matrix)
        self.irlbl_after_, self.mean_ir_after_ = self._ratios(labels, every)
        self.prior_before_ = self._shares(labels, labels.matrix, task.weight)
        self.prior_after_ = self._shares(labels, every, self.sample_weight_)
        if children is None:
            return task.table.take(rows), labels.take(rows)
        return task.table.grow(children), labels.grow(children.base, made)

    @staticmethod
    def _ratios(labels: Indicators, matrix: Any) -> tuple[dict[Any, float], float]:
        ratio = irlbl(matrix)
        return dict(zip(labels.names, ratio.tolist(), strict=True)), mean_known(ratio)

    @staticmethod
    def _shares(labels: Indicators, matrix: Any, weight: Any) -> dict[Any, float]:
        share = np.ones(matrix.shape[0]) if weight is None else weight
        return dict(zip(labels.names, (share @ matrix / share.sum()).tolist(), strict=True))

    def _rows_asked(self, task: MultilabelTask) -> int:
        return int(task.table.n_rows * self.percentage / PER_CENT)

    def _check_percentage(self, most: float) -> None:
        check_number(self, "percentage", 0, most, above=True)


class MultilabelSelector(MultilabelSampler):
    """A multi-label sampler that only keeps or repeats rows; any table will do.

    Attributes
    ----------
    sample_indices_ : ndarray of int, shape (n_out,)
        Source row of each row that came out.
    """

    works_on = ("rows",)

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
    def _select(self, task: MultilabelTask) -> NDArray[np.intp]:
        """Source rows to keep or repeat."""

    def _resample(self, task: MultilabelTask) -> tuple[Any, Any]:
        self.sample_indices_ = self._select(task)
        return self._record(task, self.sample_indices_)
