"""A data set of the catalogue as arrays: images, series, masks; sound as clips that stay encoded."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from steelyard.data.array_items import ArrayItems
from steelyard.data.catalogue import CatalogueEntry
from steelyard.data.fetch import Located, locate
from steelyard.data.leave_out import leave_out
from steelyard.data.official.ade20k import ade20k_items
from steelyard.data.official.cifar import cifar10_items, cifar100_items
from steelyard.data.official.stare import stare_items
from steelyard.data.read_arrays import read_image_parts, read_series
from steelyard.data.read_clips import read_clip_files, read_encoded_clips
from steelyard.data.read_images import read_encoded, read_mask_folders
from steelyard.data.read_table import MEMORY_MB

__all__ = ["entry_arrays"]

PART = "part"


def entry_arrays(
    entry: CatalogueEntry, *, memory_mb: int = MEMORY_MB, accept_sha256: Collection[str] = ()
) -> ArrayItems:
    """Read a data set of the catalogue: its files joined, its items to leave out left out.

    Parameters
    ----------
    entry : CatalogueEntry
    memory_mb : int
        Budget in MiB for each file.
    accept_sha256 : collection of str
        As in :func:`steelyard.data.fetch.locate`.

    Returns
    -------
    ArrayItems
        With a column ``part`` where the set comes in parts.
    """
    files = locate(entry, accept_sha256=accept_sha256)
    items = READERS[entry.layout["read"]](files, entry, memory_mb)
    columns, _ = leave_out(items.columns, entry.exclude)
    if len(columns) < len(items.columns):
        rows = columns.index.to_numpy()
        masks = None if items.masks is None else items.masks[rows]
        items = ArrayItems(items.X[rows], columns.reset_index(drop=True), masks)
    if names := entry.layout.get("part_names"):
        told = items.columns[entry.part]
        items = ArrayItems(items.X, items.columns.assign(**{str(entry.part): told.map(names)}), items.masks)
    return items


def _encoded(files: list[Located], entry: CatalogueEntry, memory_mb: int) -> ArrayItems:
    read = [read_encoded(file.path, entry.layout["bytes"], memory_mb=memory_mb) for file in files]
    columns = [
        items.columns if file.part is None else items.columns.assign(**{PART: file.part})
        for items, file in zip(read, files, strict=True)
    ]
    X = read[0].X if len(read) == 1 else np.concatenate([items.X for items in read])
    return ArrayItems(X, pd.concat(columns, ignore_index=True))


def _by_name(files: list[Located], entry: CatalogueEntry) -> dict[str, Path]:
    return {
        name.removeprefix(f"{entry.name}/"): file.path for name, file in zip(entry.files, files, strict=True)
    }


def _masks(files: list[Located], entry: CatalogueEntry, memory_mb: int) -> ArrayItems:
    return read_mask_folders(_by_name(files, entry), entry.layout["folders"], memory_mb=memory_mb)


def _clips(files: list[Located], entry: CatalogueEntry, memory_mb: int) -> ArrayItems:
    return read_encoded_clips(files[0].path, entry.layout["bytes"], memory_mb=memory_mb)


def _clip_files(files: list[Located], entry: CatalogueEntry, memory_mb: int) -> ArrayItems:
    layout = entry.layout
    return read_clip_files(
        _by_name(files, entry), layout["table"], columns=layout["columns"], memory_mb=memory_mb
    )


def _series(files: list[Located], entry: CatalogueEntry, memory_mb: int) -> ArrayItems:
    layout = entry.layout
    return read_series(
        files[0].path, layout["rows"], divide_by=layout.get("divide_by", 1.0), memory_mb=memory_mb
    )


def _image_parts(files: list[Located], entry: CatalogueEntry, memory_mb: int) -> ArrayItems:
    return read_image_parts(files[0].path, entry.layout["parts"], memory_mb=memory_mb)


def _official(read: Callable[..., ArrayItems]) -> Callable[..., ArrayItems]:
    def of_files(files: list[Located], entry: CatalogueEntry, memory_mb: int) -> ArrayItems:
        return read(*(file.path for file in files), memory_mb=memory_mb)

    return of_files


READERS: dict[str, Callable[[list[Located], CatalogueEntry, int], Any]] = {
    "encoded": _encoded,
    "masks": _masks,
    "clips": _clips,
    "clip files": _clip_files,
    "series": _series,
    "image parts": _image_parts,
    "cifar10": _official(cifar10_items),
    "cifar100": _official(cifar100_items),
    "stare": _official(stare_items),
    "ade20k": _official(ade20k_items),
}
