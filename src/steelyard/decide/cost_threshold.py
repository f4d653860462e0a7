"""The decision that costs least."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.decide.base import Decided
from steelyard.decide.costs import Costs, check_cost_matrix
from steelyard.decide.evidence import Evidence
from steelyard.decide.words import expected_outcome, names_of, number, set_on, share_words
from steelyard.errors import BadOption
from steelyard.kernels.priors import class_prior
from steelyard.kernels.rng import RandomState

__all__ = ["CostThreshold"]


class CostThreshold(Decided):
    """Decides for the class with the least expected cost, on calibrated probabilities.

    With two classes that is a threshold, ``false_alarm / (false_alarm + miss)`` when being right costs
    nothing. It follows from the costs alone, so nothing is tuned and no row is held out for it; it is as
    good as the probabilities are calibrated.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
    miss : float
        Cost of a row of the positive class that is called something else.
    false_alarm : float
        Cost of another row that is called positive; with more than two classes also of a mistake among
        the others.
    cost : array of shape (k, k), optional
        ``cost[true, decided]`` for the sorted classes; beats the two numbers.
    positive : label, optional
        The class a miss is about; the rarest by default.
    calibration : {"auto", "sigmoid", "isotonic", "beta", "venn-abers"} or None
        "auto" by default: a cost threshold on uncalibrated probabilities is wrong.
    inner_folds : int
        Folds of the out-of-fold scores that calibration is fitted on.
    deployment_prior : mapping of label to share, optional
        Class shares where the model will be used.
    random_state : int, RandomState, Generator or None

    Attributes
    ----------
    cost_ : ndarray of shape (k, k)
    threshold_ : float or None
        On the probability of the positive class; None with more than two classes.

    See `Decided` for the others.

    References
    ----------
    Elkan, The foundations of cost-sensitive learning, IJCAI 2001, section 2.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.arange(40.0)[:, None]
    >>> y = (X[:, 0] > 30).astype(int)
    >>> rule = CostThreshold(LogisticRegression(), miss=19, random_state=0).fit(X, y)
    >>> rule.threshold_
    0.05
    """

    _rule_counts = False

    def __init__(
        self,
        estimator: Any,
        *,
        miss: float = 1.0,
        false_alarm: float = 1.0,
        cost: ArrayLike | None = None,
        positive: Any = None,
        calibration: str | None = "auto",
        inner_folds: int = 3,
        deployment_prior: Mapping[Any, float] | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.miss = miss
        self.false_alarm = false_alarm
        self.cost = cost
        self.positive = positive
        self.calibration = calibration
        self.inner_folds = inner_folds
        self.deployment_prior = deployment_prior
        self.random_state = random_state

    def _check_rule(self) -> None:
        for name in ("miss", "false_alarm"):
            value = getattr(self, name)
            if not np.isfinite(value) or value < 0:
                raise BadOption(
                    f"The '{name}' parameter of CostThreshold must be a number of at least 0. "
                    f"Got {value!r} instead."
                )

    def _set_rule(self, evidence: Evidence | None) -> dict[str, Any]:
        k, code = self.classes_.size, self.positive_code_
        if self.cost is None:
            prices = Costs(float(self.miss), float(self.false_alarm))
            self.cost_ = prices.matrix(self.classes_, self.classes_[code])
        else:
            self.cost_ = check_cost_matrix(self.cost, k)
        self.threshold_ = _threshold(self.cost_, code) if k == 2 else None
        names = names_of(self.classes_)
        told: dict[str, Any] = {"rule": "least_cost"}
        if self.threshold_ is None:
            sentence = "Each row gets the class whose expected cost is least."
        else:
            miss, alarm = self.cost_[code, 1 - code], self.cost_[1 - code, code]
            told["threshold"] = self.threshold_
            sentence = (
                f"A row is called {names[code]!r} when its probability is at least "
                f"{number(self.threshold_)}: a miss costs {number(miss)}, a false alarm {number(alarm)}."
            )
        told |= {"how": "from the costs alone", "cost": self.cost_.tolist()}
        if evidence is not None:
            decided = self.decide(evidence.proba)
            told |= set_on(evidence, code if k == 2 else None)
            told |= expected_outcome(evidence, decided, self.classes_)
            paid = self.cost_[evidence.codes, decided]
            told["expected_cost"] = float(np.average(paid, weights=evidence.weight))
            if k == 2:
                told["flagged_share"] = float(class_prior(decided, k, evidence.weight)[code])
                sentence += f" About {share_words(told['flagged_share'])} of rows are."
        return {**told, "sentence": sentence}

    def decide(self, proba: ArrayLike) -> NDArray[np.intp]:
        """Class codes for probabilities of shape (n, k)."""
        p = np.asarray(proba, dtype=np.float64)
        if self.threshold_ is None:
            return (p @ self.cost_).argmin(axis=1)
        code = self.positive_code_
        return np.where(p[:, code] >= self.threshold_, code, 1 - code)


def _threshold(cost: NDArray[np.float64], code: int) -> float:
    """Probability from which calling a row positive is no dearer; any diagonal.

    A class whose every decision costs the same does not count: the threshold is then 0 or 1.
    """
    other = 1 - code
    alarm_regret = cost[other, code] - cost[other, other]
    miss_regret = cost[code, other] - cost[code, code]
    return float(alarm_regret / (alarm_regret + miss_regret))
