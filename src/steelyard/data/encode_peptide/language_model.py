"""Peptides to what a protein language model makes of them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from steelyard.data.check_parameter import check_choice, check_whole
from steelyard.data.encode_peptide.residues import as_sequences, read_residues
from steelyard.errors import BadOption, BadTable

__all__ = ["PeptideLanguageModel"]

KEY_LETTERS = 16  # of a digest, in names of files


class PeptideLanguageModel(TransformerMixin, BaseEstimator):
    """The frozen embedding of a peptide by a protein language model that is handed in.

    Parameters
    ----------
    encoder : object
        With a method ``encode(sequences, *, pooling, batch_size)`` that returns an array (n, d), the
        names ``poolings`` it knows, and a ``name`` that no other weights have. ``steelyard.deep.encoders``
        has some.
    pooling : str, default="mean"
        How the residues' vectors become one, among ``encoder.poolings``.
    batch_size : int, default=16
        Peptides a batch; it changes the speed alone.
    cache : path or None, default=None
        A folder in which vectors are kept, so that no peptide is encoded twice: not in another fold, nor by a
        clone, nor in another process. It is made where it is not there.

    Attributes
    ----------
    width_ : int
        Numbers a peptide.

    Notes
    -----
    The language model is never trained here, so nothing is learned from the rows. Files of the cache are
    named by a digest of the encoder's name and the pooling; arrays in them hold no pickles.

    Examples
    --------
    >>> class Letters:
    ...     name, poolings = "letters", ("mean",)
    ...
    ...     def encode(self, sequences, *, pooling, batch_size):
    ...         return np.array([[s.count("A") / len(s)] for s in sequences])
    >>> PeptideLanguageModel(Letters()).fit_transform(["AC", "AA"])
    array([[0.5],
           [1. ]], dtype=float32)
    """

    def __init__(
        self,
        encoder: Any,
        *,
        pooling: str = "mean",
        batch_size: int = 16,
        cache: str | os.PathLike[str] | None = None,
    ) -> None:
        self.encoder = encoder
        self.pooling = pooling
        self.batch_size = batch_size
        self.cache = cache

    def fit(self, X: Any, y: Any = None) -> PeptideLanguageModel:
        """Check parameters and peptides, and ask for the width.

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
            An encoder that is none, or a pooling it does not know.
        BadTable
            Something that is no peptide.
        """
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Any, y: Any = None, **fit_params: Any) -> NDArray[np.float32]:
        """As `fit` and `transform`, encoding once."""
        for name in ("encode", "poolings", "name"):
            if not hasattr(self.encoder, name):
                raise BadOption(
                    "The 'encoder' parameter of PeptideLanguageModel must be an object with encode, poolings "
                    f"and name. Got {self.encoder!r} instead."
                )
        check_choice("PeptideLanguageModel", "pooling", self.pooling, tuple(self.encoder.poolings))
        check_whole("PeptideLanguageModel", "batch_size", self.batch_size, 1)
        vectors = self._vectors(X)
        self.width_ = int(vectors.shape[1])
        return vectors

    def transform(self, X: Any) -> NDArray[np.float32]:
        """The vector of each peptide.

        Parameters
        ----------
        X : sequence of n str, or a table with one column

        Returns
        -------
        ndarray of float32, shape (n, width_)
        """
        check_is_fitted(self)
        return self._vectors(X)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """Names of the columns, shape (width_,)."""
        check_is_fitted(self)
        return np.array([f"{self.encoder.name}_{i}" for i in range(self.width_)], dtype=object)

    def _vectors(self, X: Any) -> NDArray[np.float32]:
        sequences = as_sequences(X)
        read_residues(sequences)
        known = self._kept()
        new = [sequence for sequence in dict.fromkeys(sequences) if sequence not in known]
        if new:
            made = self._encode(new)
            self._keep(new, made)
            known |= dict(zip(new, made, strict=True))
        return np.stack([known[sequence] for sequence in sequences])

    def _encode(self, sequences: list[str]) -> NDArray[np.float32]:
        made = self.encoder.encode(sequences, pooling=self.pooling, batch_size=self.batch_size)
        vectors = np.asarray(made, dtype=np.float32)
        if vectors.shape[:-1] != (len(sequences),) or not np.isfinite(vectors).all():
            raise BadTable(
                f"Expected one vector of finite numbers for each of {len(sequences)} peptides, got an array "
                f"of shape {vectors.shape} from {self.encoder.name}. Check its weights and its encode method."
            )
        return vectors

    def _key(self) -> str:
        told = f"{self.encoder.name}\n{self.pooling}"
        return hashlib.sha256(told.encode()).hexdigest()[:KEY_LETTERS]

    def _kept(self) -> dict[str, NDArray[np.float32]]:
        """Vectors that any earlier call has left in the folder."""
        if self.cache is None:
            return {}
        known: dict[str, NDArray[np.float32]] = {}
        for path in sorted(Path(self.cache).glob(f"{self._key()}-*.npz")):
            with np.load(path, allow_pickle=False) as file:
                known |= dict(zip(file["sequences"].tolist(), file["vectors"], strict=True))
        return known

    def _keep(self, sequences: list[str], vectors: NDArray[np.float32]) -> None:
        """Write a file of its own, whole, so that others may read and write meanwhile."""
        if self.cache is None:
            return
        folder = Path(self.cache)
        folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256("\n".join(sequences).encode()).hexdigest()[:KEY_LETTERS]
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, sequences=np.array(sequences), vectors=vectors)
        os.replace(temporary, folder / f"{self._key()}-{digest}.npz")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array, tags.input_tags.one_d_array = True, False, True
        tags.transformer_tags.preserves_dtype = []
        return tags
