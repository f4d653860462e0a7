"""Random over- and under-sampling in two passes: count the labels, then draw over all rows at once.

What is drawn are places among the rows of a class, from the same stream and in the same way as in
memory, so the same rows come out however the data set is cut into parts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.scale.choose import ByOrdinal, split_ordinals
from steelyard.balance.scale.job import Done, Job
from steelyard.balance.scale.write import Writer
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.batching import row_chunks

__all__ = ["over", "under"]

DOUBLE_BYTES = 8
DRAW_COPIES = 2
SAME_ROWS = "the rows are those drawn in memory with the same random_state"


def under(job: Job, writer: Writer) -> Done:
    """Keep rows of the large classes drawn by lot."""
    survey, wanted = job.survey, job.wanted
    if not wanted.sum():
        raise CannotResample(
            "RandomUnderSampler was asked for 0 rows of every class. Ask for at least one row."
        )
    ordinals: list[dict[int, NDArray[np.int64] | None]] = [{} for _ in range(len(job.parts))]
    for code, (some, has) in enumerate(zip(wanted.tolist(), survey.counts.tolist(), strict=True)):
        if some < has:
            places: Any = np.sort(job.stream(code).choice(has, size=some, replace=job.sampler.replacement))
            for part, own in enumerate(split_ordinals(places, survey.per_class[:, code])):
                ordinals[part][code] = own
        else:
            for part in ordinals:
                part[code] = None
    writer.source_rows([ByOrdinal(job.target, survey.labels.names, one) for one in ordinals])
    return Done(wanted, note=SAME_ROWS)


def over(job: Job, writer: Writer) -> Done:
    """Keep all rows and repeat rows of the small classes drawn by lot; copies follow part by part."""
    if getattr(job.sampler, "shrinkage", None) is not None:
        raise BadOption(
            "RandomOverSampler with shrinkage makes rows that are in no file, and larger than memory it only "
            "repeats rows. Leave shrinkage out, or use SMOTE."
        )
    survey, missing = job.survey, job.wanted - job.survey.counts
    copies: list[dict[int, NDArray[np.int64] | None]] = [{} for _ in range(len(job.parts))]
    for code in np.flatnonzero(missing).tolist():
        times = _times_drawn(job.stream(code), int(survey.counts[code]), int(missing[code]), job.memory_mb)
        ends = np.cumsum(survey.per_class[:, code])
        for part, own in enumerate(np.split(times, ends[:-1])):
            copies[part][code] = np.repeat(np.arange(own.size), own)
    writer.source_rows()
    if missing.any():
        writer.source_rows([ByOrdinal(job.target, survey.labels.names, one) for one in copies])
    return Done(job.wanted, note=f"{SAME_ROWS}; copies stand part by part, not in the order drawn")


def _times_drawn(rng: np.random.Generator, n_rows: int, n_draws: int, memory_mb: float) -> NDArray[np.int64]:
    """How often each row of a class is drawn; some draws at a time are the same draws as all at once."""
    times = np.zeros(n_rows, dtype=np.int64)
    for some in row_chunks(n_draws, DRAW_COPIES * DOUBLE_BYTES, memory_mb):
        times += np.bincount(rng.choice(n_rows, size=some.stop - some.start), minlength=n_rows)
    return times
