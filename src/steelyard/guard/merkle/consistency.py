"""Proof that a tree only grew: that its first records are those of an older tree, in their order."""

from __future__ import annotations

from collections.abc import Sequence

from steelyard.guard.merkle.check_arguments import checked_hashes, checked_number, checked_proof
from steelyard.guard.merkle.subtrees import largest_power_below, stretch_root
from steelyard.kernels.merkle_tree import checked_hash, node_hash

__all__ = ["consistency_proof", "verify_consistency"]


def consistency_proof(leaf_hashes: Sequence[bytes], size1: int) -> list[bytes]:
    """Return the hashes that rebuild both the root of the first records and that of all of them.

    Parameters
    ----------
    leaf_hashes : sequence of bytes of length 32
        Of all records of the newer tree, in order.
    size1 : int
        Number of records of the older tree.

    Returns
    -------
    list of bytes of length 32
        Empty when the two trees are of one size.

    Raises
    ------
    BadOption
        There are no leaves, a hash is not ``bytes`` of length 32, or the older tree is not from 1 to all
        records.

    References
    ----------
    RFC 9162, section 2.1.4.1.

    Examples
    --------
    >>> from steelyard.guard.merkle import leaf_hash
    >>> leaves = [leaf_hash(record) for record in (b"a", b"b", b"c")]
    >>> [len(consistency_proof(leaves, size1)) for size1 in (1, 2, 3)]
    [2, 1, 0]
    """
    leaf_hashes = checked_hashes(leaf_hashes)
    older = checked_number(size1, "size1", low=1, high=len(leaf_hashes))
    start, stop, known, downwards = 0, len(leaf_hashes), True, []
    while start + older != stop:
        left = largest_power_below(stop - start)
        split = start + left
        if older <= left:
            downwards.append(stretch_root(leaf_hashes, split, stop))
            stop = split
        else:
            downwards.append(stretch_root(leaf_hashes, start, split))
            start, older, known = split, older - left, False
    if not known:  # else the stretch is the older tree itself, whose root the verifier has
        downwards.append(stretch_root(leaf_hashes, start, stop))
    return downwards[::-1]


def verify_consistency(size1: int, size2: int, proof: list[bytes], root1: bytes, root2: bytes) -> bool:
    """Whether a proof shows that the older tree is the beginning of the newer one.

    Parameters
    ----------
    size1, size2 : int
        Sizes of the older and the newer tree, from the signed statements that hold the roots.
    proof : list of bytes of length 32
    root1, root2 : bytes of length 32
        From statements whose signatures were checked.

    Returns
    -------
    bool
        False where the arguments are sound but do not fit together. Trees of one size are consistent when
        their roots are equal and the proof is empty.

    Raises
    ------
    BadOption
        An argument is not what it has to be: a root or step that is not ``bytes`` of length 32, a size below
        1, an older tree larger than the newer one, a proof that is not a list.

    Notes
    -----
    It says nothing on whether the records that came later are right, only that the earlier ones stayed.
    As for `verify_inclusion`, several pairs of sizes may share one way through the tree: the sizes must come
    from the signed statements.

    References
    ----------
    RFC 9162, section 2.1.4.2.

    Examples
    --------
    >>> from steelyard.guard.merkle import leaf_hash, root
    >>> records = [b"a", b"b", b"c"]
    >>> proof = consistency_proof([leaf_hash(record) for record in records], 2)
    >>> verify_consistency(2, 3, proof, root(records[:2]), root(records))
    True
    >>> verify_consistency(2, 3, proof, root([b"a", b"B"]), root(records))
    False
    """
    root1, root2 = checked_hash(root1, "root1"), checked_hash(root2, "root2")
    size2 = checked_number(size2, "size2", low=1)
    size1 = checked_number(size1, "size1", low=1, high=size2)
    steps = checked_proof(proof)
    if size1 == size2:
        return not steps and root1 == root2
    if not steps:
        return False
    if size1 & (size1 - 1) == 0:  # the older tree is itself a node of the newer one
        steps = [root1, *steps]
    place, last = size1 - 1, size2 - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and older == root1 and newer == root2
