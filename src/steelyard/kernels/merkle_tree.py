"""The one tree of the package: Merkle's, as RFC 9162 (and 6962 before it) defines it, made as leaves come.

A leaf is hashed with the prefix byte 0, an inner node with 1, so neither can pass as the other, and an odd
last node is carried upwards, never doubled, so two lists of different length cannot share a root by that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import islice
from typing import Any

from steelyard.errors import BadOption

__all__ = ["HASH_BYTES", "Tree", "checked_hash", "leaf_hash", "node_hash"]

LEAF, NODE = b"\x00", b"\x01"
HASH_BYTES = hashlib.sha256().digest_size
BLOCK = 1024  # leaves hashed level by level at a time; a power of two, so that a block is a whole subtree

_sha256 = hashlib.sha256


def checked_hash(value: Any, name: str) -> bytes:
    """``value`` if it is ``bytes`` of the length of a hash; anything else is refused.

    Raises
    ------
    BadOption
        It is not ``bytes``, or not of 32 of them.
    """
    if type(value) is bytes and len(value) == HASH_BYTES:
        return value
    got = f"{len(value)} bytes" if isinstance(value, bytes) else repr(type(value).__name__)
    raise BadOption(
        f"The {name!r} parameter must be bytes of length {HASH_BYTES}. Got {got} instead. "
        "Hashes are raw, not hexadecimal: use bytes.fromhex."
    )


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf: SHA-256 of the byte 0 and the record.

    Parameters
    ----------
    data : bytes
        The record itself, of any length.

    Returns
    -------
    bytes of length 32

    Raises
    ------
    BadOption
        ``data`` is not ``bytes``.

    Examples
    --------
    >>> leaf_hash(b"").hex()[:8]
    '6e340b9c'
    """
    _refuse_others((data,))
    return _sha256(LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    r"""Hash of an inner node: SHA-256 of the byte 1 and the hashes of its two children.

    Parameters
    ----------
    left, right : bytes of length 32

    Returns
    -------
    bytes of length 32

    Raises
    ------
    BadOption
        A child is not ``bytes`` of length 32.

    Examples
    --------
    >>> node_hash(leaf_hash(b""), leaf_hash(b"\x00")).hex()[:8]
    'fac54203'
    """
    return _sha256(NODE + checked_hash(left, "left") + checked_hash(right, "right")).digest()


def _refuse_others(records: Iterable[Any]) -> None:
    """Refuse what is not bytes; a bytearray could change after it was hashed."""
    for kind in set(map(type, records)) - {bytes}:
        raise BadOption(
            f"A record of the tree must be bytes. Got {kind.__name__!r} instead. "
            "Make it bytes first: canonical.json_record or canonical.table_rows do."
        )


def _refuse_one(records: Any) -> None:
    """Refuse a single record where many are expected: its bytes would pass for numbers."""
    if isinstance(records, (bytes, bytearray, str)):
        raise BadOption(
            f"The 'records' parameter must be an iterable of bytes. Got {type(records).__name__!r} instead. "
            "Put a single record into a list."
        )


def _pairs(level: list[bytes]) -> list[bytes]:
    """Hash neighbours two by two; the level has an even length."""
    hashes = iter(level)
    return [_sha256(NODE + left + right).digest() for left, right in zip(hashes, hashes, strict=True)]


class Tree:
    r"""A Merkle tree that keeps only the roots of its complete subtrees.

    Memory is one hash for each binary digit of the size (and a block of leaves inside `extend`), whatever
    the number of leaves; leaves cannot be read back or changed.

    Attributes
    ----------
    size : int
        Number of leaves so far.

    Notes
    -----
    Joining two neighbours as soon as both are whole, and folding what is left over from the right when a
    root is asked for, gives the tree of the standard, which is defined by splitting at the largest power of
    two below the size. Asking for a root does not end the tree: more leaves may follow.

    References
    ----------
    Laurie, B., Messeri, E., Stradling, R. (2021). *Certificate Transparency Version 2.0*. RFC 9162, section
    2.1.

    Examples
    --------
    >>> tree = Tree()
    >>> tree.add(b"")
    >>> tree.add(b"\x00")
    >>> tree.size, tree.root().hex()[:8]
    (2, 'fac54203')
    """

    __slots__ = ("_size", "_whole")

    def __init__(self) -> None:
        self._whole: list[bytes] = []  # one for each binary digit 1 of the size, the largest subtree first
        self._size = 0

    @property
    def size(self) -> int:
        """Number of leaves so far."""
        return self._size

    def add(self, data: bytes) -> None:
        """Append a record, as bytes."""
        self._join(leaf_hash(data), 1)

    def add_hash(self, leaf_hash: bytes) -> None:
        """Append a leaf whose hash is known (32 bytes, made by `leaf_hash`)."""
        self._join(checked_hash(leaf_hash, "leaf_hash"), 1)

    def extend(self, records: Iterable[bytes]) -> None:
        """Append many records, several times faster than one by one.

        Parameters
        ----------
        records : iterable of bytes
            Read once, a block at a time.

        Raises
        ------
        BadOption
            A record is not ``bytes``; the records of the blocks before stay in the tree.
        """
        _refuse_one(records)
        source = iter(records)
        while self._size % BLOCK and (few := list(islice(source, BLOCK - self._size % BLOCK))):
            self._extend_few(few)
        while len(block := list(islice(source, BLOCK))) == BLOCK:
            _refuse_others(block)
            level = [_sha256(LEAF + record).digest() for record in block]
            while len(level) > 1:
                level = _pairs(level)
            self._join(level[0], BLOCK)
        self._extend_few(block)

    def root(self) -> bytes:
        """Return the root over the leaves so far; of none, the digest of the empty string."""
        if not self._whole:
            return _sha256(b"").digest()
        hashed = self._whole[-1]
        for left in reversed(self._whole[:-1]):
            hashed = _sha256(NODE + left + hashed).digest()
        return hashed

    def _extend_few(self, records: list[bytes]) -> None:
        _refuse_others(records)
        for record in records:
            self._join(_sha256(LEAF + record).digest(), 1)

    def _join(self, hashed: bytes, leaves: int) -> None:
        """Append a whole subtree of so many leaves; the size is a multiple of them."""
        digits = self._size // leaves
        while digits & 1:
            hashed = _sha256(NODE + self._whole.pop() + hashed).digest()
            digits >>= 1
        self._whole.append(hashed)
        self._size += leaves
