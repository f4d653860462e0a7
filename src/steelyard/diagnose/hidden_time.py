"""SY011: an order in time that a random split would mix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from steelyard.diagnose.base import Check
from steelyard.diagnose.column_view import ColumnView
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.records import Finding

__all__ = ["HiddenTime", "rate_drift"]

FILE = "the order of the file"
ROWS_A_BLOCK = 10
MIN_ROWS = 20  # rows of a class, to say whether its share moves
RUNS_A_CLASS = 3  # runs of equal labels, up to which a file counts as sorted by label
# Names that are a time by themselves: 'year' is one, 'years_employed' and 'time_in_hospital' are not.
TIME_NAMES = frozenset({"date", "time", "timestamp", "datetime", "year", "month", "week", "epoch"})


def rate_drift(block: NDArray[np.intp], inside: NDArray[np.bool_]) -> tuple[float, float]:
    """How much a share differs between blocks of rows, relative to the share itself.

    The coefficient of variation of the share over the blocks, less what chance gives. Unlike Cramér's V
    it does not shrink as the class gets rare.

    Parameters
    ----------
    block : ndarray of int, shape (n,)
    inside : ndarray of bool, shape (n,)

    Returns
    -------
    variation : float
        0 for a steady share; 1 when its standard deviation over the blocks equals its mean.
    p : float
        Of the chi-squared test that the share is steady.

    Examples
    --------
    >>> block = np.repeat([0, 1], 1000)
    >>> round(rate_drift(block, np.arange(2000) % 1000 < np.where(block, 30, 10))[0], 2)
    0.47
    """
    size = np.bincount(block).astype(np.float64)
    hits = np.bincount(block, weights=inside)[size > 0]
    size = size[size > 0]
    share = hits.sum() / size.sum()
    freedom = size.size - 1
    if freedom < 1 or not 0 < share < 1:
        return 0.0, 1.0
    statistic = float((np.square(hits - share * size) / (size * share * (1 - share))).sum())
    excess = max(0.0, statistic - freedom) * (1 - share) / (share * size.sum())
    return float(np.sqrt(excess)), float(chi2.sf(statistic, freedom))


class HiddenTime(Check):
    """Whether the share of a class drifts over a date, a column named like a time, or along the file.

    Rows are cut into blocks of equal size in that order. A file sorted by its labels, or by a column that
    is no time, has an order that means nothing: it is said to be so and not taken for drift. Drift
    along the file alone is information only, for it may be time, place or source.

    Parameters
    ----------
    max_drift : float
        Found when a class's share has a larger coefficient of variation over the blocks, and
        significantly so. 0.3 is a share of 2 % that wanders between about 1.2 % and 2.8 %.
    blocks : int
    alpha : float
        Level of the test, divided by the number of orders and classes tried.

    References
    ----------
    Roberts et al., Cross-validation strategies for data with temporal, spatial, hierarchical, or
    phylogenetic structure, Ecography 40, 2017.

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> rng = np.random.default_rng(0)
    >>> y = (rng.random(2000) < np.linspace(0.02, 0.2, 2000)).astype(int)
    >>> finding = HiddenTime().check(Dataset(rng.normal(size=(2000, 2)), y))
    >>> finding.outcome, finding.measures["drift"]
    ('found', {'the order of the file': 0.61})
    """

    code = "SY011"
    title = "Time that a random split would mix"
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {
        "max_drift": (0.0, 10.0),
        "blocks": (2, 1000),
        "alpha": (1e-12, 0.5),
    }

    def __init__(self, max_drift: float = 0.3, blocks: int = 10, alpha: float = 0.001) -> None:
        self.max_drift = max_drift
        self.blocks = blocks
        self.alpha = alpha

    def _examine(self, evidence: Evidence) -> Finding:
        if evidence.dataset.time is not None:
            return self._clear("Rows are split by the time that was given.")
        n = len(evidence.dataset)
        if n < ROWS_A_BLOCK * self.blocks:
            raise NotApplicable(f"It needs {ROWS_A_BLOCK * self.blocks} rows, there are {n}.")
        orders = {column.name: column.numbers for column in evidence.columns if _is_time(column)}
        sorted_by = _sorted_by(evidence)
        if not sorted_by:
            orders[FILE] = np.arange(n, dtype=np.float64)
        judged = np.flatnonzero(evidence.counts >= MIN_ROWS)
        drift = {name: self._drift(values, evidence, judged, len(orders)) for name, values in orders.items()}
        drifting = {name: found for name, found in drift.items() if found["drifts"]}
        measures: dict[str, Any] = {
            "drift": {name: round(found["variation"], 2) for name, found in drift.items()},
            "sorted_by": sorted_by,
        }
        if drifting:
            return self._report(drifting, measures)
        if sorted_by == "the label":
            return self._found(
                "The file is sorted by label, so the order of its rows says nothing about time.",
                "Shuffle before any split that takes rows in order.",
                severity="info",
                measures=measures,
            )
        if not drift:
            return self._clear(
                f"There is no column of time, and the file is sorted by {sorted_by!r}.", measures
            )
        worst = max(drift, key=lambda name: drift[name]["variation"])
        return self._clear(
            f"No class drifts: at most by {drift[worst]['variation']:.0%} of its share, along {worst}.",
            measures,
        )

    def _drift(
        self, position: NDArray[np.float64], evidence: Evidence, judged: NDArray[np.intp], tried: int
    ) -> dict[str, Any]:
        """The class whose share varies most along an order, among those where that is significant."""
        known = ~np.isnan(position)
        values = position[known]
        # Rows of one moment stay in one block.
        edges = np.unique(np.quantile(values, np.arange(1, self.blocks) / self.blocks))
        block = np.searchsorted(edges, values, side="right").astype(np.intp)
        codes = evidence.codes[known]
        best: dict[str, Any] = {"variation": 0.0, "drifts": False, "class": ""}
        for c in judged:
            variation, p = rate_drift(block, codes == c)
            if variation > best["variation"] and p < self.alpha / (tried * judged.size):
                drifts = variation > self.max_drift
                best = {"variation": variation, "drifts": drifts, "class": str(evidence.classes[c])}
        return best

    def _report(self, drifting: Mapping[str, Mapping[str, Any]], measures: Mapping[str, Any]) -> Finding:
        said = "; ".join(
            f"the share of {found['class']!r} varies by {found['variation']:.0%} of itself along {name}"
            for name, found in drifting.items()
        )
        columns = [name for name in drifting if name != FILE]
        return self._found(
            f"{said[0].upper()}{said[1:]}.",
            "If rows of the future are to be judged, split by time (--time COLUMN): a random split tests "
            "the model on days it has already seen. If the order is one of place or source, give it as "
            "groups (--groups).",
            severity="warning" if columns else "info",
            columns=columns,
            measures=measures,
        )


def _is_time(column: ColumnView) -> bool:
    named = column.kind == "numeric" and len(column.words) == 1 and column.words[0] in TIME_NAMES
    if column.kind != "date" and not named:
        return False
    return column.n_levels > 1 and not column.missing.all()


def _sorted_by(evidence: Evidence) -> str:
    """What the file is sorted by, where that is the label or a column that is no time; or nothing."""
    n = evidence.codes.size
    if _runs(evidence.codes) <= RUNS_A_CLASS * evidence.classes.size:
        return "the label"
    for column in evidence.columns:
        if 1 < column.n_levels < n / 2 and _runs(column.codes) == column.n_levels and not _is_time(column):
            return column.name
    return ""


def _runs(codes: NDArray[np.intp]) -> int:
    return 1 + int((codes[1:] != codes[:-1]).sum())
