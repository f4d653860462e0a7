"""What several checks measure on one data set, measured once and only when first asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steelyard.data.column_values import column_kind
from steelyard.data.prepare_table import TablePreparer
from steelyard.data.table_columns import as_frame
from steelyard.diagnose.column_skill import column_aucs
from steelyard.diagnose.column_view import ColumnView
from steelyard.diagnose.quick_model import quick_model
from steelyard.errors import BadTable, SteelyardError
from steelyard.kernels.neighbors import neighbors_of
from steelyard.kernels.out_of_fold import inner_splits, out_of_fold_proba, take_rows
from steelyard.kernels.priors import class_prior, correct_prior
from steelyard.kernels.rng import child, int_seed, root_seed
from steelyard.records import Dataset

__all__ = ["Evidence", "Neighborhood", "NotApplicable", "spread_rows"]

FOLDS = 3
NEIGHBORS = 10
REFERENCE_ROWS = 100_000  # rows that neighbours are looked for among
DISTANCE_BUDGET = 1.2e10  # reference rows x asked rows x columns: seconds on one core
LEAST_ASKED, MOST_ASKED = 1_000, 20_000
MOST_COLUMNS = 2_000  # some ten milliseconds each
CELL_BUDGET = 20_000_000  # sampled rows x columns a model is fitted on
LEAST_SAMPLED = 500


class NotApplicable(SteelyardError):
    """A check cannot be asked of this data set; the message says why. It never leaves a check."""


@dataclass(frozen=True, eq=False)
class Neighborhood:
    """Nearest neighbours of some rows among (a bounded sample of) all rows.

    ``rows`` (m,) are the rows asked about, ``indices`` (m, k) their neighbours and ``distances``
    (m, k), all as positions in the data set; ``n_reference`` rows were searched.
    """

    rows: NDArray[np.intp]
    indices: NDArray[np.intp]
    distances: NDArray[np.float64]
    n_reference: int


def spread_rows(codes: NDArray[np.intp], budget: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """At most ``budget`` rows: small classes whole, the largest ones thinned to one common size.

    Examples
    --------
    >>> rows = spread_rows(np.repeat([0, 1, 2], [50, 40, 5]), 25, np.random.default_rng(0))
    >>> np.bincount(np.repeat([0, 1, 2], [50, 40, 5])[rows]).tolist()
    [10, 10, 5]
    """
    if codes.size <= budget:
        return np.arange(codes.size, dtype=np.intp)
    counts = np.sort(np.bincount(codes))
    left, cap = budget, 0
    for position, count in enumerate(counts):
        cap = left // (counts.size - position)
        if count > cap:
            break
        left -= int(count)
    order = rng.permutation(codes.size)
    by_class = order[np.argsort(codes[order], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes))[:-1]])
    rank = np.arange(codes.size) - starts[codes[by_class]]
    return np.sort(by_class[rank < cap]).astype(np.intp)


@dataclass(frozen=True, eq=False)
class Evidence:
    """Columns, a bounded sample, out-of-fold probabilities and neighbours of one data set.

    Every property is computed when first read and kept. Samples are bounded so that a table of any
    length is looked at in about the same time; `measured_on` says how much was seen.

    Parameters
    ----------
    dataset : Dataset
    estimator : classifier, optional
        Fitted on ``dataset.X`` for the out-of-fold probabilities; a small histogram gradient boosting
        by default.
    random_state : int, RandomState, Generator or None
    n_jobs : int
    row_budget : int
        Rows the model is cross-fitted on: rare classes whole, frequent ones thinned.
    """

    dataset: Dataset
    estimator: Any = None
    random_state: Any = 0
    n_jobs: int | None = 1
    row_budget: int = 20_000

    @cached_property
    def seed(self) -> int:
        """One integer that all draws start from."""
        return root_seed(self.random_state)

    @cached_property
    def classes(self) -> NDArray[Any]:
        """Distinct labels, sorted."""
        return np.unique(self.dataset.y)

    @cached_property
    def codes(self) -> NDArray[np.intp]:
        """Labels of all rows as positions in ``classes``."""
        return np.searchsorted(self.classes, self.dataset.y).astype(np.intp)

    @cached_property
    def counts(self) -> NDArray[np.intp]:
        """Rows per class."""
        return np.bincount(self.codes, minlength=self.classes.size)

    @cached_property
    def rare_codes(self) -> NDArray[np.intp]:
        """Classes with less than their equal share of rows, rarest first."""
        order = np.argsort(self.counts, kind="stable")
        return order[self.counts[order] * self.classes.size < self.codes.size]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The features as a pandas frame."""
        return as_frame(self.dataset.X)[0].reset_index(drop=True)

    @cached_property
    def columns(self) -> tuple[ColumnView, ...]:
        """The features as checks look at them."""
        known = {c.name: c.kind for c in self.dataset.schema.columns} if self.dataset.schema else {}
        return tuple(
            ColumnView(name, known.get(name) or column_kind(self.frame[name]), self.frame[name])
            for name in self.frame.columns
        )

    @cached_property
    def code_table(self) -> NDArray[np.intp]:
        """Codes of all cells, shape (n, d): equal numbers in a column mean equal values."""
        return np.column_stack([column.codes for column in self.columns])

    @cached_property
    def sample(self) -> NDArray[np.intp]:
        """Rows that models are cross-fitted on."""
        affordable = max(LEAST_SAMPLED, CELL_BUDGET // max(1, self.frame.shape[1]))
        budget = min(self.row_budget, affordable)
        return spread_rows(self.codes, budget, child(self.seed, "evidence", "sample"))

    @cached_property
    def splits(self) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Folds of the sample, groups kept whole; a training part with one class is left out."""
        groups = self.dataset.groups
        splits = inner_splits(
            self.dataset.y[self.sample],
            FOLDS,
            groups=None if groups is None else groups[self.sample],
            random_state=int_seed(self.seed, "evidence", "folds"),
        )
        codes = self.codes[self.sample]
        usable = [split for split in splits if np.unique(codes[split[0]]).size > 1]
        if not usable:
            raise NotApplicable("No split by group leaves two classes to learn from.")
        return usable

    @cached_property
    def proba(self) -> NDArray[np.float64]:
        """Out-of-fold probabilities of the sampled rows, (m, k), on the prior of the whole data set.

        NaN for rows that no fold tests.
        """
        if self.estimator is None:
            return self.proba_from(range(len(self.columns)))
        return self._cross_fitted(self.estimator, self.dataset.X)

    def proba_from(self, columns: Iterable[int]) -> NDArray[np.float64]:
        """As ``proba``, by the small model on some columns only (whatever ``estimator`` is)."""
        wanted = tuple(columns)
        if wanted not in self._by_columns:
            model = quick_model(self.classes.size, random_state=int_seed(self.seed, "evidence", "model"))
            table = self.frame[[self.columns[j].name for j in wanted]]
            self._by_columns[wanted] = self._cross_fitted(model, table)
        return self._by_columns[wanted]

    @cached_property
    def _by_columns(self) -> dict[tuple[int, ...], NDArray[np.float64]]:
        return {}

    def _check_width(self) -> None:
        """Refuse tables so wide that models and distances would take minutes and mean little."""
        width = self.frame.shape[1]
        if width > MOST_COLUMNS:
            raise NotApplicable(
                f"Models and distances are measured on up to {MOST_COLUMNS:,} columns; there are {width:,}. "
                "Choose columns first (--drop)."
            )

    def _cross_fitted(self, model: Any, table: Any) -> NDArray[np.float64]:
        self._check_width()
        try:
            proba = out_of_fold_proba(
                model,
                take_rows(table, self.sample),
                self.dataset.y[self.sample],
                self.splits,
                classes=self.classes,
                n_jobs=self.n_jobs,
            )
        except BadTable as reason:
            raise NotApplicable(f"No model could be fitted: {reason}") from reason
        k = self.classes.size
        tested = ~np.isnan(proba).any(axis=1)
        trained, wanted = class_prior(self.codes[self.sample], k), class_prior(self.codes, k)
        proba[tested] = correct_prior(proba[tested], trained, wanted)
        return proba

    @cached_property
    def column_aucs(self) -> NDArray[np.float64]:
        """Area under the ROC curve of every column alone for every class, (d, k), out of fold."""
        self._check_width()
        return column_aucs(self.columns, self.codes[self.sample], self.sample, self.splits)

    def columns_above(self, auc: float, min_rows: int) -> list[int]:
        """Columns that alone reach ``auc`` for a class of at least ``min_rows`` rows."""
        judged = self.counts >= min_rows
        reached = np.where(judged, np.nan_to_num(self.column_aucs), 0.0).max(axis=1)
        return np.flatnonzero(reached >= auc).tolist()

    @cached_property
    def dense(self) -> NDArray[np.float64]:
        """All rows prepared for distances: imputed, scaled, one-hot."""
        self._check_width()
        preparer = TablePreparer(output="dense", random_state=int_seed(self.seed, "evidence", "dense"))
        try:
            prepared = preparer.fit_transform(self.frame, self.dataset.y, groups=self.dataset.groups)
        except BadTable as reason:
            raise NotApplicable(f"No distances can be measured: {reason}") from reason
        return np.asarray(prepared, dtype=np.float64)

    @cached_property
    def neighborhood(self) -> Neighborhood:
        """Ten nearest neighbours of every row, or of a bounded number of rows of a large table."""
        n, d = self.dense.shape
        if n <= NEIGHBORS:
            raise NotApplicable(f"Neighbours need more than {NEIGHBORS} rows, there are {n}.")
        reference = np.arange(n, dtype=np.intp)
        if n > REFERENCE_ROWS:
            rng = child(self.seed, "evidence", "reference")
            reference = np.sort(rng.choice(n, REFERENCE_ROWS, replace=False)).astype(np.intp)
        asked = int(np.clip(DISTANCE_BUDGET / (reference.size * max(1, d)), LEAST_ASKED, MOST_ASKED))
        rows = spread_rows(self.codes, asked, child(self.seed, "evidence", "asked"))
        if rows.size == n == reference.size:
            indices, distances = neighbors_of(self.dense, NEIGHBORS, n_jobs=self.n_jobs)
            return Neighborhood(rows, indices, distances, n)
        indices, distances = neighbors_of(
            self.dense[reference], NEIGHBORS + 1, queries=self.dense[rows], n_jobs=self.n_jobs
        )
        indices, distances = _without_self(reference[indices], distances, rows)
        return Neighborhood(rows, indices, distances, reference.size)

    def measured_on(self, n_rows: int) -> str:
        """A sentence on how many rows were looked at; empty when it was all of them."""
        total = len(self.dataset)
        return "" if n_rows >= total else f" (Measured on {n_rows:,} of {total:,} rows.)"


def _without_self(
    indices: NDArray[np.intp], distances: NDArray[np.float64], rows: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Drop each row from its own list; a row that is not in its list loses its last neighbour."""
    itself = indices == rows[:, None]
    drop = np.where(itself.any(axis=1), itself.argmax(axis=1), indices.shape[1] - 1)
    keep = np.ones(indices.shape, dtype=np.bool_)
    keep[np.arange(rows.size), drop] = False
    shape = (rows.size, indices.shape[1] - 1)
    return indices[keep].reshape(shape), distances[keep].reshape(shape)
