"""SMOTE over all parts: the rows of each small class are gathered, its children are made here.

A child depends on the rows of its own class only, so gathering one class at a time is enough, and
the children are those made in memory. What is large, the other classes, is copied part by part.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.base import clone

from steelyard.balance.scale.job import Done, Job
from steelyard.balance.scale.measure import scale_for
from steelyard.balance.scale.survey import label_codes
from steelyard.balance.scale.write import Writer
from steelyard.balance.tables.arrow_table import ArrowTable
from steelyard.balance.tables.base import Children
from steelyard.balance.targets import Labels
from steelyard.balance.task import Task
from steelyard.errors import CannotResample
from steelyard.kernels.batching import row_chunks

__all__ = ["smote"]

BYTES_PER_CELL = 8
BYTES_PER_MB = 2**20
# The rows gathered, as numbers, as codes, and as numbers without gaps.
GATHERED_COPIES = 3
# Its parents and how far it lies between them, and the draws they came from.
BYTES_PER_CHILD = 40
PIECES_IN_MEMORY = 8  # a piece of the children may take this fraction of the memory


def _rows_in_part(
    table: pa.Table, target: str, names: list[Any], code: int, start: int
) -> tuple[pa.Table, NDArray[np.int64]]:
    rows = np.flatnonzero(label_codes(table.column(target), names) == code)
    return table.take(pa.array(rows)), rows + start


class _Family:
    """The gathered rows of one class, and the children made of them."""

    def __init__(self, job: Job, code: int) -> None:
        self.job, self.code = job, code
        survey = job.survey
        self.name = survey.labels.names[code]
        n, new = int(survey.counts[code]), int(job.wanted[code] - survey.counts[code])
        gathered = n * len(job.parts.schema.names) * BYTES_PER_CELL * GATHERED_COPIES
        job.refuse_more_than_memory(
            gathered + new * BYTES_PER_CHILD,
            f"the {n:,} rows of class {self.name!r} and where its {new:,} synthetic ones lie",
        )
        each = [
            (int(start),) if has else None
            for start, has in zip(survey.starts, survey.per_class[:, code], strict=True)
        ]
        found = job.parts.in_order(
            _rows_in_part, f"rows of {self.name}", job.target, survey.labels.names, code, each=each
        )
        self.table = pa.concat_tables([table for table, _ in found]).unify_dictionaries()
        self.rows = np.concatenate([rows for _, rows in found])
        self.features = self.table.select(job.feature_names)
        self.sampler = clone(job.sampler)
        self.sampler.note_ = ""

    def children(self) -> Children | None:
        """Let the sampler make the class's children, with the streams of the whole."""
        task = self._task()
        self.sampler._check_task(task)
        return self.sampler._children(task, self.code, int(task.wanted[self.code] - self.rows.size))

    def _task(self) -> Task:
        job, survey = self.job, self.job.survey
        labels = Labels(None, survey.labels.classes, np.full(self.rows.size, self.code, dtype=np.intp))
        table = ArrowTable(self.features)
        space = self.sampler._open_space(table)
        if self.sampler.standardize:
            spread = dict(zip(job.features[0], scale_for(survey), strict=True))
            names = self.features.column_names
            space = replace(space, scale=np.array([spread[names[i]] for i in space.numeric]))
        wanted = np.zeros(survey.counts.size, dtype=np.intp)
        wanted[self.code] = job.wanted[self.code]
        groups = None
        if job.groups is not None:
            groups = self.table.column(job.groups).combine_chunks().dictionary_encode().indices.to_numpy()
        return Task(table, labels, wanted, job.seed, groups=groups, space=space)

    def grown(self, children: Children, piece: slice) -> pa.Table:
        """Return some children as rows of the data set: what is no feature is the first parent's."""
        base, cells_of = children.base[piece], children.cells_of[piece]
        used, place = np.unique(np.concatenate([base, cells_of.ravel()]), return_inverse=True)
        some = replace(
            children,
            base=place[: base.size],
            parents=children.parents[piece],
            numbers=children.numbers[piece],
            cells_of=place[base.size :].reshape(cells_of.shape),
            steps=None,
        )
        made = ArrowTable(self.features.take(pa.array(used))).grow(some).slice(used.size)
        rest = self.table.take(pa.array(base))
        for position, field in enumerate(self.table.schema):
            if field.name in made.column_names:
                rest = rest.set_column(position, field, made.column(field.name).cast(field.type))
        return rest


def smote(job: Job, writer: Writer) -> Done:
    """Copy all rows and add synthetic ones, class after class."""
    counts, notes = job.survey.counts.copy(), []
    width = len(job.parts.schema.names)
    most = max(1, int(job.memory_mb * BYTES_PER_MB) // (width * BYTES_PER_CELL * PIECES_IN_MEMORY))
    writer.source_rows()
    short = np.flatnonzero(job.wanted > counts).tolist()
    for code in short:
        family = _Family(job, code)
        children = family.children()
        notes.append(family.sampler.note_)
        if children is None:
            continue
        for piece in row_chunks(children.base.shape[0], 1, most / BYTES_PER_MB):
            some = children.parents[piece]
            writer.synthetic_rows(family.grown(children, piece), np.where(some >= 0, family.rows[some], -1))
        counts[code] += children.base.shape[0]
    made, note = int((counts - job.survey.counts).sum()), "; ".join(filter(None, notes))
    if short and not made:
        raise CannotResample(f"SMOTE can make no row here: {note}.")
    return Done(counts, made, note, job.merge_error)
