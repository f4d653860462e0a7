"""Peptides to physico-chemical numbers."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from steelyard.data.encode_peptide.global_descriptors import GLOBAL, global_descriptors
from steelyard.data.encode_peptide.physchem import PHYSCHEM, physchem
from steelyard.data.encode_peptide.residues import read_residues
from steelyard.errors import BadOption

__all__ = ["PeptideDescriptors"]

SETS = {"physchem": PHYSCHEM, "global": GLOBAL}
SAY_LENGTH = frozenset({"length", "weight"})
PH_SCALE = (0, 14)


class PeptideDescriptors(TransformerMixin, BaseEstimator):
    """Physico-chemical numbers of a peptide: eleven of KEMP-PIP's own, ten of modlAMP's.

    Parameters
    ----------
    sets : sequence of {"physchem", "global"}, default=("physchem", "global")
        "physchem": length, mean hydropathy, hydrophobic moment at 100 and 180 degrees, positive charge at
        pH 7 and its share, helix and sheet share, trypsin, chymotrypsin and elastase sites.
        "global": length, molecular weight (g/mol), net charge, charge over weight, isoelectric point,
        instability, aromaticity, aliphatic index, Boman index, hydrophobic ratio.
    ph : float, default=7.4
        At which the charge of the set "global" is taken.
    amidated : bool, default=True
        Whether the C-terminus is an amide; it changes weight, charge and isoelectric point of "global".
    drop_length : bool, default=False
        Leave out length, and weight, which is length again. Where peptides of one class were cut to one
        length, a model otherwise learns how they were cut.

    Attributes
    ----------
    columns_ : tuple of str
        Names, each beginning with its set.

    Notes
    -----
    Definitions and defaults are those of modlAMP 4.3, without its rounding of charge and weight; its
    isoelectric point stops where the rounded charge is zero, ours where the charge is.

    References
    ----------
    Müller, Gabernet, Hiss and Schneider, modlAMP: Python for antimicrobial peptides, Bioinformatics 33, 2017.

    Niloy, Juboraj and Shatabda, KEMP-PIP, arXiv 2602.20198, 2026.

    Examples
    --------
    >>> numbers = PeptideDescriptors(sets=("global",)).fit_transform(["GLFDIVKKVVGALGSL"])
    >>> numbers.shape, round(float(numbers[0, 8]), 3)
    ((1, 10), -1.012)
    """

    def __init__(
        self,
        *,
        sets: Sequence[str] = ("physchem", "global"),
        ph: float = 7.4,
        amidated: bool = True,
        drop_length: bool = False,
    ) -> None:
        self.sets = sets
        self.ph = ph
        self.amidated = amidated
        self.drop_length = drop_length

    def fit(self, X: Any, y: Any = None) -> PeptideDescriptors:
        """Check parameters and peptides; nothing is learned.

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
            A parameter that makes no sense.
        BadTable
            Something that is no peptide.
        """
        self._check_parameters()
        read_residues(X)
        self.columns_ = tuple(
            f"{chosen}_{name}"
            for chosen in self.sets
            for name in SETS[chosen]
            if not (self.drop_length and name in SAY_LENGTH)
        )
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """The numbers of each peptide.

        Parameters
        ----------
        X : sequence of n str, or a table with one column

        Returns
        -------
        ndarray of shape (n, d)
        """
        check_is_fitted(self)
        residues = read_residues(X)
        made = {
            "physchem": lambda: physchem(residues),
            "global": lambda: global_descriptors(residues, float(self.ph), self.amidated),
        }
        numbers = np.hstack([made[chosen]() for chosen in self.sets])
        if not self.drop_length:
            return numbers
        return numbers[:, [name not in SAY_LENGTH for chosen in self.sets for name in SETS[chosen]]]

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """Names of the columns, shape (d,)."""
        check_is_fitted(self)
        return np.array(self.columns_, dtype=object)

    def _check_parameters(self) -> None:
        given = self.sets if isinstance(self.sets, (tuple, list)) else ()
        if not given or len(set(given)) < len(given) or any(chosen not in SETS for chosen in given):
            self._refuse("sets", f"a sequence of different names among {tuple(SETS)}", self.sets)
        low, high = PH_SCALE
        if isinstance(self.ph, bool) or not isinstance(self.ph, Real) or not low <= self.ph <= high:
            self._refuse("ph", f"a float in the range [{low}, {high}]", self.ph)
        for name in ("amidated", "drop_length"):
            if not isinstance(getattr(self, name), (bool, np.bool_)):
                self._refuse(name, "a bool", getattr(self, name))

    def _refuse(self, name: str, wanted: str, value: Any) -> None:
        raise BadOption(
            f"The {name!r} parameter of {type(self).__name__} must be {wanted}. Got {value!r} instead."
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array, tags.input_tags.one_d_array = True, False, True
        tags.transformer_tags.preserves_dtype = []
        return tags
