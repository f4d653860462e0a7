"""A Parquet data set as parts that fit into memory one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from glob import glob
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from steelyard.balance.scale.engine import need
from steelyard.errors import BadTable
from steelyard.kernels.progress import Progress

__all__ = ["Parts", "files_of", "open_parts"]

SUFFIX = ".parquet"
HIDDEN = ("_", ".")
BYTES_PER_MB = 2**20

Piece = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts of a data set, in order, and a cluster to work on them.

    ``frame`` is a Dask DataFrame whose partitions are the parts; ``schema`` what each of them holds;
    ``client`` a distributed.Client.
    """

    frame: Any
    schema: pa.Schema | None
    client: Any
    progress: bool | None = None

    def __len__(self) -> int:
        return int(self.frame.npartitions)

    def without(self, columns: Sequence[str]) -> Parts:
        """Return the parts without some columns, which are then never read."""
        kept = [name for name in self.schema.names if name not in set(columns)]
        schema = pa.schema([self.schema.field(name) for name in kept])
        return replace(self, frame=self.frame[kept], schema=schema)

    def map(
        self,
        work: Callable[..., Any],
        label: str,
        *shared: Any,
        each: Sequence[tuple[Any, ...]] | None = None,
        columns: list[str] | None = None,
    ) -> Iterator[tuple[int, Any]]:
        """Do ``work(table, *shared, *each[number])`` on the parts.

        Parameters
        ----------
        work : function
            Gets a part as a pyarrow table.
        label : str
            For the progress bar.
        *shared : sent to every worker once
        each : sequence of tuples, optional
            What one part alone needs; parts for which it is None are left out.
        columns : list of str, optional
            Columns to read.

        Yields
        ------
        number of the part, result
            As they are finished, in any order.
        """
        dask, distributed = need("dask"), need("distributed")
        schema = self.schema
        if schema is not None and columns is not None:
            schema = pa.schema([schema.field(name) for name in columns])
        parts = (self.frame if columns is None else self.frame[columns]).to_delayed()
        more = [()] * len(parts) if each is None else each
        asked = [number for number, extra in enumerate(more) if extra is not None]
        (sent,) = self.client.scatter([shared], broadcast=True, hash=False)
        extras = self.client.scatter([more[number] for number in asked], hash=False) if asked else []
        do = dask.delayed(_on_table, pure=False)
        jobs = {
            number: do(parts[number], schema, work, sent, extra)
            for number, extra in zip(asked, extras, strict=True)
        }
        futures = dict(zip(self.client.compute(list(jobs.values())), jobs, strict=True))
        with Progress(len(futures), label, enabled=self.progress) as bar:
            for future, result in distributed.as_completed(list(futures), with_results=True):
                number = futures.pop(future)
                future.release()
                yield number, result
                bar.advance()

    def in_order(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Return the results of `map` in the order of the parts."""
        return [result for _, result in sorted(self.map(*args, **kwargs), key=lambda item: item[0])]


def _on_table(
    part: pd.DataFrame,
    schema: pa.Schema | None,
    work: Callable[..., Any],
    shared: tuple[Any, ...],
    extra: tuple[Any, ...],
) -> Any:
    table = pa.Table.from_pandas(part, preserve_index=False).replace_schema_metadata()
    if schema is not None and not table.schema.equals(schema):
        table = table.select(schema.names).cast(schema)
    return work(table, *shared, *extra)


@dataclass(frozen=True)
class _Reader:
    """Reads one piece; Dask hands over the columns it needs."""

    types: Callable[[pa.DataType], Any] = field(default=pd.ArrowDtype)

    def __call__(self, piece: Piece, columns: list[str] | None = None) -> pd.DataFrame:
        path, groups = piece
        with pq.ParquetFile(path) as file:
            return file.read_row_groups(list(groups), columns=columns).to_pandas(types_mapper=self.types)


def open_parts(source: Any, client: Any, part_mb: float, progress: bool | None = None) -> Parts:
    """Cut a data set into parts.

    Parameters
    ----------
    source : folder of Parquet files, one file, a pattern, or a dask.dataframe
        Files are taken in the order of their names, row groups are never cut.
    client : distributed.Client
    part_mb : float
        Uncompressed MiB of one part, more where a row group alone is larger.
    progress : bool, optional

    Returns
    -------
    Parts

    Raises
    ------
    BadTable
        No Parquet files, or files that differ in their columns.
    """
    dataframe = need("dask.dataframe")
    if hasattr(source, "to_delayed"):
        (schema,) = Parts(source.partitions[:1], None, client, progress=False).in_order(_schema_of, "")
        return Parts(source, schema, client, progress)
    pieces, schema = _pieces(files_of(source), part_mb * BYTES_PER_MB)
    reader = _Reader()
    meta = schema.empty_table().to_pandas(types_mapper=reader.types)
    return Parts(
        dataframe.from_map(reader, pieces, meta=meta, enforce_metadata=False), schema, client, progress
    )


def _schema_of(table: pa.Table) -> pa.Schema:
    return table.schema


def files_of(source: Any) -> list[Path]:
    """Parquet files of a folder or pattern in the order of their names; a `BadTable` where there are none."""
    path = Path(source)
    if path.is_dir():
        found = sorted(path.rglob(f"*{SUFFIX}"))
    else:
        found = [path] if path.is_file() else sorted(map(Path, glob(str(source))))
    found = [file for file in found if not file.name.startswith(HIDDEN) and file.is_file()]
    if not found:
        raise BadTable(
            f"Expected a folder of Parquet files, a file or a pattern, got {str(source)!r}, where there "
            "is none."
        )
    keyed = [file for file in found if path.is_dir() and "=" in str(file.relative_to(path).parent)]
    if keyed:
        raise BadTable(
            f"{str(keyed[0])!r} lies in a folder named after a column, and such columns are not read. Give "
            "dask.dataframe.read_parquet(...) instead of the folder."
        )
    return found


def _pieces(files: list[Path], part_bytes: float) -> tuple[list[Piece], pa.Schema]:
    """Row groups of each file, as many together as a part may hold."""
    pieces: list[Piece] = []
    schema: pa.Schema | None = None
    for path in files:
        try:
            with pq.ParquetFile(path) as file:
                meta, own = file.metadata, file.schema_arrow.remove_metadata()
        except (pa.ArrowInvalid, OSError) as error:
            raise BadTable(f"{str(path)!r} is not a Parquet file, or it is damaged: {error}.") from error
        schema = own if schema is None else schema
        if not own.equals(schema):
            raise BadTable(
                f"{str(path)!r} differs from {str(files[0])!r} in its columns or their types. Expected\n"
                f"{schema}\ngot\n{own}\nWrite all files with one schema."
            )
        sizes = np.array([meta.row_group(i).total_byte_size for i in range(meta.num_row_groups)], dtype=float)
        filled = [i for i in range(meta.num_row_groups) if meta.row_group(i).num_rows]
        pieces += [(str(path), tuple(groups)) for groups in _together(filled, sizes, part_bytes)]
    if not pieces or schema is None:
        raise BadTable(f"The {len(files)} Parquet files hold no rows.")
    return pieces, schema


def _together(groups: list[int], sizes: NDArray[np.float64], most: float) -> Iterator[list[int]]:
    held: list[int] = []
    size = 0.0
    for group in groups:
        if held and size + sizes[group] > most:
            yield held
            held, size = [], 0.0
        held.append(group)
        size += sizes[group]
    if held:
        yield held
