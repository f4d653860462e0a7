"""Tomek links over all parts, asked from the rare side.

Both ends of a link are of different classes, so at least one is not of the largest class. Only
those rows are asked for their nearest neighbour; where it is of another class, it is asked in turn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.scale.everywhere import Everywhere
from steelyard.balance.scale.job import Done, Job
from steelyard.balance.scale.write import Writer

__all__ = ["links", "tomek"]


def links(everywhere: Everywhere) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find all Tomek links.

    Parameters
    ----------
    everywhere : Everywhere

    Returns
    -------
    rows, codes : ndarray of int, shape (links, 2)
        The two ends' row numbers and classes; an end outside the largest class stands first.
    """
    counts = everywhere.survey.counts
    rare = [code for code in range(counts.size) if code != int(counts.argmax())]
    ends, codes = [np.empty((0, 2), dtype=np.int64)], [np.empty((0, 2), dtype=np.int64)]
    for asked in everywhere.of_classes(rare):
        found = everywhere.nearest(1, asked)
        unlike = (found.rows[:, 0] >= 0) & (found.codes[:, 0] != asked.codes)
        ends.append(np.c_[asked.rows, found.rows[:, 0]][unlike])
        codes.append(np.c_[asked.codes, found.codes[:, 0]][unlike])
    pairs, kinds = np.concatenate(ends), np.concatenate(codes)
    others = np.unique(pairs[:, 1])
    back = np.full(others.size, -1, dtype=np.int64)
    for asked in everywhere.of_rows(others):
        back[np.searchsorted(others, asked.rows)] = everywhere.nearest(1, asked).rows[:, 0]
    mutual = back[np.searchsorted(others, pairs[:, 1])] == pairs[:, 0]
    return pairs[mutual], kinds[mutual]


def tomek(job: Job, writer: Writer) -> Done:
    """Leave out rows that are one end of a Tomek link, in the classes that may lose rows."""
    rows, codes = links(job.everywhere())
    may_lose = job.wanted != job.survey.counts
    goes, first = np.unique(rows[may_lose[codes]], return_index=True)
    lost = np.bincount(codes[may_lose[codes]][first], minlength=may_lose.size)
    job.write(writer, goes)
    note = "" if goes.size else "no row left out: there is no Tomek link in the classes that may lose rows"
    return Done(job.survey.counts - lost, note=note, merge_error=job.merge_error)
