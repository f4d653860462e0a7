"""Random over-sampling: repeat rows of the small classes by lot, exactly or with a little noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.base import Selector
from steelyard.balance.check_parameter import check_number
from steelyard.balance.space import Space, open_space
from steelyard.balance.tables.base import Children, Table
from steelyard.balance.task import Task
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.smoothed_copies import smoothed_copies

__all__ = ["RandomOverSampler"]


class RandomOverSampler(Selector):
    """Repeat rows of each small class, drawn by lot, until it has the rows asked for.

    Values are never looked at: any table will do, with gaps, texts or further axes. Only the class
    shares change, so probabilities can be corrected exactly afterwards (see `Balanced`). With
    ``shrinkage`` copies are moved a little at random, which is then no longer so.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class: "auto", "not majority" and "all" bring every class up to the largest,
        "minority" the smallest only; a number is the wanted ratio of minority to majority rows (two
        classes); a dict gives rows per class.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    shrinkage : float, dict or None, default=None
        Width of the noise added to the numbers of copies, for all classes or for each that is enlarged
        (smoothed bootstrap, also known as ROSE); None or 0 adds none.

    Attributes
    ----------
    sample_indices_ : ndarray of int, shape (n_out,)
        All rows in order, then the rows that were copied, class after class.
    shrinkage_ : dict or None
        The width for each class that is enlarged.
    origin_, parents_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`; an exact copy's origin is the row it repeats, a smoothed one is synthetic and has
        that row as its parent.

    Raises
    ------
    BadOption
        ``shrinkage`` is negative, or lacks a class that is to be enlarged.
    BadTable
        With ``shrinkage``: a column that is neither numbers nor categories, or that holds infinity.
    CannotResample
        `select` with ``shrinkage``, for smoothed copies are no rows of the table.

    Notes
    -----
    The noise of a numeric column is normal; its standard deviation is ``shrinkage`` times the column's
    within the class times (4 / ((p + 2) n))**(1 / (p + 4)), with p numeric columns and n rows in the
    whole table, as in imbalanced-learn. A missing number stays missing, a category is copied, whole
    numbers are rounded and stay within their type. A sparse table gets noise in every cell of a column
    that varies. *Groups*: a copy stays in its row's group.

    References
    ----------
    Menardi and Torelli, Training and assessing classification rules with imbalanced data, Data Mining
    and Knowledge Discovery 28, 2014.

    Examples
    --------
    >>> sampler = RandomOverSampler(random_state=0)
    >>> X, y = sampler.fit_resample([[1], [2], [3], [4]], ["ok", "ok", "ok", "fraud"])
    >>> y[4:], sampler.origin_.tolist()
    (['fraud', 'fraud'], [0, 1, 2, 3, 3, 3])
    """

    how = "over"
    works_on = ("rows",)

    def __init__(
        self, *, sampling_strategy: Any = "auto", random_state: Any = None, shrinkage: Any = None
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.shrinkage = shrinkage

    @property
    def label_only(self) -> bool:
        """Whether rows are copied as they are."""
        return not self._smooths

    @property
    def _smooths(self) -> bool:
        widths = self.shrinkage.values() if isinstance(self.shrinkage, Mapping) else [self.shrinkage]
        return any(width not in (None, 0) for width in widths)

    def _check_parameters(self) -> None:
        if self.shrinkage is not None and not isinstance(self.shrinkage, Mapping):
            check_number(self, "shrinkage", 0.0)

    def _open_space(self, table: Table) -> Space | None:
        return open_space(table, "RandomOverSampler") if self._smooths else None

    def _check_task(self, task: Task) -> None:
        short = [task.labels.names[code] for code in np.flatnonzero(task.wanted > task.counts)]
        self.shrinkage_ = None
        if self.shrinkage is None:
            return
        if not isinstance(self.shrinkage, Mapping):
            self.shrinkage_ = dict.fromkeys(short, self.shrinkage)
            return
        missing = [name for name in short if name not in self.shrinkage]
        if missing:
            raise BadOption(
                f"shrinkage must give a number for each class to be enlarged; {missing} are missing."
            )
        for name, width in self.shrinkage.items():
            if not (isinstance(width, (int, float)) and 0 <= width < np.inf):
                raise BadOption(
                    f"shrinkage must hold numbers of at least 0. Got {width!r} for class {name!r}."
                )
        self.shrinkage_ = {name: self.shrinkage[name] for name in short}

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
        if self._smooths:
            raise CannotResample(
                "Smoothed copies are no rows of the table. Leave shrinkage out to select rows."
            )
        return super().select(X, y, groups=groups, sample_weight=sample_weight)

    def _select(self, task: Task) -> NDArray[np.intp]:
        rows = [np.arange(task.table.n_rows)]
        missing = task.wanted - task.counts
        for code in np.flatnonzero(missing).tolist():
            rows.append(task.stream(code).choice(task.rows_of(code), size=missing[code]))
        return np.concatenate(rows)

    def _resample(self, task: Task) -> tuple[Any, Any]:
        if not self._smooths:
            return super()._resample(task)
        broods = [self._smoothed(task, code) for code in np.flatnonzero(task.wanted > task.counts).tolist()]
        out = self._record(task, None, Children.together(broods) if broods else None)
        copied = [brood.base for brood in broods]
        self.sample_indices_ = np.concatenate([np.arange(task.table.n_rows), *copied])
        return out

    def _smoothed(self, task: Task, code: int) -> Children:
        """Copies of the same rows that plain over-sampling takes, moved by noise."""
        rows, rng, space = task.rows_of(code), task.stream(code), task.space
        base = rng.choice(rows, size=int(task.wanted[code] - task.counts[code]))
        width = self.shrinkage_[task.labels.names[code]]
        numbers = smoothed_copies(space.numbers, rows, base, width, rng)
        return Children(
            base=base,
            parents=base[:, None],
            numeric=space.numeric,
            numbers=sparse.csr_array(numbers) if sparse.issparse(space.numbers) else numbers,
            categorical=space.categorical,
            cells_of=np.repeat(base[:, None], len(space.categorical), axis=1),
        )
