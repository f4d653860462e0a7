"""As many rows as somebody can look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.decide.base import Decided
from steelyard.decide.binary_cuts import Cuts, all_cuts, redrawn_thresholds
from steelyard.decide.evidence import Evidence
from steelyard.decide.words import names_of, number, outcome_at, set_on, share_words, where_set
from steelyard.errors import BadOption
from steelyard.kernels.rng import RandomState, child

__all__ = ["CapacityThreshold"]

DRAWS = 100
ROUNDING = 1e-9


class CapacityThreshold(Decided):
    """Flags the most suspicious rows, as many as can be reviewed.

    The threshold is the out-of-fold probability that ``review`` of every ``per`` rows reach; a new table
    of another length gets proportionally more or fewer. Where one score is shared by many rows, fewer
    are flagged rather than more. With more than two classes a row is flagged by the probability of the
    positive class, and other rows get the likeliest of the other classes.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
    review : int
        Rows that can be looked at ...
    per : int, optional
        ... of this many; the number of training rows by default.
    positive : label, optional
        What is looked for; the rarest class by default.
    calibration : {"auto", "sigmoid", "isotonic", "beta", "venn-abers"} or None
    inner_folds : int
        Folds of the out-of-fold scores.
    deployment_prior : mapping of label to share, optional
        Class shares where the model will be used.
    random_state : int, RandomState, Generator or None

    Attributes
    ----------
    threshold_ : float
        On the probability of the positive class.

    See `Decided` for the others.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.arange(60.0)[:, None]
    >>> y = (X[:, 0] > 44).astype(int)
    >>> rule = CapacityThreshold(LogisticRegression(), review=6, random_state=0).fit(X, y)
    >>> rule.decision_["flagged_share"]
    0.1
    """

    _rule_counts = True

    def __init__(
        self,
        estimator: Any,
        *,
        review: int = 200,
        per: int | None = None,
        positive: Any = None,
        calibration: str | None = "auto",
        inner_folds: int = 3,
        deployment_prior: Mapping[Any, float] | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.review = review
        self.per = per
        self.positive = positive
        self.calibration = calibration
        self.inner_folds = inner_folds
        self.deployment_prior = deployment_prior
        self.random_state = random_state

    def _check_rule(self) -> None:
        for name in ("review", "per"):
            value = getattr(self, name)
            if name == "per" and value is None:
                continue
            whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
            if not whole or value < 1:
                raise BadOption(
                    f"The '{name}' parameter of CapacityThreshold must be an int of at least 1. "
                    f"Got {value!r} instead."
                )

    def _place(self, cuts: Cuts) -> int:
        """The lowest cut that flags no more than the share; the highest when all flag more."""
        share = min(1.0, self.review / (self.per or self.n_rows_))
        flagged = (cuts.hits + cuts.alarms) / (cuts.positives + cuts.negatives)
        return max(0, int(np.searchsorted(flagged, share + ROUNDING, side="right")) - 1)

    def _set_rule(self, evidence: Evidence | None) -> dict[str, Any]:
        assert evidence is not None  # `_rule_counts` promises it
        code, per = self.positive_code_, self.per or self.n_rows_
        score, truth = evidence.proba[:, code], (evidence.codes == code).astype(np.float64)
        cuts = all_cuts(score, truth, evidence.weight)
        place = self._place(cuts)
        self.threshold_ = float(cuts.thresholds[place])
        on, outcome = set_on(evidence, code), outcome_at(cuts, place)
        how = where_set(on)
        wanted = min(1.0, self.review / per)
        if outcome["flagged_share"] > wanted + ROUNDING:
            how += "; no cut flags so few, this one flags the fewest"
        name = names_of(self.classes_)[code]
        return {
            "rule": "capacity",
            "threshold": self.threshold_,
            "threshold_interval": redrawn_thresholds(
                score,
                truth,
                evidence.weight,
                evidence.groups,
                self._place,
                child(self.random_state, "threshold interval"),
                DRAWS,
            ),
            "review": int(self.review),
            "per": int(per),
            "how": how,
            **on,
            **outcome,
            "sentence": (
                f"A row is called {name!r} when its probability is at least {number(self.threshold_)}, so "
                f"that about {self.review:,} of {per:,} rows are flagged; set {how}, where it flagged "
                f"{share_words(outcome['flagged_share'])} of rows and found "
                f"{share_words(outcome['recall'])} of {name!r}."
            ),
        }

    def decide(self, proba: ArrayLike) -> NDArray[np.intp]:
        """Class codes for probabilities of shape (n, k)."""
        p = np.asarray(proba, dtype=np.float64)
        code = self.positive_code_
        others = p.copy()
        others[:, code] = -1.0
        return np.where(p[:, code] >= self.threshold_, code, others.argmax(axis=1))
