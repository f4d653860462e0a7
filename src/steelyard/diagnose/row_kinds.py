"""SY016: which rows of each class are safe, borderline, rare or outliers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from steelyard.diagnose.base import Check
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.kernels.row_kinds import KIND_NAMES, OUTLIER, RARE, row_kinds
from steelyard.records import Finding, Severity

__all__ = ["RowKinds"]

K = 5


class RowKinds(Check):
    """What kinds of rows the rare classes are made of.

    By how many of its five nearest neighbours share its class, a row is safe (4, 5), borderline (2, 3),
    rare (1) or an outlier (0). Which kinds prevail decides which remedies can help.

    Parameters
    ----------
    min_safe : float
        Found when a rare class has a smaller share of safe rows.
    min_rows : int
        A class with fewer rows is described but not judged.

    References
    ----------
    Napierala and Stefanowski, Types of minority class examples and their influence on learning
    classifiers from imbalanced data, Journal of Intelligent Information Systems 46, 2016.

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat(["ok", "ill"], [60, 20])
    >>> X = rng.normal(size=(80, 2)) + 8 * (y == "ill")[:, None]
    >>> RowKinds().check(Dataset(X, y)).measures["by_class"]["ill"]
    {'safe': 1.0, 'borderline': 0.0, 'rare': 0.0, 'outlier': 0.0}
    """

    code = "SY016"
    title = "Kinds of rows"
    severity: ClassVar[Severity] = "info"
    slow = True
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {"min_safe": (0.0, 1.0), "min_rows": (1, 1e9)}

    def __init__(self, min_safe: float = 0.5, min_rows: int = 10) -> None:
        self.min_safe = min_safe
        self.min_rows = min_rows

    def _examine(self, evidence: Evidence) -> Finding:
        hood = evidence.neighborhood
        own = evidence.codes[hood.rows]
        kinds = row_kinds(evidence.codes[hood.indices[:, :K]], own)
        by_class = {}
        for c in np.unique(own):
            mine = np.bincount(kinds[own == c], minlength=len(KIND_NAMES)) / (own == c).sum()
            by_class[str(evidence.classes[c])] = dict(zip(KIND_NAMES, mine.round(4).tolist(), strict=True))
        rare = evidence.rare_codes if evidence.rare_codes.size else np.arange(evidence.classes.size)
        judged = [str(evidence.classes[c]) for c in rare if evidence.counts[c] >= self.min_rows]
        measures = {"by_class": by_class}
        if not judged:
            raise NotApplicable(f"No rare class has {self.min_rows} rows.")
        worst = min(judged, key=lambda name: by_class[name]["safe"])
        shares = by_class[worst]
        said = (
            f"Class {worst!r}: "
            + ", ".join(f"{share:.0%} {name}" for name, share in shares.items())
            + f".{evidence.measured_on(hood.rows.size)}"
        )
        if shares["safe"] >= self.min_safe:
            return self._clear(said, measures)
        harmful = np.isin(kinds, (RARE, OUTLIER)) & (
            own == np.flatnonzero(evidence.classes.astype(str) == worst)[0]
        )
        return self._found(
            said,
            _advice(shares),
            rows=hood.rows[harmful],
            measures=measures,
        )


def _advice(shares: Mapping[str, float]) -> str:
    if shares["borderline"] >= shares["rare"] + shares["outlier"]:
        return (
            "Most of these rows lie at the border: methods that clean the border (Tomek links, edited "
            "nearest neighbours) or add rows there may help; compare them with a moved threshold."
        )
    return (
        "Most of these rows lie alone among other classes: interpolation (SMOTE) draws lines through "
        "foreign ground and cleaning would remove the class. Weights and a moved threshold are safer; look "
        "whether the lone rows are errors."
    )
