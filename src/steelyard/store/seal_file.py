"""The seal as a file: ``seal.json`` beside what it covers, written once and checked before every use."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeGuard

from steelyard.errors import BadOption, SealBroken, UserError
from steelyard.guard.seal.data_seal import Trust, trusted
from steelyard.guard.seal.envelope import Envelope, wrap
from steelyard.guard.seal.header import read_header, write_header
from steelyard.guard.seal.key_files import load_private_key
from steelyard.guard.seal.keys import PrivateKey, PublicKey
from steelyard.guard.seal.statement import MODEL_SEAL, Statement
from steelyard.kernels.hashing import sha256_file
from steelyard.kernels.write_whole import write_whole
from steelyard.records import SEAL_VERSION, Seal
from steelyard.store.seal import FORMAT, seal
from steelyard.store.seal_version_1 import digest_of_versions, is_version_1, read_version_1

__all__ = ["SEAL_NAME", "read_seal", "verify_seal", "write_seal"]

SEAL_NAME = "seal.json"
SEALED_FILES = ("model.skops", "scorecard.json")
DATA, VERSIONS = "data", "versions"  # the parts that are values; every other part is a file
MAX_SEAL_BYTES = 2**20

_MEND = "Restore the folder from a good copy, or fit again."


def _statement(made: Seal, versions: Mapping[str, str]) -> Statement:
    """What is said of a model's root; the same seal always gives the same bytes."""
    predicate = {
        "tree_size": len(made.parts) + 1,
        "leaf_schema": f"{FORMAT}/{made.version}",
        "hash": "sha256",
        "mode": "snapshot",
        "parts": dict(made.parts),
        "versions": dict(versions),
    }
    return Statement("model", bytes.fromhex(made.root.removeprefix("sha256:")), MODEL_SEAL, predicate)


def _text(envelope: Envelope) -> str:
    return write_header(envelope, MODEL_SEAL, format=FORMAT, version=SEAL_VERSION, indent=2)


def write_seal(
    folder: str | os.PathLike[str],
    *,
    data_hash: str,
    versions: Mapping[str, str],
    files: Sequence[str] = SEALED_FILES,
    key: PrivateKey | str | os.PathLike[str] | None = None,
) -> Seal:
    """Seal the files of a folder together with the data and versions they came from.

    Parameters
    ----------
    folder : path
        Where the files are and ``seal.json`` goes.
    data_hash : str
        Digest of the training data, as in ``Dataset.hash``.
    versions : dict of str to str
        Version of each package that matters.
    files : sequence of str
        Names of the files to seal, without folders.
    key : PrivateKey or path, optional
        Signs the seal. Without, it detects accidents, not an attacker.

    Returns
    -------
    Seal

    Raises
    ------
    UserError
        A file is missing or the folder cannot be written to.
    """
    base = Path(folder)
    signer = key if key is None or isinstance(key, PrivateKey) else load_private_key(key)
    parts = {DATA: data_hash, VERSIONS: digest_of_versions(versions)}
    for name in files:
        if not _plain_name(name):
            raise UserError(f"sealed files are named without folders, got {name!r}. Give the bare name.")
        try:
            parts[name] = sha256_file(base / name)
        except OSError as error:
            raise UserError(f"cannot seal {str(base / name)!r}: {error.strerror}. Write it first.") from error
    made = seal(parts)
    envelope = wrap(_statement(made, versions).to_bytes(), signer)
    write_whole(base / SEAL_NAME, _text(envelope))
    return replace(made, signed=signer is not None)


def _plain_name(name: str) -> bool:
    return name not in ("", ".", "..", DATA, VERSIONS) and not set(name) & set("/\\:\0")


def _parse(text: str, key: PublicKey | None) -> tuple[Seal, dict[str, str]]:
    """A seal and its versions from its text, the signature checked where there is a key; the reason alone."""
    if is_version_1(text):
        if key is not None:
            raise SealBroken(
                "it is unsigned, for it is of version 1, expected a signature of the trusted key"
            )
        return read_version_1(text)
    envelope, statement, salt = read_header(text, MODEL_SEAL, format=FORMAT, version=SEAL_VERSION, indent=2)
    if key is not None:
        envelope.verify(key)
    parts, versions = statement.predicate.get("parts"), statement.predicate.get("versions")
    if salt is not None or not _texts(parts) or not _texts(versions):
        raise SealBroken("it lists no parts and versions: it is damaged")
    try:
        made = seal(parts)
    except UserError as error:
        raise SealBroken(f"it is damaged: {error}") from error
    if bytes.fromhex(made.root.removeprefix("sha256:")) != statement.root:
        raise SealBroken(
            f"its root does not match the parts it lists: expected {made.root}, got "
            f"sha256:{statement.root.hex()}. A part was changed, added or removed"
        )
    if _statement(made, versions) != statement:
        raise SealBroken("it does not say what the seal of a model says")
    if made.parts.get(VERSIONS) != digest_of_versions(versions):
        raise SealBroken("its versions are not those that were sealed")
    return replace(made, signed=bool(envelope.signatures)), versions


def _texts(value: Any) -> TypeGuard[dict[str, str]]:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def read_seal(folder: str | os.PathLike[str], *, trust: Trust = None) -> tuple[Seal, dict[str, str]]:
    """Read ``seal.json`` and check that it agrees with itself, not yet with the files.

    Parameters
    ----------
    folder : path
    trust : PublicKey or path, optional
        Who must have signed it, and nobody else. Without, a signature is not checked.

    Returns
    -------
    seal : Seal
    versions : dict of str to str

    Raises
    ------
    SealBroken
        The seal is missing, damaged, edited, of another version, or not signed by the trusted key.
    """
    key = trusted(trust)
    path = Path(folder) / SEAL_NAME
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_SEAL_BYTES + 1)
    except FileNotFoundError as error:
        raise SealBroken(
            f"there is no {SEAL_NAME} in {str(path.parent)!r}, so nothing says that these are the files that "
            "were made together. Keep it beside the model, or pass --unsealed (unsealed=True) to do without."
        ) from error
    except OSError as error:
        raise SealBroken(f"cannot read {str(path)!r}: {error.strerror}.") from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SealBroken(f"{str(path)!r} is not text: it is damaged. {_MEND}") from error
    if len(data) > MAX_SEAL_BYTES:
        raise SealBroken(f"{str(path)!r} is larger than {MAX_SEAL_BYTES} bytes: it is no seal. {_MEND}")
    try:
        return _parse(text, key)
    except SealBroken as error:
        raise SealBroken(f"{str(path)!r} is refused: {str(error).rstrip('.')}. {_MEND}") from error


def verify_seal(
    path: str | os.PathLike[str],
    *,
    unsealed: bool = False,
    data_hash: str | None = None,
    trust: Trust = None,
) -> Seal | None:
    """Check every sealed file against the seal beside it.

    Parameters
    ----------
    path : path
        A folder that holds ``seal.json``, or a model file in such a folder, which must be among the
        sealed files.
    unsealed : bool
        Do without a seal where there is none. A seal that is there is checked all the same.
    data_hash : str, optional
        Digest the training data must have, where the data is at hand.
    trust : PublicKey or path, optional
        Who must have signed the seal, and nobody else. Without, a signature is not checked.

    Returns
    -------
    Seal or None
        None when there is no seal and ``unsealed`` allows it.

    Raises
    ------
    SealBroken
        The seal is missing or not signed by the trusted key, or a part is missing or not what was sealed.
    BadOption
        Both ``unsealed`` and ``trust``.
    """
    if unsealed and trust is not None:
        raise BadOption("--unsealed does without a seal, --trust asks for a signed one. Choose one of them.")
    given = Path(path)
    if not given.exists():
        raise UserError(f"there is no file or folder {str(given)!r}. Check the path.")
    folder = given if given.is_dir() else given.parent
    if unsealed and not (folder / SEAL_NAME).exists():
        return None
    made, _ = read_seal(folder, trust=trust)
    files = [name for name in made.parts if name not in (DATA, VERSIONS)]
    if not given.is_dir() and given.name not in files:
        raise SealBroken(
            f"the seal in {str(folder)!r} covers {', '.join(files) or 'no file'}, not {given.name!r}. "
            "Use the file under the name it was sealed with."
        )
    for name in files:
        if not _plain_name(name):
            raise SealBroken(
                f"the seal in {str(folder)!r} names {name!r}, which is not a file in it. {_MEND}"
            )
        try:
            found = sha256_file(folder / name)
        except OSError as error:
            raise SealBroken(
                f"sealed file {name!r} cannot be read in {str(folder)!r}: {error.strerror}. {_MEND}"
            ) from error
        if found != made.parts[name]:
            raise SealBroken(
                f"{str(folder / name)!r} is not what was sealed: expected {made.parts[name]}, "
                f"got {found}. {_MEND}"
            )
    if data_hash is not None and data_hash != made.parts.get(DATA):
        raise SealBroken(
            f"the data is not what was sealed: expected {made.parts.get(DATA)}, got {data_hash}. "
            "Use the table the model was fitted on."
        )
    return made
