"""The cut, or class weights, that a metric likes best out of fold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.decide.base import Decided
from steelyard.decide.binary_cuts import Cuts, all_cuts, redrawn_thresholds
from steelyard.decide.evidence import Evidence
from steelyard.decide.rule_metrics import BINARY, MULTICLASS, TITLES
from steelyard.decide.search_weights import decide_by_weights, search_weights
from steelyard.decide.words import (
    expected_outcome,
    names_of,
    number,
    outcome_at,
    set_on,
    share_words,
    where_set,
)
from steelyard.errors import BadOption
from steelyard.kernels.priors import class_prior
from steelyard.kernels.rng import RandomState, child

__all__ = ["MetricThreshold"]

LEAST_ROWS = 10  # of a class; with fewer, the best cut on counted rows is mostly luck
DRAWS = 100
TIE = 1e-12


class MetricThreshold(Decided):
    """Decides by the threshold, or the class weights, that maximise a metric out of fold.

    Two classes: every distinct cut of the out-of-fold probabilities is tried, by one sort. More classes:
    one weight for each, by coordinate ascent from no weights, square-root and full inverse class shares.

    A class with fewer than 10 scored rows is too small to count on. With two classes the cut is then the one
    with the best *expected* metric, each row counting as positive by its probability; with more, the
    class keeps the weight it started with. `decision_` says so.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
    metric : {"f1", "balanced_accuracy", "mcc", "g_mean"}
        With more than two classes: macro-F1, mean recall, Matthews correlation, geometric mean of recalls.
    positive : label, optional
        The class whose F1 counts when there are two; the rarer by default.
    calibration : {"auto", "sigmoid", "isotonic", "beta", "venn-abers"} or None
    inner_folds : int
        Folds of the out-of-fold scores.
    deployment_prior : mapping of label to share, optional
        Class shares where the model will be used; the metric is maximised for them.
    random_state : int, RandomState, Generator or None

    Attributes
    ----------
    threshold_ : float or None
        On the probability of the positive class; None with more than two classes.
    log_weights_ : ndarray of shape (k,) or None
        Added to log-probabilities; None with two classes.

    See `Decided` for the others.

    References
    ----------
    Lipton, Elkan and Naryanaswamy, Optimal thresholding of classifiers to maximize F1 measure, ECML
    PKDD 2014.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.arange(60.0)[:, None]
    >>> y = (X[:, 0] > 44).astype(int)
    >>> rule = MetricThreshold(LogisticRegression(), metric="f1", random_state=0).fit(X, y)
    >>> rule.predict([[10.0], [59.0]])
    array([0, 1])
    """

    _rule_counts = True

    def __init__(
        self,
        estimator: Any,
        *,
        metric: str = "f1",
        positive: Any = None,
        calibration: str | None = "auto",
        inner_folds: int = 3,
        deployment_prior: Mapping[Any, float] | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.metric = metric
        self.positive = positive
        self.calibration = calibration
        self.inner_folds = inner_folds
        self.deployment_prior = deployment_prior
        self.random_state = random_state

    def _check_rule(self) -> None:
        if self.metric not in BINARY:
            raise BadOption(
                f"The 'metric' parameter of MetricThreshold must be one of {', '.join(BINARY)}. "
                f"Got {self.metric!r} instead."
            )

    def _set_rule(self, evidence: Evidence | None) -> dict[str, Any]:
        assert evidence is not None  # `_rule_counts` promises it
        self.threshold_, self.log_weights_ = None, None
        return self._cut(evidence) if evidence.n_classes == 2 else self._weigh(evidence)

    def _best(self, cuts: Cuts) -> int:
        values = BINARY[self.metric](cuts)
        return int(np.argmax(values >= values.max() - TIE))

    def _cut(self, evidence: Evidence) -> dict[str, Any]:
        code = self.positive_code_
        score = evidence.proba[:, code]
        truth = (evidence.codes == code).astype(np.float64)
        enough = evidence.counts.min() >= LEAST_ROWS
        cuts = all_cuts(score, truth if enough else score, evidence.weight)
        place = self._best(cuts)
        self.threshold_ = float(cuts.thresholds[place])
        told: dict[str, Any] = {"rule": f"best_{self.metric}", "threshold": self.threshold_}
        if enough:
            rng = child(self.random_state, "threshold interval")
            told["threshold_interval"] = redrawn_thresholds(
                score, truth, evidence.weight, evidence.groups, self._best, rng, DRAWS
            )
        on = set_on(evidence, code)
        how = where_set(on)
        if not enough:
            how += f"; fewer than {LEAST_ROWS} of a class, so by expectation instead of counts"
        told |= {"metric": self.metric, "how": how, **on, "value": float(BINARY[self.metric](cuts)[place])}
        told |= outcome_at(cuts, place)
        name = names_of(self.classes_)[code]
        told["sentence"] = (
            f"A row is called {name!r} when its probability is at least {number(self.threshold_)}, the cut "
            f"with the best {TITLES[self.metric]} {how}. "
            f"About {share_words(told['flagged_share'])} of rows are."
        )
        return told

    def _weigh(self, evidence: Evidence) -> dict[str, Any]:
        k = evidence.n_classes
        prior = class_prior(evidence.codes, k, evidence.weight)
        rarity = -np.log(np.where(prior > 0, prior, 1.0))
        starts = [np.zeros(k), rarity / 2, rarity]
        counts = evidence.counts
        tunable = np.flatnonzero(counts >= LEAST_ROWS)
        found, value = search_weights(evidence, MULTICLASS[self.metric], starts, tunable)
        self.log_weights_ = found - found[counts.argmax()]
        names = names_of(self.classes_)
        on = set_on(evidence, None)
        how = where_set(on)
        untuned = [names[code] for code in range(k) if counts[code] < LEAST_ROWS]
        if untuned:
            how += f"; too few rows to tune the weight of {', '.join(map(repr, untuned))}"
        return {
            "rule": f"best_{self.metric}",
            "weights": {name: float(w) for name, w in zip(names, np.exp(self.log_weights_), strict=True)},
            "metric": self.metric,
            "how": how,
            **on,
            "value": value,
            **expected_outcome(evidence, self.decide(evidence.proba), self.classes_),
            "sentence": (
                "Each row gets the class whose probability times its weight is largest; the weights have the "
                f"best {'macro-' if self.metric == 'f1' else ''}{TITLES[self.metric]} {how}."
            ),
        }

    def decide(self, proba: ArrayLike) -> NDArray[np.intp]:
        """Class codes for probabilities of shape (n, k)."""
        p = np.asarray(proba, dtype=np.float64)
        if self.log_weights_ is not None:
            return decide_by_weights(p, self.log_weights_)
        code = self.positive_code_
        return np.where(p[:, code] >= self.threshold_, code, 1 - code)
