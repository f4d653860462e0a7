"""Keys to sign seals with: Ed25519, ML-DSA-65, or both at once, by the package ``cryptography``."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steelyard.errors import BadOption, MissingExtra, SealBroken
from steelyard.kernels.optional import require

__all__ = ["KINDS", "PrivateKey", "PublicKey", "algorithm_of", "generate_key", "module", "supported"]

ED25519, ML_DSA_65 = "ed25519", "ml-dsa-65"
KINDS = {ED25519: (ED25519,), ML_DSA_65: (ML_DSA_65,), "hybrid": (ED25519, ML_DSA_65)}
FOR = "a signed seal"


def module(name: str) -> Any:
    """Return a part of ``cryptography``; it is imported when a key is first used, never before."""
    return require(f"cryptography.{name}", extra="guard", for_=FOR)


def _ml_dsa() -> Any:
    cryptography = require("cryptography", extra="guard", for_=FOR)
    try:
        return module("hazmat.primitives.asymmetric.mldsa")
    except MissingExtra as error:
        raise MissingExtra(
            f"ML-DSA-65 needs cryptography 48 or newer, got {cryptography.__version__}. "
            "Run: pip install -U 'steelyard[guard]', or use a key of kind 'ed25519'."
        ) from error


@contextlib.contextmanager
def supported() -> Iterator[None]:
    """Say it in words when the library was built without an algorithm."""
    unsupported = module("exceptions").UnsupportedAlgorithm
    try:
        yield
    except unsupported as error:
        raise BadOption(
            f"This build of the package 'cryptography' lacks what the key needs ({error}). Install the "
            "package from PyPI, whose OpenSSL has ML-DSA, or use a key of kind 'ed25519'."
        ) from error


def algorithm_of(key: Any, side: str) -> str | None:
    """Name of a key's algorithm, None for one that is not used here; ``side`` is Private or Public."""
    ed25519 = module("hazmat.primitives.asymmetric.ed25519")
    if isinstance(key, getattr(ed25519, f"Ed25519{side}Key")):
        return ED25519
    with contextlib.suppress(MissingExtra):
        if isinstance(key, getattr(_ml_dsa(), f"MLDSA65{side}Key")):
            return ML_DSA_65
    return None


def _kind_of(parts: Mapping[str, Any]) -> str:
    return next(kind for kind, algorithms in KINDS.items() if set(algorithms) == set(parts))


@dataclass(frozen=True, eq=False)
class PublicKey:
    """What a signature is checked with.

    Attributes
    ----------
    parts : dict of str to key
        Algorithm to public key of ``cryptography``; two in a hybrid, which both have to agree.

    See Also
    --------
    load_public_key
    """

    parts: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """``"ed25519"``, ``"ml-dsa-65"`` or ``"hybrid"``."""
        return _kind_of(self.parts)

    @property
    def ids(self) -> dict[str, str]:
        """Algorithm to key id: ``sha256:`` and the digest of the key in DER (SubjectPublicKeyInfo)."""
        code = module("hazmat.primitives.serialization")
        return {
            name: "sha256:"
            + hashlib.sha256(
                key.public_bytes(code.Encoding.DER, code.PublicFormat.SubjectPublicKeyInfo)
            ).hexdigest()
            for name, key in self.parts.items()
        }

    def verify(self, message: bytes, signatures: Sequence[tuple[str, bytes]]) -> None:
        """Check that the signatures are those of this key over ``message``: every part's, and no other's.

        Which algorithm a signature is of is told by the key that is trusted, never by what is signed.

        Raises
        ------
        SealBroken
            A signature is missing, false, or of another key.
        """
        ids = self.ids
        given = [name for name, _ in signatures]
        if not given:
            raise SealBroken(
                f"it is unsigned, expected a signature of the trusted key ({self.kind}, "
                f"{_named(ids.values())}). Have it signed, or get the signed one."
            )
        if sorted(given) != sorted(ids.values()):
            raise SealBroken(
                f"it is not signed by the trusted key: expected {self.kind} with {_named(ids.values())}, got "
                f"{_named(given)}. Use the public key of whoever signed it, or refuse it."
            )
        if given != list(ids.values()):
            raise SealBroken(
                "its signatures are in another order than steelyard writes them: it was edited. Get it again "
                "from whoever signed it."
            )
        invalid = module("exceptions").InvalidSignature
        by_id = dict(signatures)
        with supported():
            for algorithm, key in self.parts.items():
                try:
                    key.verify(by_id[ids[algorithm]], message)
                except (invalid, ValueError) as error:
                    raise SealBroken(
                        f"the {algorithm} signature does not fit what it signs: it was edited after signing, "
                        "or the signature was. Get it again from whoever signed it."
                    ) from error

    def to_pem(self) -> bytes:
        """Return the key in PEM, one block for each part."""
        code = module("hazmat.primitives.serialization")
        form = (code.Encoding.PEM, code.PublicFormat.SubjectPublicKeyInfo)
        return b"".join(key.public_bytes(*form) for key in self.parts.values())


@dataclass(frozen=True, eq=False, repr=False)
class PrivateKey:
    """What seals are signed with; keep it where nobody else reads it.

    Attributes
    ----------
    parts : dict of str to key
        Algorithm to private key of ``cryptography``.

    See Also
    --------
    generate_key, load_private_key
    """

    parts: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """``"ed25519"``, ``"ml-dsa-65"`` or ``"hybrid"``."""
        return _kind_of(self.parts)

    def public(self) -> PublicKey:
        """Return the public key to give to others."""
        return PublicKey({name: key.public_key() for name, key in self.parts.items()})

    def sign(self, message: bytes) -> list[tuple[str, bytes]]:
        """Return key id and signature of each part."""
        ids = self.public().ids
        with supported():
            return [(ids[name], key.sign(message)) for name, key in self.parts.items()]

    def to_pem(self) -> bytes:
        """Return the key in PEM (PKCS #8, not encrypted), one block for each part."""
        code = module("hazmat.primitives.serialization")
        form = (code.Encoding.PEM, code.PrivateFormat.PKCS8, code.NoEncryption())
        return b"".join(key.private_bytes(*form) for key in self.parts.values())


def _named(ids: Any) -> str:
    return ", ".join(f"{str(name)[:23]}..." for name in ids)


def generate_key(kind: str = ED25519) -> PrivateKey:
    """Make a new key.

    Parameters
    ----------
    kind : {"ed25519", "ml-dsa-65", "hybrid"}
        Ed25519 is small and known everywhere; ML-DSA-65 is meant to withstand quantum computers; of a hybrid,
        both signatures must hold.

    Raises
    ------
    BadOption
        Another kind, or one that the installed library was built without.
    MissingExtra
        The package ``cryptography`` is missing or too old.

    References
    ----------
    Josefsson, S., Liusvaara, I. (2017). *Edwards-Curve Digital Signature Algorithm (EdDSA)*. RFC 8032.
    NIST (2024). *Module-Lattice-Based Digital Signature Standard*. FIPS 204.

    Examples
    --------
    >>> key = generate_key()
    >>> key.public().verify(b"weights", key.sign(b"weights"))
    """
    if kind not in KINDS:
        raise BadOption(
            f"The 'kind' parameter must be one of {', '.join(map(repr, KINDS))}. Got {kind!r} instead."
        )
    with supported():
        makers = {
            ED25519: lambda: module("hazmat.primitives.asymmetric.ed25519").Ed25519PrivateKey.generate(),
            ML_DSA_65: lambda: _ml_dsa().MLDSA65PrivateKey.generate(),
        }
        return PrivateKey({name: makers[name]() for name in KINDS[kind]})
