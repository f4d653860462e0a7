"""Numeric columns on a grid of quantiles, so that boosting with weights is as fast as without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

__all__ = ["QuantileGrid"]

MOST_BINS = 255  # what HistGradientBoosting makes of a numeric column by default


class QuantileGrid(TransformerMixin, BaseEstimator):
    """Replaces each number by the number of its quantile bin; other columns pass as they are.

    The bins are those that ``HistGradientBoostingClassifier`` finds without weights. With weights it
    (scikit-learn 1.9) sorts every column once for each of 254 weighted quantiles, which takes longer
    than growing the trees; a column of at most 255 different values it takes as it is. Bins by
    unweighted quantiles are as good a place to split.

    Parameters
    ----------
    bins : int
        Most bins of a column.

    Attributes
    ----------
    edges_ : dict of column name to ndarray
        Upper edges of the bins of each numeric column with more than ``bins`` values; a value equal to
        an edge lies below it.

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0, np.nan]})
    >>> QuantileGrid(bins=2).fit_transform(frame)["x"].tolist()
    [0.0, 0.0, 1.0, 1.0, nan]
    """

    def __init__(self, bins: int = MOST_BINS) -> None:
        self.bins = bins

    def fit(self, X: pd.DataFrame, y: Any = None) -> QuantileGrid:
        """Find the bins.

        Parameters
        ----------
        X : DataFrame of shape (n, d)
            Native output of `TablePreparer`.
        y : ignored

        Returns
        -------
        self
        """
        self.n_features_in_ = X.shape[1]
        shares = np.linspace(0, 100, self.bins + 1)[1:-1]
        self.edges_: dict[str, NDArray[np.float64]] = {}
        for name in X.columns[X.dtypes == np.float64]:
            known = X[name].to_numpy()
            known = known[~np.isnan(known)]
            if np.unique(known).size > self.bins:
                self.edges_[name] = np.unique(np.percentile(known, shares, method="averaged_inverted_cdf"))
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Put rows on the grid; a missing value stays missing.

        Parameters
        ----------
        X : DataFrame of shape (m, d)

        Returns
        -------
        DataFrame of shape (m, d)
        """
        check_is_fitted(self)
        gridded = X.copy()
        for name, edges in self.edges_.items():
            values = X[name].to_numpy()
            bins = np.searchsorted(edges, values, side="left").astype(np.float64)
            gridded[name] = np.where(np.isnan(values), np.nan, bins)
        return gridded
