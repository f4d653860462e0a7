"""What is done to one part of a data set while it is condensed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from steelyard.balance.condense.c2tc import ClassAdaptiveClustering
from steelyard.balance.condense.encode_parts import PartEncoding
from steelyard.balance.scale.survey import label_codes
from steelyard.kernels.kmeans import clusters_of, kmeans, nearest_centers
from steelyard.kernels.rng import child

__all__ = ["clustered", "nearest_rows", "sampled", "taken"]


def _classes(table: pa.Table, target: str, names: list[Any]) -> list[NDArray[np.intp]]:
    codes = label_codes(table.column(target), names)
    return [np.flatnonzero(codes == code) for code in range(len(names))]


def sampled(
    table: pa.Table, encoding: PartEncoding, target: str, names: list[Any], ordinals: list[NDArray[np.int64]]
) -> list[NDArray[np.float32]]:
    """Return some rows of each class, given by their places among those of the class in this part."""
    return [
        encoding.points(table.take(pa.array(rows[places])))
        for rows, places in zip(_classes(table, target, names), ordinals, strict=True)
    ]


def clustered(
    table: pa.Table,
    encoding: PartEncoding,
    target: str,
    names: list[Any],
    wanted: list[int],
    sampler: ClassAdaptiveClustering,
    seed: int,
    number: int,
) -> list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]]:
    """Return means, masses and errors of the clusters of each class in one part, as many as it shall have."""
    points, found = encoding.points(table), []
    for name, rows, k in zip(names, _classes(table, target, names), wanted, strict=True):
        if not rows.size:
            found.append((np.empty((0, points.shape[1])), np.empty(0), np.empty(0)))
            continue
        mine, rng = points[rows], child(seed, "class", name, "part", number)
        per_center = sampler.points_per_centroid
        centers = kmeans(mine, min(k, rows.size), rng, points_per_center=per_center, n_jobs=sampler.n_jobs)
        clusters = clusters_of(mine, centers, n_jobs=sampler.n_jobs)
        found.append((clusters.centers, clusters.mass, clusters.sse))
    return found


def nearest_rows(
    table: pa.Table,
    encoding: PartEncoding,
    target: str,
    names: list[Any],
    centers: list[NDArray[np.float64]],
    start: int,
) -> list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]]:
    """Return for each middle of each class the rows nearest to it, their error, and the nearest of them."""
    points, found = encoding.points(table), []
    for rows, middles in zip(_classes(table, target, names), centers, strict=True):
        member, squared = nearest_centers(points[rows], middles)
        k = len(middles)
        mass = np.bincount(member, minlength=k).astype(np.float64)
        error = np.bincount(member, weights=squared, minlength=k)
        least, at = np.full(k, np.inf), np.full(k, -1, dtype=np.int64)
        order = np.lexsort((squared, member))
        here, first = np.unique(member[order], return_index=True)
        least[here], at[here] = squared[order][first], rows[order][first] + start
        found.append((mass, error, least, at))
    return found


def taken(table: pa.Table, rows: NDArray[np.int64]) -> pa.Table:
    """Return these rows."""
    return table.take(pa.array(rows))
