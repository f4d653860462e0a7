"""What proofs and verifiers refuse before they look at a hash."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

from steelyard.errors import BadOption
from steelyard.kernels.merkle_tree import HASH_BYTES, checked_hash

__all__ = ["checked_hashes", "checked_number", "checked_proof"]

LARGEST_SIZE = 2**64 - 1  # the standard's sizes are unsigned integers of 64 bits


def checked_number(value: Any, name: str, *, low: int, high: int = LARGEST_SIZE) -> int:
    """``value`` as an int if it is one from ``low`` to ``high``; True and False are not numbers here.

    Raises
    ------
    BadOption
        It is not an integer or out of the range.
    """
    if isinstance(value, Integral) and not isinstance(value, bool) and low <= value <= high:
        return int(value)
    got = value if isinstance(value, Integral) else repr(type(value).__name__)
    raise BadOption(f"The {name!r} parameter must be an int from {low} to {high}. Got {got} instead.")


def checked_proof(proof: Any) -> list[bytes]:
    """``proof`` if it is a list of hashes.

    Raises
    ------
    BadOption
        It is not a list or tuple, or holds anything but ``bytes`` of length 32.
    """
    if not isinstance(proof, (list, tuple)):
        raise BadOption(
            f"The 'proof' parameter must be a list of bytes of length {HASH_BYTES}. "
            f"Got {type(proof).__name__!r} instead."
        )
    return [checked_hash(step, f"proof[{place}]") for place, step in enumerate(proof)]


def checked_hashes(leaf_hashes: Any) -> Sequence[bytes]:
    """``leaf_hashes`` if it is a sequence of at least one hash.

    Raises
    ------
    BadOption
        It is no sequence, empty, or holds anything but ``bytes`` of length 32.
    """
    if isinstance(leaf_hashes, (bytes, bytearray, str)) or not isinstance(leaf_hashes, Sequence):
        raise BadOption(
            f"The 'leaf_hashes' parameter must be a sequence of bytes of length {HASH_BYTES}. "
            f"Got {type(leaf_hashes).__name__!r} instead. Make a list of them."
        )
    if not leaf_hashes:
        raise BadOption("The 'leaf_hashes' parameter must hold at least one hash. Got none instead.")
    for place, hashed in enumerate(leaf_hashes):
        checked_hash(hashed, f"leaf_hashes[{place}]")
    return leaf_hashes
