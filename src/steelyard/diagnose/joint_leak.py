"""SY008: a few columns that only together give a class away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from steelyard.diagnose.base import Check
from steelyard.diagnose.column_skill import auc_per_class
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.diagnose.quick_model import quick_model
from steelyard.kernels.out_of_fold import aligned_proba, out_of_fold_proba
from steelyard.kernels.rng import child, int_seed
from steelyard.records import Finding

__all__ = ["JointLeak"]

CHANCE = 0.5
SHUFFLED_CELLS = 60_000  # cells predicted again, over all columns
LEAST_SHUFFLED, MOST_SHUFFLED = 200, 2_000
SINGLE_AUC = 0.99  # what SY007 calls a leak by default
NO_LOSS = 0.005
REST = 2.5  # columns there must be for each of the few


class JointLeak(Check):
    """Whether two or three columns tell a class apart almost without error, and the others cannot.

    A stored score of an earlier model, or the two halves of a difference, look like this. Columns
    that leak alone (SY007) are set aside first. When a small model of the others reaches
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
    >>> X = rng.normal(size=(600, 8))
    >>> X[:, 1] = np.where(y == 1, X[:, 0], -X[:, 0]) + 0.01 * rng.normal(size=600)
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
        self, min_auc: float = 0.98, min_gap: float = 0.1, n_columns: int = 3, min_rows: int = 20
    ) -> None:
        self.min_auc = min_auc
        self.min_gap = min_gap
        self.n_columns = n_columns
        self.min_rows = min_rows

    def _examine(self, evidence: Evidence) -> Finding:
        aside = evidence.columns_above(SINGLE_AUC, self.min_rows)
        left = [j for j in range(len(evidence.columns)) if j not in set(aside)]
        if len(left) < REST * self.n_columns:
            raise NotApplicable(
                f"It needs {REST * self.n_columns:.0f} columns besides those that leak alone, for the few "
                f"must be few; there are {len(left)}."
            )
        codes = evidence.codes[evidence.sample]
        judged = evidence.counts >= self.min_rows
        all_auc = np.where(judged, np.nan_to_num(auc_per_class(evidence.proba_from(left), codes)), 0.0)
        measured = evidence.measured_on(evidence.sample.size)
        c = int(all_auc.argmax())
        name = str(evidence.classes[c])
        measures = {"auc_all": float(all_auc[c]), "class": name}
        if all_auc[c] < self.min_auc:
            return self._clear(
                f"No class is told apart almost without error: at best {name!r}, AUC "
                f"{all_auc[c]:.3f}.{measured}",
                measures,
            )
        few = _most_important(evidence, left, c, self.n_columns)
        few_auc = self._auc(evidence, few, c)
        rest_auc = self._auc(evidence, [j for j in left if j not in few], c)
        few = self._fewest(evidence, few, c, few_auc)
        names = [evidence.columns[j].name for j in sorted(few)]
        measures |= {"columns": names, "auc_few": few_auc, "auc_rest": rest_auc}
        said = (
            f"Class {name!r} is told apart with AUC {few_auc:.3f} by {_listed(names)} alone, and with AUC "
            f"{rest_auc:.3f} by all other columns.{measured}"
        )
        if few_auc < self.min_auc or few_auc - rest_auc < self.min_gap:
            return self._clear(said, measures)
        return self._found(
            said,
            "Suspicious: look how these columns come about. Scores or sums stored after the outcome must "
            "go (--drop); a law of nature or a rule of the business may stay.",
            columns=names,
            measures=measures,
        )

    def _auc(self, evidence: Evidence, columns: list[int], c: int) -> float:
        """Out-of-fold area under the ROC curve of one class, from some columns."""
        truth = (evidence.codes[evidence.sample] == c).astype(np.intp)
        table = evidence.frame[[evidence.columns[j].name for j in columns]].iloc[evidence.sample]
        model = quick_model(2, random_state=int_seed(evidence.seed, "joint leak"))
        proba = out_of_fold_proba(model, table, truth, evidence.splits, n_jobs=evidence.n_jobs)
        return float(auc_per_class(proba, truth)[1])

    def _fewest(self, evidence: Evidence, few: list[int], c: int, reached: float) -> list[int]:
        """Leave out columns, least important first, while the others reach as much."""
        kept = list(few)
        for j in reversed(few):
            fewer = [i for i in kept if i != j]
            if len(fewer) >= 2 and self._auc(evidence, fewer, c) >= max(self.min_auc, reached - NO_LOSS):
                kept = fewer
        return kept


def _listed(names: list[str]) -> str:
    return " and ".join(repr(name) for name in names)


def _most_important(evidence: Evidence, columns: list[int], c: int, how_many: int) -> list[int]:
    """Columns whose shuffling costs most AUC of class ``c`` on held-out rows, most important first."""
    train, test = evidence.splits[0]
    names = [evidence.columns[j].name for j in columns]
    table = evidence.frame[names]
    codes = evidence.codes[evidence.sample]
    seed = int_seed(evidence.seed, "joint leak")
    model = quick_model(2, random_state=seed)
    model.fit(table.iloc[evidence.sample[train]], codes[train] == c)
    rng = child(evidence.seed, "joint leak", "shuffle")
    bound = min(MOST_SHUFFLED, max(LEAST_SHUFFLED, SHUFFLED_CELLS // len(columns)))
    test = test if test.size <= bound else rng.choice(test, bound, replace=False)
    held, truth = table.iloc[evidence.sample[test]].copy(), (codes[test] == c).astype(np.intp)
    loss = np.empty(len(columns))
    for i, name in enumerate(names):
        kept = held[name].copy()
        held[name] = kept.iloc[rng.permutation(len(held))].set_axis(held.index)
        loss[i] = -_auc_true(model, held, truth)
        held[name] = kept
    return [columns[i] for i in np.argsort(-loss, kind="stable")[:how_many]]


def _auc_true(model: object, table: object, truth: NDArray[np.intp]) -> float:
    return float(auc_per_class(aligned_proba(model, table, np.array([False, True])), truth)[1])
