"""Polynomial fitting: synthetic rows on lines and curves laid through a class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.check_parameter import check_choice, check_whole
from steelyard.balance.over.kin import Kin, KinOverSampler
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.kernels.interpolate import interpolate
from steelyard.kernels.mates import even_shares
from steelyard.kernels.topologies import curve_points, gapless_means, pairs_by_number, places_on_segments

__all__ = ["PolynomFitSMOTE"]

TOPOLOGIES = ("star", "bus", "mesh", "poly")


class PolynomFitSMOTE(KinOverSampler):
    """Add rows that lie evenly on lines or curves laid through a small class.

    First of 85 over-samplers in Kovács's comparison over 104 data sets.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        Decides by lot which lines get one row more than others, and the places on a curve.
    topology : {"star", "bus", "mesh", "poly"}, default="star"
        Lines from each row to the mean of its class ("star"), from each row to the next in the table
        ("bus"), between any two rows ("mesh"), or a curve per column through all rows ("poly").
    degree : int, default=2
        Degree of the polynomials of "poly".
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Only "poly" measures anything: it orders rows by the mean of their numbers.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, r)
        Of a synthetic row: the row its line starts from and the one it leads to; for "star" and "poly"
        the row it starts from or is nearest to.
    origin_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, or no two rows in one group.

    Notes
    -----
    *Places.* A line with c children has them at 1/(c+1), ..., c/(c+1) of its length. Lines get
    equal numbers of children, as far as these divide; lots decide the rest, so that exactly the
    rows asked for are made, where the paper makes a multiple of the class.

    *The curve.* The paper fits columns against the row's number, which is arbitrary. Here rows are
    ordered by the mean of their numbers first, so that the curve does not depend on the table's
    order.

    *Categories* are those of the nearer end of the line, or of the row nearest on the curve.
    *Gaps*: on a line the nearer end decides; a mean is taken over the values that are there.
    *Groups*: lines, means and curves stay within one group. *More than two classes*: each class by
    itself.

    References
    ----------
    Gazzah and Amara, New Oversampling Approaches Based on Polynomial Fitting for Imbalanced Data Sets,
    Eighth IAPR International Workshop on Document Analysis Systems, 2008.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [10.0], [20.0]]
    >>> y = ["a", "a", "a", "a", "b", "b"]
    >>> X_out, y_out = PolynomFitSMOTE(random_state=0).fit_resample(X, y)
    >>> sorted(X_out[6:])
    [[12.5], [17.5]]
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        topology: str = "star",
        degree: int = 2,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.topology = topology
        self.degree = degree
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_choice(self, "topology", TOPOLOGIES)
        check_whole(self, "degree")

    def _children(self, task: Task, code: int, n_new: int) -> Children:
        kin, rng = self._kin(task, code), task.stream(code)
        self._note_copies(task, code)
        make = {"star": _star, "bus": _bus, "mesh": _mesh}.get(self.topology)
        return _poly(kin, n_new, self.degree, rng) if make is None else make(kin, n_new, rng)


def _star(kin: Kin, n_new: int, rng: np.random.Generator) -> Children:
    """Children between rows and the mean of their group."""
    line, step = places_on_segments(n_new, kin.with_mates.shape[0], rng)
    base = kin.with_mates[line]
    groups, place = np.unique(kin.group, return_inverse=True)
    values = kin.space.numbers
    means = [gapless_means(values[kin.rows[place == number]]) for number in range(groups.shape[0])]
    if sparse.issparse(values):
        stacked = sparse.vstack([values[kin.rows], sparse.csr_array(np.array(means))], format="csr")
    else:
        stacked = np.concatenate([values[kin.rows], np.array(means, dtype=values.dtype)])
    numbers = interpolate(stacked, base, kin.rows.shape[0] + place[base], step)
    return kin.made(base, numbers)


def _bus(kin: Kin, n_new: int, rng: np.random.Generator) -> Children:
    """Children between a row and the next one of its group."""
    lines = np.concatenate([np.stack([part[:-1], part[1:]], axis=1) for part in kin.parts])
    line, step = places_on_segments(n_new, lines.shape[0], rng)
    return kin.between(lines[line, 0], lines[line, 1], step)


def _mesh(kin: Kin, n_new: int, rng: np.random.Generator) -> Children:
    """Children between any two rows of a group."""
    sizes = np.array([part.shape[0] for part in kin.parts])
    ends = np.cumsum(sizes * (sizes - 1) // 2)
    line, step = places_on_segments(n_new, int(ends[-1]), rng)
    part = np.searchsorted(ends, line, side="right")
    starts = np.concatenate([[0], ends[:-1]])
    low, high = pairs_by_number(line - starts[part])
    members = np.concatenate(kin.parts)
    offset = (np.cumsum(sizes) - sizes)[part]
    return kin.between(members[offset + low], members[offset + high], step)


def _poly(kin: Kin, n_new: int, degree: int, rng: np.random.Generator) -> Children:
    """Children on a curve through each group, as many as it has rows in proportion."""
    starts = kin.with_mates[even_shares(n_new, kin.with_mates.shape[0], rng)]
    numbers, base = np.empty((n_new, len(kin.space.numeric))), np.empty(n_new, dtype=np.intp)
    for part in kin.parts:
        wanted = np.flatnonzero(np.isin(starts, part))
        measured = kin.around.numbers[kin.rows[part]]
        values = _dense(measured)
        order = np.argsort(values.mean(axis=1), kind="stable") if values.shape[1] else np.arange(len(part))
        place = rng.random(wanted.shape[0]) * (part.shape[0] - 1)
        numbers[wanted] = curve_points(values[order], place, degree)
        base[wanted] = part[order[np.rint(place).astype(np.intp)]]
    return kin.moved(base, numbers - _dense(kin.around.numbers[kin.rows[base]]))


def _dense(values: Any) -> NDArray[Any]:
    return values.toarray() if sparse.issparse(values) else values
