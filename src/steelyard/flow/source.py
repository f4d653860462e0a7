"""Whatever the caller has, as a `Dataset`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steelyard.data import load
from steelyard.errors import BadOption, BadTable
from steelyard.records import Dataset

__all__ = ["default_folder", "need_table", "to_dataset"]

TABLE_DIMENSIONS = 2


def to_dataset(source: Any, target: str | None, reading: Mapping[str, Any] | None) -> Dataset:
    """Return ``source`` as a data set, reading it when it is not one yet.

    Parameters
    ----------
    source : Dataset, path, catalogue name, frame or (X, y)
    target : str, optional
        The label column; a catalogue entry and ``(X, y)`` bring their own.
    reading : mapping, optional
        Further arguments of `steelyard.data.load`.
    """
    if not isinstance(source, Dataset):
        return load(source, target=target, **(reading or {}))
    if target is not None or reading:
        raise BadOption(
            "A Dataset already knows its target and how it was read, got further options. "
            "Give them to steelyard.load instead."
        )
    return source


def need_table(dataset: Dataset, doing: str) -> None:
    """Refuse images, series, masks and sound where only tables can be read.

    Raises
    ------
    BadTable
        The message says where to go with them.
    """
    if dataset.modality == "audio":
        raise BadTable(
            f"{doing} works on tables and texts; {dataset.name} holds sound. Make spectrograms of it with "
            "steelyard.data.LogMel, and fit a net of steelyard.deep to them (docs/guide/deep.md)."
        )
    n_dims = len(getattr(dataset.X, "shape", ()))
    if n_dims > TABLE_DIMENSIONS or dataset.task == "segmentation":
        raise BadTable(
            f"{doing} works on tables and texts; {dataset.name} holds {dataset.modality} items of shape "
            f"{tuple(dataset.X.shape[1:])}. Fit a net of steelyard.deep to them (docs/guide/deep.md)."
        )


def default_folder(source: Any, dataset: Dataset) -> Path:
    """Where a run goes when nobody says: beside the file, or named after the data set."""
    if isinstance(source, (str, Path)) and Path(source).suffix:
        return Path(source).with_suffix(".steelyard")
    return Path(f"{dataset.name.rpartition('/')[2]}.steelyard")
