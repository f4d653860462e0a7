"""What committing to data costs: hashing files, the root over many leaves, canonical rows, checking a proof.

Files are hashed from the page cache and set beside one SHA-256 pass over the same bytes in memory, taken in
turn. The root and the rows are each made in a process of its own, whose largest memory is told. The table is
made up: only time is measured.

Run: python benchmarks/guard.py [--quick] [--write docs/benchmarks.md]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sections import write_section

MB = 2**20
KB = 2**10
MILLI = 1000
FILE_GOAL, ROOT_GOAL, MEMORY_GOAL, PROOF_GOAL = 0.8, 60, 200, 1
PAYLOAD = 100  # bytes of a ready leaf
PROOF_LEAVES, PROOF_RUNS, DEEPEST = 10_000, 1000, 64


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    files: tuple[tuple[int, int], ...] = ((1, 128), (16, 8), (256, 1))  # MiB of a file, and how many
    passes: int = 7
    leaves: int = 10_000_000
    rows: int = 1_000_000


QUICK = Size(files=((1, 4),), passes=3, leaves=100_000, rows=10_000)


def processor_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def in_turn(contents: list[bytes], paths: list[str]) -> tuple[float, float]:
    """Seconds of hashing the same bytes in memory and from files."""
    from steelyard.guard.hash_files import hash_file

    memory = processor_seconds(lambda: [hashlib.sha256(data).digest() for data in contents])
    return memory, processor_seconds(lambda: [hash_file(path) for path in paths])


def files(size: Size) -> list[str]:
    """A line for each size of files: the rate in memory, from files, and their ratio."""
    lines = ["| files | SHA-256 in memory, MB/s | from files, MB/s | ratio | goal |", "|---|---|---|---|---|"]
    rng = np.random.default_rng(0)
    for mib, count in size.files:
        contents = [rng.bytes(mib * MB) for _ in range(count)]
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, str(number)) for number in range(count)]
            for path, data in zip(paths, contents, strict=True):
                Path(path).write_bytes(data)
            pairs = [in_turn(contents, paths) for _ in range(size.passes)]
        ratio = statistics.median(memory / disk for memory, disk in pairs)
        rates = [mib * count * MB / 1e6 / statistics.median(times) for times in zip(*pairs, strict=True)]
        lines.append(
            f"| {count} of {mib} MiB | {rates[0]:,.0f} | {rates[1]:,.0f} | {ratio:.2f} | {FILE_GOAL} |"
        )
    return lines


def leaf_payloads(n: int) -> map:
    """``n`` leaves of 100 bytes, made as they are asked for: held together they would outweigh the goal."""
    tail = bytes(PAYLOAD - 8)
    return map(tail.__add__, (number.to_bytes(8, "little") for number in range(n)))


def told(**figures: float) -> None:
    """Print what this process measured, and its largest memory."""
    print(json.dumps({**figures, "peak": peak_mb()}))


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KB / 1e6


def one_kernel_root(n: int) -> None:
    """The root over ready leaves, by the tree alone."""
    from steelyard.kernels.hashing import merkle_root

    measure_root(merkle_root, n)


def one_root(n: int) -> None:
    """The same through the door of the guard."""
    from steelyard.guard.merkle import root

    measure_root(root, n)


def measure_root(root: Callable[..., bytes], n: int) -> None:
    """Print what a root takes, and its memory above that of the libraries."""
    before = peak_mb()
    making = processor_seconds(lambda: deque(leaf_payloads(n), maxlen=0))
    wall, cpu = time.perf_counter(), time.process_time()
    root(leaf_payloads(n))
    figures = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "making": making}
    told(**figures, more=peak_mb() - before)


def wide_table(rows: int):
    """Twenty columns: twelve of numbers, two of truth values, one of times, two of categories, three of text."""
    import pandas as pd

    rng = np.random.default_rng(0)
    words = np.array([f"merchant {number}" for number in range(5000)], dtype=object)
    columns = {f"float{i}": rng.normal(size=rows) for i in range(8)}
    columns |= {f"whole{i}": rng.integers(0, 10**6, rows) for i in range(4)}
    columns |= {f"truth{i}": rng.random(rows) < 0.1 for i in range(2)}
    columns["time"] = np.datetime64("2020-01-01", "us") + rng.integers(0, 10**14, rows).astype("m8[us]")
    columns |= {
        f"kind{i}": pd.Categorical.from_codes(rng.integers(0, 9, rows), list("abcdefghi")) for i in range(2)
    }
    columns |= {
        f"text{i}": pd.Series(words[rng.integers(0, len(words), rows)], dtype="str") for i in range(3)
    }
    return pd.DataFrame(columns)


def one_table(rows: int) -> None:
    """Canonical rows of a table, alone and with the root over them, in this process."""
    from steelyard.guard.canonical import table_rows
    from steelyard.guard.merkle import root

    frame = wide_table(rows)
    labels = np.arange(rows) % 2
    length = len(next(table_rows(frame, labels)))
    cpu = processor_seconds(lambda: deque(table_rows(frame, labels), maxlen=0))
    whole = processor_seconds(lambda: root(table_rows(frame, labels)))
    told(cpu=cpu, whole=whole, length=length)


def apart(name: str, n: int) -> dict[str, float]:
    """Figures of a process that measures one thing."""
    command = [sys.executable, __file__, "--one", name, str(n)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def proofs() -> list[str]:
    """Median times of checking one proof."""
    from steelyard.guard.merkle import (
        consistency_proof,
        inclusion_proof,
        leaf_hash,
        root,
        verify_consistency,
        verify_inclusion,
    )

    records = [number.to_bytes(8, "little") for number in range(PROOF_LEAVES)]
    leaves = [leaf_hash(record) for record in records]
    made, older = root(records), root(records[: PROOF_LEAVES // 3])
    steps, growth = inclusion_proof(leaves, 4711), consistency_proof(leaves, PROOF_LEAVES // 3)
    deep = [leaves[0]] * DEEPEST
    cases = {
        f"inclusion in {PROOF_LEAVES:,} records ({len(steps)} hashes)": lambda: verify_inclusion(
            leaves[4711], 4711, PROOF_LEAVES, steps, made
        ),
        f"growth from {PROOF_LEAVES // 3:,} to {PROOF_LEAVES:,} records ({len(growth)} hashes)": lambda: (
            verify_consistency(PROOF_LEAVES // 3, PROOF_LEAVES, growth, older, made)
        ),
        f"inclusion in 2^64 - 1 records, refused after {DEEPEST} hashes": lambda: (
            not verify_inclusion(leaves[0], 0, 2**DEEPEST - 1, deep, made)
        ),
    }
    lines = ["| one proof | median, ms | goal, ms |", "|---|---|---|"]
    for name, check in cases.items():
        times = []
        for _ in range(PROOF_RUNS):
            start = time.perf_counter()
            right = check()
            times.append(time.perf_counter() - start)
            if not right:
                raise RuntimeError(f"{name}: the wrong verdict")
        lines.append(f"| {name} | {statistics.median(times) * MILLI:.3f} | < {PROOF_GOAL} |")
    return lines


def page(size: Size) -> str:
    """All tables, as Markdown."""
    # First, while this process is small: the largest memory of a process counts that of the one it came from.
    kernel, root = apart("kernel", size.leaves), apart("root", size.leaves)
    table = apart("table", size.rows)
    from samplers import machine

    lines = [
        "## Committing to data",
        "",
        f"Printed by `python benchmarks/guard.py --write docs/benchmarks.md` on {machine()}: processor time of one thread but for the wall time of the root. Files come from the page cache, in turn with one pass over the same bytes in memory (medians of {size.passes} pairs). Each root and table is made in a process of its own; its largest memory counts the interpreter and the libraries. The root's time includes making the leaves, {PAYLOAD} bytes each, as they are asked for.",
        "",
        *files(size),
        "",
        "| root over ready leaves | wall, s | processor, s | of it making leaves, s | largest memory, MB | of it beyond the libraries, MB | goal |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {size.leaves:,}, {name} | {figures['wall']:.1f} | {figures['cpu']:.1f} | {figures['making']:.1f} | {figures['peak']:.0f} | {figures['more']:.1f} | < {ROOT_GOAL} s, < {MEMORY_GOAL} MB |"
            for name, figures in (("`kernels.hashing.merkle_root`", kernel), ("`guard.merkle.root`", root))
        ),
        "",
        "| rows of 20 columns and a label | bytes a row | canonical rows, s | rows and root, s | largest memory, MB |",
        "|---|---|---|---|---|",
        f"| {size.rows:,} | {table['length']:.0f} | {table['cpu']:.1f} | {table['whole']:.1f} | {table['peak']:.0f} |",
        "",
        *proofs(),
    ]
    return "\n".join(lines)


ONE = {"kernel": one_kernel_root, "root": one_root, "table": one_table}


def main() -> None:
    """Measure, print, and write where asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="small sizes, to see it run; writes nothing")
    options.add_argument("--write", type=Path)
    options.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.one is not None:
        ONE[asked.one[0]](int(asked.one[1]))
        return
    text = page(QUICK if asked.quick else Size())
    print(text)
    if asked.write is not None and not asked.quick:
        write_section(asked.write, "guard", text)


if __name__ == "__main__":
    main()
