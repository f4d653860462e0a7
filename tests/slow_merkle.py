"""The tree and its proofs word for word from RFC 9162, section 2.1, recursive and slow."""

import hashlib


def sha256(data):
    return hashlib.sha256(data).digest()


def split(n):
    """The largest power of two below n."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def mth(d):
    """2.1.1: the root over a list of entries."""
    if not d:
        return sha256(b"")
    if len(d) == 1:
        return sha256(b"\x00" + d[0])
    k = split(len(d))
    return sha256(b"\x01" + mth(d[:k]) + mth(d[k:]))


def path(m, d):
    """2.1.3.1: the inclusion path of entry m."""
    if len(d) == 1:
        return []
    k = split(len(d))
    return path(m, d[:k]) + [mth(d[k:])] if m < k else path(m - k, d[k:]) + [mth(d[:k])]


def proof(m, d):
    """2.1.4.1: the consistency proof of the first m entries."""
    return subproof(m, d, True)


def subproof(m, d, b):
    if m == len(d):
        return [] if b else [mth(d)]
    k = split(len(d))
    if m <= k:
        return subproof(m, d[:k], b) + [mth(d[k:])]
    return subproof(m - k, d[k:], False) + [mth(d[:k])]


def climb(m, n, leaf, steps, node):
    """What a path makes of a leaf, by the same recursion; None where its length is not that of the place."""
    if n == 1:
        return leaf if not steps else None
    if not steps:
        return None
    k, *rest = split(n), *steps
    last = rest.pop()
    if m < k:
        below = climb(m, k, leaf, rest, node)
        return below if below is None else node(below, last)
    below = climb(m - k, n - k, leaf, rest, node)
    return below if below is None else node(last, below)


def rebuild(m, n, b, root1, steps, node):
    """The old and the new root a proof of growth leads to, by the same recursion; None for a wrong length."""
    if m == n:
        if b:
            return (root1, root1) if not steps else None
        return (steps[0], steps[0]) if len(steps) == 1 else None
    if not steps:
        return None
    k, last = split(n), steps[-1]
    if m <= k:
        found = rebuild(m, k, b, root1, steps[:-1], node)
        return found and (found[0], node(found[1], last))
    found = rebuild(m - k, n - k, False, root1, steps[:-1], node)
    return found and (node(last, found[0]), node(last, found[1]))


def hashed_node(left, right):
    return sha256(b"\x01" + left + right)


def told_node(left, right):
    """A node that shows how it was made, to compare ways instead of hashes."""
    return f"({left} {right})"


def same_way(m1, n1, m2, n2, length):
    """Whether two places (m in n) give one meaning to a path of this length."""
    steps = list(range(length))
    one, two = climb(m1, n1, "leaf", steps, told_node), climb(m2, n2, "leaf", steps, told_node)
    return one is not None and one == two


def same_growth(m1, n1, m2, n2, length):
    """Whether two growths (m to n) give one meaning to a consistency proof of this length."""
    steps = list(range(length))
    one, two = (rebuild(m, n, True, "root", steps, told_node) for m, n in ((m1, n1), (m2, n2)))
    return one is not None and one == two
