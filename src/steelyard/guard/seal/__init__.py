"""Seals: a signed root over every record of a data set, checked record by record, proved one by one."""

from __future__ import annotations

from steelyard.guard.seal.create import SealWarning, create_seal
from steelyard.guard.seal.data_seal import DataSeal, read_data_seal
from steelyard.guard.seal.diff import SealDiff, diff_seals
from steelyard.guard.seal.envelope import Envelope, pae
from steelyard.guard.seal.key_files import load_private_key, load_public_key, save_keys
from steelyard.guard.seal.keys import PrivateKey, PublicKey, generate_key
from steelyard.guard.seal.model_folder import sign_model_folder, verify_model_folder
from steelyard.guard.seal.proofs import check_proof, prove, read_proof
from steelyard.guard.seal.statement import Statement
from steelyard.guard.seal.verify import Verification, verify_data

__all__ = [
    "DataSeal",
    "Envelope",
    "PrivateKey",
    "PublicKey",
    "SealDiff",
    "SealWarning",
    "Statement",
    "Verification",
    "check_proof",
    "create_seal",
    "diff_seals",
    "generate_key",
    "load_private_key",
    "load_public_key",
    "pae",
    "prove",
    "read_data_seal",
    "read_proof",
    "save_keys",
    "sign_model_folder",
    "verify_data",
    "verify_model_folder",
]
