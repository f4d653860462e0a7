"""SY008: a few columns that only together give a class away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from steelyard.diagnose.base import Check
from steelyard.diagnose.column_skill import auc_per_class
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.diagnose.quick_model import quick_model
from steelyard.errors import BadTable
from steelyard.kernels.out_of_fold import aligned_proba, out_of_fold_proba
from steelyard.kernels.rng import child, int_seed
from steelyard.records import Finding

__all__ = ["JointLeak"]

CHANCE = 0.5
MOST_TRIED = 200  # columns shuffled; shuffling is the slowest part of a wide table
SHUFFLED_ROWS = 60_000  # rows predicted again, over all columns
CELLS_AT_ONCE = 4_000_000  # of them, to bound memory
LEAST_SHUFFLED, MOST_SHUFFLED = 200, 2_000
SINGLE_AUC = 0.99  # what SY007 calls a leak by default
NO_LOSS = 0.005
TRIED_BELOW = 0.05  # columns that know nothing blur the model of all by about this much
MOST_TRIALS = 3  # classes
REST = 2.5  # columns there must be for each of the few


class JointLeak(Check):
    """Whether two or three columns tell a class apart almost without error, and the others cannot.

    A stored score of an earlier model, or the two halves of a difference, look like this. Columns
    that leak alone (SY007) are set aside first. Where a small model of the others comes close to
    ``min_auc`` out of fold for a class, its ``n_columns`` most important columns (by permutation,
    on rows held out) are tried alone, and all the others without them.

    Parameters
    ----------
    min_auc : float
        Area under the ROC curve, class against the rest, that the few columns must reach.
    min_gap : float
        By how much the other columns must fall short of the few.
    n_columns : int
        How many are a few.
    min_rows : int
        Smaller classes are not judged.

    References
    ----------
    Kaufman, Rosset, Perlich and Stitelman, Leakage in Data Mining, ACM TKDD 6(4), 2012; Breiman,
    Random Forests, Machine Learning 45, 2001, section 10 (permutation importance).

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat([0, 1], [400, 200])
    >>> X = rng.random(size=(600, 8))
    >>> X[:, 1] = X[:, 0] + 0.3 * y
    >>> JointLeak().check(Dataset(X, y)).columns
    ('x0', 'x1')
    """

    code = "SY008"
    title = "A few columns together give the target away"
    slow = True
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {
        "min_auc": (0.5, 1.0),
        "min_gap": (0.0, 1.0),
        "n_columns": (2, 10),
        "min_rows": (2, 1e9),
    }

    def __init__(
        self, min_auc: float = 0.98, min_gap: float = 0.15, n_columns: int = 3, min_rows: int = 20
    ) -> None:
        self.min_auc = min_auc
        self.min_gap = min_gap
        self.n_columns = n_columns
        self.min_rows = min_rows

    def _examine(self, evidence: Evidence) -> Finding:
        aside = set(evidence.columns_above(SINGLE_AUC, self.min_rows))
        left = [j for j, column in enumerate(evidence.columns) if j not in aside and column.n_levels > 1]
        if len(left) < REST * self.n_columns:
            raise NotApplicable(
                f"It needs {REST * self.n_columns:.0f} columns besides those that leak alone, for the few "
                f"must be few; there are {len(left)}."
            )
        codes = evidence.codes[evidence.sample]
        reached = np.nan_to_num(auc_per_class(evidence.proba_from(left), codes))
        judged = self._judged(evidence)
        if not judged:
            raise NotApplicable(f"No class has {self.min_rows} rows, some of them in every fold.")
        measured = evidence.measured_on(evidence.sample.size)
        best = max(judged, key=lambda c: reached[c])
        close = [c for c in judged if reached[c] >= self.min_auc - TRIED_BELOW]
        trials = [self._trial(evidence, left, c) for c in close[:MOST_TRIALS]]
        found = max(trials, key=lambda trial: trial["gap"], default=None)
        if found is None:
            return self._clear(
                f"No class is told apart almost without error: at best {str(evidence.classes[best])!r}, AUC "
                f"{reached[best]:.3f}.{measured}",
                {"auc": float(reached[best]), "class": str(evidence.classes[best])},
            )
        said = (
            f"Class {found['class']!r} is told apart with AUC {found['auc_few']:.3f} by "
            f"{' and '.join(map(repr, found['columns']))} alone"
        )
        if found["auc_rest"] is not None:
            said += f", and with AUC {found['auc_rest']:.3f} by all other columns"
        said += f".{measured}"
        if found["gap"] < self.min_gap:
            return self._clear(said, found)
        return self._found(
            said,
            "Suspicious: look how these columns come about. Scores or sums stored after the outcome must go "
            "(--drop); a law of nature or a rule of the business may stay.",
            columns=found["columns"],
            measures=found,
        )

    def _judged(self, evidence: Evidence) -> list[int]:
        """Classes that are large enough and in every training part, rarest first; one of two is enough."""
        order = np.argsort(evidence.counts, kind="stable")
        if order.size == 2:
            order = order[:1]
        codes = evidence.codes[evidence.sample]
        everywhere = set(range(evidence.classes.size))
        for train, _ in evidence.splits:
            everywhere &= set(codes[train].tolist())
        return [int(c) for c in order if evidence.counts[c] >= self.min_rows and int(c) in everywhere]

    def _trial(self, evidence: Evidence, left: list[int], c: int) -> dict[str, Any]:
        """The few columns that matter most for a class against all others."""
        few = _most_important(evidence, left, c, self.n_columns)
        auc_few = self._auc(evidence, few, c)
        auc_rest, gap = None, 0.0
        if auc_few >= self.min_auc:
            auc_rest = self._auc(evidence, [j for j in left if j not in few], c)
            gap = auc_few - auc_rest
        if gap >= self.min_gap:
            few = self._fewest(evidence, few, c, auc_few)
        names = [evidence.columns[j].name for j in sorted(few)]
        label = str(evidence.classes[c])
        return {"class": label, "columns": names, "auc_few": auc_few, "auc_rest": auc_rest, "gap": gap}

    def _auc(self, evidence: Evidence, columns: list[int], c: int) -> float:
        """Out-of-fold area under the ROC curve of one class, from some columns."""
        truth = (evidence.codes[evidence.sample] == c).astype(np.intp)
        table = evidence.frame[[evidence.columns[j].name for j in columns]].iloc[evidence.sample]
        model = quick_model(2, random_state=int_seed(evidence.seed, "joint leak"))
        try:
            proba = out_of_fold_proba(model, table, truth, evidence.splits, n_jobs=evidence.n_jobs)
        except BadTable:  # columns that vary over all rows, but not in one training part
            return CHANCE
        return float(auc_per_class(proba, truth)[1])

    def _fewest(self, evidence: Evidence, few: list[int], c: int, reached: float) -> list[int]:
        """Leave out columns, least important first, while the others reach as much."""
        kept = list(few)
        for j in reversed(few):
            fewer = [i for i in kept if i != j]
            if len(fewer) >= 2 and self._auc(evidence, fewer, c) >= max(self.min_auc, reached - NO_LOSS):
                kept = fewer
        return kept


def _most_important(evidence: Evidence, columns: list[int], c: int, how_many: int) -> list[int]:
    """Columns whose shuffling costs most AUC of class ``c`` on held-out rows, most important first."""
    train, test = evidence.splits[0]
    table = evidence.frame[[evidence.columns[j].name for j in columns]]
    truth = (evidence.codes[evidence.sample] == c).astype(np.intp)
    model = quick_model(2, random_state=int_seed(evidence.seed, "joint leak"))
    model.fit(table.iloc[evidence.sample[train]], truth[train])
    rng = child(evidence.seed, "joint leak", "shuffle")
    tried = _best_alone(evidence, columns, c)
    bound = min(MOST_SHUFFLED, max(LEAST_SHUFFLED, SHUFFLED_ROWS // len(tried)))
    test = test if test.size <= bound else rng.choice(test, bound, replace=False)
    held = model[0].transform(table.iloc[evidence.sample[test]]).reset_index(drop=True)
    made = {
        j: [out for out, name in model[0].source_of_.items() if name == table.columns[i]]
        for i, j in enumerate(columns)
    }
    left = {}
    at_once = max(1, CELLS_AT_ONCE // held.size)
    for start in range(0, len(tried), at_once):
        part = tried[start : start + at_once]
        shuffled = [_shuffled(held, made[j], rng) for j in part]
        proba = aligned_proba(model[1], pd.concat(shuffled, ignore_index=True), np.array([0, 1]))
        for j, own in zip(part, np.split(proba, len(part)), strict=True):
            left[j] = auc_per_class(own, truth[test])[1]
    return sorted(tried, key=left.__getitem__)[:how_many]


def _best_alone(evidence: Evidence, columns: list[int], c: int) -> list[int]:
    """The columns worth shuffling: in a very wide table those that tell most by themselves."""
    alone = np.nan_to_num(evidence.column_aucs[columns, c], nan=CHANCE)
    return sorted(columns[i] for i in np.argsort(-alone, kind="stable")[:MOST_TRIED])


def _shuffled(held: pd.DataFrame, names: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """The rows with some columns in another order; a column the preparer left out changes nothing."""
    changed = held.copy()
    changed[names] = held[names].iloc[rng.permutation(len(held))].set_axis(held.index)
    return changed
