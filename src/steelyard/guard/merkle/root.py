"""Root of the tree over records that are at hand or come one by one."""

from __future__ import annotations

from collections.abc import Iterable

from steelyard.kernels.merkle_tree import Tree

__all__ = ["root"]


def root(records: Iterable[bytes]) -> bytes:
    r"""Merkle root over records, each already in its one canonical form.

    Parameters
    ----------
    records : iterable of bytes
        In order; read once, so that a generator of any length will do.

    Returns
    -------
    bytes of length 32
        Of no record, the digest of the empty string.

    Raises
    ------
    BadOption
        A record is not ``bytes``.

    Notes
    -----
    A root tells nothing of how many records it is over: sign the size together with it.

    References
    ----------
    RFC 9162, section 2.1.1.

    Examples
    --------
    >>> root([b"", b"\x00", b"\x10"]).hex()[:8]
    'aeb6bcfe'
    """
    tree = Tree()
    tree.extend(records)
    return tree.root()
