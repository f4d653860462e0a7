"""Arrays in ``.npz`` files: series, images, and what is known of each; pickled objects are never opened."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steelyard.data.array_items import ArrayItems
from steelyard.errors import BadTable

__all__ = ["open_arrays", "read_image_parts", "read_series"]

MIB = 2**20
SERIES = 2  # dimensions (n, t)
IMAGES = 3  # dimensions (n, h, w), grey


def read_series(path: Path, rows: str, *, divide_by: float = 1.0, memory_mb: int) -> ArrayItems:
    """Read series of one channel.

    Parameters
    ----------
    path : Path
    rows : str
        Name of the array of shape (n, t); every other array holds one value an item.
    divide_by : float, default=1.0
        1000 brings microvolts to millivolts.
    memory_mb : int
        Budget in MiB, held before anything is unpacked.

    Returns
    -------
    ArrayItems
        ``X`` of float32, shape (n, 1, t).

    Raises
    ------
    BadTable
        The file is damaged or too large, or its arrays do not fit together.
    """
    arrays = open_arrays(path, memory_mb=memory_mb)
    series = _named(arrays, rows, path, SERIES)
    X = (series.astype(np.float32) / np.float32(divide_by))[:, None, :]
    columns = {name: _flat(array, len(X), name, path) for name, array in arrays.items() if name != rows}
    return ArrayItems(X, pd.DataFrame(columns))


def read_image_parts(path: Path, parts: Mapping[str, str], *, memory_mb: int) -> ArrayItems:
    """Read grey images that come as ``<part>_images`` and ``<part>_labels``.

    Parameters
    ----------
    path : Path
    parts : mapping of str to str
        The official part that each prefix stands for.
    memory_mb : int
        As in `read_series`.

    Returns
    -------
    ArrayItems
        ``X`` of uint8, shape (n, 1, h, w); ``columns`` has ``target`` and ``part``.

    Raises
    ------
    BadTable
        As in `read_series`.
    """
    arrays = open_arrays(path, memory_mb=memory_mb)
    images, columns = [], []
    for prefix, part in parts.items():
        images.append(_named(arrays, f"{prefix}_images", path, IMAGES))
        name = f"{prefix}_labels"
        labels = _flat(_named(arrays, name, path), len(images[-1]), name, path)
        columns.append(pd.DataFrame({"target": labels, "part": part}))
    return ArrayItems(np.concatenate(images)[:, None], pd.concat(columns, ignore_index=True))


def open_arrays(path: Path, *, memory_mb: int) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file by name.

    Parameters
    ----------
    path : Path
    memory_mb : int
        Budget in MiB for the unpacked arrays.

    Raises
    ------
    BadTable
        The file is damaged, too large, or holds Python objects.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > memory_mb * MIB:
            raise BadTable(
                f"Expected arrays that fit {memory_mb:,} MiB, got about {unpacked / MIB:,.0f} MiB in "
                f"{str(path)!r}. Raise memory_mb."
            )
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError) as error:
        if isinstance(error, BadTable):
            raise
        raise BadTable(
            f"Expected a whole .npz file of plain arrays, got {str(path)!r}: {error}. Copy it again."
        ) from error


def _named(
    arrays: Mapping[str, NDArray[Any]], name: str, path: Path, n_dims: int | None = None
) -> NDArray[Any]:
    if name not in arrays or (n_dims is not None and arrays[name].ndim != n_dims):
        got = ", ".join(f"{known!r} {array.shape}" for known, array in arrays.items())
        wanted = f" of {n_dims} dimensions" if n_dims else ""
        raise BadTable(f"Expected an array {name!r}{wanted} in {str(path)!r}, got {got}.")
    return arrays[name]


def _flat(array: NDArray[Any], n: int, name: str, path: Path) -> NDArray[Any]:
    if array.size != n or array.ndim not in (1, SERIES):
        raise BadTable(
            f"Expected {n:,} values, one an item, in {name!r} of {str(path)!r}, got shape {array.shape}."
        )
    return array.ravel()
