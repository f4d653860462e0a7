"""Keys as files in PEM: the private one for its owner's eyes, and neither ever written over."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from steelyard.errors import BadOption, UserError
from steelyard.guard.seal.keys import KINDS, PrivateKey, PublicKey, algorithm_of, module, supported

__all__ = ["load_private_key", "load_public_key", "save_keys"]

MAX_KEY_BYTES = 2**16
PRIVATE_MODE, PUBLIC_MODE = 0o600, 0o644
BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\n[A-Za-z0-9+/=\n]+-----END \1-----\n?")


def save_keys(key: PrivateKey, private: str | os.PathLike[str], public: str | os.PathLike[str]) -> None:
    """Write a key and its public part; nothing is ever written over.

    Parameters
    ----------
    key : PrivateKey
    private, public : path
        The private file can be read by its owner only (mode 0600).

    Raises
    ------
    UserError
        A file of that name is there, or the place cannot be written to.
    """
    if os.path.abspath(private) == os.path.abspath(public):
        raise BadOption(
            f"Private and public key need two files, got {os.fspath(private)!r} twice. Name another."
        )
    for path in (private, public):
        if os.path.lexists(path):
            raise UserError(
                f"{os.fspath(path)!r} is there already, and a lost key cannot be made again. "
                "Choose another name."
            )
    _write_new(private, key.to_pem(), PRIVATE_MODE)
    _write_new(public, key.public().to_pem(), PUBLIC_MODE)


def _write_new(path: str | os.PathLike[str], content: bytes, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags, mode), "wb") as file:
            file.write(content)
    except OSError as error:
        raise UserError(
            f"cannot write {os.fspath(path)!r}: {error.strerror}. Choose another place."
        ) from error


def _read_parts(path: str | os.PathLike[str], side: str) -> dict[str, Any]:
    shown = os.fspath(path)
    other = "Private" if side == "Public" else "Public"
    expected = f"expected a {side.lower()} key in PEM, made by 'steelyard seal keygen'"
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_KEY_BYTES + 1)
    except OSError as error:
        raise UserError(f"{expected}, cannot read {shown!r}: {error.strerror}. Check the path.") from error
    text = data.decode("ascii", "replace").replace("\r\n", "\n")
    labels = BLOCK.findall(text)
    if len(data) > MAX_KEY_BYTES or not labels or BLOCK.sub("", text).strip():
        raise UserError(f"{expected}, got something else in {shown!r}. Check the path.")
    if any(label != f"{side.upper()} KEY" for label in labels):
        hint = f" It holds a {other.lower()} key." if f"{other.upper()} KEY" in labels else ""
        hint = " It is encrypted: decrypt it first." if "ENCRYPTED PRIVATE KEY" in labels else hint
        raise UserError(f"{expected}, got {', '.join(labels)!r} in {shown!r}.{hint}")
    code = module("hazmat.primitives.serialization")
    parts: dict[str, Any] = {}
    for block in (found.group().encode() for found in BLOCK.finditer(text)):
        with supported():
            try:
                key = (
                    code.load_pem_private_key(block, None)
                    if side == "Private"
                    else code.load_pem_public_key(block)
                )
            except (ValueError, TypeError) as error:
                raise UserError(f"{expected}, got a damaged one in {shown!r}. Get it again.") from error
        algorithm = algorithm_of(key, side)
        if algorithm is None:
            raise UserError(f"{expected} (Ed25519 or ML-DSA-65), got {type(key).__name__} in {shown!r}.")
        if algorithm in parts:
            raise UserError(f"{expected}, got two {algorithm} keys in {shown!r}. Keep one key a file.")
        parts[algorithm] = key
    return {name: parts[name] for name in KINDS["hybrid"] if name in parts}


def load_private_key(path: str | os.PathLike[str]) -> PrivateKey:
    """Read a private key.

    Raises
    ------
    UserError
        The file is missing, damaged, encrypted, or holds something else.
    """
    return PrivateKey(_read_parts(path, "Private"))


def load_public_key(path: str | os.PathLike[str]) -> PublicKey:
    """Read a public key, to trust what it signed.

    Raises
    ------
    UserError
        The file is missing, damaged, or holds something else.
    """
    return PublicKey(_read_parts(path, "Public"))
