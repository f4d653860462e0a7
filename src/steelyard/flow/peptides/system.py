"""What is fitted: three views of a peptide, each read by something simple, and their mean."""

from __future__ import annotations

from typing import Any

from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler

from steelyard.data.encode_peptide import PeptideDescriptors, PeptideKmers
from steelyard.learn.kmer_vote import KmerVote
from steelyard.learn.view_fusion import ViewFusion

__all__ = ["DESCRIPTORS", "KMERS", "MEMORY", "TRUST", "peptide_system"]

KMERS, DESCRIPTORS, MEMORY = "k-mers", "descriptors", "memory"
TRUST = ("sklearn.preprocessing._data.Normalizer",)
STEPS = 10_000
GROW_WITH_LENGTH = frozenset({"physchem_positive_charge", "physchem_positive_charge_share", "global_charge"})
"""Numbers that say the length in other words: sums, and the one share in which the N-terminus counts."""


def _intensive() -> ColumnTransformer:
    """Scales the descriptors that do not grow with the length, and leaves out the others."""
    names = PeptideDescriptors(drop_length=True).fit(["A"]).get_feature_names_out()
    kept = [place for place, name in enumerate(names) if name not in GROW_WITH_LENGTH]
    return ColumnTransformer([("scaled", StandardScaler(), kept)])


def peptide_system() -> ViewFusion:
    """Return the model, not yet fitted.

    Nothing in it is tuned: the regressions have scikit-learn's own strength and the views weigh the same.
    The length of a peptide is kept from it as far as can be, for it tells how assays were set up: k-mer
    shares are scaled to a vector of length one, and descriptors that grow with the length are left out.

    Examples
    --------
    >>> list(peptide_system().views)
    ['k-mers', 'descriptors', 'memory']
    """
    views: dict[str, Any] = {
        KMERS: make_pipeline(PeptideKmers(), Normalizer(), LogisticRegression(max_iter=STEPS)),
        DESCRIPTORS: make_pipeline(
            PeptideDescriptors(drop_length=True), _intensive(), LogisticRegression(max_iter=STEPS)
        ),
        MEMORY: KmerVote(),
    }
    return ViewFusion(views, mode="late", weights="equal", threshold=0.5)
