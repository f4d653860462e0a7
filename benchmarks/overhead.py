"""What ``evaluate`` adds to the bare fits it needs: splitting, metrics, checkpoints and intervals.

Both sides fit the same estimators on the same rows in one process with one thread; the bare side does
nothing else. Prints processor seconds of both, and their ratio.

Run: python benchmarks/overhead.py TABLE.parquet
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from sklearn.base import clone
from threadpoolctl import threadpool_limits

import steelyard as sy
from steelyard.evaluate import make_splitter, units_of
from steelyard.flow import Settings, build_systems
from steelyard.flow.compare import run_comparison
from steelyard.kernels.out_of_fold import inner_splits, out_of_fold_proba, take_rows
from steelyard.store import RunFolder


def bare_fits(systems, dataset, settings) -> float:
    """Processor seconds of every outer and inner fit and prediction, and of nothing else."""
    splits = make_splitter(dataset, settings.folds, settings.repeats, settings.random_state).splits
    start = time.process_time()
    for split in splits:
        X, y = take_rows(dataset.X, split.train), dataset.y[split.train]
        held_out = take_rows(dataset.X, split.test)
        for base in units_of(systems):
            clone(base.estimator).fit(X, y).predict_proba(held_out)
            if base.needs_scores:
                out_of_fold_proba(base.estimator, X, y, inner_splits(y, base.inner_folds, random_state=0))
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
