"""Edited nearest neighbours over all parts, asking only rows that may be contradicted.

A row of the largest class is safe when as many rows of its own class as neighbours are asked lie
nearer than its nearest enemy: then no enemy is among its neighbours. Its own part is enough to show
that, and most rows are shown safe by a small piece of it. The others are asked everywhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from steelyard.balance.scale.everywhere import Asked, Everywhere, nearest_among
from steelyard.balance.scale.job import Done, Job
from steelyard.balance.scale.measure import Measure
from steelyard.balance.scale.survey import label_codes
from steelyard.balance.scale.write import Writer
from steelyard.errors import BadOption, CannotResample

__all__ = ["contradicted", "edited", "unsafe_places"]

FIRST_PIECE = 2048  # rows of its own class that are first tried to show a row safe
GROWTH = 8


def unsafe_places(own: Asked, enemies: Asked, k: int) -> NDArray[np.intp]:
    """Rows of one class in one part that its rows cannot show safe.

    Parameters
    ----------
    own : Asked
        The class's rows in the part.
    enemies : Asked
        Rows of other classes, of any part.
    k : int
        Neighbours asked.

    Returns
    -------
    ndarray of int
        Places in ``own``.
    """
    doubtful = np.arange(len(own))
    if len(enemies) == 0 or len(own) == 0:
        return doubtful[:0]
    as_pool = Asked(own.points, np.arange(len(own)), own.codes)
    enemy = nearest_among(enemies.points, enemies.codes, 0, _strangers(own), 1).squared[:, 0]
    # Any k rows of the class that are near enough will do; the first ones stand for all.
    size = FIRST_PIECE
    while doubtful.size:
        pool = as_pool.take(slice(0, size))
        asked = as_pool.take(doubtful)
        ally = nearest_among(pool.points, pool.codes, 0, asked, k).squared[:, -1]
        doubtful = doubtful[ally >= enemy[doubtful]]
        if size >= len(own):
            break
        size *= GROWTH
    return doubtful


def _strangers(asked: Asked) -> Asked:
    """The same rows, none of which is among those searched."""
    return Asked(asked.points, np.full(len(asked), -1), asked.codes)


def contradicted(around: NDArray[np.int64], codes: NDArray[np.int64], kind_sel: str) -> NDArray[np.bool_]:
    """Whether the classes of a row's neighbours speak against its own.

    Parameters
    ----------
    around : ndarray of int, shape (m, k)
    codes : ndarray of int, shape (m,)
    kind_sel : "all" or "mode"

    Returns
    -------
    ndarray of bool, shape (m,)

    Examples
    --------
    >>> contradicted(np.array([[0, 0, 1], [0, 1, 1]]), np.array([0, 0]), "mode").tolist()
    [False, True]
    """
    if kind_sel == "all":
        return np.asarray((around != codes[:, None]).any(axis=1))
    votes = np.stack([(around == code).sum(axis=1) for code in range(int(around.max(initial=0)) + 1)], axis=1)
    return np.asarray(votes.argmax(axis=1) != codes)


def _doubtful_in_part(
    table: pa.Table,
    measure: Measure,
    target: str,
    names: list[Any],
    code: int,
    k: int,
    enemies: Asked,
    start: int,
) -> NDArray[np.int64]:
    codes = label_codes(table.column(target), names)
    rows = np.flatnonzero(codes == code)
    own = Asked(measure.points(table.take(pa.array(rows))), rows + start, codes[rows])
    return own.rows[unsafe_places(own, enemies, k)]


def _doubtful(everywhere: Everywhere, code: int, k: int) -> NDArray[np.int64]:
    """Numbers of the rows of the largest class that are to be asked everywhere."""
    others = [other for other in range(everywhere.survey.counts.size) if other != code]
    doubtful = [np.empty(0, dtype=np.int64)]
    for enemies in everywhere.of_classes(others):
        doubtful += everywhere.parts.in_order(
            _doubtful_in_part,
            "rows that are safe",
            *everywhere.shared,
            code,
            k,
            enemies,
            each=[(int(start),) for start in everywhere.survey.starts],
            columns=everywhere.columns,
        )
    return np.unique(np.concatenate(doubtful))


def edited(job: Job, writer: Writer) -> Done:
    """Leave out rows of the chosen classes that their nearest neighbours would label otherwise."""
    k, survey = job.sampler.n_neighbors, job.survey
    if not isinstance(k, (int, np.integer)):
        raise BadOption(
            "Larger than memory, EditedNearestNeighbours finds the neighbours itself: n_neighbors must be "
            f"an int. Got {k!r} instead."
        )
    if survey.rows.sum() <= k:
        raise CannotResample(
            f"EditedNearestNeighbours needs more than n_neighbors={k} rows, got {survey.rows.sum()}. Lower "
            "n_neighbors, or collect more."
        )
    everywhere = job.everywhere()
    largest = int(survey.counts.argmax())
    losing = np.flatnonzero(job.wanted != survey.counts).tolist()
    gone, kinds = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    lots = [everywhere.of_classes([code for code in losing if code != largest])]
    if largest in losing:
        lots.append(everywhere.of_rows(_doubtful(everywhere, largest, k)))
    for lot in lots:
        for asked in lot:
            against = contradicted(everywhere.nearest(k, asked).codes, asked.codes, job.sampler.kind_sel)
            gone.append(asked.rows[against])
            kinds.append(asked.codes[against])
    rows, codes = np.concatenate(gone), np.concatenate(kinds)
    lost = np.bincount(codes, minlength=survey.counts.size)
    emptied = np.flatnonzero(lost == survey.counts)
    stays = np.isin(codes, emptied)
    lost[emptied] = 0
    job.write(writer, np.sort(rows[~stays]))
    note = ""
    if emptied.size:
        names = [survey.labels.names[code] for code in emptied]
        note = f"every row of {names} is contradicted; no class is removed, so they stay"
    elif not rows.size:
        note = "no row left out: no row of the classes that may lose rows is contradicted"
    return Done(survey.counts - lost, note=note, merge_error=job.merge_error)
