"""A balanced copy of a table, for those who need one; the origin of every row beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from steelyard.balance import Sampler, sampler_by_name, sampler_needs, samplers
from steelyard.data import write_table
from steelyard.errors import BadOption
from steelyard.flow.source import need_table, to_dataset
from steelyard.records import Dataset, Resampled
from steelyard.store import write_whole

__all__ = ["balance"]

ORIGIN = "steelyard_origin"
DEFAULT_SAMPLER = "smote"
DEFAULT_TARGET = "target"


def balance(
    source: Any,
    target: str | None = None,
    *,
    with_: str = DEFAULT_SAMPLER,
    out: str | Path | None = None,
    sampling_strategy: Any = "auto",
    origin: bool = False,
    reading: Mapping[str, Any] | None = None,
    random_state: int = 0,
) -> Resampled:
    """Resample a whole table. For training only: never evaluate on what comes out.

    Parameters
    ----------
    source : Dataset, path, catalogue name or frame
    target : str, optional
        The label column.
    with_ : str
        The sampler's name.
    out : path, optional
        CSV, TSV, Parquet or Feather by its suffix.
    sampling_strategy : str, float or dict
        As in imbalanced-learn.
    origin : bool
        Whether the file gets a column with the source row of each row, -1 where it is synthetic.
    reading : mapping, optional
        Further arguments of `steelyard.data.load`.
    random_state : int

    Returns
    -------
    Resampled
        The rows, and where each came from.

    Raises
    ------
    CannotResample
        The sampler cannot do it; the message says what it needs.
    BadOption
        An unknown sampler, or one that cannot work on this table as it is.
    """
    dataset = to_dataset(source, target, reading)
    need_table(dataset, "Resampling")
    sampler = sampler_by_name(with_, random_state=random_state).set_params(
        sampling_strategy=sampling_strategy
    )
    if (
        sampler_needs(with_) == "dense"
        and dataset.schema
        and dataset.schema.of_kind("categorical", "text", "date")
    ):
        raise BadOption(
            f"{with_} works on numbers without gaps, and this table has other columns. Use smote, "
            "tomek-links or another sampler of our own, or 'steelyard compare', which prepares the table."
        )
    resampled = _resample(sampler, with_, dataset)
    if out is not None:
        label = dataset.schema.target if dataset.schema and dataset.schema.target else DEFAULT_TARGET
        frame = pd.DataFrame(resampled.X).reset_index(drop=True)
        frame[label] = resampled.y
        if origin:
            frame[ORIGIN] = resampled.origin
        write_whole(Path(out), lambda file: write_table(frame, file, suffix=Path(out).suffix))
    return resampled


def _resample(sampler: Any, name: str, dataset: Dataset) -> Resampled:
    """Resample, and tell the origin of the rows as far as the sampler knows it."""
    if isinstance(sampler, Sampler):
        return sampler.resample(dataset.X, dataset.y, groups=dataset.groups)
    X, y = sampler.fit_resample(dataset.X, dataset.y)
    origin = getattr(sampler, "sample_indices_", None)
    if origin is None:
        raise BadOption(
            f"{name} does not say which of its rows are synthetic, so a balanced table cannot tell either. "
            "Use one of our own samplers: " + ", ".join(n for n in samplers() if ":" not in n) + "."
        )
    before, after = (
        dict(zip(*np.unique(labels, return_counts=True), strict=True)) for labels in (dataset.y, y)
    )
    return Resampled(
        X,
        y,
        np.asarray(origin, dtype=np.intp),
        np.empty((len(y), 0), dtype=np.intp),
        {label: count / len(dataset) for label, count in before.items()},
        {label: count / len(y) for label, count in after.items()},
        name,
    )
