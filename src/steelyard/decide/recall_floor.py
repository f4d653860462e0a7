"""At least this share of a class must be found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta

from steelyard.decide.base import Decided
from steelyard.decide.binary_cuts import Cuts, all_cuts, redrawn_thresholds
from steelyard.decide.evidence import Evidence
from steelyard.decide.labels import per_class
from steelyard.decide.parse_shares import parse_shares
from steelyard.decide.search_weights import decide_by_weights, log_proba, takeovers
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
from steelyard.kernels.priors import class_counts
from steelyard.kernels.rng import RandomState, child

__all__ = ["RecallFloor"]

DRAWS = 100
MOST_ROUNDS = 20
ROUNDING = 1e-9
MARGIN = 1e-6  # of a log-weight, beyond the row that must go over


class RecallFloor(Decided):
    """Finds at least a given share of one class, or of several, with as few alarms as that allows.

    One floor and two classes: the highest threshold whose out-of-fold recall reaches the floor. Else each
    class below its floor gets the least weight that lifts it there, in turn until all hold; a class
    that is above its floor without help keeps weight one. `decision_` says which floors are not met.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
    min_recall : float or mapping of label to float
        A number is about the positive class.
    confidence : float in (0, 1), optional
        Ask that the floor holds with this confidence: the one-sided Clopper-Pearson bound of the
        out-of-fold recall, instead of the recall itself, must reach it.
    positive : label, optional
        The rarest class by default.
    calibration : {"auto", "sigmoid", "isotonic", "beta", "venn-abers"} or None
    inner_folds : int
        Folds of the out-of-fold scores.
    deployment_prior : mapping of label to share, optional
        Class shares where the model will be used.
    random_state : int, RandomState, Generator or None

    Attributes
    ----------
    threshold_ : float or None
        On the probability of the class with a floor; None where class weights are used.
    log_weights_ : ndarray of shape (k,) or None
        Added to log-probabilities; None where a threshold is used.
    floors_ : dict of class code to float
    met_ : bool
        Whether every floor is reached out of fold.

    See `Decided` for the others.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.arange(60.0)[:, None]
    >>> y = np.where(X[:, 0] > 44, "fraud", "ok")
    >>> rule = RecallFloor(LogisticRegression(), min_recall={"fraud": 0.9}, random_state=0).fit(X, y)
    >>> rule.met_, bool(rule.decision_["recall"] >= 0.9)
    (True, True)
    """

    _rule_counts = True

    def __init__(
        self,
        estimator: Any,
        *,
        min_recall: float | Mapping[Any, float] = 0.8,
        confidence: float | None = None,
        positive: Any = None,
        calibration: str | None = "auto",
        inner_folds: int = 3,
        deployment_prior: Mapping[Any, float] | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.min_recall = min_recall
        self.confidence = confidence
        self.positive = positive
        self.calibration = calibration
        self.inner_folds = inner_folds
        self.deployment_prior = deployment_prior
        self.random_state = random_state

    def _check_rule(self) -> None:
        one = not isinstance(self.min_recall, Mapping)
        parse_shares({"min_recall": self.min_recall} if one else self.min_recall)
        if self.confidence is not None and not 0 < self.confidence < 1:
            raise BadOption(
                "The 'confidence' parameter of RecallFloor must lie between 0 and 1, or be None. "
                f"Got {self.confidence!r} instead."
            )

    def _asked_of(self, floor: float, rows: int) -> float:
        """Share of ``rows`` that must be found; above one when no number of hits is enough."""
        if self.confidence is None or floor == 0 or rows == 0:
            return floor
        hits = np.arange(1, rows + 1)
        bounds = beta.ppf(1 - self.confidence, hits, rows - hits + 1)
        enough = np.flatnonzero(bounds >= floor)
        return float(hits[enough[0]] / rows) if enough.size else 1.0 + 1.0 / rows

    def _set_rule(self, evidence: Evidence | None) -> dict[str, Any]:
        assert evidence is not None  # `_rule_counts` promises it
        self.threshold_, self.log_weights_ = None, None
        if isinstance(self.min_recall, Mapping):
            self.floors_ = per_class(parse_shares(self.min_recall), self.classes_, "min_recall")
        else:
            self.floors_ = {self.positive_code_: float(self.min_recall)}
        counts = evidence.counts
        asked = {code: self._asked_of(floor, int(counts[code])) for code, floor in self.floors_.items()}
        if evidence.n_classes == 2 and len(asked) == 1:
            return self._cut(evidence, *asked.popitem())
        return self._weigh(evidence, asked)

    def _promise(self, code: int) -> str:
        sure = "" if self.confidence is None else f", with {share_words(self.confidence)} confidence"
        return f"at least {share_words(self.floors_[code])} of {names_of(self.classes_)[code]!r}{sure}"

    def _cut(self, evidence: Evidence, code: int, asked: float) -> dict[str, Any]:
        score, truth = evidence.proba[:, code], (evidence.codes == code).astype(np.float64)

        def place_in(cuts: Cuts) -> int:
            recall = cuts.hits / max(cuts.positives, ROUNDING)
            return min(int(np.searchsorted(recall, asked - ROUNDING)), recall.size - 1)

        cuts = all_cuts(score, truth, evidence.weight)
        place = place_in(cuts)
        self.floor_code_ = code
        self.threshold_ = float(cuts.thresholds[place])
        outcome = outcome_at(cuts, place)
        self.met_ = outcome["recall"] is not None and outcome["recall"] >= asked - ROUNDING
        on = set_on(evidence, code)
        rng = child(self.random_state, "threshold interval")
        interval = redrawn_thresholds(score, truth, evidence.weight, evidence.groups, place_in, rng, DRAWS)
        name = names_of(self.classes_)[code]
        failed = "" if self.met_ else " Too few rows to promise that: every row is flagged."
        return {
            "rule": "recall_floor",
            "threshold": self.threshold_,
            "threshold_interval": interval,
            "min_recall": {name: self.floors_[code]},
            "met": self.met_,
            "how": where_set(on),
            **on,
            **outcome,
            "sentence": (
                f"A row is called {name!r} when its probability is at least {number(self.threshold_)}, the "
                f"highest cut that finds {self._promise(code)} {where_set(on)}. About "
                f"{share_words(outcome['flagged_share'])} of rows are flagged.{failed}"
            ),
        }

    def _weigh(self, evidence: Evidence, asked: dict[int, float]) -> dict[str, Any]:
        self.log_weights_ = _lift(evidence, asked)
        decided = self.decide(evidence.proba)
        k, names = evidence.n_classes, names_of(self.classes_)
        true = class_counts(evidence.codes, k, evidence.weight)
        right = class_counts(evidence.codes, k, evidence.weight * (decided == evidence.codes))
        missed = [code for code, share in asked.items() if right[code] < (share - ROUNDING) * true[code]]
        # A class without scored rows promises nothing.
        missed += [code for code, share in asked.items() if true[code] == 0 and share > 0]
        self.met_ = not missed
        on = set_on(evidence, None)
        promised = "; ".join(self._promise(code) for code in asked)
        failed = f" Not reached for {', '.join(repr(names[code]) for code in missed)}." if missed else ""
        return {
            "rule": "recall_floor",
            "weights": {name: float(w) for name, w in zip(names, np.exp(self.log_weights_), strict=True)},
            "min_recall": {names[code]: floor for code, floor in self.floors_.items()},
            "met": self.met_,
            "how": where_set(on),
            **on,
            **expected_outcome(evidence, decided, self.classes_),
            "sentence": (
                "Each row gets the class whose probability times its weight is largest; weights were raised "
                f"to find {promised}, {where_set(on)}.{failed}"
            ),
        }

    def decide(self, proba: ArrayLike) -> NDArray[np.intp]:
        """Class codes for probabilities of shape (n, k)."""
        p = np.asarray(proba, dtype=np.float64)
        if self.log_weights_ is not None:
            return decide_by_weights(p, self.log_weights_)
        code = self.floor_code_
        return np.where(p[:, code] >= self.threshold_, code, 1 - code)


def _lift(evidence: Evidence, asked: dict[int, float]) -> NDArray[np.float64]:
    """Least log-weights that bring every class to its floor; the nearest miss where floors conflict."""
    k = evidence.n_classes
    found, logits = np.zeros(k), log_proba(evidence.proba)
    nearest, nearest_gap = found, np.inf
    true = class_counts(evidence.codes, k, evidence.weight)
    for _ in range(MOST_ROUNDS):
        decided = (logits + found).argmax(axis=1)
        right = class_counts(evidence.codes, k, evidence.weight * (decided == evidence.codes))
        gaps = [share - right[code] / true[code] for code, share in asked.items() if true[code] > 0]
        gap = max(gaps, default=0.0)
        if gap < nearest_gap - ROUNDING:
            nearest, nearest_gap = found.copy(), gap
        if gap <= ROUNDING:
            break
        for code, share in asked.items():
            own = np.flatnonzero(evidence.codes == code)
            if own.size > 0:
                others = found.copy()
                others[code] = 0.0
                at, _ = takeovers(logits[own] + others, code)
                found[code] = max(found[code], _least_weight(at, evidence.weight[own], share))
    return nearest


def _least_weight(at: NDArray[np.float64], weight: NDArray[np.float64], share: float) -> float:
    """Log-weight beyond which this share of a class's rows goes over to it."""
    order = np.argsort(at, kind="stable")
    reached = np.cumsum(weight[order])
    place = int(np.searchsorted(reached, (min(share, 1.0) - ROUNDING) * reached[-1]))
    return float(at[order][min(place, at.size - 1)]) + MARGIN
