"""Instance hardness threshold: leave out rows of large classes that a model finds hard."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import check_cv
from sklearn.utils.validation import has_fit_parameter

from steelyard.balance.base import Selector
from steelyard.balance.check_parameter import check_whole
from steelyard.balance.task import Task
from steelyard.balance.under.hardness_model import hardness_model, plain_columns
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.out_of_fold import inner_splits, out_of_fold_proba
from steelyard.kernels.rng import int_seed

__all__ = ["InstanceHardnessThreshold"]

PERCENT = 100.0
MIN_FOLDS = 2


class InstanceHardnessThreshold(Selector):
    """Keep the rows of each large class to which a model, fitted without them, gives their own label.

    The hardness of a row is one minus the probability of its label, predicted out of fold. Of each
    chosen class the hardest rows go, until about as many are left as asked for.

    Parameters
    ----------
    estimator : classifier with ``predict_proba`` or None, default=None
        None is histogram gradient boosting (a random forest for a sparse table too large to be made
        dense); imbalanced-learn uses a random forest of 100 trees, which takes some twenty times as
        long and gives other rows.
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class: "auto" and "not minority" bring all classes down to the smallest,
        "majority" the largest only, "all" every class; a number is the wanted ratio of minority to
        majority rows (two classes); a dict gives rows per class.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the folds, and the model if it has no seed of its own.
    cv : int, splitter or list of splits, default=5
        Folds, stratified by class and drawn at random; or splits that test every row.
    n_jobs : int or None, default=None
        Folds fitted at a time; the rows do not depend on it.

    Attributes
    ----------
    estimator_ : classifier
        The model that was cloned for each fold, not fitted itself.
    instance_hardness_ : ndarray of float, shape (n_in,)
        One minus the probability of the row's own label; NaN for the only row of a class, which is
        never left out.
    sample_indices_ : ndarray of int, shape (n_out,)
        Rows kept, in the order of the source.
    origin_, parents_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        Fewer than two classes have two rows, so that no model can be asked about rows it has not seen.

    Notes
    -----
    As in imbalanced-learn the threshold is a percentile: rows at the threshold stay, so more rows than
    asked for are kept where several are equally hard. ``note_`` says so.

    With ``groups`` whole groups are predicted by models that have seen none of their rows. A class with
    fewer rows than folds is missing from some of them. Gaps and categories are the model's affair; the
    default takes both (of a column of more than 254 categories the rarest count as one). Weights are
    handed to models that take them.

    References
    ----------
    Smith, Martinez and Giraud-Carrier, An instance level analysis of data complexity, Machine Learning
    95, 2014.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = [[0.0], [0.1], [0.2], [0.3], [2.9], [0.5], [2.0], [2.2], [2.3], [2.4]]
    >>> sampler = InstanceHardnessThreshold(estimator=LogisticRegression(), cv=2, random_state=0)
    >>> _ = sampler.fit_resample(X, list("aaaaaabbbb"))
    >>> sampler.sample_indices_.tolist(), round(float(sampler.instance_hardness_[4]), 2)
    ([0, 1, 2, 3, 6, 7, 8, 9], 0.84)
    """

    how = "under"

    def __init__(
        self,
        *,
        estimator: Any = None,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        cv: Any = 5,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.cv = cv
        self.n_jobs = n_jobs

    def _check_parameters(self) -> None:
        if not self._has_splits():
            check_whole(self, "cv", MIN_FOLDS)
        if self.estimator is not None and not (
            hasattr(self.estimator, "fit") and hasattr(self.estimator, "predict_proba")
        ):
            raise BadOption(
                "The 'estimator' parameter of InstanceHardnessThreshold must be an object with fit and "
                f"predict_proba or None. Got {self.estimator!r} instead."
            )

    def _has_splits(self) -> bool:
        """Whether ``cv`` is a splitter or a list of splits, not a number of folds."""
        return hasattr(self.cv, "split") or isinstance(self.cv, list)

    def _check_task(self, task: Task) -> None:
        if not task.wanted.sum():
            raise CannotResample(
                "InstanceHardnessThreshold was asked for 0 rows of every class. Ask for at least one row."
            )
        if (task.counts >= MIN_FOLDS).sum() < MIN_FOLDS:
            raise CannotResample(
                "InstanceHardnessThreshold needs at least two classes with 2 rows, got classes of "
                f"{sorted(task.counts.tolist())} rows. Collect more."
            )

    def _select(self, task: Task) -> NDArray[np.intp]:
        if (task.wanted == task.counts).all():
            return np.arange(task.table.n_rows)
        easiness = self._easiness(task)
        self.instance_hardness_ = 1.0 - easiness
        kept = []
        for code, (wanted, has) in enumerate(zip(task.wanted.tolist(), task.counts.tolist(), strict=True)):
            rows = task.rows_of(code)
            if wanted < has:
                rows = self._easiest(rows, easiness[rows], wanted)
                if rows.shape[0] != wanted:
                    name = task.labels.names[code]
                    self._add_note(
                        f"class {name!r}: {rows.shape[0]} rows instead of {wanted}, for several are equally "
                        "hard"
                    )
            kept.append(rows)
        return np.sort(np.concatenate(kept))

    @staticmethod
    def _easiest(rows: NDArray[np.intp], easiness: NDArray[np.float64], wanted: int) -> NDArray[np.intp]:
        if wanted == 0:
            return rows[:0]
        share = 1.0 - wanted / rows.shape[0]
        return rows[easiness >= np.percentile(easiness, share * PERCENT)]

    def _easiness(self, task: Task) -> NDArray[np.float64]:
        """Probability of each row's own label, from models that have not seen the row."""
        seed = int_seed(task.seed, "model")
        if self.estimator is None:
            X: Any = plain_columns(task.table)
            self.estimator_ = hardness_model(X, task.counts, seed)
        else:
            X = task.table.values
            X = X.to_pandas() if hasattr(X, "to_pandas") else X
            self.estimator_ = clone(self.estimator)
            if self.estimator_.get_params().get("random_state", 0) is None:
                self.estimator_.set_params(random_state=seed)
        weights = {}
        if task.weight is not None and has_fit_parameter(self.estimator_, "sample_weight"):
            weights["sample_weight"] = task.weight
        proba = out_of_fold_proba(
            self.estimator_,
            X.matrix if self.estimator is None else X,
            task.labels.classes[task.codes],
            self._splits(task),
            classes=task.labels.classes,
            n_jobs=self.n_jobs,
            fit_params=weights,
        )
        return np.asarray(proba[np.arange(task.codes.shape[0]), task.codes])

    def _splits(self, task: Task) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        if not self._has_splits():
            return inner_splits(task.codes, self.cv, groups=task.groups, random_state=task.seed)
        n_rows = task.codes.shape[0]
        splits = list(check_cv(self.cv).split(np.zeros(n_rows), task.codes, task.groups))
        tested = np.bincount(np.concatenate([test for _, test in splits]), minlength=n_rows)
        if not tested.all():
            raise BadOption(
                f"The 'cv' parameter of InstanceHardnessThreshold must test every row. Got {self.cv!r}, "
                f"which leaves {int((tested == 0).sum())} rows untested, instead."
            )
        return splits
