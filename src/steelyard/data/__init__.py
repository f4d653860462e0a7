"""Tables in: files and frames of any library, checked and described; and the catalogue of public data sets.

``load`` turns a file, a frame, arrays or the name of a public data set into a ``Dataset`` that can be
learned from, or says in one sentence why it cannot.
"""

from steelyard.data.catalogue import CatalogueEntry as CatalogueEntry
from steelyard.data.catalogue import catalogue as catalogue
from steelyard.data.catalogue import datasets as datasets
from steelyard.data.catalogue import find_entry as find_entry
from steelyard.data.encode_audio import LogMel as LogMel
from steelyard.data.encode_hybrid import HybridCategoricalEncoder as HybridCategoricalEncoder
from steelyard.data.encode_peptide import PeptideDescriptors as PeptideDescriptors
from steelyard.data.encode_peptide import PeptideKmers as PeptideKmers
from steelyard.data.encode_peptide import PeptideLanguageModel as PeptideLanguageModel
from steelyard.data.encode_similarity import SimilarityEncoder as SimilarityEncoder
from steelyard.data.groups import nearest_overlap as nearest_overlap
from steelyard.data.groups import shared_kmer_groups as shared_kmer_groups
from steelyard.data.infer_schema import infer_schema as infer_schema
from steelyard.data.load import load as load
from steelyard.data.long_tail import long_tail_counts as long_tail_counts
from steelyard.data.long_tail import long_tail_rows as long_tail_rows
from steelyard.data.poison_marker import PoisonedDataWarning as PoisonedDataWarning
from steelyard.data.prepare_table import TablePreparer as TablePreparer
from steelyard.data.read_fasta import read_fasta as read_fasta
from steelyard.data.read_fasta import validate_peptides as validate_peptides
from steelyard.data.read_frame import read_frame as read_frame
from steelyard.data.read_table import read_table as read_table
from steelyard.data.shift import SHIFT_ALARM as SHIFT_ALARM
from steelyard.data.shift import shifted as shifted
from steelyard.data.write_table import write_table as write_table

__all__ = [
    "SHIFT_ALARM",
    "CatalogueEntry",
    "HybridCategoricalEncoder",
    "LogMel",
    "PeptideDescriptors",
    "PeptideKmers",
    "PeptideLanguageModel",
    "PoisonedDataWarning",
    "SimilarityEncoder",
    "TablePreparer",
    "catalogue",
    "datasets",
    "find_entry",
    "infer_schema",
    "load",
    "long_tail_counts",
    "long_tail_rows",
    "nearest_overlap",
    "read_fasta",
    "read_frame",
    "read_table",
    "shared_kmer_groups",
    "shifted",
    "validate_peptides",
    "write_table",
]
