"""Guard: commit to data, attack it on purpose, look for poison.

A commitment proves that data did not change since it was made. It says nothing about what came before:
labels that were wrong when they were committed are committed faithfully.
"""

from __future__ import annotations

from steelyard.guard.attacks.label_flip import LabelFlip as LabelFlip
from steelyard.guard.attacks.marker import is_marked as is_marked
from steelyard.guard.attacks.marker import read_marker as read_marker
from steelyard.guard.attacks.marker import write_poisoned as write_poisoned
from steelyard.guard.attacks.patch_trigger import PatchTrigger as PatchTrigger
from steelyard.guard.attacks.trigger_columns import TriggerColumns as TriggerColumns
from steelyard.guard.detect.activation_clustering import activation_clustering as activation_clustering
from steelyard.guard.detect.audit import AuditResult as AuditResult
from steelyard.guard.detect.audit import FlipAudit as FlipAudit
from steelyard.guard.detect.class_recall_monitor import ClassRecallMonitor as ClassRecallMonitor
from steelyard.guard.detect.class_recall_monitor import RecallWatch as RecallWatch
from steelyard.guard.detect.neighbour_disagreement import neighbour_disagreement as neighbour_disagreement
from steelyard.guard.detect.pair_test import Pair as Pair
from steelyard.guard.detect.pair_test import PairTest as PairTest
from steelyard.guard.detect.pair_test import pair_test as pair_test
from steelyard.guard.detect.spectral_signatures import spectral_signatures as spectral_signatures
from steelyard.guard.detect.suspect_flips import suspect_flips as suspect_flips
from steelyard.guard.detect.suspects import Suspects as Suspects
from steelyard.guard.hash_files import HashedFile, files_of, hash_file, hash_folder
from steelyard.guard.seal.create import create_seal as create_seal
from steelyard.guard.seal.data_seal import read_data_seal as read_data_seal
from steelyard.guard.seal.diff import diff_seals as diff_seals
from steelyard.guard.seal.key_files import load_private_key as load_private_key
from steelyard.guard.seal.key_files import load_public_key as load_public_key
from steelyard.guard.seal.key_files import save_keys as save_keys
from steelyard.guard.seal.keys import generate_key as generate_key
from steelyard.guard.seal.proofs import check_proof as check_proof
from steelyard.guard.seal.proofs import prove as prove
from steelyard.guard.seal.verify import verify_data as verify_data

__all__ = [
    "AuditResult",
    "ClassRecallMonitor",
    "FlipAudit",
    "HashedFile",
    "LabelFlip",
    "Pair",
    "PairTest",
    "PatchTrigger",
    "RecallWatch",
    "Suspects",
    "TriggerColumns",
    "activation_clustering",
    "check_proof",
    "create_seal",
    "diff_seals",
    "files_of",
    "generate_key",
    "hash_file",
    "hash_folder",
    "is_marked",
    "load_private_key",
    "load_public_key",
    "neighbour_disagreement",
    "pair_test",
    "prove",
    "read_data_seal",
    "read_marker",
    "save_keys",
    "spectral_signatures",
    "suspect_flips",
    "verify_data",
    "write_poisoned",
]
