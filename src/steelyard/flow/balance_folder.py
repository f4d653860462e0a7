"""A balanced copy of a Parquet data set that need not fit into memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steelyard.balance import sampler_by_name
from steelyard.balance.scale import ResampledFiles, resample_parquet
from steelyard.errors import BadOption
from steelyard.flow.balance import DEFAULT_SAMPLER

__all__ = ["balance_folder"]

READ_HERE = ("groups", "drop")


def balance_folder(
    source: Any,
    target: str | None = None,
    *,
    out: str | Path,
    with_: str = DEFAULT_SAMPLER,
    sampling_strategy: Any = "auto",
    origin: bool = False,
    engine: str | None = None,
    reading: Mapping[str, Any] | None = None,
    random_state: int = 0,
    progress: bool | None = None,
) -> ResampledFiles:
    """Resample a folder of Parquet files part by part. For training only: never evaluate on what comes out.

    Parameters
    ----------
    source : folder, file or pattern of Parquet files, or a dask.dataframe
    target : str
        The label column.
    out : path
        A new folder.
    with_ : str
        The sampler's name: random-under, random-over, smote, tomek-links or edited-nearest-neighbours.
    sampling_strategy : str, float or dict
        As in imbalanced-learn.
    origin : bool
        Whether the files get columns with the source row of each row and the parents of synthetic ones.
    engine : "local" or address of a Dask scheduler, optional
        Processes on this machine by default.
    reading : mapping, optional
        ``groups`` and ``drop``, as for `steelyard.data.load`.
    random_state : int
    progress : bool, optional

    Returns
    -------
    ResampledFiles

    Raises
    ------
    UserError
        The sampler cannot do it, or an option makes no sense for a data set in parts.
    MissingExtra
        Dask is not installed.
    """
    if target is None:
        raise BadOption("A data set in parts has no label column of its own. Name it with target (--target).")
    reading = dict(reading or {})
    others = sorted(set(reading) - set(READ_HERE))
    if others:
        raise BadOption(
            f"{others[0]!r} cannot be used for a data set in parts; {', '.join(READ_HERE)} can. Prepare the "
            "files first."
        )
    sampler = sampler_by_name(with_, random_state=random_state).set_params(
        sampling_strategy=sampling_strategy
    )
    return resample_parquet(
        source,
        target,
        sampler,
        out,
        groups=reading.get("groups"),
        drop=reading.get("drop", ()),
        client=engine,
        provenance=origin,
        progress=progress,
    )
