"""Levels to numbers by how alike they are spelled, so that 'Senior engineer' lies near 'Engineer'."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.utils.validation import check_is_fitted

from steelyard.data.check_parameter import check_choice, check_whole
from steelyard.data.column_values import to_levels
from steelyard.data.table_columns import align_columns, as_frame, check_size
from steelyard.errors import BadOption, BadTable

__all__ = ["SimilarityColumn", "SimilarityEncoder", "column_width", "read_levels", "spelling_similarity"]

REDUCERS = ("none", "svd")
EMPTY = ""  # how a missing cell is spelled
# Two levels that share nothing are this far apart in similarities, and one apart in what comes out.
UNRELATED = np.sqrt(2.0)

Levels = tuple[NDArray[np.intp], list[str]]


def spelling_similarity(
    left: Sequence[str], right: Sequence[str], ngram_range: tuple[int, int] = (2, 4)
) -> NDArray[np.float64]:
    """How alike strings are spelled: the share of their runs of characters that they have in common.

    Runs are counted in the string with a space on either side; two strings have as many in common as the
    smaller of both counts, and share that of what either has.

    Parameters
    ----------
    left, right : sequences of m and n strings
    ngram_range : (int, int)
        Lengths of the runs.

    Returns
    -------
    ndarray of shape (m, n)
        1 for equal strings, 0 for such as have nothing in common.

    References
    ----------
    Cerda, Varoquaux and Kégl, Similarity encoding for learning with dirty categorical variables, Machine
    Learning 107, 2018.

    Examples
    --------
    >>> spelling_similarity(["clerk"], ["clerk", "clerks", "nurse"]).round(2).tolist()
    [[1.0, 0.57, 0.0]]
    """
    shortest, longest = ngram_range
    split = partial(_runs, shortest=shortest, longest=longest)
    n_runs = [np.array([len(split(text)) for text in texts], dtype=float) for texts in (left, right)]
    common = np.zeros((len(left), len(right)))
    if n_runs[1].any():
        counter = CountVectorizer(analyzer=split).fit(right)
        ours, theirs = counter.transform(left), counter.transform(right)
        # The smaller of two counts is the number of heights that both reach.
        for height in range(1, int(theirs.data.max(initial=0)) + 1):
            common += ((ours >= height).astype(float) @ (theirs >= height).astype(float).T).toarray()
    either = n_runs[0][:, None] + n_runs[1] - common
    # Strings too short for any run are alike where they are equal.
    equal = np.asarray(left, dtype=object)[:, None] == np.asarray(right, dtype=object)
    return np.divide(common, either, out=equal.astype(float), where=either > 0)


def _runs(text: str, shortest: int, longest: int) -> list[str]:
    """All runs of characters of the string with a space on either side."""
    spaced = f" {text} "
    return [spaced[i : i + n] for n in range(shortest, longest + 1) for i in range(len(spaced) - n + 1)]


def read_levels(values: pd.Series) -> Levels:
    """Read a column as levels; complex numbers are none."""
    if pd.api.types.is_complex_dtype(values.dtype):
        raise BadTable(f"Complex data not supported: column {values.name!r} must hold levels.")
    return to_levels(values)


class SimilarityColumn:
    """One column of levels as a few numbers each.

    Attributes
    ----------
    prototypes : list of str
        Levels that others are compared with, most frequent first.
    axes : ndarray of shape (len(prototypes), d) or None
        Directions that similarities are projected on.
    """

    def __init__(
        self, ngram_range: tuple[int, int], n_components: int, n_prototypes: int, reducer: str
    ) -> None:
        self.ngram_range = ngram_range
        self.n_components = n_components
        self.n_prototypes = n_prototypes
        self.reducer = reducer

    def fit(self, value: Levels) -> SimilarityColumn:
        """Learn levels and directions from a pair (codes, levels) as from `to_levels`."""
        codes, levels = value
        names = np.array([*levels, EMPTY], dtype=object)
        counts = np.bincount(codes % names.size, minlength=names.size)
        seen = sorted(np.flatnonzero(counts).tolist(), key=lambda code: (-counts[code], names[code]))
        self.prototypes = [str(names[code]) for code in seen[: self.n_prototypes]]
        self.axes = None
        if self.reducer == "svd":
            similar = spelling_similarity([names[code] for code in seen], self.prototypes, self.ngram_range)
            self.axes = _main_axes(similar, counts[seen] / counts.sum(), self.n_components)
        return self

    def transform(self, value: Levels) -> NDArray[np.float64]:
        """Numbers of each row's level; shape (n, d)."""
        codes, levels = value
        names = [*levels, EMPTY]
        numbers = spelling_similarity(names, self.prototypes, self.ngram_range) / UNRELATED
        return (numbers if self.axes is None else numbers @ self.axes)[codes]


def _main_axes(similar: NDArray[np.float64], share: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """Directions that keep most of the similarities, each level counted by its share of the rows."""
    gram = similar.T @ (share[:, None] * similar)
    values, vectors = np.linalg.eigh(gram)
    order = np.argsort(-values, kind="stable")[:most]
    axes = vectors[:, order]
    # An axis may point either way: its largest part points up.
    up = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(order.size)])
    return np.asarray(axes * np.where(up == 0, 1.0, up))


class SimilarityEncoder(TransformerMixin, BaseEstimator):
    """Turn each column of levels into a few numbers, near for levels that are spelled alike.

    A level becomes its similarities to the levels of the training rows, and these are projected on the
    directions that keep most of them, each level counted by its rows. Levels that share no run of
    characters are about one apart, whatever the column, as the two ends of a column scaled to [0, 1] are.

    Parameters
    ----------
    ngram_range : (int, int), default=(2, 4)
        Lengths of the runs of characters that are compared.
    n_components : int, default=8
        Numbers a column becomes; fewer where it has fewer levels.
    reducer : {"svd", "none"}, default="svd"
        "none" keeps the similarities themselves, one number a level.
    n_prototypes : int, default=1000
        Levels of a column that others are compared with, the most frequent ones.

    Attributes
    ----------
    columns_ : dict of str to SimilarityColumn
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Only for tables whose columns have names.

    Notes
    -----
    A missing cell is spelled as nothing and is a level of its own. A level that was not there at fit gets
    its place by its spelling. Only the levels and their counts are looked at, never labels.

    References
    ----------
    Cerda, Varoquaux and Kégl, Similarity encoding for learning with dirty categorical variables, Machine
    Learning 107, 2018. The truncation by a singular value decomposition is ours.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"job": ["clerk", "office clerk", "nurse", "nurse", None]})
    >>> encoder = SimilarityEncoder(n_components=3).fit(X)
    >>> new = encoder.transform(pd.DataFrame({"job": ["clerks", "clerk", "nurse"]}))
    >>> gaps = ((new[:1] - new) ** 2).sum(axis=1)
    >>> new.shape, bool(gaps[1] < gaps[2])
    ((3, 3), True)
    """

    def __init__(
        self,
        *,
        ngram_range: tuple[int, int] = (2, 4),
        n_components: int = 8,
        reducer: str = "svd",
        n_prototypes: int = 1000,
    ) -> None:
        self.ngram_range = ngram_range
        self.n_components = n_components
        self.reducer = reducer
        self.n_prototypes = n_prototypes

    def fit(self, X: Any, y: Any = None) -> SimilarityEncoder:
        """Learn the levels of each column.

        Parameters
        ----------
        X : table of shape (n, d)
        y : ignored

        Returns
        -------
        self
        """
        self._check_parameters()
        frame, named = as_frame(X)
        check_size(frame)
        self.n_features_in_ = frame.shape[1]
        self._named = named
        if named:
            self.feature_names_in_ = np.array(frame.columns, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        self.columns_ = {
            name: SimilarityColumn(
                tuple(self.ngram_range), self.n_components, self.n_prototypes, self.reducer
            ).fit(read_levels(frame[name]))
            for name in frame.columns
        }
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Encode rows.

        Parameters
        ----------
        X : table of shape (n, d)
            Columns by name where they had names at fit, else by position.

        Returns
        -------
        ndarray of shape (n, n_out)
        """
        check_is_fitted(self)
        frame = self._aligned(X)
        parts = [column.transform(read_levels(frame[name])) for name, column in self.columns_.items()]
        return np.hstack(parts)

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[Any]:
        """Names of the numbers: the column's, and a count."""
        check_is_fitted(self)
        if input_features is not None and len(input_features) != self.n_features_in_:
            raise BadOption(
                f"input_features should have length equal to number of features ({self.n_features_in_}), "
                f"got {len(input_features)}. Leave it out."
            )
        return np.array(
            [f"{name}__{i}" for name, column in self.columns_.items() for i in range(column_width(column))],
            dtype=object,
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _aligned(self, X: Any) -> pd.DataFrame:
        return align_columns(as_frame(X)[0], list(self.columns_), by_name=self._named)

    def _check_parameters(self) -> None:
        owner = type(self).__name__
        check_choice(owner, "reducer", self.reducer, REDUCERS)
        check_whole(owner, "n_components", self.n_components, 1)
        check_whole(owner, "n_prototypes", self.n_prototypes, 1)
        lengths = self.ngram_range
        fits = isinstance(lengths, (tuple, list)) and len(lengths) == len(REDUCERS)
        if not fits or not all(isinstance(n, int) for n in lengths) or not 1 <= lengths[0] <= lengths[1]:
            raise BadOption(
                f"The 'ngram_range' parameter of {owner} must be two whole numbers, 1 or more and rising. "
                f"Got {lengths!r} instead."
            )


def column_width(column: SimilarityColumn) -> int:
    """Numbers that a level becomes."""
    return len(column.prototypes) if column.axes is None else column.axes.shape[1]
