"""Signatures of whole model folders that the tools of OpenSSF Model Signing read, made by its library.

These are not our seals. That library signs with keys on the curve P-256 of its own, and its signature is
checked by ``model_signing verify key`` as well as here; our keys (Ed25519, ML-DSA-65) it does not take. Use
it to hand a folder to people who have that tool; use a seal for everything else.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from steelyard.errors import BadOption, MissingExtra, SealBroken, UserError
from steelyard.guard.hash_files import files_of
from steelyard.kernels.optional import require

__all__ = ["sign_model_folder", "verify_model_folder"]

CURVES = ("secp256r1", "secp384r1", "secp521r1")
MAX_SIGNATURE_BYTES = 2**26


def _library(name: str) -> Any:
    for needed in ("OpenSSL", "model_signing"):  # its command of keys imports only with pyOpenSSL beside it
        try:
            require(needed, extra="guard", for_="a signature of OpenSSF Model Signing")
        except MissingExtra as error:
            raise MissingExtra(
                "A signature of OpenSSF Model Signing needs the packages 'model-signing' and 'pyopenssl'. "
                "Run: pip install 'model-signing>=1.1' pyopenssl"
            ) from error
    return require(f"model_signing.{name}", extra="guard", for_="a signature of OpenSSF Model Signing")


def _check(folder: Path, key: Path, side: str) -> None:
    if not folder.is_dir():
        raise UserError(
            f"Expected the folder of a model, got {str(folder)!r}, which is none. Check the path."
        )
    files_of(folder)  # refuses links out of the folder, odd files and odd names
    code = require("cryptography.hazmat.primitives.serialization", extra="guard", for_="a signature")
    load = (
        code.load_pem_public_key if side == "public" else lambda data: code.load_pem_private_key(data, None)
    )
    try:
        curve = getattr(load(key.read_bytes()), "curve", None)
    except (OSError, ValueError, TypeError) as error:
        raise UserError(
            f"Expected a {side} key in PEM, cannot read {str(key)!r}: {error}. Check the path."
        ) from error
    if getattr(curve, "name", None) not in CURVES:
        raise BadOption(
            f"OpenSSF Model Signing takes {side} keys on the curves P-256, P-384 and P-521, got another in "
            f"{str(key)!r}. Make one: openssl ecparam -name prime256v1 -genkey -noout -out p256.pem"
        )


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Turn what the library raises into one of our errors."""
    try:
        yield
    except Exception as error:
        if isinstance(error, UserError):
            raise
        raise SealBroken(
            f"the signature of {str(folder)!r} does not hold: {error or type(error).__name__}."
        ) from error


def _config(folder: Path, signature: Path, hashing: Any) -> Any:
    inside = [signature] if os.path.realpath(signature).startswith(os.path.realpath(folder) + os.sep) else []
    return hashing.Config().set_ignored_paths(paths=inside, ignore_git_paths=False)


def sign_model_folder(
    folder: str | os.PathLike[str], signature: str | os.PathLike[str], *, key: str | os.PathLike[str]
) -> None:
    """Sign every file of a model folder, in the format of OpenSSF Model Signing.

    Parameters
    ----------
    folder : path
    signature : path
        Where the signature (a Sigstore bundle) goes; never over a file that is there.
    key : path
        A private key in PEM on the curve P-256, P-384 or P-521.

    Raises
    ------
    UserError
        The folder or the key cannot be used, or the signature is there already.
    MissingExtra
        ``model-signing`` or ``pyopenssl`` is not installed.

    References
    ----------
    OpenSSF (2025). *Model Signing*. https://github.com/sigstore/model-transparency
    """
    place, target = Path(folder), Path(signature)
    signing, hashing = _library("signing"), _library("hashing")
    _check(place, Path(key), "private")
    if os.path.lexists(target):
        raise UserError(f"{str(target)!r} is there already. Choose another name.")
    with _told(place):
        config = signing.Config().use_elliptic_key_signer(private_key=Path(key))
        config.set_hashing_config(_config(place, target, hashing)).sign(place, target)


def verify_model_folder(
    folder: str | os.PathLike[str], signature: str | os.PathLike[str], *, trust: str | os.PathLike[str]
) -> None:
    """Check every file of a model folder against a signature in the format of OpenSSF Model Signing.

    Parameters
    ----------
    folder : path
    signature : path
    trust : path
        The public key in PEM of whoever must have signed it.

    Raises
    ------
    SealBroken
        A file is missing, extra or changed; the signature is false or of another key.
    UserError
        The folder, the signature or the key cannot be read.
    MissingExtra
        ``model-signing`` or ``pyopenssl`` is not installed.
    """
    place, target = Path(folder), Path(signature)
    verifying, hashing = _library("verifying"), _library("hashing")
    _check(place, Path(trust), "public")
    try:
        size = target.stat().st_size
    except OSError as error:
        raise UserError(
            f"cannot read the signature {str(target)!r}: {error.strerror}. Check the path."
        ) from error
    if size > MAX_SIGNATURE_BYTES:
        raise SealBroken(f"{str(target)!r} is larger than {MAX_SIGNATURE_BYTES} bytes: it is no signature.")
    with _told(place):
        config = verifying.Config().use_elliptic_key_verifier(public_key=Path(trust))
        config.set_hashing_config(_config(place, target, hashing)).verify(place, target)
