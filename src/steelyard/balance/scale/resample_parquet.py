"""Resample a Parquet data set that does not fit into memory, on this machine or on a cluster."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard.balance.clean.edited_nearest_neighbours import EditedNearestNeighbours
from steelyard.balance.clean.tomek_links import TomekLinks
from steelyard.balance.over.random_over import RandomOverSampler
from steelyard.balance.over.smote import SMOTE
from steelyard.balance.scale import edited, random_rows, smote, tomek
from steelyard.balance.scale.engine import connected
from steelyard.balance.scale.job import Done, Job
from steelyard.balance.scale.parts import files_of, open_parts
from steelyard.balance.scale.write import ORIGIN, PARENTS, Writer, new_folder
from steelyard.balance.under.random_under import RandomUnderSampler
from steelyard.errors import BadOption

__all__ = ["DEFAULT_MEMORY_MB", "ResampledFiles", "resample_parquet"]

DEFAULT_MEMORY_MB = 1024
# A part is read, taken from and written at once, by each worker.
PARTS_IN_MEMORY = 8

PLANS: dict[type, Callable[[Job, Writer], Done]] = {
    RandomUnderSampler: random_rows.under,
    RandomOverSampler: random_rows.over,
    SMOTE: smote.smote,
    TomekLinks: tomek.tomek,
    EditedNearestNeighbours: edited.edited,
}


@dataclass(frozen=True)
class ResampledFiles:
    """What was written, and what came of the classes.

    Attributes
    ----------
    folder : str
    files : tuple of str
        Names in the folder, in the order in which they follow each other.
    counts_before, counts_after : mapping of label to rows
    synthetic : int
        Rows that are in no source file.
    method : str
    note : str
        What else is to be known; empty when nothing is.
    merge_error : float
        By how much, relative to themselves, figures that were merged from parts and enter distances
        may differ from those of the whole table. At 0 the rows are exactly those chosen or made in
        memory; above it they are, save where two distances differ by less than that.
    """

    folder: str
    files: tuple[str, ...]
    counts_before: Mapping[Any, int]
    counts_after: Mapping[Any, int]
    synthetic: int
    method: str
    note: str = ""
    merge_error: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON can hold it."""
        plain = dataclasses.asdict(self)
        for name in ("counts_before", "counts_after"):
            plain[name] = {str(label): rows for label, rows in plain[name].items()}
        return {**plain, "files": list(self.files)}


def resample_parquet(
    source: Any,
    target: str,
    sampler: Any,
    out: str | Path,
    *,
    groups: str | None = None,
    left_out: Sequence[str] = (),
    drop: Sequence[str] = (),
    client: Any = None,
    memory_mb: float = DEFAULT_MEMORY_MB,
    provenance: bool = False,
    progress: bool | None = None,
) -> ResampledFiles:
    """Resample a data set part by part, with the rows that the sampler would give in memory.

    Needs the extra ``scale``. In memory at a time are, in each worker, a part of the data set; here,
    the rows of the class that is being enlarged, or the rare rows, up to ``memory_mb``.

    Parameters
    ----------
    source : folder of Parquet files, one file, a pattern, or a dask.dataframe
        Rows are numbered in the order of file names.
    target : str
        The label column.
    sampler : RandomUnderSampler, RandomOverSampler, SMOTE, TomekLinks or EditedNearestNeighbours
    out : path
        A new folder; with a cluster of several machines, one they share.
    groups : str, optional
        Column of groups: no synthetic row is made across two. It is no feature.
    left_out : sequence of str
        Columns that are no features: they stay in the files and are not measured; a synthetic row has
        its first parent's value.
    drop : sequence of str
        Columns that are not read, and are in no file that is written.
    client : None, "local", an address such as ``tcp://host:8786``, or a distributed.Client
        A Dask cluster; processes on this machine by default.
    memory_mb : float
        MiB for what has to be held at once; see above. Parts are an eighth of it.
    provenance : bool
        Whether files get the columns ``steelyard_origin`` (source row, -1 where synthetic) and
        ``steelyard_parents`` (the rows a synthetic row was made from).
    progress : bool, optional
        Whether bars are drawn; by default when standard error is a terminal.

    Returns
    -------
    ResampledFiles

    Raises
    ------
    CannotResample
        The class to be enlarged does not fit ``memory_mb``, or has too few rows.
    BadOption, BadTable, BadTarget
        A sampler or parameter that cannot be used here, files that differ, labels that are missing.
    MissingExtra
        Dask is not installed.

    Notes
    -----
    *Random samplers* draw over all rows at once, from the same streams as in memory. *SMOTE* gathers
    one class at a time. *Tomek links* are asked from the rare side, *edited nearest neighbours* first
    prove most rows safe within their part; every search that decides is over all parts, and the k
    nearest of the whole are merged from the k nearest of the parts, without loss.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np, pyarrow as pa, pyarrow.parquet as pq
    >>> from distributed import Client
    >>> quiet = {"processes": False, "n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0"}
    >>> table = pa.table({"amount": np.arange(200.0), "fraud": ["no"] * 190 + ["yes"] * 10})
    >>> with tempfile.TemporaryDirectory() as folder, Client(**quiet) as client:
    ...     pq.write_table(table, f"{folder}/claims.parquet", row_group_size=50)
    ...     done = resample_parquet(f"{folder}/claims.parquet", "fraud", RandomUnderSampler(random_state=0),
    ...                             f"{folder}/even", client=client)
    ...     rows = pq.read_table(f"{folder}/even")
    >>> done.counts_after, rows.num_rows, done.merge_error
    ({'no': 10, 'yes': 10}, 20, 0.0)
    """
    plan = PLANS.get(type(sampler))
    if plan is None:
        known = ", ".join(sorted(kind.__name__ for kind in PLANS))
        raise BadOption(
            f"{type(sampler).__name__} needs the whole table in memory. Larger than memory there are {known}."
        )
    sampler._check_parameters()
    if not hasattr(source, "to_delayed"):
        files_of(source)  # a mistake is told before a cluster is started
    with new_folder(Path(out)) as folder, connected(client) as cluster:
        parts = open_parts(source, cluster, memory_mb / PARTS_IN_MEMORY, progress)
        _check_columns(parts.schema.names, drop, False)
        parts = parts.without(drop)
        _check_columns(parts.schema.names, [target, *filter(None, [groups]), *left_out], provenance)
        job = Job(parts, sampler, target, groups, tuple(left_out), memory_mb)
        writer = Writer(parts, job.survey.starts, folder, provenance)
        done = plan(job, writer)
        labels = job.survey.labels.names
        record = ResampledFiles(
            folder=str(out),
            files=tuple(writer.files),
            counts_before=job.survey.named_counts,
            counts_after=dict(zip(labels, done.counts.tolist(), strict=True)),
            synthetic=done.synthetic,
            method=type(sampler).__name__,
            note=done.note,
            merge_error=done.merge_error,
        )
        writer.record(record.to_dict())
    return record


def _check_columns(names: list[str], asked: Sequence[str], provenance: bool) -> None:
    for name in asked:
        if name not in names:
            raise BadOption(f"There is no column {name!r}; there are {names}.")
    taken = [name for name in (ORIGIN, PARENTS) if name in names]
    if provenance and taken:
        raise BadOption(f"The files have columns {taken} already. Leave provenance out, or rename them.")
