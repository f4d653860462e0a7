"""Condensing: how it grows with the rows, and what it takes beside k-means per class and beside learned rows.

    OMP_NUM_THREADS=2 python benchmarks/condense.py
    OMP_NUM_THREADS=2 python benchmarks/condense.py --scaling 10000 100000 1000000
    OMP_NUM_THREADS=2 STEELYARD_DATA=../shared/data python benchmarks/condense.py --beside adult

The first part condenses normal clusters (three classes of 89, 10 and 1 %) to a thousandth, each size in a
process of its own, and prints wall time, processor time and the memory above that of the table. The second
condenses real tables, encoded as in the recipe: k-means of scikit-learn in each class with as many centres as
the class gets, and distribution and gradient matching as the recipe sets them; with the macro F1 that the
paper's network then reaches on held-out rows; in processor seconds. Times of methods that learn rows are also given at the number
of updates that was published for images.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time

import numpy as np

COLUMNS, LATENT, CLUSTERS = 50, 10, 20
SHARES = (0.89, 0.1, 0.01)
RATE = 0.001
BLOCK = 100_000
PUBLISHED = 10_000
MB = 2**20


def clusters(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of clusters in ten dimensions, seen through fifty, made block by block."""
    rng = np.random.default_rng(0)
    seen_through, middles = rng.normal(size=(LATENT, COLUMNS)), 3 * rng.normal(size=(CLUSTERS, LATENT))
    X, y = np.empty((rows, COLUMNS)), rng.choice(len(SHARES), size=rows, p=SHARES)
    for start in range(0, rows, BLOCK):
        part = slice(start, min(start + BLOCK, rows))
        n = part.stop - part.start
        hidden = middles[rng.integers(CLUSTERS, size=n)] + rng.normal(size=(n, LATENT))
        X[part] = hidden @ seen_through + rng.normal(size=(n, COLUMNS)) + 0.5 * y[part, None]
    return X, y


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MB


def one_size(rows: int, emit: str) -> None:
    """Condense one table in this process and print the figures as JSON."""
    from steelyard.balance.condense import ClassAdaptiveClustering

    X, y = clusters(rows)
    before, wall, cpu = peak_mb(), time.perf_counter(), time.process_time()
    sampler = ClassAdaptiveClustering(budget=RATE, emit=emit, random_state=0)
    sampler.fit_resample(X, y)
    print(
        json.dumps(
            {
                "wall": time.perf_counter() - wall,
                "cpu": time.process_time() - cpu,
                "table": X.nbytes / MB,
                "more": peak_mb() - before,
                "peak": peak_mb(),
                "counts": list(sampler.allocation_.values()),
            }
        )
    )


def scaling(sizes: list[int]) -> None:
    print(f"{COLUMNS} columns, condensed to {RATE:.1%}\n")
    print("| rows | kept | by class | wall, s | processor, s | table, MiB | above it, MiB | peak, MiB |")
    print("|---|---|---|---|---|---|---|---|")
    for rows in sizes:
        command = [sys.executable, __file__, "--one", str(rows)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout)
        counts = " + ".join(f"{n:,}" for n in found["counts"])
        print(
            f"| {rows:,} | {sum(found['counts']):,} | {counts} | {found['wall']:.1f} | {found['cpu']:.1f} | "
            f"{found['table']:,.0f} | {found['more']:,.0f} | {found['peak']:,.0f} |",
            flush=True,
        )


def their_kmeans(X: np.ndarray, y: np.ndarray, counts: dict[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Centres of scikit-learn's k-means in each class."""
    from sklearn.cluster import KMeans

    made = [
        KMeans(k, n_init=1, random_state=0).fit(X[y == label]).cluster_centers_ for label, k in counts.items()
    ]
    return np.concatenate(made), np.repeat(list(counts), list(counts.values()))


def beside(name: str) -> None:
    """Every method on one real table: seconds, ratio to C2TC's, and what is learned from the rows."""
    from steelyard.recipes import c2tc as recipe

    X, y, X_test, y_test = recipe.encoded(name, 0, recipe.SCALES["small"][3])
    budget = int(RATE * len(y))
    first = recipe.systems(0, budget)[recipe.C2TC].fit(X, y)
    counts = first.allocation_
    methods = {
        "scikit-learn's k-means, C2TC's counts": lambda: their_kmeans(X, y, counts),
        recipe.KRATIO: lambda: recipe.systems(0, budget)[recipe.KRATIO].fit_resample(X, y),
        recipe.C2TC: lambda: recipe.systems(0, budget)[recipe.C2TC].fit_resample(X, y),
        recipe.EXACT: lambda: recipe.systems(0, budget)[recipe.EXACT].fit_resample(X, y),
    }
    learned = recipe.matching(0, budget, counts)
    for system, sampler in learned.items():
        methods[system] = lambda sampler=sampler: sampler.fit_resample(X, y)
    print(f"\n{name}: {len(y):,} rows of {X.shape[1]} numbers, {len(counts)} classes, to {budget} rows\n")
    print(
        "| method | processor, s | for each of C2TC's | as published, processor, s | for each of C2TC's | macro F1 |"
    )
    print("|---|---|---|---|---|---|")
    lines, own = [], 1.0
    for system, work in methods.items():
        start = time.process_time()
        X_out, y_out = work()
        seconds = time.process_time() - start
        own = seconds if system == recipe.C2TC else own
        published = PUBLISHED * seconds / getattr(learned.get(system), "n_iter_", np.nan)
        figures = recipe.learned(system, (X_out, y_out, None), (X_test, y_test), 0)
        lines.append((system, seconds, published, figures[recipe.F1]))
    for system, seconds, published, f1 in lines:
        later = f"{published:,.0f} | {published / own:,.0f}" if np.isfinite(published) else " | "
        print(f"| {system} | {seconds:.2f} | {seconds / own:,.1f} | {later} | {f1:.3f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scaling", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--beside", nargs="*", default=["adult"], help="tables, by their names in the catalogue"
    )
    parser.add_argument("--emit", choices=["medoid", "centroid"], default="medoid")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one_size(asked.one, asked.emit)
        return
    if asked.scaling:
        scaling(asked.scaling)
    for name in asked.beside:
        beside(name)


if __name__ == "__main__":
    main()
