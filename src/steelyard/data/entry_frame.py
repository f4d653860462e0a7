"""A data set of the catalogue as one frame."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from steelyard.data.catalogue import CatalogueEntry
from steelyard.data.fetch import Located, locate
from steelyard.data.leave_out import leave_out
from steelyard.data.read_official import read_official
from steelyard.data.read_table import MEMORY_MB, read_table
from steelyard.data.tidy_frame import NOTES, tidy_frame

__all__ = ["entry_frame"]

PART = "part"


def entry_frame(
    entry: CatalogueEntry, *, memory_mb: int = MEMORY_MB, accept_sha256: Collection[str] = ()
) -> pd.DataFrame:
    """Read a data set of the catalogue: its files joined, its rows to leave out left out.

    Parameters
    ----------
    entry : CatalogueEntry
    memory_mb : int
        Budget in MiB for each file.
    accept_sha256 : collection of str
        As in :func:`steelyard.data.fetch.locate`.

    Returns
    -------
    pandas.DataFrame
        With the label column, and a column ``part`` where the set comes in parts.
    """
    files = locate(entry, accept_sha256=accept_sha256)
    frame = _joined([_read(file, entry, memory_mb) for file in files])
    notes = list(frame.attrs.get(NOTES, ()))
    frame, said = leave_out(frame, entry.exclude)
    notes += said
    frame = frame.reset_index(drop=True)
    for column in frame.columns:
        if isinstance(frame[column].dtype, pd.CategoricalDtype):
            frame[column] = frame[column].cat.remove_unused_categories()
        elif entry.nominal and column != entry.target:
            frame[column] = frame[column].map(str, na_action="ignore").astype("category")
    if entry.derive_time:
        frame[entry.time] = pd.to_datetime(frame[list(entry.derive_time)])
    frame.attrs = {NOTES: tuple(notes)} if notes else {}
    return frame


def _read(file: Located, entry: CatalogueEntry, memory_mb: int) -> pd.DataFrame:
    if file.official is None:
        frame = read_table(file.path, memory_mb=memory_mb)
    else:
        frame = tidy_frame(read_official(file.path, file.official, entry.official_format))
    if file.part is not None:
        frame[PART] = file.part
    return frame


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    if len(frames) == 1:
        return frames[0]
    # Parts that saw different levels have different categories, which pandas would join into objects.
    for column in frames[0].columns:
        if any(isinstance(frame[column].dtype, pd.CategoricalDtype) for frame in frames):
            levels: dict[Any, None] = {}
            for frame in frames:
                levels |= dict.fromkeys(frame[column].astype("category").cat.categories)
            for frame in frames:
                frame[column] = frame[column].astype(pd.CategoricalDtype(list(levels)))
    return pd.concat(frames, ignore_index=True)
