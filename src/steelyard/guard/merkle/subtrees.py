"""Where the standard's tree splits, and the root over a stretch of known leaves."""

from __future__ import annotations

from collections.abc import Sequence

from steelyard.kernels.merkle_tree import Tree

__all__ = ["largest_power_below", "stretch_root"]


def largest_power_below(n: int) -> int:
    """Return the largest power of two below ``n``, of at least 2: how many leaves go to the left.

    Examples
    --------
    >>> [largest_power_below(n) for n in (2, 3, 4, 5, 8, 9)]
    [1, 2, 2, 4, 4, 8]
    """
    return 1 << ((n - 1).bit_length() - 1)


def stretch_root(leaf_hashes: Sequence[bytes], start: int, stop: int) -> bytes:
    """Root of the tree over the leaves from ``start`` up to ``stop``."""
    tree = Tree()
    for place in range(start, stop):
        tree.add_hash(leaf_hashes[place])
    return tree.root()
