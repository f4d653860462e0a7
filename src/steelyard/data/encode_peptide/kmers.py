"""Peptides to the shares of their k-mers, as a sparse matrix."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from steelyard.data.encode_peptide.residues import AMINO_ACIDS, N_AMINO_ACIDS, Residues, read_residues
from steelyard.errors import BadOption, BadTable

__all__ = ["PeptideKmers"]

MOST = 6  # twenty letters to the power of six are 64 million columns


class PeptideKmers(TransformerMixin, BaseEstimator):
    """Shares of all runs of k amino acids in a peptide.

    Parameters
    ----------
    k : sequence of int, default=(2, 3, 4)
        Lengths of the runs, each from 1 to 6.
    drop_constant : bool, default=True
        Leave out the columns that have one value in all training rows.

    Attributes
    ----------
    columns_ : ndarray of int
        The columns kept, among all ``sum(20**k)``.
    n_all_ : int
        Columns there would be without leaving any out.

    Notes
    -----
    A value is the count of a run over the number of runs of that length in the peptide, so the block of
    each k sums to 1 (before columns are left out). A peptide shorter than k has a block of zeros. There
    is no weighting by how rare a run is. The columns are ordered by k, then by the alphabet.

    References
    ----------
    Niloy, Juboraj and Shatabda, KEMP-PIP: a feature-fusion based approach for pro-inflammatory peptide
    prediction, arXiv 2602.20198, 2026.

    Examples
    --------
    >>> kmers = PeptideKmers(k=(1, 2)).fit(["AAC", "ACC"])
    >>> kmers.get_feature_names_out().tolist()
    ['A', 'C', 'AA', 'CC']
    >>> kmers.transform(["AAC"]).toarray().round(2)
    array([[0.67, 0.33, 0.5 , 0.  ]])
    """

    def __init__(self, *, k: Sequence[int] = (2, 3, 4), drop_constant: bool = True) -> None:
        self.k = k
        self.drop_constant = drop_constant

    def fit(self, X: Any, y: Any = None) -> PeptideKmers:
        """Note which columns vary.

        Parameters
        ----------
        X : sequence of n str, or a table with one column
            Peptides of the twenty amino acids.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        BadOption
            A ``k`` that makes no sense.
        BadTable
            Something that is no peptide, or peptides without any difference.
        """
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Any, y: Any = None, **fit_params: Any) -> sparse.csr_matrix:
        """Note which columns vary, and return the shares of ``X``; as `fit` and `transform`."""
        self.k_ = self._lengths()
        self.n_all_ = sum(N_AMINO_ACIDS**k for k in self.k_)
        shares = self._shares(read_residues(X))
        self.columns_ = np.arange(self.n_all_)
        if not self.drop_constant:
            return shares
        varies = np.asarray(shares.max(axis=0).toarray() != shares.min(axis=0).toarray()).ravel()
        if not varies.any():
            raise BadTable(
                f"Expected peptides that differ in their k-mers, got {shares.shape[0]} that do not. "
                "Give more peptides, or set drop_constant=False."
            )
        self.columns_ = np.flatnonzero(varies)
        return shares[:, self.columns_]

    def transform(self, X: Any) -> sparse.csr_matrix:
        """Shares of the k-mers of each peptide.

        Parameters
        ----------
        X : sequence of n str, or a table with one column

        Returns
        -------
        csr_matrix of float64, shape (n, d)
        """
        check_is_fitted(self)
        shares = self._shares(read_residues(X))
        return shares if self.columns_.size == self.n_all_ else shares[:, self.columns_]

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """The k-mer of each column, shape (d,)."""
        check_is_fitted(self)
        names = ["".join(letters) for k in self.k_ for letters in product(AMINO_ACIDS, repeat=k)]
        return np.array(names, dtype=object)[self.columns_]

    def _lengths(self) -> tuple[int, ...]:
        given = self.k if isinstance(self.k, (tuple, list)) else ()
        if not given or any(
            isinstance(k, bool) or not isinstance(k, (int, np.integer)) or not 1 <= k <= MOST for k in given
        ):
            raise BadOption(
                f"The 'k' parameter of PeptideKmers must be a sequence of int in the range [1, {MOST}]. "
                f"Got {self.k!r} instead."
            )
        return tuple(sorted({int(k) for k in given}))

    def _shares(self, residues: Residues) -> sparse.csr_matrix:
        blocks, before = [], 0
        for k in self.k_:
            first = np.flatnonzero(residues.places <= residues.lengths[residues.rows] - k)
            code = np.zeros(first.size, dtype=np.intp)
            for step in range(k):
                code = code * N_AMINO_ACIDS + residues.codes[first + step]
            row = residues.rows[first]
            blocks.append((row, before + code, 1.0 / (residues.lengths[row] - k + 1)))
            before += N_AMINO_ACIDS**k
        rows, columns, values = (np.concatenate(part) for part in zip(*blocks, strict=True))
        # Building adds up what stands in one cell, so a run that occurs twice counts twice.
        return sparse.csr_matrix((values, (rows, columns)), shape=(len(residues), self.n_all_))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array, tags.input_tags.one_d_array = True, False, True
        tags.transformer_tags.preserves_dtype = []
        return tags
