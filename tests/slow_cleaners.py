"""Cleaning rules row by row, straight from their definitions, for tests to compare with.

Neighbours are ordered by distance and then by row number, a row is never its own, and a class that
would lose every row keeps them.
"""

from collections import Counter

import numpy as np


def touched_classes(y, strategy):
    """Classes that may lose rows, as imbalanced-learn settles them."""
    counts = Counter(sorted(y))
    least, most = min(counts, key=counts.get), max(counts, key=counts.get)
    if isinstance(strategy, list):
        return set(strategy)
    return (
        set(counts)
        - {
            "auto": {least},
            "not minority": {least},
            "majority": set(counts) - {most},
            "not majority": {most},
            "all": set(),
        }[strategy]
    )


def nearest(X, row, pool, k):
    squared = {other: ((X[row] - X[other]) ** 2).sum() for other in pool if other != row}
    return sorted(squared, key=lambda other: (squared[other], other))[:k]


def vote(labels):
    votes = Counter(labels)
    return min(label for label in votes if votes[label] == max(votes.values()))


def spare_lost_classes(y, there, goes):
    lost = {y[row] for row in there} - {y[row] for row in there if row not in goes}
    return {row for row in goes if y[row] not in lost}, bool(lost)


def contradicted(X, y, there, touched, k, kind):
    def agrees(row):
        around = [y[other] for other in nearest(X, row, there, k)]
        return vote(around) == y[row] if kind == "mode" else all(label == y[row] for label in around)

    return {row for row in there if y[row] in touched and not agrees(row)}


def links(X, y, there):
    first = {row: nearest(X, row, there, 1)[0] for row in there}
    return {row for row in there if y[row] != y[first[row]] and first[first[row]] == row}


def tomek(X, y, strategy="auto"):
    there = list(range(len(y)))
    touched = touched_classes(y, strategy)
    goes, _ = spare_lost_classes(y, there, {row for row in links(X, y, there) if y[row] in touched})
    return [row for row in there if row not in goes]


def enn(X, y, strategy="auto", k=3, kind="all"):
    there = list(range(len(y)))
    goes = contradicted(X, y, there, touched_classes(y, strategy), k, kind)
    goes, _ = spare_lost_classes(y, there, goes)
    return [row for row in there if row not in goes]


def first_rarest(y):
    """The smallest class, of equally small ones the first in the table."""
    counts = Counter(y)
    return min(counts, key=counts.get)


def overtaken(y, there):
    counts, rarest = Counter(y[row] for row in there), first_rarest(y)
    least = Counter(y)[rarest]
    return any(count < least for label, count in counts.items() if label != rarest)


def one_pass(X, y, there, strategy, k, kind):
    touched = touched_classes([y[row] for row in there], strategy)
    goes, lost = spare_lost_classes(y, there, contradicted(X, y, there, touched, k, kind))
    return [row for row in there if row not in goes], lost


def renn(X, y, strategy="auto", k=3, kind="all", max_iter=100):
    there, n_passes, going = list(range(len(y))), 0, True
    while going and n_passes < max_iter:
        left, lost = one_pass(X, y, there, strategy, k, kind)
        converged, there, n_passes = len(left) == len(there), left, n_passes + 1
        going = not (converged or lost or overtaken(y, there) or len(there) <= k)
    return there, n_passes


def allknn(X, y, strategy="auto", k=3, kind="all", allow_minority=False):
    there = list(range(len(y)))
    for size in range(1, k + 1):
        if len(there) <= size:
            break
        there, lost = one_pass(X, y, there, strategy, size, kind)
        if lost or (overtaken(y, there) and not allow_minority):
            break
    return there


def ncr(X, y, strategy="auto", k=3, threshold=0.5):
    there = list(range(len(y)))
    counts, rarest, touched = Counter(y), first_rarest(y), touched_classes(y, strategy)
    cleaned = {label for label in touched if counts[label] > counts[rarest] * threshold}
    goes = contradicted(X, y, there, touched, k, "mode")
    for row in there:
        if y[row] == rarest:
            near = nearest(X, row, there, k)
            if vote([y[other] for other in [row, *near[: k - 1]]]) != rarest:
                goes |= {other for other in near if y[other] in cleaned}
    goes, _ = spare_lost_classes(y, there, goes)
    return [row for row in there if row not in goes]


def oss(X, y, seeds, strategy="auto", k=1):
    """``seeds`` holds the rows drawn from each class that may lose rows."""
    kept, touched, rarest = [], touched_classes(y, strategy), first_rarest(y)
    for label in sorted(set(y)):
        rows = [row for row in range(len(y)) if y[row] == label]
        if label not in touched:
            kept += rows
            continue
        store = sorted({row for row in range(len(y)) if y[row] == rarest} | set(seeds[label]))
        kept += [
            row
            for row in rows
            if row in seeds[label]
            or (row not in store and vote([y[other] for other in nearest(X, row, store, k)]) != label)
        ]
    kept = sorted(kept)
    goes = {row for row in links(X, y, kept) if y[row] in touched}
    goes, _ = spare_lost_classes(y, kept, goes)
    return [row for row in kept if row not in goes]


def small_table(seed, levels, n):
    """Whole numbers on a small grid, full of ties and duplicates; a large, a small and a tiny class."""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, levels, size=(n, 2)).astype(float)
    y = np.array(["large"] * n)
    y[rng.permutation(n)[: n // 3]] = "small"
    y[rng.permutation(n)[:3]] = "tiny"
    return X, y
