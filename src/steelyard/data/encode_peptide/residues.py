"""Peptides as one flat array of residue codes, and a plain word for what is no peptide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadTable

__all__ = ["AMINO_ACIDS", "N_AMINO_ACIDS", "Residues", "as_sequences", "read_residues"]

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"  # the twenty standard ones; a residue's code is its place here
N_AMINO_ACIDS = len(AMINO_ACIDS)

NO_CODE = 255
BYTES = 256
COLUMN_DIMS = 2

CODES = np.full(BYTES, NO_CODE, dtype=np.uint8)
CODES[np.frombuffer(AMINO_ACIDS.encode(), dtype=np.uint8)] = np.arange(N_AMINO_ACIDS)

ADVICE = (
    "Pass the peptides through steelyard.data.validate_peptides first, which says what is wrong row by row."
)


@dataclass(frozen=True, eq=False)
class Residues:
    """Peptides, one residue after another.

    ``codes`` (m,) residue codes; ``rows`` (m,) the peptide of each; ``places`` (m,) its place there, from
    0; ``lengths`` (n,) residues a peptide.
    """

    codes: NDArray[np.uint8]
    rows: NDArray[np.intp]
    places: NDArray[np.intp]
    lengths: NDArray[np.intp]

    def __len__(self) -> int:
        return int(self.lengths.size)

    @property
    def last(self) -> NDArray[np.bool_]:
        """Whether a residue is the last of its peptide, shape (m,)."""
        return self.places == self.lengths[self.rows] - 1

    def sum_of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum of one value a residue over each peptide, shape (n,)."""
        return np.bincount(self.rows, weights=values, minlength=len(self))

    def counts(self) -> NDArray[np.float64]:
        """How often each amino acid occurs, shape (n, 20)."""
        cells = self.rows * N_AMINO_ACIDS + self.codes
        found = np.bincount(cells, minlength=len(self) * N_AMINO_ACIDS)
        return found.astype(np.float64).reshape(len(self), N_AMINO_ACIDS)


def as_sequences(X: Any) -> list[Any]:
    """The values of a list, an array, a series, or a table with one column.

    Raises
    ------
    BadTable
        Several columns, one string alone, or nothing that can be gone through.
    """
    if isinstance(X, (str, bytes)):
        raise BadTable(f"Expected a list of peptides, got one string {X!r}. Put it into a list.")
    if hasattr(X, "columns") or getattr(X, "ndim", 1) == COLUMN_DIMS:
        width = X.shape[1]
        if width != 1:
            raise BadTable(f"Expected one column of peptides, got a table of {width} columns. Choose one.")
        if hasattr(X, "iloc"):
            X = X.iloc[:, 0]
        elif hasattr(X, "to_series"):  # polars
            X = X.to_series(0)
        elif hasattr(X, "column"):  # pyarrow
            X = X.column(0)
        else:
            X = X[:, 0]
    if hasattr(X, "to_pylist"):
        return list(X.to_pylist())
    try:
        return list(X)
    except TypeError as error:
        raise BadTable(f"Expected a list of peptides, got {X!r}. Give one string a peptide.") from error


def read_residues(X: Any) -> Residues:
    """Read peptides made of the twenty amino acids in capital letters.

    Parameters
    ----------
    X : sequence of n str, or a table with one column

    Returns
    -------
    Residues

    Raises
    ------
    BadTable
        No peptides, or one that is empty, no string, or has another letter; the first is named.

    Examples
    --------
    >>> read_residues(["AC", "CCA"]).counts()[:, :2]
    array([[1., 1.],
           [1., 2.]])
    """
    sequences = as_sequences(X)
    if not sequences:
        raise BadTable("Expected at least one peptide, got none.")
    for row, sequence in enumerate(sequences):
        if not isinstance(sequence, str):
            raise BadTable(f"Expected peptides as strings, got {sequence!r} in row {row}. {ADVICE}")
        if not sequence:
            raise BadTable(f"Expected peptides, got an empty string in row {row}. {ADVICE}")
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.intp)
    # Whatever is no ASCII letter becomes '?', one byte a letter, and has no code.
    letters = np.frombuffer("".join(sequences).encode("ascii", "replace"), dtype=np.uint8)
    codes = CODES[letters]
    rows = np.repeat(np.arange(lengths.size), lengths)
    places = np.arange(codes.size) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    if (codes == NO_CODE).any():
        first = int(np.argmax(codes == NO_CODE))
        row, place = int(rows[first]), int(places[first])
        raise BadTable(
            f"Expected the letters {AMINO_ACIDS}, got {sequences[row][place]!r} at place {place + 1} of row "
            f"{row}, {sequences[row][:40]!r}. {ADVICE}"
        )
    return Residues(codes, rows, places, lengths)
