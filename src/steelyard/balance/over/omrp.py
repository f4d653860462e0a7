"""OMRP: over-sampling between rows of a class, with penalties on where a synthetic row lies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_choice, check_flag, check_number, check_whole
from steelyard.balance.informative_regions import Regions, check_region_parameters, find_regions
from steelyard.balance.over.kin import Kin, KinOverSampler
from steelyard.balance.over.penalised import Penalties, Surroundings
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.kernels.overflow import refuse_huge
from steelyard.kernels.regions import CORE, NOISE

__all__ = ["OMRP"]

MOST_ROUNDS = 10
SEEDS = ("uniform", "roulette")
LARGEST_PENALTY = 1e6


class OMRP(KinOverSampler):
    """Add rows between rows of a class, drawn towards its core and away from other classes.

    Over-sampling with Multi-Regularisation Penalty, the data level of IMOVNO+. Rows that look misplaced
    never start a synthetic row; every new point is moved by three penalties and drawn anew if it still
    lies nearer to another class.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    k_neighbors : int, default=5
        Neighbours to choose a partner from, and to measure the surroundings of a point by.
    cohesion : float, default=0.3
        Share of the way towards the mean of the nearest rows in the core of the class.
    separation : float, default=0.3
        How far a point moves off the nearest rows of other classes, as a share of by how much they are
        nearer than the own core.
    fidelity : float, default=0.1
        Share of the way towards the middle of the two parents.
    seeds : {"uniform", "roulette"}, default="uniform"
        Whether every usable row starts equally often, or the more often the nearer it is to other
        classes.
    estimator : {"knn", "gnb"} or classifier, default="knn"
        Where the conditional probabilities come from that tell noise and core, as in `BigJumpCleaner`.
    folds : int or None, default=5
        Of "gnb" or the classifier; None asks a model about rows it was fitted on.
    core, noise, rival : float in [0, 1], default=0.7, 0.1, 0.5
        Limits of the regions, as in `BigJumpCleaner`.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.
        Rows come out in their own units either way.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, r)
        Of a synthetic row: the row it starts from, its partner, and the others that voted for categories.
    fallbacks_ : dict
        For each class enlarged, the synthetic rows that are copies of a seed, for no point was accepted.
    acceptance_ : dict
        For each class enlarged, the share of points drawn that were accepted; NaN if none was drawn.
    origin_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A model cannot be cross-fitted.

    Notes
    -----
    *The paper's*: SMOTE with several penalties, so that no new overlap arises. *Ours*, for its formulas are
    not public: between a seed ``a`` and one of its nearest seeds ``b`` lies ``x = a + u (b - a)``. With
    ``m`` and ``e`` the mean and the mean distance of the 5 nearest rows of other classes, and ``n`` and
    ``d`` the same for the 5 nearest core rows of the class (all seeds, where it has no core), the point
    becomes

        x + cohesion (n - x) + separation max(0, d - e) (x - m) / |x - m| + fidelity ((a + b) / 2 - x).

    It is accepted if the nearest row of the class is not farther than the nearest of another; after ten
    rounds the seed itself is copied. With all penalties 0 the points are those of SMOTE.

    The penalties shrink a class: synthetic rows vary less than real ones.

    *One usable row, or none*: its rows are copied, and ``note_`` says so. *Gaps*: a missing number stands at
    the median of the class when distances are measured; a number missing in the row a synthetic one starts
    from stays missing. *Categories* are voted among the row's neighbours, and do not move. *Groups*: parents
    are of one group; a point is judged by the whole table. A row without a mate in its group is copied only
    where no row has one.

    References
    ----------
    Bacha, Djafri, Dhelim and Ning, IMOVNO+: A Regional Partitioning and Meta-Heuristic Ensemble Framework
    for Imbalanced Multi-Class Learning, arXiv 2602.20199, 2026.

    Examples
    --------
    >>> X = [[x / 10] for x in range(30)] + [[5.0], [5.5], [6.0], [6.5], [7.0]]
    >>> sampler = OMRP(random_state=0, k_neighbors=3)
    >>> X_out, y_out = sampler.fit_resample(X, ["a"] * 30 + ["b"] * 5)
    >>> y_out.count("b"), sampler.fallbacks_, bool(min(X_out[35:])[0] > 5)
    (30, {'b': 0}, True)
    """

    least_rows = 1
    needs_mates = False

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: int = 5,
        cohesion: float = 0.3,
        separation: float = 0.3,
        fidelity: float = 0.1,
        seeds: str = "uniform",
        estimator: Any = "knn",
        folds: int | None = 5,
        core: float = 0.7,
        noise: float = 0.1,
        rival: float = 0.5,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.cohesion = cohesion
        self.separation = separation
        self.fidelity = fidelity
        self.seeds = seeds
        self.estimator = estimator
        self.folds = folds
        self.core = core
        self.noise = noise
        self.rival = rival
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_whole(self, "k_neighbors")
        for name in ("cohesion", "separation", "fidelity"):
            check_number(self, name, 0, LARGEST_PENALTY)
        check_choice(self, "seeds", SEEDS)
        check_flag(self, "standardize")
        check_region_parameters(self)

    def _resample(self, task: Task) -> tuple[Any, Any]:
        self.fallbacks_: dict[Any, int] = {}
        self.acceptance_: dict[Any, float] = {}
        around = task.space.neighborhood()
        refuse_huge(around.numbers, np.float64)
        self._cut: Regions | None = None
        if (task.wanted > task.counts).any():
            self._cut = find_regions(self, task, around)
            self._add_note(self._cut.note)
        try:
            return super()._resample(task)
        finally:
            del self._cut  # as long as the table

    def _children(self, task: Task, code: int, n_new: int) -> Children:
        kin, rng, name = self._kin(task, code), task.stream(code), task.labels.names[code]
        region = self._cut.found[kin.rows]
        seeds = np.flatnonzero(region != NOISE)
        whole, kin = kin, _only(kin, seeds)
        if kin.with_mates.size == 0:
            return self._copies(task, code, kin if seeds.size else whole, n_new, rng)
        neighbors = kin.neighbors(self.k_neighbors)
        found = (neighbors[kin.with_mates] >= 0).sum(axis=1)
        self._note_few(found, self.k_neighbors, self._named(task, code), f"it has {seeds.size} usable rows")
        core = kin.rows[region[seeds] == CORE]
        surroundings = Surroundings(kin.around, whole.rows, whole.others, self.k_neighbors)
        penalties = Penalties(self.cohesion, self.separation, self.fidelity, core if core.size else kin.rows)
        chance = self._chances(kin, surroundings)
        base, partner = np.empty(n_new, dtype=np.intp), np.full(n_new, -1, dtype=np.intp)
        shift = np.zeros((n_new, kin.around.numbers.shape[1]))
        pending, drawn = np.arange(n_new), 0
        for _ in range(MOST_ROUNDS):
            drawn += pending.size
            start = kin.with_mates[rng.choice(kin.with_mates.size, size=pending.size, p=chance)]
            place = (rng.random(pending.size) * (neighbors >= 0).sum(axis=1)[start]).astype(np.intp)
            end, step = neighbors[start, place], rng.random(pending.size)
            cells = surroundings.voted(kin.rows, start, neighbors)
            moved = penalties.moved(surroundings, kin.rows[start], kin.rows[end], step, cells)
            fits = surroundings.accepts(moved, cells)
            base[pending] = start
            done = pending[fits]
            partner[done], shift[done] = end[fits], moved[fits] - surroundings.dense(kin.rows[start[fits]])
            pending = pending[~fits]
            if pending.size == 0:
                break
        self.fallbacks_[name] = int(pending.size)
        self.acceptance_[name] = (n_new - pending.size) / drawn
        if pending.size:
            self._note(task, code, f"{pending.size} of {n_new} synthetic rows are copies, for no point fits")
        voters = neighbors[base]
        voters[pending] = -1
        voters[pending, 0] = base[pending]
        return kin.moved(base, shift, partner, voters)

    def _chances(self, kin: Kin, surroundings: Surroundings) -> NDArray[np.float64] | None:
        """Chance of each row with mates to start a synthetic one; None where all are equal."""
        if self.seeds == "uniform":
            return None
        far = surroundings.distance_to_others(kin.rows[kin.with_mates])
        positive = far[far > 0]
        weight = 1 / np.maximum(far, positive.min() if positive.size else 1.0)
        return weight / weight.sum()

    def _copies(self, task: Task, code: int, kin: Kin, n_new: int, rng: np.random.Generator) -> Children:
        """Copies of rows that have nothing to be paired with."""
        name = task.labels.names[code]
        self.fallbacks_[name], self.acceptance_[name] = n_new, float("nan")
        usable = f"{kin.rows.size} usable row(s) without a mate"
        why = usable if (self._cut.found[kin.rows] != NOISE).any() else "no row that is not noise"
        self._note(task, code, f"{why}, so all {n_new} synthetic rows are copies")
        base = rng.integers(kin.rows.size, size=n_new)
        return kin.moved(base, np.zeros((n_new, kin.around.numbers.shape[1])), voters=base[:, None])


def _only(kin: Kin, members: NDArray[np.intp]) -> Kin:
    """The same class with these of its rows alone."""
    return replace(kin, rows=kin.rows[members], group=kin.group[members])
