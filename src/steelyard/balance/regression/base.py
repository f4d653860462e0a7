"""What every sampler for a continuous target is: relevance, regions of values, provenance."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_number
from steelyard.balance.lineage import Lineage
from steelyard.balance.regression.numbers_to_learn import NumbersToLearn, read_numbers_to_learn
from steelyard.balance.regression.region_counts import wanted_counts
from steelyard.balance.row_sampler import RowSampler
from steelyard.balance.space import Space
from steelyard.balance.tables.base import Children, Table
from steelyard.balance.tables.open_table import open_table
from steelyard.balance.task import read_per_row, read_weights, refuse_no_rows
from steelyard.errors import BadTable, CannotResample
from steelyard.kernels.relevance import relevance_by, relevance_regions
from steelyard.kernels.rng import child

__all__ = ["Litter", "RegressionSampler", "RegressionTask"]


@dataclass(frozen=True, eq=False)
class RegressionTask:
    """One call of ``fit_resample``: rows, targets, regions, rows wanted of each, and a seed."""

    table: Table
    target: NumbersToLearn
    phi: NDArray[np.float64]
    region: NDArray[np.intp]
    rare: NDArray[np.bool_]
    wanted: NDArray[np.intp]
    seed: int
    groups: NDArray[Any] | None
    weight: NDArray[np.float64] | None
    space: Space | None

    def rows_of(self, region: int) -> NDArray[np.intp]:
        """Rows of one region, in order."""
        return np.flatnonzero(self.region == region)

    def stream(self, region: int) -> np.random.Generator:
        """Return the stream of draws that belongs to one region alone, counted from the middle.

        Counting from the first common region keeps its name when values beyond it become rare.
        """
        middle = int(np.argmin(self.rare))
        return child(self.seed, "region", region - middle)

    def words(self, region: int) -> str:
        """The region for a message."""
        values = self.target.values[self.region == region]
        kind = "rare" if self.rare[region] else "common"
        return f"the {kind} values from {values.min():g} to {values.max():g}"


@dataclass(frozen=True, eq=False)
class Litter:
    """Synthetic rows of one region: the rows, their targets and who made each."""

    children: Children
    target: NDArray[np.float64]
    method: NDArray[np.str_]

    @classmethod
    def together(cls, litters: list[Litter]) -> Litter:
        """Several litters as one, in order."""
        return cls(
            Children.together([litter.children for litter in litters]),
            np.concatenate([litter.target for litter in litters]),
            np.concatenate([litter.method for litter in litters]),
        )


class RegressionSampler(RowSampler):
    """Base of the samplers for tables whose target is a number with rare and relevant values.

    Attributes
    ----------
    relevance_points_ : ndarray of shape (m, 3) or None
        Control points (value, relevance, slope), where there are any.
    region_bounds_ : ndarray of shape (r, 2)
        Smallest and largest target of each stretch of rare or common values, from the smallest up.
    region_rare_ : ndarray of bool, shape (r,)
    region_counts_before_, region_counts_after_ : ndarray of int, shape (r,)
        Rows of each stretch; after: those kept, and the synthetic ones made from it.
    prior_before_, prior_after_ : dict
        Share of the rows whose target is "rare" and "common", by weight if there are weights.
    origin_, parents_, steps_, method_, groups_, sample_weight_, note_, n_features_in_, feature_names_in_
        See `RowSampler`.
    """

    how: ClassVar[Literal["over", "under", "both"]]
    relevance: Any
    threshold: float
    sampling_strategy: Any

    def _begin(self, X: Any, y: Any, groups: Any, sample_weight: Any) -> RegressionTask:
        name = type(self).__name__
        check_number(self, "threshold", 0, 1, above=True)
        self._check_parameters()
        target = read_numbers_to_learn(y, name)
        table = open_table(X)
        self._start_anew(table)
        refuse_no_rows(table, name)
        if target.values.shape[0] != table.n_rows:
            raise BadTable(
                f"{name} needs one target per row, got {table.n_rows} rows and "
                f"{target.values.shape[0]} targets."
            )
        phi, self.relevance_points_ = relevance_by(self.relevance, target.values)
        region, rare = relevance_regions(target.values, phi, self.threshold)
        self._refuse_one_kind(rare, phi)
        counts = np.bincount(region)
        self.region_rare_, self.region_counts_before_ = rare, counts
        order = np.argsort(target.values, kind="stable")
        ends = np.cumsum(counts)
        ordered = target.values[order]
        self.region_bounds_ = np.column_stack([ordered[np.r_[0, ends[:-1]]], ordered[ends - 1]])
        return RegressionTask(
            table,
            target,
            phi,
            region,
            rare,
            wanted_counts(self, counts, rare),
            self._seed(),
            read_per_row(groups, table.n_rows, "groups"),
            read_weights(sample_weight, table.n_rows),
            self._open_space(table),
        )

    def _refuse_one_kind(self, rare: NDArray[np.bool_], phi: NDArray[np.float64]) -> None:
        if rare.any() and not rare.all():
            return
        if rare.all():
            words = f"every target is rare: the lowest relevance is {phi.min():.3g}. Raise the threshold"
        else:
            words = f"no target is rare: the highest relevance is {phi.max():.3g}. Lower the threshold"
        raise CannotResample(
            f"With threshold={self.threshold}, {words}, or say by control points in relevance which values "
            "matter."
        )

    def _record(
        self, task: RegressionTask, rows: NDArray[np.intp], litter: Litter | None = None
    ) -> tuple[Any, Any]:
        """Put the output together: ``rows``, then the ``litter``."""
        children, method = (None, None) if litter is None else (litter.children, litter.method)
        lineage = Lineage.of(rows, children, method)
        self._keep(lineage, task.groups, task.weight)
        counts = np.bincount(task.region[rows], minlength=task.rare.shape[0])
        self.region_counts_after_ = counts + np.bincount(
            task.region[lineage.base], minlength=task.rare.shape[0]
        )
        rare = (task.phi >= self.threshold).astype(np.float64)
        self.prior_before_ = _shares(rare, task.weight)
        # A synthetic row counts with the stretch it was made from.
        self.prior_after_ = _shares(lineage.take(rare), self.sample_weight_)
        if litter is None:
            return task.table.take(rows), task.target.take(rows)
        chosen = np.concatenate([rows, task.table.n_rows + np.arange(lineage.n_made)])
        X = open_table(task.table.grow(litter.children)).take(chosen)
        return X, task.target.take_and_grow(rows, lineage.base, litter.target)


def _shares(rare: NDArray[np.float64], weight: NDArray[np.float64] | None) -> dict[str, float]:
    share = float(np.average(rare, weights=weight))
    return {"rare": share, "common": 1.0 - share}


class RegionMaker(RegressionSampler):
    """A sampler that makes rows where values are too few, and leaves rows out where they are too many."""

    how = "both"

    @abstractmethod
    def _make(self, task: RegressionTask, region: int, n_new: int) -> Litter | None:
        """``n_new`` synthetic rows of one region; None where none can be made, with a note."""

    def _resample(self, task: RegressionTask) -> tuple[Any, Any]:
        kept, litters = [], []
        asked = False
        for region, wanted in enumerate(task.wanted.tolist()):
            rows = task.rows_of(region)
            missing = wanted - rows.shape[0]
            if missing < 0:
                rows = np.sort(task.stream(region).choice(rows, size=wanted, replace=False))
            elif missing > 0:
                asked = True
                litter = self._make(task, region, missing)
                litters += [] if litter is None else [litter]
            kept.append(rows)
        if asked and not litters:
            raise CannotResample(
                f"{type(self).__name__} can make no row: {self.note_}. Lower the threshold, leave out "
                "groups, or use RandomOverRegression."
            )
        if (task.wanted == self.region_counts_before_).all():
            self._add_note("nothing to do: every stretch of values has the rows asked for")
        litter = Litter.together(litters) if litters else None
        return self._record(task, np.sort(np.concatenate(kept)), litter)
