"""Eleven physico-chemical numbers of a peptide."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from steelyard.data.encode_peptide.residues import AMINO_ACIDS, Residues
from steelyard.data.encode_peptide.scales import HYDROPATHY, members

__all__ = ["PHYSCHEM", "physchem"]

PHYSCHEM = (
    "length",
    "hydropathy",
    "moment_100",
    "moment_180",
    "positive_charge",
    "positive_charge_share",
    "helix_share",
    "sheet_share",
    "trypsin_sites",
    "chymotrypsin_sites",
    "elastase_sites",
)

HELIX_TURN, STRAND_TURN = 100, 180  # degrees from one residue to the next
PH = 7.0
BASES = {"K": 10.5, "R": 12.5, "H": 6.0}  # pKa
N_TERMINUS = 9.69
HELIX, SHEET = "AEHKLMQR", "VIYFWTC"
CUT_AFTER = ("KR", "FYWL", "AVIL")  # trypsin, chymotrypsin, elastase
BLOCKS_CUT = AMINO_ACIDS.index("P")


def physchem(residues: Residues) -> NDArray[np.float64]:
    """Length, hydropathy, moments, positive charge, shares of helix and sheet formers, cutting sites.

    Parameters
    ----------
    residues : Residues
        Of n peptides.

    Returns
    -------
    ndarray of shape (n, 11)
        Columns as in ``PHYSCHEM``. Hydropathy is the mean of Kyte and Doolittle's scale; the moment at an
        angle d is ``|sum_j h_j exp(i d j)| / length``; positive charge is that of K, R, H and the N-terminus
        at pH 7; sites are those an enzyme cuts after (not before P; the last residue counts) over length.

    Examples
    --------
    >>> from steelyard.data.encode_peptide.residues import read_residues
    >>> physchem(read_residues(["KPKA"]))[0, [0, 8, 10]]
    array([4.  , 0.25, 0.25])
    """
    length = residues.lengths.astype(np.float64)
    counts = residues.counts()
    charge = _charged(1.0, N_TERMINUS) + sum(
        _charged(counts[:, AMINO_ACIDS.index(letter)], pka) for letter, pka in BASES.items()
    )
    columns = [
        length,
        counts @ HYDROPATHY / length,
        _moment(residues, HELIX_TURN) / length,
        _moment(residues, STRAND_TURN) / length,
        charge,
        charge / length,
        counts @ members(HELIX) / length,
        counts @ members(SHEET) / length,
        *(_sites(residues, letters) / length for letters in CUT_AFTER),
    ]
    return np.column_stack(columns)


def _charged(n: float | NDArray[np.float64], pka: float) -> NDArray[np.float64]:
    """Charge of ``n`` basic groups."""
    return np.asarray(n / (1.0 + 10.0 ** (PH - pka)))


def _moment(residues: Residues, degrees: int) -> NDArray[np.float64]:
    angle = math.radians(degrees) * residues.places
    value = HYDROPATHY[residues.codes]
    return np.hypot(residues.sum_of(value * np.cos(angle)), residues.sum_of(value * np.sin(angle)))


def _sites(residues: Residues, letters: str) -> NDArray[np.float64]:
    following = np.append(residues.codes[1:], 0)
    open_ = residues.last | (following != BLOCKS_CUT)
    return residues.sum_of(members(letters)[residues.codes] * open_)
