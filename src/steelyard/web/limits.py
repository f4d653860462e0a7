"""What the page accepts, in one place: the limits are shown on it, checked here, and tested."""

from __future__ import annotations

__all__ = [
    "MOST_NAME",
    "MOST_PEPTIDES",
    "MOST_PEPTIDE_BYTES",
    "MOST_RUNS",
    "MOST_TABLE_BYTES",
    "MOST_TABLE_MEMORY_MB",
    "RESULT_SECONDS",
]

MOST_PEPTIDES = 5_000
MOST_PEPTIDE_BYTES = 1_000_000
MOST_TABLE_BYTES = 50_000_000
MOST_TABLE_MEMORY_MB = 2048  # of a table that is unpacked and read
MOST_RUNS = 8  # tables waiting, running or shown, at a time
MOST_NAME = 200  # characters of a name that are kept
RESULT_SECONDS = 3600  # how long a result can be fetched again
