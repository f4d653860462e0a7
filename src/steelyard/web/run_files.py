"""Names of the files of a run, for the server and for its worker."""

from __future__ import annotations

__all__ = ["JOB", "OUT"]

JOB, OUT = "job.json", "result"
