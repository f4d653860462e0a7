"""Memory alone: a string gets the labels of the training strings it shares runs of letters with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from steelyard.data.groups import as_strings
from steelyard.errors import BadOption, BadTarget
from steelyard.kernels.class_labels import read_class_labels
from steelyard.kernels.kmers import kmer_codes, own_kmers

__all__ = ["KmerVote"]

SHORTEST = 4  # runs of three letters are shared by chance
TOO_SHORT, UNIT = 3, 4  # a run of k letters that one string has weighs (k - 3) / 4
FEWEST_CLASSES = 2


class KmerVote(ClassifierMixin, BaseEstimator):
    """Votes of the runs of letters that a string shares with training strings; nothing else is learned.

    A model of sequences that does no better than this one has learned by heart.

    Parameters
    ----------
    k : sequence of int, default=(4, 5, 6, 7, 8)
        Lengths of the runs, each at least 4.

    Attributes
    ----------
    classes_ : ndarray of shape (c,)
    prior_ : ndarray of shape (c,)
        Shares of the classes in training.
    runs_ : list of ndarray of uint64
        The training runs of each length, as sorted codes.
    owners_ : list of ndarray of float
        Training strings that have each run.
    shares_ : list of ndarray of shape (runs, c)
        Their class shares.

    Notes
    -----
    A run of ``k`` letters that ``n`` training strings have, a share ``m`` of them of a class, weighs
    ``w = (k - 3) / 4 / sqrt(n)``: long and rare runs count more. With the class's share ``p`` in training the
    probability is ``(p + sum(w m)) / (1 + sum(w))``, over the different runs that the string shares. A string
    that shares none gets ``p``. This vote is a baseline of ours, not of a paper.

    Examples
    --------
    >>> vote = KmerVote().fit(["GILGFVFTL", "GILGFVFTV", "AAAWYLWEV"], [1, 1, 0])
    >>> vote.predict_proba(["LGFVFT", "MMMM"]).round(2)
    array([[0.12, 0.88],
           [0.33, 0.67]])
    """

    def __init__(self, *, k: Sequence[int] = (4, 5, 6, 7, 8)) -> None:
        self.k = k

    def fit(self, X: Any, y: Any) -> KmerVote:
        """Index the runs of the training strings.

        Parameters
        ----------
        X : sequence of n str, or a table with one column
        y : array of shape (n,)

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
            A ``k`` below 4.
        """
        self.k_ = self._lengths()
        labels = read_class_labels(y, "KmerVote")
        texts = as_strings(X)
        if len(texts) != labels.shape[0]:
            raise BadTarget(f"There are {len(texts)} strings and {labels.shape[0]} labels.")
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if self.classes_.size < FEWEST_CLASSES:
            raise BadTarget(
                f"KmerVote needs at least 2 classes, got 1 class: {self.classes_.tolist()}. "
                "Give rows of another one."
            )
        self.prior_ = np.bincount(codes) / codes.size
        self.runs_, self.owners_, self.shares_ = [], [], []
        for k in self.k_:
            rows, found = own_kmers(texts, k)
            runs, place = np.unique(found, return_inverse=True)
            cells = place * self.classes_.size + codes[rows]
            counts = np.bincount(cells, minlength=runs.size * self.classes_.size)
            counts = counts.reshape(runs.size, self.classes_.size).astype(np.float64)
            owners = counts.sum(axis=1)
            self.runs_.append(runs)
            self.owners_.append(owners)
            self.shares_.append(counts / owners[:, None])
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """What the votes say.

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
        sums = np.tile(self.prior_, (len(texts), 1))
        total = np.ones(len(texts))
        for place, k in enumerate(self.k_):
            rows, found = own_kmers(texts, k)
            at, shared = self._look_up(place, found)
            rows, at = rows[shared], at[shared]
            weight = self._weights(place)[at]
            np.add.at(sums, rows, weight[:, None] * self.shares_[place][at])
            total += np.bincount(rows, weights=weight, minlength=len(texts))
        return sums / total[:, None]

    def predict(self, X: Any) -> NDArray[Any]:
        """Most probable class of each string, shape (m,)."""
        proba = self.predict_proba(X)
        return np.asarray(self.classes_[proba.argmax(axis=1)])

    def votes(self, X: Any) -> pd.DataFrame:
        """The votes one by one.

        Parameters
        ----------
        X : sequence of m str, or a table with one column

        Returns
        -------
        pandas.DataFrame
            One row for each run that a string shares with training: ``row`` of the string, ``start`` where it
            first stands there, ``run``, ``owners`` in training, ``weight``, and one column ``share_LABEL``
            for each class. The heaviest of a string come first.

        Examples
        --------
        >>> vote = KmerVote(k=(4,)).fit(["GILG", "GILGF", "AAAW"], ["yes", "no", "no"])
        >>> vote.votes(["MGILG"])
           row  start   run  owners  weight  share_no  share_yes
        0    0      1  GILG       2   0.177       0.5        0.5
        """
        check_is_fitted(self)
        texts = as_strings(X)
        parts = []
        for place, k in enumerate(self.k_):
            rows, starts, found = kmer_codes(texts, k)
            at, shared = self._look_up(place, found)
            rows, starts, at = rows[shared], starts[shared], at[shared]
            pairs = np.column_stack([rows, at])
            first = np.unique(pairs, axis=0, return_index=True)[1] if rows.size else np.arange(0)
            rows, starts, at = rows[first], starts[first], at[first]
            told = {
                "row": rows,
                "start": starts,
                "run": [texts[r][s : s + k] for r, s in zip(rows.tolist(), starts.tolist(), strict=True)],
                "owners": self.owners_[place][at].astype(np.intp),
                "weight": self._weights(place)[at].round(3),
            }
            for code, label in enumerate(self.classes_.tolist()):
                told[f"share_{label}"] = self.shares_[place][at, code]
            parts.append(pd.DataFrame(told))
        every = pd.concat(parts, ignore_index=True)
        return every.sort_values(["row", "weight", "start"], ascending=[True, False, True], ignore_index=True)

    def _weights(self, place: int) -> NDArray[np.float64]:
        return np.asarray((self.k_[place] - TOO_SHORT) / UNIT / np.sqrt(self.owners_[place]))

    def _look_up(self, place: int, found: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Place of each run among those of training, and whether it is there at all."""
        runs = self.runs_[place]
        if runs.size == 0:
            return np.zeros(found.size, dtype=np.intp), np.zeros(found.size, dtype=np.bool_)
        at = np.minimum(np.searchsorted(runs, found), runs.size - 1)
        return at, runs[at] == found

    def _lengths(self) -> tuple[int, ...]:
        given = self.k if isinstance(self.k, (tuple, list)) else ()
        if not given or any(
            isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < SHORTEST for k in given
        ):
            raise BadOption(
                f"The 'k' parameter of KmerVote must be a sequence of int in the range [{SHORTEST}, inf). "
                f"Got {self.k!r} instead."
            )
        return tuple(sorted({int(k) for k in given}))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array, tags.input_tags.one_d_array = True, False, True
        return tags
