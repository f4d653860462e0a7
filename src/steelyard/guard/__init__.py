"""Guard: commit to data, attack it on purpose, look for poison.

A commitment proves that data did not change since it was made. It says nothing about what came before:
labels that were wrong when they were committed are committed faithfully. The door opens lazily: whoever
needs the tree alone does not load what the detectors need.
"""

from __future__ import annotations

from importlib import import_module as _import_module
from typing import Any as _Any

_WHERE = {
    "AuditResult": "detect.audit",
    "ClassRecallMonitor": "detect.class_recall_monitor",
    "FlipAudit": "detect.audit",
    "HashedFile": "hash_files",
    "LabelFlip": "attacks.label_flip",
    "Pair": "detect.pair_test",
    "PairTest": "detect.pair_test",
    "PatchTrigger": "attacks.patch_trigger",
    "RecallWatch": "detect.class_recall_monitor",
    "Suspects": "detect.suspects",
    "TriggerColumns": "attacks.trigger_columns",
    "activation_clustering": "detect.activation_clustering",
    "check_proof": "seal.proofs",
    "create_seal": "seal.create",
    "diff_seals": "seal.diff",
    "files_of": "hash_files",
    "generate_key": "seal.keys",
    "hash_file": "hash_files",
    "hash_folder": "hash_files",
    "is_marked": "attacks",
    "load_private_key": "seal.key_files",
    "load_public_key": "seal.key_files",
    "neighbour_disagreement": "detect.neighbour_disagreement",
    "pair_test": "detect.pair_test",
    "prove": "seal.proofs",
    "read_data_seal": "seal.data_seal",
    "read_marker": "attacks",
    "save_keys": "seal.key_files",
    "spectral_signatures": "detect.spectral_signatures",
    "suspect_flips": "detect.suspect_flips",
    "verify_data": "seal.verify",
    "write_poisoned": "attacks.marker",
}

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


def __getattr__(name: str) -> _Any:
    if name in _WHERE:
        return getattr(_import_module(f"steelyard.guard.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'steelyard.guard' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
