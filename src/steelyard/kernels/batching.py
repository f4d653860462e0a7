"""One chunking rule for anything that would otherwise need memory for all pairs at once."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["DEFAULT_MEMORY_MB", "row_chunks"]

DEFAULT_MEMORY_MB = 64
BYTES_PER_MB = 2**20


def row_chunks(n_rows: int, bytes_per_row: int, memory_mb: float = DEFAULT_MEMORY_MB) -> Iterator[slice]:
    """Cut ``n_rows`` into slices whose scratch space stays within a budget.

    Parameters
    ----------
    n_rows : int
    bytes_per_row : int
        Scratch bytes that one row needs.
    memory_mb : float
        Budget in MiB; a slice always holds at least one row.

    Yields
    ------
    slice

    Examples
    --------
    >>> [(s.start, s.stop) for s in row_chunks(5, bytes_per_row=2**20, memory_mb=2)]
    [(0, 2), (2, 4), (4, 5)]
    """
    step = max(1, int(memory_mb * BYTES_PER_MB) // max(1, bytes_per_row))
    for start in range(0, n_rows, step):
        yield slice(start, min(start + step, n_rows))
