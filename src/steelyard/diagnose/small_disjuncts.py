"""SY012: a rare class that is many small pieces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from steelyard.diagnose.base import Check
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.kernels.rng import int_seed
from steelyard.records import Finding, Severity

__all__ = ["SmallDisjuncts"]


class SmallDisjuncts(Check):
    """Whether most rows of a rare class lie in leaves that hold only a few of them.

    A tree is grown until its leaves are pure; a leaf is a disjunct, and its size the number of training
    rows of its class. Every rule that covers few rows is learned from few rows, and it is there that
    errors gather.

    Parameters
    ----------
    small : int
        A disjunct of at most this many rows is small.
    max_share : float
        Found when more than this share of the rows of a rare class lies in small disjuncts.
    min_rows : int
        A class with fewer rows is not judged.

    References
    ----------
    Holte, Acker and Porter, Concept Learning and the Problem of Small Disjuncts, IJCAI 1989; Jo and
    Japkowicz, Class Imbalances versus Small Disjuncts, SIGKDD Explorations 6(1), 2004.

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> x = np.arange(400)
    >>> finding = SmallDisjuncts().check(Dataset(x[:, None], (x % 20 < 2).astype(int)))
    >>> finding.outcome, finding.measures["disjuncts"]
    ('found', 20)
    """

    code = "SY012"
    title = "Small disjuncts"
    severity: ClassVar[Severity] = "info"
    slow = True
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {
        "small": (1, 1e6),
        "max_share": (0.0, 1.0),
        "min_rows": (2, 1e9),
    }

    def __init__(self, small: int = 5, max_share: float = 0.5, min_rows: int = 20) -> None:
        self.small = small
        self.max_share = max_share
        self.min_rows = min_rows

    def _examine(self, evidence: Evidence) -> Finding:
        rare = evidence.rare_codes if evidence.rare_codes.size else np.arange(evidence.classes.size)
        judged = [c for c in rare if evidence.counts[c] >= self.min_rows]
        if not judged:
            raise NotApplicable(f"No rare class has {self.min_rows} rows.")
        rows, codes = evidence.sample, evidence.codes[evidence.sample]
        size, leaf = _disjunct_sizes(evidence.dense[rows], codes, int_seed(evidence.seed, "small disjuncts"))
        share = {c: float((size[codes == c] <= self.small).mean()) for c in judged}
        worst = max(judged, key=share.__getitem__)
        mine = codes == worst
        in_small = mine & (size <= self.small)
        name = str(evidence.classes[worst])
        measures = {
            "class": name,
            "disjuncts": int(np.unique(leaf[mine]).size),
            "share_in_small": share[worst],
            "by_class": {str(evidence.classes[c]): round(share[c], 4) for c in judged},
            "missed": _missed(evidence, in_small, mine & ~in_small),
        }
        said = (
            f"Class {name!r} falls into {measures['disjuncts']:,} pieces; {share[worst]:.0%} of its rows lie "
            f"in pieces of at most {self.small} rows.{evidence.measured_on(rows.size)}"
        )
        if share[worst] <= self.max_share:
            return self._clear(said, measures)
        return self._found(
            said,
            "The class may be several things under one name, or overlap others (SY003). Oversample within "
            "pieces, not between them; look whether the pieces deserve names of their own; collect rows "
            "for the small ones.",
            rows=rows[in_small],
            measures=measures,
        )


def _disjunct_sizes(
    X: NDArray[np.float64], codes: NDArray[np.intp], seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each row the rows of its own class in its leaf, and the leaf."""
    tree = DecisionTreeClassifier(random_state=seed).fit(X, codes)
    leaf = tree.apply(X)
    k = int(codes.max()) + 1
    _, where, size = np.unique(leaf * k + codes, return_inverse=True, return_counts=True)
    return size[where], leaf


def _missed(
    evidence: Evidence, small: NDArray[np.bool_], large: NDArray[np.bool_]
) -> dict[str, float | None]:
    """Share of rows that the out-of-fold model calls another class, in small and in large pieces."""
    codes, proba = evidence.codes[evidence.sample], evidence.proba
    tested = ~np.isnan(proba).any(axis=1)
    wrong = np.nan_to_num(proba).argmax(axis=1) != codes
    return {
        name: float(wrong[part & tested].mean()) if (part & tested).any() else None
        for name, part in (("in_small", small), ("in_large", large))
    }
