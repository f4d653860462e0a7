"""MLSMOTE: synthetic rows for minority labels, with labels voted by the neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_choice, check_flag, check_whole
from steelyard.balance.multilabel.base import MultilabelSampler, MultilabelTask
from steelyard.balance.space import AUTO, Space
from steelyard.balance.tables.base import Children
from steelyard.kernels.interpolate import interpolate
from steelyard.kernels.label_imbalance import irlbl_of_counts, mean_known
from steelyard.kernels.mates import unchosen, vote_winners
from steelyard.kernels.nearest_in_group import nearest_in_group

__all__ = ["MLSMOTE"]


@dataclass(frozen=True, eq=False)
class _Brood:
    """Synthetic rows of one label: seeds, their neighbours (-1 at the end), the chosen one, the step."""

    seed: NDArray[np.intp]
    around: NDArray[np.intp]
    choice: NDArray[np.intp]
    step: NDArray[np.float64]


class MLSMOTE(MultilabelSampler):
    """Add, for each row of each minority label, a row between it and a neighbour of the same label.

    Parameters
    ----------
    k_neighbors : int, default=5
        Neighbours to choose from and to vote. A label with fewer other rows uses those it has;
        ``note_`` says so.
    label_policy : {"ranking", "union", "intersection"}, default="ranking"
        Labels of a synthetic row: those carried by more than half of the row it starts from and its
        neighbours taken together, by any of them, or by all of them.
    random_state : int, RandomState, Generator or None, default=None
        Each label draws from a stream of its own name.
    n_jobs : int or None, default=None
        Threads of the searches; the rows do not depend on it.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, r)
        Of a synthetic row: the row it starts from, the one it moves towards, and the other neighbours,
        which voted for its labels and categories.
    irlbl_before_, irlbl_after_, mean_ir_before_, mean_ir_after_, prior_before_, prior_after_, origin_, note_
        See `MultilabelSampler`.

    Notes
    -----
    Labels are taken in the order of their columns. A label whose IRLbl is above the MeanIR of the rows
    that came in gives one synthetic row for each of its rows; the IRLbl counts the synthetic rows of the
    labels before it. Seeds and neighbours are always rows that came in. A category is the most frequent
    one among the neighbours, the nearest deciding ties; in distances one that differs counts as the
    median standard deviation of the label's numeric columns (the paper uses the value difference
    metric). Gaps are treated as in `SMOTE`. With ``groups``, neighbours are sought in the row's own
    group, and a row without one there gives no synthetic row.

    Every synthetic row carries the label it was made for, whatever the policy, for its seed and all the
    neighbours do.

    References
    ----------
    Charte, Rivera, del Jesus and Herrera, MLSMOTE: approaching imbalanced multilabel learning through
    synthetic instance generation, Knowledge-Based Systems 89, 2015.

    Examples
    --------
    >>> X = [[float(i), 1.0] for i in range(20)]
    >>> Y = [[1, 0]] * 16 + [[1, 1]] + [[0, 1]] * 3
    >>> sampler = MLSMOTE(random_state=0)
    >>> X_more, Y_more = sampler.fit_resample(X, Y)
    >>> Y_more[20:], sampler.note_
    ([[0, 1], [0, 1], [0, 1], [0, 1]], 'label 1: 3 neighbours instead of 5, for it has 4 rows')
    """

    def __init__(
        self,
        *,
        k_neighbors: int = 5,
        label_policy: str = "ranking",
        random_state: Any = None,
        n_jobs: int | None = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.label_policy = label_policy
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        check_whole(self, "k_neighbors")
        check_choice(self, "label_policy", ("ranking", "union", "intersection"))
        check_flag(self, "standardize")

    def _resample(self, task: MultilabelTask) -> tuple[Any, Any]:
        counts, limit = task.labels.counts.copy(), mean_known(task.ratio)
        broods, labels = [], []
        for label in range(counts.shape[0]):
            # A label without a row has no ratio, and NaN is above nothing.
            if not irlbl_of_counts(counts)[label] > limit:
                continue
            brood = self._brood(task, label)
            if brood is not None:
                broods.append(brood)
                labels.append(self._labels(task, brood))
                counts += labels[-1].sum(axis=0).astype(np.intp)
        everything = np.arange(task.table.n_rows)
        if not broods:
            self._add_note("no row added: no label above the mean imbalance ratio has two rows to work with")
            return self._record(task, everything)
        children = Children.together([self._children(task.space, brood) for brood in broods])
        return self._record(task, everything, children, np.concatenate(labels))

    def _brood(self, task: MultilabelTask, label: int) -> _Brood | None:
        rows = task.labels.rows_of(label)
        near = task.space.neighborhood(within=rows, n_jobs=self.n_jobs)
        around, _ = nearest_in_group(near, self.k_neighbors, rows, rows, task.groups)
        found = (around >= 0).sum(axis=1)
        what, why = f"label {task.labels.names[label]!r}", f"it has {rows.shape[0]} rows"
        self._note_few(found, self.k_neighbors, what, why)
        seeds = np.flatnonzero(found)
        if seeds.shape[0] == 0:
            return None
        rng = task.stream(label)
        choice = (rng.random(seeds.shape[0]) * found[seeds]).astype(np.intp)
        return _Brood(rows[seeds], around[seeds, : found.max()], choice, rng.random(seeds.shape[0]))

    def _labels(self, task: MultilabelTask, brood: _Brood) -> NDArray[np.float64]:
        """Labels of the synthetic rows, voted by the seed and its neighbours."""
        matrix = task.labels.matrix
        votes = np.asarray(matrix[brood.seed].toarray(), dtype=np.float64)
        voters = 1 + (brood.around >= 0).sum(axis=1)[:, None]
        for place in range(brood.around.shape[1]):
            there = np.flatnonzero(brood.around[:, place] >= 0)
            votes[there] += matrix[brood.around[there, place]].toarray()
        if self.label_policy == "union":
            return (votes > 0).astype(np.float64)
        wanted = votes == voters if self.label_policy == "intersection" else votes > voters / 2
        return wanted.astype(np.float64)

    @staticmethod
    def _children(space: Space, brood: _Brood) -> Children:
        each = np.arange(brood.seed.shape[0])
        chosen = brood.around[each, brood.choice]
        others = unchosen(brood.around, brood.choice)
        return Children(
            base=brood.seed,
            parents=np.c_[brood.seed, chosen, others],
            numeric=space.numeric,
            numbers=interpolate(space.numbers, brood.seed, chosen, brood.step),
            categorical=space.categorical,
            cells_of=_cells(space, brood),
            steps=brood.step,
        )


def _cells(space: Space, brood: _Brood) -> NDArray[np.intp]:
    if space.codes is None:
        return np.empty((brood.seed.shape[0], 0), dtype=np.intp)
    return vote_winners(space.codes, brood.around)
