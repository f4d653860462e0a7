"""Categorical columns to numbers, each in the way that suits it: by spelling, or by class shares."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.validation import check_is_fitted

from steelyard.data.check_parameter import check_whole
from steelyard.data.encode_categorical import RateColumn, rate_targets
from steelyard.data.encode_similarity import SimilarityColumn, column_width, read_levels
from steelyard.data.table_columns import align_columns, as_frame, check_size
from steelyard.errors import BadOption
from steelyard.kernels.rng import RandomState, int_seed, root_seed
from steelyard.records import Schema

__all__ = ["HybridCategoricalEncoder", "hybrid_table_encoder"]

RATES, SPELLING = "rates", "spelling"
NGRAMS = (2, 4)


class HybridCategoricalEncoder(TransformerMixin, BaseEstimator):
    """Encode names by their spelling, and numbers that stand for categories by the classes of their rows.

    A column of strings becomes what `SimilarityEncoder` makes of it. A column whose levels are whole
    numbers, whose spelling means nothing, or of more than ``max_levels`` levels becomes the share of each
    class among the rows of its level, drawn towards the overall share. ``fit_transform`` counts these on the
    other folds, so that no row sees its own label; use it for training rows and ``transform`` for all
    others.

    Parameters
    ----------
    n_components : int, default=8
        Numbers a column of names becomes, at most.
    max_levels : int, default=1000
    smooth : float, default=20.0
        Rows' worth of the overall share that every level is mixed with.
    n_folds : int, default=5
    random_state : int, RandomState, Generator or None, default=None
        Seeds the folds.

    Attributes
    ----------
    kinds_ : dict of str to {"spelling", "rates"}
    columns_ : dict of str to SimilarityColumn or RateColumn
    n_features_in_ : int

    Notes
    -----
    In the paper a column of numbers becomes the mean of the class codes, which means nothing for more than
    two classes; here it becomes one number a class (one for two classes). Names go through an autoencoder
    there, and through a singular value decomposition here.

    References
    ----------
    Xu, Li, Wang, Yang and Lin, C2TC: A training-free framework for efficient tabular data condensation,
    ICDE 2026, arXiv 2602.21717, for choosing by column; Micci-Barreca, SIGKDD Explorations 3(1), 2001, for
    rates.

    Examples
    --------
    >>> X = pd.DataFrame({"job": ["clerk", "nurse"] * 20, "code": [3, 3, 8, 8] * 10})
    >>> encoder = HybridCategoricalEncoder(random_state=0)
    >>> out = encoder.fit_transform(X, ["no", "no", "yes", "no"] * 10)
    >>> encoder.kinds_, out.shape
    ({'job': 'spelling', 'code': 'rates'}, (40, 3))
    """

    def __init__(
        self,
        *,
        n_components: int = 8,
        max_levels: int = 1000,
        smooth: float = 20.0,
        n_folds: int = 5,
        random_state: RandomState = None,
    ) -> None:
        self.n_components = n_components
        self.max_levels = max_levels
        self.smooth = smooth
        self.n_folds = n_folds
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, *, groups: Any = None) -> HybridCategoricalEncoder:
        """Learn every column.

        Parameters
        ----------
        X : table of shape (n, d)
        y : array of shape (n,), optional
            Labels; needed where a column becomes rates.
        groups : array of shape (n,), optional
            Kept whole by the folds.

        Returns
        -------
        self
        """
        self.fit_transform(X, y, groups=groups)
        return self

    def fit_transform(self, X: Any, y: Any = None, *, groups: Any = None) -> NDArray[np.float64]:
        """Learn every column, and return the training rows with rates counted on the other folds.

        Parameters are those of `fit`, the result is that of `transform`.
        """
        self._check_parameters()
        frame, self._named = as_frame(X)
        check_size(frame)
        self.n_features_in_ = frame.shape[1]
        if self._named:
            self.feature_names_in_ = np.array(frame.columns, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        seed = root_seed(self.random_state)
        self.kinds_, self.columns_, parts = {}, {}, []
        for name in frame.columns:
            codes, levels = read_levels(frame[name])
            self.kinds_[name] = self._kind_of(frame[name], levels)
            if self.kinds_[name] == SPELLING:
                spelled = SimilarityColumn(NGRAMS, self.n_components, self.max_levels, "svd")
                self.columns_[name] = spelled.fit((codes, levels))
                parts.append(spelled.transform((codes, levels)))
                continue
            targets, names = rate_targets(y, name, len(frame))
            rated = RateColumn(self.smooth, self.n_folds, int_seed(seed, "rates", name))
            parts.append(rated.fit_transform((codes, levels), targets, names, groups))
            self.columns_[name] = rated
        return np.hstack(parts)

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Encode rows; an unseen level goes by its spelling, or gets the overall share.

        Parameters
        ----------
        X : table of shape (n, d)

        Returns
        -------
        ndarray of shape (n, n_out)
        """
        check_is_fitted(self)
        frame = align_columns(as_frame(X)[0], list(self.columns_), by_name=self._named)
        return np.hstack(
            [column.transform(read_levels(frame[name])) for name, column in self.columns_.items()]
        )

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[Any]:
        """Names of the numbers that come out."""
        check_is_fitted(self)
        if input_features is not None and len(input_features) != self.n_features_in_:
            raise BadOption(
                f"input_features should have length equal to number of features ({self.n_features_in_}), "
                f"got {len(input_features)}. Leave it out."
            )
        endings = {
            name: column.suffixes
            if isinstance(column, RateColumn)
            else [f"__{i}" for i in range(column_width(column))]
            for name, column in self.columns_.items()
        }
        return np.array([name + ending for name, some in endings.items() for ending in some], dtype=object)

    def _kind_of(self, values: pd.Series, levels: list[str]) -> str:
        held = values.cat.categories if isinstance(values.dtype, pd.CategoricalDtype) else values
        numbers = pd.api.types.is_numeric_dtype(held) and not pd.api.types.is_bool_dtype(held)
        return RATES if numbers or len(levels) > self.max_levels else SPELLING

    def _check_parameters(self) -> None:
        owner = type(self).__name__
        check_whole(owner, "n_components", self.n_components, 1)
        check_whole(owner, "max_levels", self.max_levels, 1)
        check_whole(owner, "n_folds", self.n_folds, 2)
        smooth = self.smooth
        if not isinstance(smooth, Real) or isinstance(smooth, bool) or not 0 < smooth < np.inf:
            raise BadOption(
                f"The 'smooth' parameter of {owner} must be a float in the range (0, inf). "
                f"Got {smooth!r} instead."
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.input_tags.sparse = True
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def hybrid_table_encoder(schema: Schema, random_state: RandomState = None) -> ColumnTransformer:
    """Make the encoder of a whole table: numbers from 0 to 1, gaps at the median, categories as above.

    Parameters
    ----------
    schema : Schema
        Says which columns hold numbers.
    random_state : int, RandomState, Generator or None

    Returns
    -------
    ColumnTransformer

    Examples
    --------
    >>> from steelyard.data import load
    >>> data = load({"age": [30.0, None, 50.0, 40.0], "job": ["clerk", "nurse"] * 2, "target": [0, 1, 0, 1]})
    >>> hybrid_table_encoder(data.schema, 0).fit_transform(data.X, data.y)[:, 0].tolist()
    [0.0, 0.5, 1.0, 0.5]
    """
    numbers = [column for column in schema.names if column in schema.of_kind("numeric", "boolean")]
    others = [column for column in schema.names if column not in numbers]
    scaled = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), MinMaxScaler())
    spelled = HybridCategoricalEncoder(random_state=random_state)
    parts = [("numbers", scaled, numbers), ("categories", spelled, others)]
    return ColumnTransformer([part for part in parts if part[2]])
