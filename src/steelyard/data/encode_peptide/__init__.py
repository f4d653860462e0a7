"""Peptides to numbers: k-mer shares, physico-chemical descriptors, and what a language model says."""

from __future__ import annotations

from steelyard.data.encode_peptide.descriptors import PeptideDescriptors as PeptideDescriptors
from steelyard.data.encode_peptide.kmers import PeptideKmers as PeptideKmers
from steelyard.data.encode_peptide.language_model import PeptideLanguageModel as PeptideLanguageModel
from steelyard.data.encode_peptide.residues import AMINO_ACIDS as AMINO_ACIDS

__all__ = ["AMINO_ACIDS", "PeptideDescriptors", "PeptideKmers", "PeptideLanguageModel"]
