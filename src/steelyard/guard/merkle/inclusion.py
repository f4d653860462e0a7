"""Proof that one record is in a tree, made from all leaf hashes, checked with a handful of them."""

from __future__ import annotations

from collections.abc import Sequence

from steelyard.guard.merkle.check_arguments import checked_hashes, checked_number, checked_proof
from steelyard.guard.merkle.subtrees import largest_power_below, stretch_root
from steelyard.kernels.merkle_tree import checked_hash, node_hash

__all__ = ["inclusion_proof", "verify_inclusion"]


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Return the siblings on the way from a leaf to the root.

    Parameters
    ----------
    leaf_hashes : sequence of bytes of length 32
        Of all records, in order, made by `leaf_hash`.
    index : int
        Which record, from 0.

    Returns
    -------
    list of bytes of length 32
        From the leaf upwards, at most one for each binary digit of the size.

    Raises
    ------
    BadOption
        There are no leaves, a hash is not ``bytes`` of length 32, or there is no such record.

    References
    ----------
    RFC 9162, section 2.1.3.1.

    Examples
    --------
    >>> from steelyard.guard.merkle import leaf_hash
    >>> leaves = [leaf_hash(record) for record in (b"a", b"b", b"c")]
    >>> len(inclusion_proof(leaves, 0)), len(inclusion_proof(leaves, 2))
    (2, 1)
    """
    leaf_hashes = checked_hashes(leaf_hashes)
    index = checked_number(index, "index", low=0, high=len(leaf_hashes) - 1)
    start, stop, downwards = 0, len(leaf_hashes), []
    while stop - start > 1:
        split = start + largest_power_below(stop - start)
        if index < split:
            downwards.append(stretch_root(leaf_hashes, split, stop))
            stop = split
        else:
            downwards.append(stretch_root(leaf_hashes, start, split))
            start = split
    return downwards[::-1]


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Whether a proof leads from a leaf at this place of a tree of this size to this root.

    Parameters
    ----------
    leaf_hash : bytes of length 32
        Computed by the one who checks, from the record, never taken from the one who proves.
    index : int
        Place of the record, from 0.
    size : int
        Number of records, from the signed statement that holds the root.
    proof : list of bytes of length 32
    root : bytes of length 32
        From a statement whose signature was checked.

    Returns
    -------
    bool
        False where the arguments are sound but do not fit together.

    Raises
    ------
    BadOption
        An argument is not what it has to be: a hash that is not ``bytes`` of length 32, a size below 1, an
        index outside the size, a proof that is not a list. Nothing of that kind is ever True or False.

    Notes
    -----
    A root does not determine its size, and neither does a proof: a leaf far from the right edge has the same
    way up in trees of several sizes (leaf 0 in trees of 3 and of 4 records), and this algorithm, which is the
    standard's, then accepts each of these sizes. So the size must come from the signed statement, not from
    the proof.

    References
    ----------
    RFC 9162, section 2.1.3.2.

    Examples
    --------
    >>> from steelyard.guard.merkle import leaf_hash, root
    >>> records = [b"a", b"b", b"c"]
    >>> leaves = [leaf_hash(record) for record in records]
    >>> proof = inclusion_proof(leaves, 1)
    >>> verify_inclusion(leaf_hash(b"b"), 1, 3, proof, root(records))
    True
    >>> verify_inclusion(leaf_hash(b"B"), 1, 3, proof, root(records))
    False
    """
    hashed, root = checked_hash(leaf_hash, "leaf_hash"), checked_hash(root, "root")
    size = checked_number(size, "size", low=1)
    place, last = checked_number(index, "index", low=0, high=size - 1), size - 1
    for sibling in checked_proof(proof):
        if last == 0:
            return False
        if place & 1 or place == last:
            hashed = node_hash(sibling, hashed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = node_hash(hashed, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and hashed == root
