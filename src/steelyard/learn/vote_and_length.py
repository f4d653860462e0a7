"""The shortcut row: memory and the length of a string, in one logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from steelyard.balance.check_parameter import check_number, check_whole
from steelyard.data.groups import as_strings
from steelyard.errors import BadTarget
from steelyard.kernels.class_labels import read_class_labels
from steelyard.kernels.out_of_fold import inner_splits, out_of_fold_proba
from steelyard.kernels.rng import root_seed
from steelyard.learn.kmer_vote import KmerVote

__all__ = ["VoteAndLength"]

STEPS = 10_000


class VoteAndLength(ClassifierMixin, BaseEstimator):
    """Balanced logistic regression on what `KmerVote` says and on how long the string is.

    It knows nothing of chemistry or biology. What does not beat it on strings of public data sets has
    learned how those were put together: what was seen before, and how long it was cut.

    Parameters
    ----------
    k : sequence of int, default=(4, 5, 6, 7, 8)
        As in `KmerVote`.
    usual_length : int or None, default=None
        The length that most strings were cut to; None is the most frequent one in training.
    C : float, default=1.0
        Inverse strength of the ridge, as in scikit-learn.
    inner_folds : int, default=5
        Folds of the votes for training strings.
    random_state : int, RandomState, Generator or None, default=None
        Of those folds.

    Attributes
    ----------
    classes_ : ndarray of shape (c,)
    vote_ : KmerVote
        Of all training strings.
    model_ : LogisticRegression
    usual_length_ : int
    mean_length_, sd_length_ : float

    Notes
    -----
    With v the vote for a class, L the length and u the usual one, the numbers are v and v squared for
    each class but the first, [L = u], (L - mean) / sd, and v [L = u]. Training strings get v from votes
    that do not count them (nor the rest of their group), for a string always agrees with itself. This row
    is ours.

    Examples
    --------
    >>> texts = ["GILGFVFTL", "GILGFVFTV", "LGFVFTLTV", "AAAWYLWEV", "AAAWYLW", "KAWYLWEVK"]
    >>> model = VoteAndLength(inner_folds=2, random_state=0).fit(texts, [1, 1, 1, 0, 0, 0])
    >>> model.predict(["LGFVFTLTL", "AAWYLWEVV"])
    array([1, 0])
    """

    def __init__(
        self,
        *,
        k: Sequence[int] = (4, 5, 6, 7, 8),
        usual_length: int | None = None,
        C: float = 1.0,
        inner_folds: int = 5,
        random_state: Any = None,
    ) -> None:
        self.k = k
        self.usual_length = usual_length
        self.C = C
        self.inner_folds = inner_folds
        self.random_state = random_state

    def fit(self, X: Any, y: Any, groups: Any = None) -> VoteAndLength:
        """Vote out of fold, then fit the regression.

        Parameters
        ----------
        X : sequence of n str, or a table with one column
        y : array of shape (n,)
        groups : array of shape (n,), optional
            Kept whole by the inner folds.

        Returns
        -------
        self

        Raises
        ------
        BadTarget
            A single class, or another number of labels than of strings.
        BadTable
            Something that is no string.
        BadOption
            A parameter that makes no sense.
        CannotEvaluate
            Too few rows of a class, or too few groups, for votes out of fold.
        """
        check_whole(self, "inner_folds", 2)
        check_number(self, "C", 0.0, above=True)
        if self.usual_length is not None:
            check_whole(self, "usual_length")
        texts = as_strings(X)
        labels = read_class_labels(y, "VoteAndLength")
        if len(texts) != labels.shape[0]:
            raise BadTarget(f"There are {len(texts)} strings and {labels.shape[0]} labels.")
        self.vote_ = KmerVote(k=self.k).fit(texts, labels)
        self.classes_ = self.vote_.classes_
        splits = inner_splits(
            labels, self.inner_folds, groups=groups, random_state=root_seed(self.random_state)
        )
        votes = out_of_fold_proba(KmerVote(k=self.k), texts, labels, splits, classes=self.classes_)
        voted = np.flatnonzero(~np.isnan(votes).any(axis=1))
        lengths = np.array([len(text) for text in texts], dtype=np.intp)
        often = np.bincount(lengths).argmax() if self.usual_length is None else self.usual_length
        self.usual_length_ = int(often)
        self.mean_length_ = float(lengths.mean())
        self.sd_length_ = float(lengths.std()) or 1.0
        self.model_ = LogisticRegression(C=self.C, class_weight="balanced", max_iter=STEPS)
        self.model_.fit(self._numbers(votes[voted], lengths[voted]), labels[voted])
        return self

    def _numbers(self, votes: NDArray[np.float64], lengths: NDArray[np.intp]) -> NDArray[np.float64]:
        v = votes[:, 1:]
        usual = (lengths == self.usual_length_).astype(np.float64)[:, None]
        spread = ((lengths - self.mean_length_) / self.sd_length_)[:, None]
        return np.hstack([v, v**2, usual, spread, v * usual])

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities on classes of equal shares.

        Parameters
        ----------
        X : sequence of m str, or a table with one column

        Returns
        -------
        ndarray of shape (m, c)
            Columns in the order of ``classes_``.
        """
        check_is_fitted(self)
        texts = as_strings(X)
        lengths = np.array([len(text) for text in texts], dtype=np.intp)
        return np.asarray(self.model_.predict_proba(self._numbers(self.vote_.predict_proba(texts), lengths)))

    def predict(self, X: Any) -> NDArray[Any]:
        """Most probable class of each string, shape (m,)."""
        proba = self.predict_proba(X)
        return np.asarray(self.classes_[proba.argmax(axis=1)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array, tags.input_tags.one_d_array = True, False, True
        return tags
