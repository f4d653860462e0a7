"""Big-jump cleaning, then over-sampling with penalties: the data level of IMOVNO+."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone

from steelyard.balance.base import OverSampler, Sampler, Selector
from steelyard.balance.check_parameter import check_flag
from steelyard.balance.clean.big_jump import BigJumpCleaner
from steelyard.balance.lineage import Lineage
from steelyard.balance.over.omrp import OMRP
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Table
from steelyard.balance.targets import Labels
from steelyard.balance.task import Task
from steelyard.errors import BadOption
from steelyard.kernels.rng import int_seed

__all__ = ["BigJumpOMRP"]


class BigJumpOMRP(Sampler):
    """Leave out misplaced and intruding rows, then bring every class up with penalised synthetic rows.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class after cleaning, as in `OMRP`; left alone where ``over`` is given.
    random_state : int, RandomState, Generator or None, default=None
        Seeds both samplers, unless they have seeds of their own.
    cleaner : selector or None, default=None
        None is `BigJumpCleaner`.
    over : over-sampler or None, default=None
        None is `OMRP`.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        For the samplers that None stands for.
    standardize : bool, default=False
        For the samplers that None stands for.

    Attributes
    ----------
    cleaner_, over_ : the two samplers
    parents_ : ndarray of int, shape (n_out, r)
        As source rows of the table that came in, never of the cleaned one.
    origin_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        As the two samplers do.

    Notes
    -----
    Exactly the two samplers one after the other; the regions are drawn anew on the cleaned table.

    References
    ----------
    Bacha, Djafri, Dhelim and Ning, IMOVNO+: A Regional Partitioning and Meta-Heuristic Ensemble Framework
    for Imbalanced Multi-Class Learning, arXiv 2602.20199, 2026.

    Examples
    --------
    >>> X = [[x / 10] for x in range(40)] + [[9.05]] + [[9 + x / 10] for x in range(10)]
    >>> sampler = BigJumpOMRP(random_state=0)
    >>> X_out, y_out = sampler.fit_resample(X, ["a"] * 41 + ["b"] * 10)
    >>> y_out.count("a"), y_out.count("b"), 40 in sampler.origin_
    (40, 40, False)
    """

    how = "over"

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        cleaner: Any = None,
        over: Any = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.cleaner = cleaner
        self.over = over
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        check_flag(self, "standardize")
        for name, kind, words in (
            ("cleaner", Selector, "a selector"),
            ("over", OverSampler, "an over-sampler"),
        ):
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                raise BadOption(
                    f"The {name!r} parameter of BigJumpOMRP must be {words} of steelyard.balance or None. "
                    f"Got {value!r} instead."
                )

    def _open_space(self, table: Table) -> None:
        """Nothing: each of the two samplers opens its own."""

    def _strategy(self, labels: Labels) -> dict[Any, int]:
        return super()._strategy(labels) if self.over is None else self.over._strategy(labels)

    def _resample(self, task: Task) -> tuple[Any, Any]:
        self.note_ = ""
        self.cleaner_ = self._seeded(self._cleaner(), task, "clean")
        facts = {"groups": task.groups, "sample_weight": task.weight}
        X, y = self.cleaner_.fit_resample(_as_given(task), task.labels.values, **facts)
        rows = self.cleaner_.sample_indices_
        self.over_ = self._seeded(self._over(), task, "over")
        facts = {"groups": self.cleaner_.groups_, "sample_weight": self.cleaner_.sample_weight_}
        X, y = self.over_.fit_resample(X, y, **facts)
        self.sampling_strategy_ = self.over_.sampling_strategy_
        for sampler in (self.cleaner_, self.over_):
            self._add_note(sampler.note_)
        made = self.over_._lineage
        lineage = Lineage(
            rows if isinstance(made.kept, int) else rows[made.kept],
            rows[made.base],
            np.where(made.parents >= 0, rows[made.parents], -1),
            made.steps,
            type(self.over_).__name__,
        )
        self._keep(lineage, task.groups, task.weight)
        self._record_priors(task, lineage)
        return X, y

    def _cleaner(self) -> Selector:
        if self.cleaner is not None:
            return clone(self.cleaner)
        return BigJumpCleaner(categorical_features=self.categorical_features, standardize=self.standardize)

    def _over(self) -> OverSampler:
        if self.over is not None:
            return clone(self.over)
        return OMRP(
            sampling_strategy=self.sampling_strategy,
            categorical_features=self.categorical_features,
            standardize=self.standardize,
        )

    @staticmethod
    def _seeded(sampler: Any, task: Task, name: str) -> Any:
        if sampler.get_params().get("random_state", 0) is None:
            sampler.set_params(random_state=int_seed(task.seed, name))
        return sampler


def _as_given(task: Task) -> Any:
    """The table as the kind of thing that came in."""
    return task.table.take(np.arange(task.table.n_rows))
