"""Ten numbers of a peptide as a whole: weight, charge, isoelectric point and indices of its make-up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.data.encode_peptide.residues import AMINO_ACIDS, Residues
from steelyard.data.encode_peptide.scales import TRANSFER_ENERGY, WEIGHT, instability_weights, members

__all__ = ["GLOBAL", "global_descriptors", "net_charge"]

GLOBAL = (
    "length",
    "weight",
    "charge",
    "charge_density",
    "isoelectric_point",
    "instability",
    "aromaticity",
    "aliphatic_index",
    "boman_index",
    "hydrophobic_ratio",
)

# pKa of the groups that gain and lose a proton: CRC Handbook of Chemistry and Physics, 96th edition.
BASES = {"K": 10.67, "R": 12.10, "H": 6.04}
ACIDS = {"D": 3.71, "E": 4.15, "C": 8.14, "Y": 10.10}
N_TERMINUS, C_TERMINUS, AMIDATED_C_TERMINUS = 9.38, 2.15, 15.0

WATER = 18.015  # g/mol, lost in each bond between residues
AMIDE = 0.98  # g/mol lighter than the acid it replaces
LOWEST_PH, HIGHEST_PH = -10.0, 24.0  # every peptide is positive at the one and negative at the other
HALVINGS = 40  # of 34 pH units: far below any error of the constants
AROMATIC, HYDROPHOBIC = "FWY", "ACFILMV"
ALIPHATIC = {"A": 1.0, "V": 2.9, "I": 3.9, "L": 3.9}  # relative volumes: Ikai, J. Biochem. 88, 1980
INSTABILITY_SCALE = 10.0
PERCENT = 100.0


def global_descriptors(residues: Residues, ph: float, amidated: bool) -> NDArray[np.float64]:
    """Length, weight, charge, charge over weight, isoelectric point, and five indices.

    Parameters
    ----------
    residues : Residues
        Of n peptides.
    ph : float
        At which the charge is taken.
    amidated : bool
        Whether the C-terminus is an amide.

    Returns
    -------
    ndarray of shape (n, 10)
        Columns as in ``GLOBAL``.

    Examples
    --------
    >>> from steelyard.data.encode_peptide.residues import read_residues
    >>> global_descriptors(read_residues(["KLAKFGKRSELVALSG"]), 7.4, True)[0, 2].round(3)
    np.float64(3.989)
    """
    length = residues.lengths.astype(np.float64)
    counts = residues.counts()
    weight = counts @ WEIGHT - WATER * (length - 1) - (AMIDE if amidated else 0.0)
    charge = net_charge(counts, np.full(length.size, ph), amidated)
    aliphatic = sum(part * counts[:, AMINO_ACIDS.index(letter)] for letter, part in ALIPHATIC.items())
    columns = [
        length,
        weight,
        charge,
        charge / weight,
        _isoelectric_point(counts, amidated),
        INSTABILITY_SCALE * _instability(residues) / length,
        counts @ members(AROMATIC) / length,
        PERCENT * aliphatic / length,
        counts @ TRANSFER_ENERGY / length,
        counts @ members(HYDROPHOBIC) / length,
    ]
    return np.column_stack(columns)


def net_charge(counts: NDArray[np.float64], ph: NDArray[np.float64], amidated: bool) -> NDArray[np.float64]:
    """Charge of each peptide at a pH of its own, by Henderson and Hasselbalch.

    Parameters
    ----------
    counts : ndarray of shape (n, 20)
    ph : ndarray of shape (n,)
    amidated : bool

    Returns
    -------
    ndarray of shape (n,)
    """
    acid_end = AMIDATED_C_TERMINUS if amidated else C_TERMINUS
    charge = _protonated(N_TERMINUS, ph) - (1.0 - _protonated(acid_end, ph))
    for letter, pka in BASES.items():
        charge += counts[:, AMINO_ACIDS.index(letter)] * _protonated(pka, ph)
    for letter, pka in ACIDS.items():
        charge -= counts[:, AMINO_ACIDS.index(letter)] * (1.0 - _protonated(pka, ph))
    return charge


def _protonated(pka: float, ph: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + 10.0 ** (ph - pka)))


def _isoelectric_point(counts: NDArray[np.float64], amidated: bool) -> NDArray[np.float64]:
    """The pH at which the charge, which falls with pH, is zero."""
    low = np.full(counts.shape[0], LOWEST_PH)
    high = np.full(counts.shape[0], HIGHEST_PH)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        positive = net_charge(counts, middle, amidated) > 0
        low, high = np.where(positive, middle, low), np.where(positive, high, middle)
    return (low + high) / 2


def _instability(residues: Residues) -> NDArray[np.float64]:
    """Sum of the weights of neighbours, shape (n,)."""
    following = np.append(residues.codes[1:], 0)
    weights = instability_weights()[residues.codes, following]
    return residues.sum_of(np.where(residues.last, 0.0, weights))
