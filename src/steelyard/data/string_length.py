"""How long strings are: the plainest shortcut there is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from steelyard.data.check_parameter import check_whole
from steelyard.data.groups import as_strings

__all__ = ["StringLength"]


class StringLength(TransformerMixin, BaseEstimator):
    """The length of each string, or whether it is the usual one.

    A model of sequences should beat a model of this column: where examples of one class were cut to one
    length, length tells the class and nothing else.

    Parameters
    ----------
    usual : int or None, default=None
        With a number, the column is 1 where the length is this and 0 elsewhere.

    Examples
    --------
    >>> StringLength().fit_transform(["AB", "ABC"]).ravel().tolist()
    [2.0, 3.0]
    >>> StringLength(usual=3).fit_transform(["AB", "ABC"]).ravel().tolist()
    [0.0, 1.0]
    """

    def __init__(self, *, usual: int | None = None) -> None:
        self.usual = usual

    def fit(self, X: Any, y: Any = None) -> StringLength:
        """Check parameter and strings; nothing is learned.

        Parameters
        ----------
        X : sequence of n str, or a table with one column
        y : ignored

        Returns
        -------
        self
        """
        if self.usual is not None:
            check_whole("StringLength", "usual", self.usual, 0)
        as_strings(X)
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Lengths as one column, shape (n, 1)."""
        lengths = np.array([len(text) for text in as_strings(X)], dtype=np.float64)[:, None]
        return lengths if self.usual is None else (lengths == self.usual).astype(np.float64)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """Name of the column."""
        return np.array(["length" if self.usual is None else f"length_is_{self.usual}"], dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array, tags.input_tags.one_d_array = True, False, True
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = []
        return tags
