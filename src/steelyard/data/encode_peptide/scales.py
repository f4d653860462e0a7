"""Numbers that others have measured of the amino acids, in the order of the alphabet."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from steelyard.data.encode_peptide.residues import AMINO_ACIDS, N_AMINO_ACIDS

__all__ = ["HYDROPATHY", "TRANSFER_ENERGY", "WEIGHT", "instability_weights", "members"]


def _in_order(values: dict[str, float]) -> NDArray[np.float64]:
    return np.array([values[letter] for letter in AMINO_ACIDS])


# Kyte and Doolittle, Journal of Molecular Biology 157, 1982.
HYDROPATHY = _in_order(
    {
        **{"A": 1.8, "R": -4.5, "N": -3.5, "D": -3.5, "C": 2.5, "Q": -3.5, "E": -3.5, "G": -0.4, "H": -3.2},
        **{"I": 4.5, "L": 3.8, "K": -3.9, "M": 1.9, "F": 2.8, "P": -1.6, "S": -0.8, "T": -0.7, "W": -0.9},
        **{"Y": -1.3, "V": 4.2},
    }
)

# Free energy of transfer from cyclohexane to water, kcal/mol: Radzicka and Wolfenden, Biochemistry 27, 1988.
TRANSFER_ENERGY = _in_order(
    {
        **{"A": -1.81, "C": -1.28, "D": 8.72, "E": 6.81, "F": -2.98, "G": -0.94, "H": 4.66, "I": -4.92},
        **{"K": 5.55, "L": -4.92, "M": -2.35, "N": 6.64, "P": 0.0, "Q": 5.54, "R": 14.92, "S": 3.40},
        **{"T": 2.57, "V": -4.04, "W": -2.33, "Y": 0.14},
    }
)

# Mean molecular weight of the free amino acid, g/mol.
WEIGHT = _in_order(
    {
        **{"A": 89.093, "C": 121.158, "D": 133.103, "E": 147.129, "F": 165.189, "G": 75.067, "H": 155.155},
        **{"I": 131.173, "K": 146.188, "L": 131.173, "M": 149.211, "N": 132.118, "P": 115.131, "Q": 146.145},
        **{"R": 174.2, "S": 105.093, "T": 119.119, "V": 117.146, "W": 204.225, "Y": 181.189},
    }
)


@cache
def instability_weights() -> NDArray[np.float64]:
    """Weight of each pair of neighbours (first, second), shape (20, 20).

    References
    ----------
    Guruprasad, Reddy and Pandit, Protein Engineering 4, 1990.
    """
    path = Path(__file__).with_name("dipeptide_instability.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = {row["first"]: [float(row[second]) for second in AMINO_ACIDS] for row in rows}
    return np.array([table[first] for first in AMINO_ACIDS])


def members(letters: str) -> NDArray[np.float64]:
    """1 for each amino acid that is among ``letters``, shape (20,).

    Examples
    --------
    >>> int(members("KR").sum())
    2
    """
    found = np.zeros(N_AMINO_ACIDS)
    found[[AMINO_ACIDS.index(letter) for letter in letters]] = 1.0
    return found
