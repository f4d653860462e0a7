"""The Merkle tree of RFC 9162: roots, and proofs that a record is in or that a tree only grew."""

from __future__ import annotations

from steelyard.guard.merkle.consistency import consistency_proof, verify_consistency
from steelyard.guard.merkle.inclusion import inclusion_proof, verify_inclusion
from steelyard.guard.merkle.root import root
from steelyard.kernels.merkle_tree import Tree, leaf_hash, node_hash

__all__ = [
    "Tree",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "root",
    "verify_consistency",
    "verify_inclusion",
]
