"""The seal as a file: ``seal.json`` beside what it covers, written once and checked before every use."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

from steelyard.errors import SealBroken, UserError
from steelyard.kernels.hashing import sha256_bytes, sha256_file
from steelyard.kernels.write_whole import write_whole
from steelyard.records import SEAL_VERSION, Seal
from steelyard.store.seal import FORMAT, seal

__all__ = ["SEAL_NAME", "read_seal", "verify_seal", "write_seal"]

SEAL_NAME = "seal.json"
SEALED_FILES = ("model.skops", "scorecard.json")
DATA, VERSIONS = "data", "versions"  # the parts that are values; every other part is a file
MAX_SEAL_BYTES = 2**20

_MEND = "Restore the folder from a good copy, or fit again."


def _digest_of_versions(versions: Mapping[str, str]) -> str:
    return sha256_bytes(json.dumps(dict(versions), sort_keys=True, separators=(",", ":")).encode())


def _text(made: Seal, versions: Mapping[str, str]) -> str:
    """The one way a seal is written; the same seal always gives the same bytes."""
    content = {
        "format": FORMAT,
        "version": made.version,
        "root": made.root,
        "signed": made.signed,
        "parts": dict(made.parts),
        "versions": dict(sorted(versions.items())),
    }
    return json.dumps(content, indent=2) + "\n"


def write_seal(
    folder: str | os.PathLike[str],
    *,
    data_hash: str,
    versions: Mapping[str, str],
    files: Sequence[str] = SEALED_FILES,
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

    Returns
    -------
    Seal

    Raises
    ------
    UserError
        A file is missing or the folder cannot be written to.
    """
    base = Path(folder)
    parts = {DATA: data_hash, VERSIONS: _digest_of_versions(versions)}
    for name in files:
        if not _plain_name(name):
            raise UserError(f"sealed files are named without folders, got {name!r}. Give the bare name.")
        try:
            parts[name] = sha256_file(base / name)
        except OSError as error:
            raise UserError(f"cannot seal {str(base / name)!r}: {error.strerror}. Write it first.") from error
    made = seal(parts)
    write_whole(base / SEAL_NAME, _text(made, versions))
    return made


def _plain_name(name: str) -> bool:
    return name not in ("", ".", "..", DATA, VERSIONS) and not set(name) & set("/\\:\0")


def _parse(text: str, path: Path) -> tuple[Seal, dict[str, str]]:
    """A seal and its versions from their JSON; anything but what ``_text`` writes is refused."""
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SealBroken(f"{str(path)!r} is not readable as JSON: it is damaged. {_MEND}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise SealBroken(f"{str(path)!r} is not a seal of steelyard. {_MEND}")
    if content.get("version") != SEAL_VERSION:
        raise SealBroken(
            f"{str(path)!r} has seal version {content.get('version')!r}; this steelyard reads version "
            f"{SEAL_VERSION}. Use the version of steelyard that wrote it."
        )
    parts, versions = content.get("parts"), content.get("versions")
    if not _texts(parts) or not _texts(versions):
        raise SealBroken(f"{str(path)!r} lists no parts and versions: it is damaged. {_MEND}")
    try:
        made = seal(parts)
    except UserError as error:
        raise SealBroken(f"{str(path)!r} is damaged: {error}") from error
    if made.root != content.get("root"):
        raise SealBroken(
            f"the root in {str(path)!r} does not match the parts it lists: expected {made.root}, got "
            f"{content.get('root')!r}. A part was changed, added or removed. {_MEND}"
        )
    if _text(made, versions) != text:
        raise SealBroken(f"{str(path)!r} is not written as steelyard writes it: it was edited. {_MEND}")
    if made.parts.get(VERSIONS) != _digest_of_versions(versions):
        raise SealBroken(f"the versions in {str(path)!r} are not those that were sealed. {_MEND}")
    return made, versions


def _texts(value: Any) -> TypeGuard[dict[str, str]]:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def read_seal(folder: str | os.PathLike[str]) -> tuple[Seal, dict[str, str]]:
    """Read ``seal.json`` and check that it agrees with itself, not yet with the files.

    Parameters
    ----------
    folder : path

    Returns
    -------
    seal : Seal
    versions : dict of str to str

    Raises
    ------
    SealBroken
        The seal is missing, damaged, edited, or of another version.
    """
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
    return _parse(text, path)


def verify_seal(
    path: str | os.PathLike[str], *, unsealed: bool = False, data_hash: str | None = None
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

    Returns
    -------
    Seal or None
        None when there is no seal and ``unsealed`` allows it.

    Raises
    ------
    SealBroken
        The seal is missing, or a part is missing or not what was sealed.
    """
    given = Path(path)
    if not given.exists():
        raise UserError(f"there is no file or folder {str(given)!r}. Check the path.")
    folder = given if given.is_dir() else given.parent
    if unsealed and not (folder / SEAL_NAME).exists():
        return None
    made, _ = read_seal(folder)
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
