"""The seal of a model: which data, model, scorecard and versions belong together, checked byte for byte.

A seal names each part with its SHA-256 digest and binds them all in one root, the Merkle tree root of
RFC 6962 over one leaf for the format and one per part in order of name. Signed, it shows who made it.
Without a key it detects accidents (a damaged copy, a mixed-up file), not an attacker, who can seal anew.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping

from steelyard.errors import UserError
from steelyard.kernels.hashing import merkle_root
from steelyard.records import SEAL_VERSION, Seal

__all__ = ["FORMAT", "UNSIGNED", "seal"]

FORMAT = "steelyard-seal"
UNSIGNED = "unsigned: detects accidents, not an attacker"

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def _leaf(tag: str, *fields: str) -> bytes:
    """One leaf of the tree: a tag, then each field with its length before it."""
    pieces = [f"{FORMAT} {tag}\n".encode()]
    for field in fields:
        data = field.encode("utf-8")
        pieces.append(struct.pack(">Q", len(data)) + data)
    return b"".join(pieces)


def seal(parts: Mapping[str, str], *, version: int = SEAL_VERSION) -> Seal:
    """Bind named digests together under one root.

    Parameters
    ----------
    parts : dict of str to str
        Digest (``sha256:`` and 64 hexadecimal digits) of each part.
    version : int
        Of the format, which the root is over too.

    Returns
    -------
    Seal
        The parts in order of name and the root over them; unsigned.

    Raises
    ------
    UserError
        There is no part, or a digest is not one.

    References
    ----------
    RFC 6962, Certificate Transparency, section 2.1.

    Examples
    --------
    >>> from steelyard.kernels.hashing import sha256_bytes
    >>> a, b = sha256_bytes(b"a"), sha256_bytes(b"b")
    >>> seal({"x": a, "y": b}).root == seal({"y": b, "x": a}).root != seal({"x": b, "y": a}).root
    True
    """
    if not parts:
        raise UserError("a seal needs at least one part, got none. Name what should be sealed.")
    for name, digest in parts.items():
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            raise UserError(
                f"part {name!r} needs a digest 'sha256:' with 64 hexadecimal digits, got {digest!r}. "
                "Make it with steelyard.kernels.hashing."
            )
    ordered = {name: parts[name] for name in sorted(parts)}
    leaves = [_leaf("format", str(version), str(len(ordered)))]
    leaves += [_leaf("part", name, digest) for name, digest in ordered.items()]
    return Seal(parts=ordered, root="sha256:" + merkle_root(leaves).hex(), version=version)
