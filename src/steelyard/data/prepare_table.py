"""From a table as users have it to what learners take."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from steelyard.data.check_parameter import check_choice, check_whole
from steelyard.data.describe_columns import describe_columns, kinds_of
from steelyard.data.encode_categorical import UNSEEN
from steelyard.data.encode_column import fit_encoder
from steelyard.data.encode_dense import DenseMatrix
from steelyard.data.shift import ColumnSummary
from steelyard.data.table_columns import align_columns, as_frame, check_size, missing_columns, read_columns
from steelyard.data.table_layout import Encoded, TableLayout
from steelyard.errors import BadOption, BadTable
from steelyard.kernels.rng import RandomState, int_seed, root_seed

__all__ = ["TablePreparer"]

OUTPUTS = ("native", "dense")
MOST_LEVELS = 255  # more than these HistGradientBoosting does not take
ANNOUNCED_AT_MOST = 3  # sentences in one message


class TablePreparer(TransformerMixin, BaseEstimator):
    """Turns a table of numbers, levels, booleans, dates and free text into what a learner takes.

    ``output="native"`` keeps levels as pandas categories and missing values as they are, for learners
    that know both (``HistGradientBoostingClassifier(categorical_features="from_dtype")``, LightGBM).
    ``output="dense"`` gives a float64 array, imputed, scaled and one-hot, for all others.

    ``fit_transform(X, y)`` differs from ``fit(X, y).transform(X)`` in one thing: a column with more
    than ``max_levels`` levels becomes class rates, and training rows get rates counted on the other
    folds, so that no row sees its own label. Use `fit_transform` on training rows and `transform` on
    all others.

    Parameters
    ----------
    output : {"native", "dense"}
    max_levels : int
        A categorical column with more levels becomes class rates.
    text_components : int
        Columns made of one free-text column.
    min_frequency, max_hot : int
        For dense output: rows a level needs to get a column of its own, and how many levels of one
        column get one; the others share one column.
    kinds : dict of str to {"numeric", "categorical", "boolean", "date", "text"}, optional
        Overrules what a column is taken for.
    random_state : int, RandomState, Generator or None

    Attributes
    ----------
    announcements_ : list of str
        What was done that the user may want to know, a sentence each.
    schema_ : Schema
        Columns at fit with their kinds; ``left_out`` says which do not reach the learner and why.
    source_of_ : dict of str to str
        For each output column the input column it was made from.
    unseen_ : dict of str to int
        For each categorical column, rows of the last `transform` with a level that was not there at
        fit; columns without any are left out. Such a cell counts as missing (native) or as one of
        the rare levels (dense); class rates take the overall share.
    n_features_in_ : int

    Raises
    ------
    BadTable
        Duplicate names, infinite values, no usable column, or (at `transform`) missing columns or
        columns of another type.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"age": [30, None, 50], "city": ["Oslo", "Rome", "Oslo"], "same": [1, 1, 1]})
    >>> preparer = TablePreparer().fit(X)
    >>> preparer.announcements_
    ["Column 'same' is left out: it is constant (1)."]
    >>> preparer.transform(pd.DataFrame({"age": [41], "city": ["Bonn"], "same": [1]}))
        age city
    0  41.0  NaN
    >>> preparer.unseen_
    {'city': 1}
    """

    def __init__(
        self,
        output: str = "native",
        *,
        max_levels: int = 250,
        text_components: int = 30,
        min_frequency: int = 5,
        max_hot: int = 50,
        kinds: Mapping[str, str] | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.output = output
        self.max_levels = max_levels
        self.text_components = text_components
        self.min_frequency = min_frequency
        self.max_hot = max_hot
        self.kinds = kinds
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, *, groups: Any = None) -> TablePreparer:
        """Learn levels, fills, vocabularies and class rates.

        Parameters
        ----------
        X : table of shape (n, d)
        y : array of shape (n,), optional
            Labels (or a continuous target); needed when a column has more than ``max_levels`` levels.
        groups : array of shape (n,), optional
            Rows of one group stay together when class rates are cross-fitted.

        Returns
        -------
        self
        """
        self._fit(X, y, groups)
        return self

    def fit_transform(self, X: Any, y: Any = None, *, groups: Any = None) -> Any:
        """Fit, and return the training rows with cross-fitted class rates.

        Parameters are those of `fit`, the result is that of `transform`.
        """
        encoded, index = self._fit(X, y, groups)
        return self.layout_.assemble(encoded, index)

    def transform(self, X: Any) -> Any:
        """Prepare rows as at fit.

        Parameters
        ----------
        X : table of shape (n, d)
            Columns by name, in any order; further columns are ignored. An array goes by position.

        Returns
        -------
        DataFrame (native) or ndarray (dense) of shape (n, n_out)
        """
        check_is_fitted(self)
        frame = self._aligned(X)
        values = read_columns(frame, self.kinds_)
        encoded = {name: self.encoders_[name].transform(value) for name, value in values.items()}
        self.unseen_ = self._count_unseen(values, encoded)
        return self.layout_.assemble(encoded, frame.index)

    def check_columns(self, X: Any) -> list[str]:
        """Say whether a table fits, without preparing it.

        Parameters
        ----------
        X : table

        Returns
        -------
        list of str
            Notes, such as columns that will be ignored.

        Raises
        ------
        BadTable
            Naming the columns that are missing or hold something else than at fit, with an example.
        """
        check_is_fitted(self)
        frame, named = as_frame(X)
        notes = missing_columns(frame, self.columns_) if named and self.named_ else []
        read_columns(self._aligned(X), self.kinds_)
        return notes

    def shift(self, X: Any) -> dict[str, float]:
        """How far each column of ``X`` has moved from the training table.

        The population-stability index over decile bins or level shares, missing values being a bin
        of their own, less what chance alone would give for so many rows (`steelyard.data.shift`).
        Above ``SHIFT_ALARM`` (0.25) common practice speaks of a shift. Text is judged by its number
        of words.

        Parameters
        ----------
        X : table

        Returns
        -------
        dict of str to float
            For each input column that reaches the learner.
        """
        check_is_fitted(self)
        values = read_columns(self._aligned(X), self.kinds_)
        return {
            name: self.summaries_[name].shift(self.encoders_[name].measure(value))
            for name, value in values.items()
        }

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[Any]:
        """Names of the output columns; ``input_features`` is only checked for its length."""
        check_is_fitted(self)
        if input_features is not None and len(input_features) != self.n_features_in_:
            raise BadOption(
                "input_features should have length equal to number of features "
                f"({self.n_features_in_}), got {len(input_features)}. Leave it out."
            )
        return np.array(list(self.source_of_), dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _check_parameters(self) -> None:
        owner = type(self).__name__
        check_choice(owner, "output", self.output, OUTPUTS)
        native_only = MOST_LEVELS if self.output == "native" else np.inf
        check_whole(owner, "max_levels", self.max_levels, 1, native_only)
        for name in ("text_components", "min_frequency", "max_hot"):
            check_whole(owner, name, getattr(self, name), 1)

    def _fit(self, X: Any, y: Any, groups: Any) -> tuple[Encoded, pd.Index]:
        """Fit everything; return what the training rows are encoded as, and their index."""
        self._check_parameters()
        frame, self.named_ = as_frame(X)
        check_size(frame)
        self.columns_ = list(frame.columns)
        self._keep_feature_names(X)
        self.n_features_in_ = len(self.columns_)
        kinds = kinds_of(frame, self.kinds)
        values = read_columns(frame, kinds)
        schema = describe_columns(frame, kinds, values)
        self.unseen_: dict[str, int] = {}
        left_out = schema.left_out
        self.announcements_ = [f"Column {name!r} is left out: {why}." for name, why in left_out.items()]
        kept = {name: kind for name, kind in kinds.items() if name not in left_out}
        encoded = self._fit_columns(kept, values, y, groups)
        useless = {name: "no word occurs in two rows" for name in kept if name not in encoded}
        self.schema_ = replace(schema, left_out={**left_out, **useless})
        if not encoded:
            reasons = " ".join(self.announcements_[:ANNOUNCED_AT_MOST])
            raise BadTable(f"No column can be learned from. {reasons} Add columns.")
        dense = DenseMatrix(self.min_frequency, self.max_hot) if self.output == "dense" else None
        self.layout_ = TableLayout(dense).fit(self.encoders_, encoded, self.columns_)
        self.source_of_ = self.layout_.source_of
        return encoded, frame.index

    def _keep_feature_names(self, X: Any) -> None:
        """Set ``feature_names_in_`` where scikit-learn would: only when all names are strings."""
        if hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        names = X.columns if isinstance(X, pd.DataFrame) else self.columns_
        if self.named_ and all(isinstance(name, str) for name in names):
            self.feature_names_in_ = np.array(self.columns_, dtype=object)

    def _fit_columns(self, kinds: dict[str, str], values: dict[str, Any], y: Any, groups: Any) -> Encoded:
        """Fit one encoder a column; training rows of class rates come back cross-fitted."""
        seed = root_seed(self.random_state)
        self.kinds_: dict[str, str] = {}
        self.encoders_: dict[str, Any] = {}
        self.summaries_: dict[str, ColumnSummary] = {}
        encoded: dict[str, NDArray[Any]] = {}
        for name, kind in kinds.items():
            settings = {"max_levels": self.max_levels, "text_components": self.text_components}
            encoder, rows = fit_encoder(
                name, kind, values[name], y=y, groups=groups, seed=int_seed(seed, name), **settings
            )
            if encoder.sentence:
                self.announcements_.append(f"Column {name!r} {encoder.sentence}.")
            if encoder.suffixes:
                self.kinds_[name], self.encoders_[name], encoded[name] = kind, encoder, rows
                self.summaries_[name] = ColumnSummary().fit(encoder.measure(values[name]))
        return encoded

    def _aligned(self, X: Any) -> pd.DataFrame:
        """The frame of the columns known at fit, or an error that names what is missing."""
        frame, named = as_frame(X)
        frame = align_columns(frame, self.columns_, by_name=named and self.named_)
        if not named and hasattr(self, "feature_names_in_"):
            said = "X does not have valid feature names, but TablePreparer was fitted with feature names"
            warnings.warn(said, UserWarning, stacklevel=3)
        return frame

    def _count_unseen(self, values: dict[str, Any], encoded: Encoded) -> dict[str, int]:
        counts = {}
        for name in (name for name, kind in self.kinds_.items() if kind == "categorical"):
            rows = encoded[name]
            codes = rows if rows.ndim == 1 else self.encoders_[name].measure(values[name])
            counts[name] = int((codes == UNSEEN).sum())
        return {name: count for name, count in counts.items() if count}
