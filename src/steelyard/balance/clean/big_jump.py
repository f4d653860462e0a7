"""Big-jump cleaner: leave out misplaced rows, and rows that intrude far into another class's core."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_flag, check_number
from steelyard.balance.clean.cleaner import Cleaner, touched
from steelyard.balance.informative_regions import Regions, check_region_parameters, find_regions
from steelyard.balance.space import AUTO
from steelyard.balance.task import Task
from steelyard.kernels.big_jump import intruders
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.regions import CORE, NOISE, OVERLAP, overlap_ratios

__all__ = ["BigJumpCleaner"]

CORE_ROWS_ASKED = 5
FEWEST_IN_OVERLAP, FEWEST_IN_CORE = 5, 2
FEWEST_LEFT = 8
HALF = 0.5
LARGEST_KAPPA = 1e6


class BigJumpCleaner(Cleaner):
    """Leave out rows that look misplaced, and rows of the overlap that intrude far into another class.

    The cleaning step of IMOVNO+. What a row's surroundings say of its class puts it in the core of the
    class, in the overlap, or among the noise. Noise goes; of the overlap those rows go that are much
    nearer to another class's core than to their own, with a jump between them and the others.

    Parameters
    ----------
    sampling_strategy : str or list, default="all"
        Classes that may lose rows: "all", "auto" and "not minority" all but the smallest, "majority" the
        largest, "not majority" all but the largest; or a list of classes.
    z : float, default=1.0
        How many standard deviations beyond the mean of its class's overlap an intruder lies.
    z_alone : float, default=2.0
        Z-score that is enough without a jump.
    kappa : float, default=2.0
        Standard deviations by which the jump exceeds the mean gap.
    keep : float in [0, 1], default=0.5
        Share of a class that stays in any case.
    protect_minority : bool, default=True
        Whether classes with fewer rows than the median class keep all theirs, and others at least 8
        rows and half the median. False lets every class shrink to ``keep``.
    estimator : {"knn", "gnb"} or classifier, default="knn"
        Where conditional probabilities come from: ten neighbours, weighted by rank and divided by class
        size; Gaussian naive Bayes; or a classifier that takes the table as it is.
    folds : int or None, default=5
        Of "gnb" or the classifier. None asks the model about the rows it was fitted on, which
        flatters them.
    core, noise, rival : float in [0, 1], default=0.7, 0.1, 0.5
        Probability of the own class from which a row is in the core; up to which it is noise, if another
        class has at least ``rival``.
    random_state : int, RandomState, Generator or None, default=None
        Draws the folds.
    n_jobs : int or None, default=None
        Threads of the searches; the rows do not depend on it.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans. One that differs counts as the median
        standard deviation of the numeric columns (1 where that is 0).
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.

    Attributes
    ----------
    sample_indices_ : ndarray of int, shape (n_out,)
        Rows kept, in the order of the source.
    regions_ : ndarray of int8, shape (n,)
        0 core, 1 overlap, 2 noise, of every row that came in.
    overlap_ratio_ : float
        Share of the rows that came in that lie in the overlap.
    origin_, parents_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A model cannot be cross-fitted, for fewer than two classes have two rows.

    Notes
    -----
    *The paper's*: regions from conditional probabilities, and Z-score together with a big-jump gap for the
    overlap. *Ours*, for its formulas are not public: all limits, and this rule. For a class with 5 rows in
    the overlap and 2 in its core, where another class has a core of 2 as well, let ``d`` be the mean
    distance of an overlap row to the 5 nearest rows of its own core, ``e`` the least of such distances to
    other cores, and ``s = d / (d + e)``. The row goes if its Z-score among the ``s`` of the class exceeds
    ``z`` and it lies beyond the jump (the largest gap in the upper half of the sorted ``s``, more than
    ``kappa`` standard deviations above the mean gap), or if the Z-score exceeds ``z_alone``.
    Where too many rows would go, those with the largest probability of their own class stay.

    A missing number stands at the column's median when distances are measured; a missing category is a
    category. Groups keep the folds of a model apart; nothing is made that could cross them. Where the
    probabilities tell the classes no better than their shares would, ``note_`` says so.

    References
    ----------
    Bacha, Djafri, Dhelim and Ning, IMOVNO+: A Regional Partitioning and Meta-Heuristic Ensemble Framework
    for Imbalanced Multi-Class Learning, arXiv 2602.20199, 2026.

    Examples
    --------
    >>> X = [[x / 10] for x in range(40)] + [[1.05]] + [[9 + x / 10] for x in range(20)]
    >>> y = ["a"] * 40 + ["b"] * 21
    >>> sampler = BigJumpCleaner(protect_minority=False)
    >>> _ = sampler.fit_resample(X, y)
    >>> sorted(set(range(61)) - set(sampler.sample_indices_.tolist()))
    [40]
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "all",
        z: float = 1.0,
        z_alone: float = 2.0,
        kappa: float = 2.0,
        keep: float = 0.5,
        protect_minority: bool = True,
        estimator: Any = "knn",
        folds: int | None = 5,
        core: float = 0.7,
        noise: float = 0.1,
        rival: float = 0.5,
        random_state: Any = None,
        n_jobs: int | None = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.z = z
        self.z_alone = z_alone
        self.kappa = kappa
        self.keep = keep
        self.protect_minority = protect_minority
        self.estimator = estimator
        self.folds = folds
        self.core = core
        self.noise = noise
        self.rival = rival
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        check_region_parameters(self)
        for name in ("z", "z_alone"):
            check_number(self, name)
        check_number(self, "kappa", 0, LARGEST_KAPPA)
        check_number(self, "keep", 0, 1)
        check_flag(self, "protect_minority")
        check_flag(self, "standardize")

    def _select(self, task: Task) -> NDArray[np.intp]:
        around = task.space.neighborhood(n_jobs=self.n_jobs)
        cut = find_regions(self, task, around)
        self.regions_ = cut.found
        self.overlap_ratio_ = overlap_ratios(cut.found, task.codes, task.counts.shape[0])[0]
        cores = [
            np.flatnonzero((cut.found == CORE) & (task.codes == code)) for code in range(len(task.counts))
        ]
        leaving = [
            self._leaving(task, around, cut, cores, code) for code in np.flatnonzero(touched(task)).tolist()
        ]
        goes = np.sort(np.concatenate([np.empty(0, dtype=np.intp), *leaving]))
        rows = self._without(task, goes, "none is noise or intrudes, or its class keeps all", "is misplaced")
        self._add_note(cut.note)
        return rows

    def _leaving(
        self, task: Task, around: Neighborhood, cut: Regions, cores: list[NDArray[np.intp]], code: int
    ) -> NDArray[np.intp]:
        """Rows of one class that go."""
        size, median = int(task.counts[code]), float(np.median(task.counts))
        least = int(np.ceil(self.keep * size))
        if self.protect_minority:
            if size < median:
                return np.empty(0, dtype=np.intp)
            least = max(least, FEWEST_LEFT, int(np.ceil(HALF * median)))
        own = task.codes == code
        overlap = np.flatnonzero(own & (cut.found == OVERLAP))
        intruding = overlap[self._intrudes(around, cores, overlap, code)]
        goes = np.concatenate([np.flatnonzero(own & (cut.found == NOISE)), intruding])
        hardest = goes[np.argsort(cut.known.own[goes], kind="stable")]
        return hardest[: max(0, size - least)]

    def _intrudes(
        self, around: Neighborhood, cores: list[NDArray[np.intp]], overlap: NDArray[np.intp], code: int
    ) -> NDArray[np.bool_]:
        """Which rows of a class's overlap lie far on the side of another class's core."""
        others = [rows for other, rows in enumerate(cores) if other != code and len(rows) >= FEWEST_IN_CORE]
        if len(overlap) < FEWEST_IN_OVERLAP or len(cores[code]) < FEWEST_IN_CORE or not others:
            return np.zeros(len(overlap), dtype=np.bool_)
        own = _mean_distance_to(around, overlap, cores[code])
        enemy = np.min([_mean_distance_to(around, overlap, rows) for rows in others], axis=0)
        apart = own + enemy
        # Rows that equal both cores lie in the middle.
        share = np.divide(own, apart, out=np.full(len(overlap), HALF), where=apart > 0)
        return intruders(share, z=self.z, z_alone=self.z_alone, kappa=self.kappa)


def _mean_distance_to(
    around: Neighborhood, asked: NDArray[np.intp], pool: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Mean distance to the nearest few rows of a core that the rows asked are not part of."""
    return around.nearest(min(CORE_ROWS_ASKED, len(pool)), asked=asked, pool=pool)[1].mean(axis=1)
