"""Proofs that one record is in a sealed data set, without showing the others."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from steelyard.errors import BadOption, SealBroken, UserError
from steelyard.guard.canonical.salt import SALT_BYTES, record_salt
from steelyard.guard.hash_files import hash_file
from steelyard.guard.merkle import inclusion_proof, leaf_hash, verify_inclusion
from steelyard.guard.seal.chain import root_from
from steelyard.guard.seal.data_seal import DataSeal, Trust, trusted
from steelyard.guard.seal.entry import Entry, leaf_data, read_line, schema_of, write_line
from steelyard.guard.seal.envelope import read_envelope
from steelyard.guard.seal.predicate import Predicate
from steelyard.guard.seal.statement import DATA_SEAL, read_statement

__all__ = ["check_proof", "prove", "read_proof"]

FORMAT, VERSION = "steelyard-proof", 1
MAX_PROOF_BYTES = 2**25
KEYS = {
    "format",
    "version",
    "root",
    "tree_size",
    "index",
    "leaf_schema",
    "record",
    "salt",
    "path",
    "envelope",
}
HASH_DIGITS = 64


def prove(seal: DataSeal, record: str) -> dict[str, Any]:
    """Prove that a record is in a sealed data set.

    Parameters
    ----------
    seal : DataSeal
        As `read_data_seal` gives it.
    record : str
        Its id: the path of a file, the number of a row, or what the id column says.

    Returns
    -------
    dict
        The proof, as JSON knows it: the record, its place, the hashes on the way to the root, and the signed
        envelope. It shows this record and the hashes of some others; unless the seal is salted, a record of
        few possible values can be guessed from its hash.

    Raises
    ------
    BadOption
        No record has this id.
    """
    index = next((place for place, entry in enumerate(seal.entries) if entry.id == record), None)
    if index is None:
        raise BadOption(
            f"No record of the seal has the id {record!r}; it lists {len(seal.entries)}, such as "
            f"{seal.entries[0].id!r}. Check the id."
        )
    return {
        "format": FORMAT,
        "version": VERSION,
        "root": seal.root,
        "tree_size": seal.predicate.tree_size,
        "index": index,
        "leaf_schema": seal.predicate.leaf_schema,
        "record": seal.entries[index]._asdict(),
        "salt": None if seal.salt is None else record_salt(seal.salt, index).hex(),
        "path": [node.hex() for node in inclusion_proof(seal.leaf_hashes(), index)],
        "envelope": seal.envelope.to_dict(),
    }


def read_proof(path: str | os.PathLike[str]) -> Any:
    """Read a proof from its file; nothing is checked yet.

    Raises
    ------
    UserError
        There is no such file, or it cannot be read.
    SealBroken
        It is no JSON, or too large for a proof.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_PROOF_BYTES + 1)
    except OSError as error:
        raise UserError(
            f"cannot read the proof {os.fspath(path)!r}: {error.strerror}. Check the path."
        ) from error
    if len(data) > MAX_PROOF_BYTES:
        raise SealBroken(f"{os.fspath(path)!r} is larger than {MAX_PROOF_BYTES} bytes: it is no proof.")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SealBroken(f"{os.fspath(path)!r} is not readable as JSON: it is damaged.") from error


def _hash(value: Any) -> bytes:
    if isinstance(value, str) and len(value) == HASH_DIGITS and value == value.lower():
        try:
            return bytes.fromhex(value)
        except ValueError:
            pass
    raise SealBroken("a hash in it is malformed")


def _leaf(proof: dict[str, Any], rows: bool) -> tuple[Entry, bytes]:
    record, salt = proof["record"], proof["salt"]
    if not isinstance(record, dict) or set(record) != set(Entry._fields):
        raise SealBroken("its record is malformed")
    try:
        entry = read_line(write_line(Entry(**record)), rows)
        secret = None if salt is None else bytes.fromhex(salt)
        if secret is not None and (len(secret) != SALT_BYTES or secret.hex() != salt):
            raise SealBroken("its salt is malformed")
        return entry, leaf_hash(leaf_data(entry, secret))
    except (ValueError, TypeError) as error:
        raise SealBroken(f"its record is malformed ({str(error).rstrip('.')})") from error


def check_proof(
    proof: Any, *, root: str | None = None, trust: Trust = None, file: str | os.PathLike[str] | None = None
) -> Entry:
    """Check that a proof leads from its record to a root.

    Parameters
    ----------
    proof : dict
        As `prove` makes it and `read_proof` reads it.
    root : str, optional
        The root it must lead to, from a place you trust.
    trust : PublicKey or path, optional
        The key that must have signed the root and the size of the tree. At least one of ``root`` and
        ``trust`` is needed. With a root alone, the place of the record is only what the proof says, for a
        root does not tell how many records it is over.
    file : path, optional
        The file the record is said to be; its bytes are hashed and compared.

    Returns
    -------
    Entry
        The record that is in.

    Raises
    ------
    SealBroken
        It does not hold.
    BadOption
        Neither ``root`` nor ``trust``.
    """
    if root is None and trust is None:
        raise BadOption("A proof leads to a root that somebody vouches for. Give --root, --trust or both.")
    wanted = None if root is None else root_from(root)
    key = trusted(trust)
    try:
        entry = _checked(proof, wanted, key)
    except SealBroken as error:
        raise SealBroken(f"the proof is refused: {str(error).rstrip('.')}.") from error
    if file is not None and hash_file(file).sha256 != entry.sha256:
        raise SealBroken(
            f"{os.fspath(file)!r} is not the file the proof is of, sealed as {entry.path or entry.id!r}."
        )
    return entry


def _checked(proof: Any, wanted: str | None, key: Any) -> Entry:
    if not isinstance(proof, dict) or proof.get("format") != FORMAT:
        raise SealBroken("it is no proof of steelyard")
    if type(proof.get("version")) is not int or proof["version"] != VERSION:
        raise SealBroken(f"it has version {proof.get('version')!r}, this steelyard reads version {VERSION}")
    if set(proof) != KEYS:
        raise SealBroken("it does not hold what a proof holds")
    envelope = read_envelope(proof["envelope"])
    if key is not None:
        envelope.verify(key)
    statement = read_statement(envelope.payload, DATA_SEAL)
    predicate = Predicate.read(statement.predicate)
    found = _hash(proof["root"])
    if wanted is not None and found.hex() != wanted:
        raise SealBroken(f"it leads to the root sha256:{found.hex()}, expected sha256:{wanted}")
    told = (statement.root, predicate.tree_size, predicate.leaf_schema, predicate.salted)
    index, size = proof["index"], proof["tree_size"]
    if told != (found, size, proof["leaf_schema"], proof["salt"] is not None) or type(size) is not int:
        raise SealBroken("it is not of the tree that its envelope is of")
    if type(index) is not int or not 0 <= index < size:
        raise SealBroken("its place is not one in the tree")
    if proof["leaf_schema"] != schema_of(predicate.rows) or not isinstance(proof["path"], list):
        raise SealBroken("it does not hold what a proof holds")
    entry, hashed = _leaf(proof, predicate.rows)
    if not verify_inclusion(hashed, index, size, [_hash(node) for node in proof["path"]], found):
        raise SealBroken(f"it does not lead from the record {entry.id!r} to the root")
    return entry
