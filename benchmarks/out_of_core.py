"""Memory and time of resampling a Parquet data set in parts: the table need not fit, and does not count.

    python benchmarks/out_of_core.py --rows 3000000 --columns 30

Writes a synthetic data set (two classes, normal, 1:100), resamples it with each sampler on worker processes of
this machine, and prints the peak memory of this process and of the largest worker beside the size of
the table in memory. Searches grow with the square of the rows, so cleaners get fewer of them.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from steelyard.balance import (
    SMOTE,
    EditedNearestNeighbours,
    RandomOverSampler,
    RandomUnderSampler,
    TomekLinks,
)
from steelyard.balance.scale import resample_parquet

MIB = 2**20
EVERY = 0.05
ROWS_PER_FILE = 500_000
ROW_GROUP = 50_000
RATIO = 100
FEWER = 20  # cleaners get this fraction of the rows


def write(folder: Path, rows: int, columns: int) -> None:
    """Write the data set, part by part."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number, start in enumerate(range(0, rows, ROWS_PER_FILE)):
        n = min(ROWS_PER_FILE, rows - start)
        label = rng.random(n) < 1 / (RATIO + 1)
        X = rng.normal(size=(n, columns)) + 0.7 * label[:, None]
        table = pa.table({**{f"x{i}": X[:, i] for i in range(columns)}, "y": label.astype(np.int8)})
        pq.write_table(table, folder / f"{number:04d}.parquet", row_group_size=ROW_GROUP)


class Peak:
    """Watches the memory of this process and of its children while it is open."""

    def __enter__(self) -> Peak:
        self.me = psutil.Process()
        self.here = self.me.memory_info().rss
        self.worker = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._stop.wait(EVERY):
            self.here = max(self.here, self.me.memory_info().rss)
            for child in self.me.children(recursive=True):
                try:
                    self.worker = max(self.worker, child.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--memory-mb", type=float, default=256)
    parser.add_argument(
        "--folder", type=Path, default=None, help="where the files go; a temporary one by default"
    )
    asked = parser.parse_args()
    runs = [
        (RandomUnderSampler(random_state=0), asked.rows),
        (RandomOverSampler(random_state=0), asked.rows),
        (SMOTE(random_state=0), asked.rows),
        (TomekLinks(), asked.rows // FEWER),
        (EditedNearestNeighbours(), asked.rows // FEWER),
    ]
    idle = psutil.Process().memory_info().rss / MIB
    print(
        f"memory_mb={asked.memory_mb:g}; a process that has imported everything and done nothing: {idle:,.0f} MiB\n"
    )
    print(
        "| sampler | rows | table, MiB | this process, MiB | largest worker, MiB | rows written | wall, s |"
    )
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=asked.folder) as scratch:
        for rows in {rows for _, rows in runs}:
            # In a process of its own, so that what it held is not counted here.
            maker = multiprocessing.get_context("spawn").Process(
                target=write, args=(Path(scratch, str(rows)), rows, asked.columns)
            )
            maker.start()
            maker.join()
        for number, (sampler, rows) in enumerate(runs):
            started = time.perf_counter()
            with Peak() as peak:
                done = resample_parquet(
                    Path(scratch, str(rows)),
                    "y",
                    sampler,
                    Path(scratch, f"out-{number}"),
                    memory_mb=asked.memory_mb,
                )
            print(
                f"| {type(sampler).__name__} | {rows:,} | {rows * asked.columns * 8 / MIB:,.0f} | "
                f"{peak.here / MIB:,.0f} | {peak.worker / MIB:,.0f} | {sum(done.counts_after.values()):,} | "
                f"{time.perf_counter() - started:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
