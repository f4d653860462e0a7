"""The mean of word vectors, for texts and other sequences of ids."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from steelyard.balance.check_parameter import check_whole
from steelyard.deep.backbones.base import Backbone
from steelyard.errors import BadOption, BadTable

__all__ = ["TokenMean"]

PADDING = 0
LEAST_VOCABULARY = 2  # the padding and one token


class TokenMean(Backbone):
    """A vector for each token id, and their mean.

    Parameters
    ----------
    vocabulary : int
        Ids are 0 to ``vocabulary - 1``; id 0 is padding and counts nowhere.
    width : int, default=64
        Length of a vector.

    Raises
    ------
    BadOption
        A parameter makes no sense, or rows are no token ids.
    BadTable
        An id beyond the vocabulary.

    Notes
    -----
    Rows ``(n, length)`` of whole numbers give features ``(n, width)``; a row of padding only gives zeros.
    The order of tokens does not matter. Vectors start normal with variance 1, that of padding stays 0.

    References
    ----------
    Joulin, Grave, Bojanowski and Mikolov, Bag of tricks for efficient text classification, EACL 2017.

    Examples
    --------
    >>> backbone = TokenMean(vocabulary=100, width=8)
    >>> tuple(backbone(torch.tensor([[5, 7, 0], [1, 0, 0]])).shape)
    (2, 8)
    """

    axes = ("n", "length")
    reads_tokens = True

    def __init__(self, vocabulary: int, *, width: int = 64) -> None:
        super().__init__()
        self.vocabulary, self.width = vocabulary, width
        check_whole(self, "vocabulary", LEAST_VOCABULARY)
        check_whole(self, "width")

    def _build(self, shape: Sequence[int]) -> None:
        self.vectors = nn.Embedding(self.vocabulary, self.width, padding_idx=PADDING)

    def _features(self, rows: torch.Tensor) -> torch.Tensor:
        if rows.is_floating_point() or rows.dtype == torch.bool:
            raise BadOption(
                f"TokenMean reads token ids, got numbers of type {rows.dtype}. Give an array of ints."
            )
        if rows.numel() and not 0 <= int(rows.min()) <= int(rows.max()) < self.vocabulary:
            raise BadTable(
                f"TokenMean knows ids from 0 to {self.vocabulary - 1}, got ids from {int(rows.min())} to "
                f"{int(rows.max())}. Raise vocabulary, or give unknown tokens an id of their own."
            )
        counted = (rows != PADDING).unsqueeze(2)
        total = (self.vectors(rows) * counted).sum(dim=1)
        mean: torch.Tensor = total / counted.sum(dim=1).clamp(min=1)
        return mean
