"""The result as a folder of Parquet files that is there whole, or not at all."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from steelyard.balance.scale.choose import Choice
from steelyard.balance.scale.parts import Parts
from steelyard.errors import BadOption, UserError

__all__ = ["ORIGIN", "PARENTS", "Writer", "new_folder"]

ORIGIN, PARENTS = "steelyard_origin", "steelyard_parents"
RECORD = "_resampled.json"  # readers of Parquet folders pass over names that begin with _
COMPRESSION = "zstd"


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``out`` that takes its place once everything went well."""
    if out.exists():
        raise BadOption(f"{str(out)!r} is there already, and is not written over. Choose another folder.")
    if not out.absolute().parent.is_dir():
        raise BadOption(f"The folder {str(out.absolute().parent)!r} does not exist. Create it first.")
    partial = out.absolute().parent / f".{out.name}.{secrets.token_hex(8)}.part"
    try:
        partial.mkdir()
        yield partial
        partial.rename(out)
    except OSError as error:
        raise UserError(f"cannot write {str(out)!r}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)  # gone already when all went well


def _with_provenance(
    table: pa.Table, origin: NDArray[np.int64], parents: NDArray[np.int64] | None
) -> pa.Table:
    """Add the source row of each row, -1 where it is synthetic, and the rows it was made from."""
    if parents is None:
        lists = pa.nulls(table.num_rows, pa.list_(pa.int64()))
    else:
        known = parents >= 0
        ends = np.cumsum(known.sum(axis=1))
        lists = pa.ListArray.from_arrays(pa.array([0, *ends.tolist()], pa.int32()), pa.array(parents[known]))
    return table.append_column(ORIGIN, pa.array(origin, pa.int64())).append_column(PARENTS, lists)


def _write(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression=COMPRESSION)


def _write_part(
    table: pa.Table, folder: str, provenance: bool, choice: Choice | None, name: str, start: int
) -> int:
    rows = np.arange(table.num_rows) if choice is None else choice.rows(table)
    if rows.size == 0:
        return 0
    taken = table if choice is None else table.take(pa.array(rows))
    _write(_with_provenance(taken, rows + start, None) if provenance else taken, Path(folder, name))
    return int(rows.size)


class Writer:
    """Writes parts of the result, numbered in the order they are to be read.

    Parameters
    ----------
    parts : Parts
    starts : ndarray of int, shape (parts,)
        Number of the first row of each part.
    folder : path
        Seen by all workers.
    provenance : bool
        Whether each file gets the columns `ORIGIN` and `PARENTS`.
    """

    def __init__(self, parts: Parts, starts: NDArray[np.int64], folder: Path, provenance: bool) -> None:
        self.parts, self.folder, self.provenance = parts, folder, provenance
        self.starts = starts.tolist()
        self.files: list[str] = []
        self.rows = 0
        self._next = 0

    def _name(self) -> str:
        self._next += 1
        return f"part-{self._next - 1:06d}.parquet"

    def source_rows(self, choices: Sequence[Choice | None] | None = None) -> None:
        """Write rows of the source: all of them, or those chosen in each part."""
        asked = [None] * len(self.parts) if choices is None else choices
        each = [(choice, self._name(), start) for choice, start in zip(asked, self.starts, strict=True)]
        written = self.parts.in_order(_write_part, "writing", str(self.folder), self.provenance, each=each)
        names = [name for (_, name, _), rows in zip(each, written, strict=True) if rows]
        away = [name for name in names if not (self.folder / name).is_file()]
        if away:
            raise BadOption(
                f"Workers wrote {len(away)} files that cannot be seen here. Choose an output folder that all "
                "workers share with this machine."
            )
        self.files += names
        self.rows += sum(written)

    def synthetic_rows(self, table: pa.Table, parents: NDArray[np.int64]) -> None:
        """Write rows that were made here, with the source rows they were made from."""
        name = self._name()
        origin = np.full(table.num_rows, -1)
        _write(_with_provenance(table, origin, parents) if self.provenance else table, self.folder / name)
        self.files.append(name)
        self.rows += table.num_rows

    def record(self, plain: dict[str, Any]) -> None:
        """Write what was done beside the files."""
        (self.folder / RECORD).write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
