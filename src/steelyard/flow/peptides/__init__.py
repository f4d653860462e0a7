"""A peptide model for people who do not program: trained on a set that ships, sealed, and explained."""

from __future__ import annotations

from steelyard.flow.peptides.fit import fit_peptides as fit_peptides
from steelyard.flow.peptides.model import PeptideModel as PeptideModel
from steelyard.flow.peptides.model import open_peptides as open_peptides

__all__ = ["PeptideModel", "fit_peptides", "open_peptides"]
