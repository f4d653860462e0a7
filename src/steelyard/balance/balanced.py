"""An estimator fitted on resampled rows whose probabilities hold for rows as they come."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from steelyard.balance.check_parameter import check_choice
from steelyard.balance.fit_parts import fit_with_weights, read_rows, resample_for_fit, seed_part
from steelyard.balance.label_only import is_label_only
from steelyard.balance.read_prior import read_prior
from steelyard.balance.slope_and_shift import apply_slope_and_shift, fit_slope_and_shift
from steelyard.balance.tables.open_table import open_table
from steelyard.balance.targets import read_labels
from steelyard.balance.task import check_shape, read_per_row, read_weights
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.class_labels import read_class_labels
from steelyard.kernels.out_of_fold import aligned_proba, inner_splits, out_of_fold_proba
from steelyard.kernels.priors import class_prior, correct_prior
from steelyard.kernels.rng import int_seed, root_seed
from steelyard.metrics import calibration_error

__all__ = ["Balanced"]

CORRECTIONS = ("auto", "prior", "calibrate", "none")
INNER_FOLDS = 3


def _has_proba(self: Balanced) -> bool:
    estimator = getattr(self, "estimator_", self.estimator)
    if hasattr(estimator, "predict_proba"):
        return True
    raise AttributeError(
        f"{type(estimator).__name__} gives no probabilities. Wrap it in scikit-learn's "
        "CalibratedClassifierCV, or use predict."
    )


class Balanced(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Fit an estimator on resampled rows, and correct its probabilities for the resampling.

    Resampling happens inside ``fit`` only: no row that is asked about is ever resampled, and in a
    cross-validation no synthetic row reaches a test fold.

    Parameters
    ----------
    sampler : sampler
        Of this package, of imbalanced-learn, or any object with ``fit_resample``.
    estimator : classifier
    correction : {"auto", "prior", "calibrate", "none"}, default="auto"
        How ``predict_proba`` is brought back to the class shares before resampling. "prior" multiplies
        by the ratio of the shares, which is exact when rows were chosen by label alone (random over-
        and under-sampling) and an approximation otherwise. "calibrate" predicts untouched rows out of
        fold, each fold resampled for itself, and fits a slope and one shift per class to what "prior"
        makes of them. "none" leaves the probabilities of the resampled world. "auto" is "prior" where
        that is exact, else "calibrate"; without probabilities it is "none".
    deployment_prior : mapping of label to share or array of shape (k,), optional
        Class shares where the model will be used; those before resampling by default.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the inner folds, and the sampler and the estimator where they have no seed of their own.

    Attributes
    ----------
    estimator_, sampler_ : the fitted parts
    classes_ : ndarray of shape (k,)
    prior_before_, prior_after_ : dict
        Share of each class, by weight if there are weights.
    correction_ : str
        What "auto" came to.
    calibration_error_ : float or None
        Residual error of calibrated probabilities, out of fold, the calibration fitted on other rows
        still; None unless the correction is "calibrate".
    raw_calibration_error_ : float or None
        The same before calibration.
    n_features_in_, feature_names_in_
        As in scikit-learn.

    References
    ----------
    Elkan, The foundations of cost-sensitive learning, IJCAI 2001, theorem 2; Dal Pozzolo, Caelen, Johnson
    and Bontempi, Calibrating probability with undersampling for unbalanced classification, SSCI 2015.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from steelyard.balance import RandomUnderSampler
    >>> X, y = make_classification(3000, weights=[0.95], flip_y=0, random_state=0)
    >>> model = Balanced(RandomUnderSampler(random_state=0), LogisticRegression()).fit(X, y)
    >>> model.correction_, round(float(y.mean()), 2), round(float(model.predict_proba(X)[:, 1].mean()), 2)
    ('prior', 0.05, 0.05)
    """

    def __init__(
        self,
        sampler: Any,
        estimator: Any,
        *,
        correction: str = "auto",
        deployment_prior: Any = None,
        random_state: Any = None,
    ) -> None:
        self.sampler = sampler
        self.estimator = estimator
        self.correction = correction
        self.deployment_prior = deployment_prior
        self.random_state = random_state

    def fit(self, X: Any, y: Any, *, groups: Any = None, sample_weight: Any = None) -> Balanced:
        """Resample, fit, and work out the correction.

        Parameters
        ----------
        X : table of n rows
        y : array of shape (n,)
        groups : array of shape (n,), optional
            Handed to samplers of this package; inner folds keep groups whole.
        sample_weight : array of shape (n,), optional
            A row keeps its weight when it is kept or copied, a synthetic row gets the mean of its
            parents' weights, and the estimator is fitted with them. Priors are shares of weight.

        Returns
        -------
        self

        Raises
        ------
        CannotResample
            The sampler cannot work on these rows, or not on those of an inner fold.
        BadOption
            A parameter makes no sense, or weights cannot be carried.
        """
        self._check_parameters()
        X, y = read_rows(X), read_class_labels(y, type(self).__name__)
        labels = read_labels(y, type(self).__name__)
        table = open_table(X)
        check_shape(table, labels, type(self).__name__)
        if table.n_columns:
            validate_data(self, X, skip_check_array=True)
        groups = read_per_row(groups, table.n_rows, "groups")
        weight = read_weights(sample_weight, table.n_rows)
        self.classes_ = labels.classes
        self._wanted = None
        if self.deployment_prior is not None:
            self._wanted = read_prior(self.deployment_prior, labels.names, "deployment_prior")
        seed = root_seed(self.random_state)
        self._fit_resampled(X, y, groups, weight, seed)
        before = class_prior(labels.codes, len(labels.names), weight)
        self._before = before
        self.prior_before_ = dict(zip(labels.names, before.tolist(), strict=True))
        self.prior_after_ = dict(zip(labels.names, self._after.tolist(), strict=True))
        self.calibration_error_ = self.raw_calibration_error_ = None
        if self.correction_ == "calibrate":
            self._calibrate(X, y, labels.codes, groups, weight, seed)
        return self

    def _check_parameters(self) -> None:
        check_choice(self, "correction", CORRECTIONS)
        if not hasattr(self.sampler, "fit_resample"):
            raise BadOption(
                "The 'sampler' parameter of Balanced must be an object with fit_resample. "
                f"Got {self.sampler!r} instead."
            )
        self.correction_ = self._resolved_correction()
        if self.correction_ == "none" and self.deployment_prior is not None:
            raise BadOption(
                "deployment_prior moves probabilities that hold before resampling; with correction='none' "
                "there are none. Choose another correction, or leave it out."
            )

    def _resolved_correction(self) -> str:
        if hasattr(self.estimator, "predict_proba"):
            if self.correction != "auto":
                return self.correction
            return "prior" if is_label_only(self.sampler) else "calibrate"
        if self.correction in ("auto", "none"):
            return "none"
        raise BadOption(
            f"correction={self.correction!r} needs probabilities, and {type(self.estimator).__name__} gives "
            "none. Use correction='none', or wrap it in CalibratedClassifierCV."
        )

    def _fit_resampled(self, X: Any, y: Any, groups: Any, weight: Any, seed: int) -> None:
        seeded = self.random_state is not None
        sampler = seed_part(clone(self.sampler), seed, "sampler") if seeded else clone(self.sampler)
        estimator = seed_part(clone(self.estimator), seed, "estimator") if seeded else clone(self.estimator)
        X_fit, y_fit, weight_fit = resample_for_fit(sampler, X, y, groups, weight)
        self.sampler_ = sampler
        self.estimator_ = fit_with_weights(estimator, X_fit, y_fit, weight_fit)
        codes = np.searchsorted(self.classes_, np.asarray(y_fit))
        self._after = class_prior(codes, self.classes_.shape[0], weight_fit)

    def _calibrate(self, X: Any, y: Any, codes: Any, groups: Any, weight: Any, seed: int) -> None:
        """Fit slope and shifts on untouched rows out of fold, and measure what error is left."""
        splits = inner_splits(y, INNER_FOLDS, groups=groups, random_state=int_seed(seed, "calibrate"))
        uncorrected = clone(self).set_params(correction="none", deployment_prior=None)
        params = {"groups": groups, "sample_weight": weight}
        given = {name: values for name, values in params.items() if values is not None}
        try:
            proba = out_of_fold_proba(uncorrected, X, y, splits, classes=self.classes_, fit_params=given)
        except CannotResample as error:
            raise CannotResample(
                f"{error} This was in an inner fold, on which probabilities are calibrated; "
                "correction='prior' and correction='none' do without."
            ) from error
        seen = np.flatnonzero(~np.isnan(proba).any(axis=1))
        self.raw_calibration_error_ = self._error(y, proba, seen, weight)
        # What the shares explain is taken off first; slope and shifts start from there.
        proba = correct_prior(proba, self._after, self._before)
        self._slope, self._shift = fit_slope_and_shift(*_rows_of(seen, proba, codes, weight))
        calibrated = np.full_like(proba, np.nan)
        for _, test in splits:
            others = np.setdiff1d(seen, test)
            slope, shift = fit_slope_and_shift(*_rows_of(others, proba, codes, weight))
            calibrated[test] = apply_slope_and_shift(proba[test], slope, shift)
        self.calibration_error_ = self._error(y, calibrated, seen, weight)

    def _error(self, y: Any, proba: Any, rows: NDArray[np.intp], weight: Any) -> float:
        return calibration_error(
            y[rows], proba[rows], labels=self.classes_, sample_weight=None if weight is None else weight[rows]
        )

    @available_if(_has_proba)
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities for rows as they come, under the prior before resampling or in deployment.

        Parameters
        ----------
        X : table of m rows

        Returns
        -------
        ndarray of shape (m, k)
            Columns in the order of ``classes_``.
        """
        asked = self._asked(X)
        proba = aligned_proba(self.estimator_, asked, self.classes_)
        wanted = self._before if self._wanted is None else self._wanted
        if self.correction_ == "none":
            return proba
        if self.correction_ == "calibrate":
            proba = correct_prior(proba, self._after, self._before)
            proba = apply_slope_and_shift(proba, self._slope, self._shift)
            return proba if self._wanted is None else correct_prior(proba, self._before, wanted)
        return correct_prior(proba, self._after, wanted)

    def predict(self, X: Any) -> NDArray[Any]:
        """Most probable class of each row; what the estimator says itself if it has no probabilities.

        Parameters
        ----------
        X : table of m rows

        Returns
        -------
        ndarray of shape (m,)
        """
        check_is_fitted(self)
        if hasattr(self.estimator_, "predict_proba"):
            return self.classes_[self.predict_proba(X).argmax(axis=1)]
        return np.asarray(self.estimator_.predict(self._asked(X)))

    def _asked(self, X: Any) -> Any:
        check_is_fitted(self)
        X = read_rows(X)
        open_table(X)  # refuses what is no table, such as a single row
        if hasattr(self, "n_features_in_"):
            validate_data(self, X, reset=False, skip_check_array=True)
        return X

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        if inner.classifier_tags is not None:
            tags.classifier_tags = inner.classifier_tags
        return tags


def _rows_of(rows: NDArray[np.intp], proba: Any, codes: Any, weight: Any) -> tuple[Any, Any, Any]:
    return proba[rows], codes[rows], None if weight is None else weight[rows]
