"""SVM-SMOTE: start from the support vectors of a small class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.svm import SVC

from steelyard.balance.check_parameter import check_number
from steelyard.balance.over.family import Family, NeighborOverSampler
from steelyard.balance.over.ground import STEP
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.rng import int_seed
from steelyard.kernels.row_danger import in_danger, is_noise

__all__ = ["SVMSMOTE"]

# The share of children that lie inside the border is drawn from this beta distribution.
BETA = 10.0


class SVMSMOTE(NeighborOverSampler):
    """Add rows near the support vectors of a small class: inside the class at its border, outside elsewhere.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    k_neighbors : int or object with kneighbors, default=5
        Neighbours of the class to move towards, or away from.
    m_neighbors : int or object with kneighbors, default=10
        Neighbours, of any class, that tell whether a support vector is noise or in danger.
    svm_estimator : estimator, default=None
        A classifier with ``support_`` after fitting; None is ``SVC(gamma="scale")``.
    out_step : float in [0, 1], default=0.5
        How far a row may be moved away from a neighbour, as a share of their distance.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before the machine is fitted and
        distances are measured.

    Attributes
    ----------
    svm_estimator_ : estimator
        Fitted on the whole table.
    parents_ : ndarray of int, shape (n_out, r)
        The support vector a synthetic row starts from, the row it moves towards or away from, and the
        other voters on categories.
    steps_ : ndarray of float, shape (n_out,)
        Below 0 where a row was moved away.
    origin_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, or no two rows in one group; there are no numbers; or in no
        class is there a support vector that is not noise.
    BadOption
        ``svm_estimator`` has no ``support_`` when fitted.

    Notes
    -----
    A support vector is *noise* if all of its m neighbours are of other classes, and starts nothing; it is
    *in danger* if at least half are, and its children lie between it and a neighbour of the class. From
    the other, *safe* ones the class grows outwards, away from a neighbour. A Beta(10, 10) draw says how
    many children lie inside. Where all support vectors are of one kind they start all children; in
    imbalanced-learn about half of them are then not made.

    The machine sees the numeric columns only. *Gaps* stand at the column's median over the table.
    *Categories* count in distances as in `BorderlineSMOTE` and are voted on by the k neighbours.
    *Whole numbers* moved outside the range of their type stop at its end. *Groups*: a row moves only
    towards, or away from, rows of its own group.

    References
    ----------
    Nguyen, Cooper and Kamei, Borderline over-sampling for imbalanced data classification, International
    Journal of Knowledge Engineering and Soft Data Paradigms 3, 2011.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [4.5], [5.5], [6.0], [7.0]]
    >>> y = ["no", "no", "no", "no", "no", "yes", "yes", "yes", "yes"]
    >>> sampler = SVMSMOTE(m_neighbors=2, k_neighbors=1, random_state=0)
    >>> X_out, y_out = sampler.fit_resample(X, y)
    >>> y_out.count("yes")
    5
    """

    neighbor_parameters = ("k_neighbors", "m_neighbors")

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 5,
        m_neighbors: Any = 10,
        svm_estimator: Any = None,
        out_step: float = 0.5,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.m_neighbors = m_neighbors
        self.svm_estimator = svm_estimator
        self.out_step = out_step
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_number(self, "out_step", 0.0, 1.0)

    def _resample(self, task: Task) -> tuple[Any, Any]:
        if (task.wanted > task.counts).any():
            self.svm_estimator_ = self._fit_machine(task)
        return super()._resample(task)

    def _fit_machine(self, task: Task) -> Any:
        if not task.space.numeric:
            raise CannotResample(
                "SVMSMOTE needs numeric columns to find support vectors, and all columns are categorical. "
                "Use SMOTE or SMOTEN."
            )
        machine = self.svm_estimator
        if machine is None:
            machine = SVC(gamma="scale", random_state=int_seed(task.seed, "support vectors"))
        numbers = self._ground(task, task.rows_of(0)).around.numbers
        machine = clone(machine).fit(numbers, task.labels.classes[task.codes])
        if not hasattr(machine, "support_"):
            raise BadOption(
                "The 'svm_estimator' parameter of SVMSMOTE must be a classifier that has support_ when "
                f"fitted. Got {self.svm_estimator!r} instead. Give an SVC."
            )
        return machine

    def _children(self, task: Task, code: int, n_new: int) -> Children | None:
        ground, rng = self._ground(task, task.rows_of(code)), task.stream(code)
        vectors = self.svm_estimator_.support_
        vectors = np.sort(vectors[task.codes[vectors] == code]).astype(np.intp)
        enemies, m = self._enemies(task, code, ground, vectors, "m_neighbors")
        useful = ~is_noise(enemies, m)
        if not useful.any():
            self._note(
                task, code, "kept as it is, for all neighbours of its support vectors are of other classes"
            )
            return None
        danger = dict(zip(vectors[useful].tolist(), in_danger(enemies, m)[useful].tolist(), strict=True))
        family = self._relatives(task, code, ground, vectors[useful], task.rows_of(code))
        if family is None:
            return None
        return self._inside_and_outside(
            family, np.array([danger[row] for row in family.starts.tolist()]), n_new, rng
        )

    def _inside_and_outside(
        self, family: Family, danger: NDArray[np.bool_], n_new: int, rng: np.random.Generator
    ) -> Children:
        """Children towards neighbours of the starts in danger, and away from those of the others."""
        n_inside = int(rng.beta(BETA, BETA) * (n_new + 1))
        if danger.all() or not danger.any():
            n_inside = n_new if danger.all() else 0
        border, safe = np.flatnonzero(danger), np.flatnonzero(~danger)
        base = np.concatenate([_drawn(border, n_inside, rng), _drawn(safe, n_new - n_inside, rng)])
        picks = family.draw_for(base, rng)
        step = rng.random(n_new, dtype=STEP)
        step[n_inside:] *= STEP(-self.out_step)
        return family.children(picks, step)


def _drawn(places: NDArray[np.intp], n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """``n`` of these places by lot; there may be none if none is wanted."""
    return places[rng.integers(places.shape[0], size=n)] if n else places[:0]
