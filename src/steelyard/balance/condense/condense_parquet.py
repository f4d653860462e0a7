"""Condense a Parquet data set that does not fit into memory: clusters of each part, merged."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from steelyard.balance.condense.base import allocation_by_name
from steelyard.balance.condense.budget import rows_of_budget
from steelyard.balance.condense.c2tc import BY_SIZE, ClassAdaptiveClustering
from steelyard.balance.condense.encode_parts import encoding_for
from steelyard.balance.condense.part_work import clustered, nearest_rows, sampled, taken
from steelyard.balance.condense.search_allocation import CURVE_SAVING, ClassCurves, search_allocation
from steelyard.balance.scale.choose import split_ordinals
from steelyard.balance.scale.engine import connected
from steelyard.balance.scale.job import Job
from steelyard.balance.scale.parts import files_of, open_parts
from steelyard.balance.scale.resample_parquet import DEFAULT_MEMORY_MB, PARTS_IN_MEMORY
from steelyard.balance.scale.survey import survey
from steelyard.balance.scale.write import ORIGIN, RECORD, new_folder
from steelyard.errors import BadOption
from steelyard.kernels.merge_clusters import Merged, merge_clusters
from steelyard.kernels.rng import child

__all__ = ["MASS", "CondensedFiles", "condense_parquet"]

MASS = "steelyard_mass"
FILE = "part-000000.parquet"
LEAST_SAMPLED = 2000  # rows of a class that its curve is measured on, if it has them
BYTES_PER_MB = 2**20


@dataclass(frozen=True)
class CondensedFiles:
    """What was written, and where the error comes from.

    Attributes
    ----------
    folder : str
    files : tuple of str
    counts_before, counts_after : mapping of label to rows
    sse_partition : mapping of label to float
        Squared distances of the rows of a class to the middles of the clusters of their own part, added up.
    sse_merge : mapping of label to float
        What merging these clusters over the parts adds. Both together are the error of every row in the
        cluster that its own cluster went to, exactly.
    sse : mapping of label to float
        The error with every row in its nearest cluster: never more than the two together.
    method : str
    note : str
    """

    folder: str
    files: tuple[str, ...]
    counts_before: Mapping[Any, int]
    counts_after: Mapping[Any, int]
    sse_partition: Mapping[Any, float]
    sse_merge: Mapping[Any, float]
    sse: Mapping[Any, float]
    method: str
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON can hold it."""
        plain = dataclasses.asdict(self)
        for name, value in plain.items():
            if isinstance(value, dict):
                plain[name] = {str(label): number for label, number in value.items()}
        return {**plain, "files": list(self.files)}


def condense_parquet(
    source: Any,
    target: str,
    sampler: ClassAdaptiveClustering,
    out: str | Path,
    *,
    left_out: Sequence[str] = (),
    drop: Sequence[str] = (),
    client: Any = None,
    memory_mb: float = DEFAULT_MEMORY_MB,
    provenance: bool = False,
    progress: bool | None = None,
) -> CondensedFiles:
    """Condense a data set part by part into a few of its rows.

    Needs the extra ``scale``. Every part is clustered for itself, into as many clusters of a class as the
    whole shall have; their means are clustered by their masses; and the row nearest to each middle is kept.

    Parameters
    ----------
    source : folder of Parquet files, one file, a pattern, or a dask.dataframe
    target : str
        The label column.
    sampler : ClassAdaptiveClustering
        With ``emit="medoid"``.
    out : path
        A new folder for one file, which has a column ``steelyard_mass``: the rows each one stands for.
    left_out : sequence of str
        Columns that are no features; they stay in the file.
    drop : sequence of str
        Columns that are not read.
    client : None, "local", an address such as ``tcp://host:8786``, or a distributed.Client
    memory_mb : float
        MiB for the rows that curves are measured on; parts are an eighth of it.
    provenance : bool
        Whether the file gets the column ``steelyard_origin``: the source row.
    progress : bool, optional

    Returns
    -------
    CondensedFiles

    Raises
    ------
    CannotResample
        The budget is below two rows a class.
    BadOption, BadTable, BadTarget
        A sampler or parameter that cannot be used here, files that differ, labels that are missing.

    Notes
    -----
    The rows' points are those of the whole table in memory. Curves are measured on rows drawn by lot over
    all parts. In any clusters of parts, the error of merging is stated, not hidden; see `CondensedFiles`.

    Examples
    --------
    >>> import tempfile
    >>> from distributed import Client
    >>> quiet = {"processes": False, "n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0"}
    >>> table = pa.table({"amount": np.arange(200.0), "fraud": ["no"] * 180 + ["yes"] * 20})
    >>> with tempfile.TemporaryDirectory() as folder, Client(**quiet) as client:
    ...     pq.write_table(table, f"{folder}/claims.parquet", row_group_size=50)
    ...     sampler = ClassAdaptiveClustering(budget=10, random_state=0)
    ...     done = condense_parquet(folder, "fraud", sampler, f"{folder}/few", client=client)
    ...     masses = pq.read_table(f"{folder}/few").column("steelyard_mass").to_numpy()
    >>> sum(done.counts_after.values()), float(masses.sum())
    (10, 200.0)
    """
    if not isinstance(sampler, ClassAdaptiveClustering) or sampler.emit != "medoid":
        raise BadOption(
            "Larger than memory, rows are condensed by ClassAdaptiveClustering with emit='medoid'. "
            f"Got {sampler!r} instead."
        )
    sampler._check_parameters()
    if not hasattr(source, "to_delayed"):
        files_of(source)  # a mistake is told before a cluster is started
    with new_folder(Path(out)) as folder, connected(client) as cluster:
        parts = open_parts(source, cluster, memory_mb / PARTS_IN_MEMORY, progress).without(drop)
        for name in (target, *left_out):
            if name not in parts.schema.names:
                raise BadOption(f"There is no column {name!r}; there are {parts.schema.names}.")
        job = _Condensing(Job(parts, sampler, target, None, tuple(left_out), memory_mb))
        record, table = job.run(str(out), provenance)
        pq.write_table(table, folder / FILE, compression="zstd")
        (folder / RECORD).write_text(_as_json(record), encoding="utf-8")
    return record


def _as_json(record: CondensedFiles) -> str:
    return json.dumps(record.to_dict(), indent=1) + "\n"


class _Condensing:
    """The passes over one data set."""

    def __init__(self, job: Job) -> None:
        self.job, self.parts, self.sampler = job, job.parts, job.sampler
        self.survey = survey(job.parts, job.target, job.name, job.features)
        self.names = self.survey.labels.names
        self.encoding = encoding_for(job.parts, self.survey, job.features, job.sampler.scaling)

    def run(self, folder: str, provenance: bool) -> tuple[CondensedFiles, pa.Table]:
        wanted = self._wanted()
        merged = self._merged(wanted)
        mass, error, rows = self._nearest([one.centers for one in merged])
        every = np.concatenate(rows)
        held = every >= 0
        kept, weight = every[held], np.concatenate(mass)[held]
        order = np.argsort(kept)
        table = self._rows(kept[order]).append_column(MASS, pa.array(weight[order]))
        if provenance:
            table = table.append_column(ORIGIN, pa.array(kept[order], pa.int64()))
        lost = int((~held).sum())
        record = CondensedFiles(
            folder=folder,
            files=(FILE,),
            counts_before=self.survey.named_counts,
            counts_after=self._named([int((some >= 0).sum()) for some in rows]),
            sse_partition=self._named([one.sse_partition for one in merged]),
            sse_merge=self._named([one.sse_merge for one in merged]),
            sse=self._named(error),
            method=type(self.sampler).__name__,
            note=f"{lost} merged clusters are nearest to no row and have none" if lost else "",
        )
        return record, table

    def _named(self, values: Iterable[Any]) -> dict[Any, Any]:
        return dict(zip(self.names, values, strict=True))

    def _map(self, work: Any, label: str, *shared: Any, each: list[tuple[Any, ...]]) -> list[Any]:
        columns = [self.job.target, *self.encoding.columns]
        common = (self.encoding, self.job.target, self.names, *shared)
        return self.parts.in_order(work, label, *common, each=each, columns=columns)

    def _wanted(self) -> list[int]:
        counts, sampler = self.survey.counts, self.sampler
        if not (isinstance(sampler.sampling_strategy, str) and sampler.sampling_strategy == "auto"):
            return self.job.wanted.tolist()
        budget = rows_of_budget(sampler, int(counts.sum()), counts.size)
        if sampler.search in BY_SIZE:
            return allocation_by_name(sampler.search, counts, budget, sampler.gamma).tolist()
        per_class = max(LEAST_SAMPLED, budget * sampler.points_per_centroid // CURVE_SAVING)
        sizes = np.minimum(counts, per_class)
        width = len(self.encoding.columns) + sum(int(rank.max(initial=0)) for rank in self.encoding.ranks)
        room = int(self.job.memory_mb * BYTES_PER_MB) // (np.dtype(np.float32).itemsize * max(1, width))
        sizes = np.maximum(1, np.minimum(sizes, room // counts.size))
        drawn = [
            np.sort(child(self.job.seed, "class", name, "sample").choice(has, size=some, replace=False))
            for name, has, some in zip(self.names, counts.tolist(), sizes.tolist(), strict=True)
        ]
        per_part = [
            split_ordinals(places, self.survey.per_class[:, code]) for code, places in enumerate(drawn)
        ]
        each = [([some[part] for some in per_part],) for part in range(len(self.parts))]
        found = self._map(sampled, "sampling", each=each)
        points = [np.concatenate([one[code] for one in found]) for code in range(len(self.names))]
        curves = ClassCurves.of_points(points, counts, self.names, budget, sampler, self.job.seed)
        moves = search_allocation(
            curves,
            counts,
            budget,
            sampler.search,
            child(self.job.seed, "search"),
            max_turns=sampler.max_iter,
            patience=sampler.patience,
            tol=sampler.tol,
            as_released=sampler.as_released,
        )
        return list(moves[-1].allocation)

    def _merged(self, wanted: list[int]) -> list[Merged]:
        each = [(number,) for number in range(len(self.parts))]
        found = self._map(clustered, "clusters", wanted, self.sampler, self.job.seed, each=each)
        merged = []
        for code, (name, k) in enumerate(zip(self.names, wanted, strict=True)):
            means, mass, sse = (np.concatenate([part[code][i] for part in found]) for i in range(3))
            rng = child(self.job.seed, "class", name, "merge")
            merged.append(merge_clusters(means, mass, sse, min(k, len(means)), rng))
        return merged

    def _nearest(
        self, centers: list[NDArray[np.float64]]
    ) -> tuple[list[NDArray[np.float64]], list[float], list[NDArray[np.int64]]]:
        each = [(int(start),) for start in self.survey.starts]
        found = self._map(nearest_rows, "nearest rows", centers, each=each)
        mass, error, rows = [], [], []
        for code in range(len(self.names)):
            mass.append(np.sum([part[code][0] for part in found], axis=0))
            error.append(float(np.sum([part[code][1] for part in found])))
            least = np.array([part[code][2] for part in found])
            at = np.array([part[code][3] for part in found])
            best = least.argmin(axis=0)  # of equally near rows that of the first part
            rows.append(at[best, np.arange(best.size)])
        return mass, error, rows

    def _rows(self, rows: NDArray[np.int64]) -> pa.Table:
        each = [(some,) for some in split_ordinals(rows, self.survey.rows)]
        found = self.parts.in_order(taken, "writing", each=each)
        return pa.concat_tables(found).unify_dictionaries().combine_chunks()
