"""ROSE: copies of rows, each moved by a draw from a Gaussian kernel."""

from __future__ import annotations

from typing import Any

from steelyard.balance.check_parameter import check_number
from steelyard.balance.over.kin import KinOverSampler
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.kernels.bandwidth import normal_bandwidth

__all__ = ["ROSE"]

LEAST_WHOLE_SPREAD = 2


class ROSE(KinOverSampler):
    """Add rows drawn from a kernel estimate of the density of a small class (a smoothed bootstrap).

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    shrinkage : float, default=1.0
        Factor on the kernel's width; 0 makes copies.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.
        Rows come out in their own units either way.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, r)
        Of a synthetic row: the one row that its kernel is around.
    origin_, steps_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, which shows no spread.

    Notes
    -----
    *Definition.* The kernel is normal with independent columns, its width the one that suits
    normally distributed rows best (see `steelyard.kernels.bandwidth`). The paper draws all classes
    anew; here the rows that came in stay, and only missing ones are drawn.

    *Categories* are those of the one parent; a table of categories alone is copied. *Gaps* stay,
    and a column's spread is that of the values that are there. *Groups*: a row has one parent, so
    it crosses none; the spread is that of the class. *More than two classes*: each class by itself.
    A sparse table's synthetic rows have few zeros.

    References
    ----------
    Menardi and Torelli, Training and assessing classification rules with imbalanced data, Data Mining and
    Knowledge Discovery 28, 2014.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [4.5], [5.0], [6.0], [7.0]]
    >>> y = ["a"] * 5 + ["b"] * 4
    >>> sampler = ROSE(random_state=0)
    >>> X_out, y_out = sampler.fit_resample(X, y)
    >>> len(X_out), y_out[-1]
    (10, 'b')
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        shrinkage: float = 1.0,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.shrinkage = shrinkage
        self.categorical_features = categorical_features
        self.standardize = standardize

    least_rows = LEAST_WHOLE_SPREAD
    needs_mates = False

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_number(self, "shrinkage", 0)

    def _children(self, task: Task, code: int, n_new: int) -> Children:
        kin, rng = self._kin(task, code), task.stream(code)
        self._note_copies(task, code)
        width = self.shrinkage * normal_bandwidth(kin.around.numbers[kin.rows])
        base = rng.integers(kin.rows.shape[0], size=n_new)
        return kin.moved(base, rng.normal(size=(n_new, width.shape[0])) * width)
