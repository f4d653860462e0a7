"""Free text to a few numeric columns: TF-IDF of words and word pairs, then a truncated SVD."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from steelyard.kernels.rng import RandomState, int_seed

__all__ = ["TextColumn"]

MAX_TERMS = 20_000
MIN_ROWS_OF_TERM = 2  # a term of one row cannot help on another

# A word is two characters or more between blanks and punctuation. The usual \w would cut words of
# Bangla, Hindi and other scripts at every vowel sign, which is not alphanumeric to Python.
WORD = r"[^\s!-/:-@\[-`{-~–—‘’“”„«»…।॥،؛؟、。，]{2,}"


class TextColumn:
    """Turns texts into at most ``n_components`` numbers a row.

    With no more terms than components the TF-IDF weights themselves are the columns. Labels are not
    looked at.

    Parameters
    ----------
    n_components : int
    random_state : int, RandomState, Generator or None

    Attributes
    ----------
    width : int
        Columns; 0 when no term occurs in two rows.

    Examples
    --------
    >>> texts = ["late again", "late train", "good train"]
    >>> TextColumn(5, random_state=0).fit(texts).transform(["late late", ""]).round(1)
    array([[1., 0.],
           [0., 0.]])
    """

    def __init__(self, n_components: int = 30, random_state: RandomState = None) -> None:
        self.n_components = n_components
        self.random_state = random_state

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of the output columns' names."""
        return tuple(f"__{i + 1}" for i in range(self.width))

    @property
    def sentence(self) -> str:
        """What the user is told."""
        if self.width == 0:
            return "is left out: it is free text of which no word occurs in two rows"
        how = "TF-IDF weights" if self.svd_ is None else "components of its TF-IDF weights"
        return f"is free text: read as {self.width} {how}"

    def fit(self, texts: Sequence[str]) -> TextColumn:
        """Learn the vocabulary and the components."""
        self.words_ = TfidfVectorizer(
            ngram_range=(1, 2),
            max_features=MAX_TERMS,
            min_df=MIN_ROWS_OF_TERM,
            sublinear_tf=True,
            token_pattern=WORD,
            dtype=np.float64,
        )
        self.svd_ = None
        try:
            weights = self.words_.fit_transform(texts)
        except ValueError:  # no term at all, or none in two rows
            self.words_, self.width = None, 0
            return self
        self.width = weights.shape[1]
        if self.width > self.n_components:
            seed = int_seed(self.random_state, "text components")
            self.svd_ = TruncatedSVD(self.n_components, random_state=seed).fit(weights)
            self.width = self.n_components
        return self

    def transform(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Components of each text; shape (n, width)."""
        if self.width == 0 or len(texts) == 0:
            return np.empty((len(texts), self.width))
        weights = self.words_.transform(texts)
        return weights.toarray() if self.svd_ is None else self.svd_.transform(weights)

    def measure(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Words of each text (NaN for an empty one), for shift."""
        words = np.array([len(text.split()) for text in texts], dtype=np.float64)
        return np.where(words > 0, words, np.nan)
