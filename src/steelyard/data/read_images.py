"""Encoded images: one a row in a Parquet file, or one a file in folders of images and masks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steelyard.data.array_items import IGNORED, ArrayItems
from steelyard.data.decode_image import decode_image, decode_mask
from steelyard.data.read_columnar import read_parquet
from steelyard.errors import BadTable

__all__ = ["read_encoded", "read_mask_folders", "stacked"]

MIB = 2**20


def read_encoded(path: Path, column: str, *, memory_mb: int) -> ArrayItems:
    """Read a Parquet file with an encoded image in each row.

    Parameters
    ----------
    path : Path
    column : str
        The column of bytes; the others say what is known of each image.
    memory_mb : int
        Budget in MiB for the file and for the images.

    Returns
    -------
    ArrayItems
        ``X`` of uint8, shape (n, 3, h, w) or (n, 1, h, w).

    Raises
    ------
    BadTable
        No such column, an image that cannot be decoded, or images of several sizes.
    """
    frame = read_parquet(path, memory_mb=memory_mb)
    if column not in frame.columns or not all(isinstance(cell, bytes) for cell in frame[column]):
        raise BadTable(
            f"Expected bytes of an image in each row of column {column!r} of {str(path)!r}, got something "
            "else."
        )
    images = (
        decode_image(data, what=f"row {row} of {str(path)!r}") for row, data in enumerate(frame[column])
    )
    X = stacked(images, len(frame), str(path), memory_mb=memory_mb)
    return ArrayItems(X, frame.drop(columns=column))


def read_mask_folders(files: Mapping[str, Path], folders: Mapping[str, str], *, memory_mb: int) -> ArrayItems:
    """Read images and the masks that belong to them by name.

    Parameters
    ----------
    files : mapping of str to Path
        By their names below the folder of the set, such as ``image/07.png``.
    folders : mapping
        ``image`` and ``label``, and where there is one ``field``: names of the folders of images, of masks
        (what is not 0 is class 1) and of the fields of view (0 where nothing is labelled).
    memory_mb : int
        Budget in MiB.

    Returns
    -------
    ArrayItems
        In the order of names; ``columns`` has the name of each image.

    Raises
    ------
    BadTable
        An image without its mask, of another size, or one that cannot be decoded.
    """
    parts: dict[str, dict[str, Path]] = {role: {} for role in folders}
    for file, path in files.items():
        for role, folder in folders.items():
            if file.startswith(f"{folder}/"):
                parts[role][Path(file).stem] = path
    names = sorted(parts["image"])
    for role, own in parts.items():
        if sorted(own) != names:
            lone = sorted(set(own) ^ set(names))
            raise BadTable(f"Expected a file in {folders[role]!r} for each image, got none for {lone[:3]}.")
    X = stacked(
        (decode_image(parts["image"][n].read_bytes(), what=repr(str(parts["image"][n]))) for n in names),
        len(names),
        folders["image"],
        memory_mb=memory_mb,
    )
    masks = np.empty((len(names), *X.shape[2:]), dtype=np.int16)
    for number, name in enumerate(names):
        masks[number] = _mask(parts["label"][name], X.shape[2:]) > 0
        if "field" in parts:
            masks[number][_mask(parts["field"][name], X.shape[2:]) == 0] = IGNORED
    return ArrayItems(X, pd.DataFrame({"name": names}), masks)


def stacked(images: Iterable[NDArray[Any]], n: int, what: str, *, memory_mb: int) -> NDArray[Any]:
    """One array of images of equal size, filled as they come.

    Parameters
    ----------
    images : iterable of ndarray
    n : int
        How many there are.
    what : str
        Where they come from, for messages.
    memory_mb : int
        Budget in MiB, held before the array is made.

    Raises
    ------
    BadTable
        Images of several sizes, or too many.

    Examples
    --------
    >>> stacked(iter([np.zeros((1, 2, 2), np.uint8)] * 3), 3, "a test", memory_mb=1).shape
    (3, 1, 2, 2)
    """
    filled: NDArray[Any] | None = None
    for number, image in enumerate(images):
        if filled is None:
            if n * image.nbytes > memory_mb * MIB:
                raise BadTable(
                    f"Expected images that fit {memory_mb:,} MiB, got {n:,} of shape {image.shape} in "
                    f"{what}. Raise memory_mb, or read fewer."
                )
            filled = np.empty((n, *image.shape), dtype=image.dtype)
        if image.shape != filled.shape[1:]:
            raise BadTable(
                f"Expected images of shape {filled.shape[1:]} in {what}, got {image.shape} at {number}. "
                "Bring them to one size first."
            )
        filled[number] = image
    if filled is None:
        raise BadTable(f"Expected images in {what}, got none.")
    return filled


def _mask(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    mask = decode_mask(path.read_bytes(), what=repr(str(path)))
    if mask.shape != shape:
        raise BadTable(f"Expected a mask of shape {shape} in {str(path)!r}, got {mask.shape}.")
    return mask
