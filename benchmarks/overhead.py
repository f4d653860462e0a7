"""What ``evaluate`` adds to the bare fits it needs: splitting, metrics, checkpoints and intervals.

Both sides fit the same estimators on the same rows in one process with one thread; the bare side does
nothing else. Prints processor seconds of both, and their ratio.

Run: python benchmarks/overhead.py TABLE.parquet
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from threadpoolctl import threadpool_limits

import steelyard as sy
from steelyard.evaluate import make_splitter
from steelyard.evaluate.protocol import base_key
from steelyard.flow import Settings, build_systems
from steelyard.flow.compare import run_comparison
from steelyard.kernels.out_of_fold import take_rows
from steelyard.kernels.rng import int_seed
from steelyard.store import RunFolder


def bare_fits(systems, dataset, settings) -> float:
    """Processor seconds of every outer and inner fit and prediction, and of nothing else."""
    seed = int_seed(settings.random_state, "splits")
    folds = make_splitter(dataset, settings.folds, settings.repeats, seed).folds
    bases = defaultdict(list)
    for system in systems.values():
        bases[base_key(system)].append(system.estimator)
    start = time.process_time()
    for fold in folds:
        X, y = take_rows(dataset.X, fold.train), dataset.y[fold.train]
        held_out = take_rows(dataset.X, fold.test)
        for members in bases.values():
            members[0].fit_inner(X, y).predict_proba(held_out)
            needing = [member for member in members if member.needs_scores]
            if needing:
                needing[0].inner_scores(X, y)
    return time.process_time() - start


def evaluated(systems, dataset, settings) -> float:
    """Processor seconds of the whole comparison, finished units written to disk."""
    with tempfile.TemporaryDirectory() as folder:
        cache = RunFolder(Path(folder) / "run", settings={}, data_hash=dataset.hash, versions={})
        start = time.process_time()
        with cache as run:
            run_comparison(dataset, systems, settings, jobs=1, cache=run, progress=False)
        return time.process_time() - start


def main() -> None:
    """Print the seconds of both sides and what they differ by."""
    dataset = sy.load(sys.argv[1], target="target")
    settings = Settings(repeats=1, drop_hopeless=False)
    systems = build_systems(dataset, settings)
    with threadpool_limits(1):
        bare = bare_fits(systems, dataset, settings)
        whole = evaluated(systems, dataset, settings)
    print(f"bare {bare:.1f} evaluate {whole:.1f} overhead {whole / bare - 1:.3f}")


if __name__ == "__main__":
    main()
