"""Neighbour searches beside scikit-learn's on the same rows, in CPU-seconds of one thread, with their ratio.

Each case is run in pairs, ours and theirs one after the other; the median of the pairs is printed. Theirs is
what imbalanced-learn would use: brute force, a k-d tree up to 15 columns. For mixed tables theirs is brute
force on one-hot columns, as in SMOTENC, and is left out where those would not fit into memory.

Run: OMP_NUM_THREADS=1 python benchmarks/neighbors.py --rows 100000 --columns 30
"""

import argparse
import time
from statistics import median

import numpy as np
from scipy import sparse
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import OneHotEncoder
from threadpoolctl import threadpool_limits

from steelyard.kernels.neighborhood import Neighborhood

RARE_SHARE = 0.01
LATENT_COLUMNS = 10
CLUSTERS = 20
TREE_COLUMNS = 15
MOST_ONE_HOT_PAIRS = 3e8
K = 6


def rows_of_clusters(n_rows, n_columns, seed=0):
    """Gaussian clusters in ten dimensions, seen through more columns, with some noise."""
    rng = np.random.default_rng(seed)
    centres = 3 * rng.normal(size=(CLUSTERS, LATENT_COLUMNS))
    hidden = centres[rng.integers(CLUSTERS, size=n_rows)] + rng.normal(size=(n_rows, LATENT_COLUMNS))
    seen = hidden @ rng.normal(size=(LATENT_COLUMNS, n_columns))
    return seen + 0.1 * seen.std() * rng.normal(size=seen.shape)


def cpu(work):
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def theirs_on(numbers, asked, pool):
    kind = "kd_tree" if numbers.shape[1] <= TREE_COLUMNS and not sparse.issparse(numbers) else "brute"
    itself = np.isin(asked, pool).any()
    rows = numbers[pool]

    def search():
        finder = NearestNeighbors(n_neighbors=K + itself, algorithm=kind).fit(rows)
        return finder.kneighbors(numbers[asked], return_distance=False)[:, int(itself) :]

    return search


def compare(name, around, theirs, asked, pool, repeats):
    ours_cpu, theirs_cpu, same = [], [], np.nan
    for _ in range(repeats):
        seconds, found = cpu(lambda: around.nearest(K, asked=asked, pool=pool)[0])
        ours_cpu.append(seconds)
        if theirs is not None:
            seconds, expected = cpu(theirs)
            theirs_cpu.append(seconds)
            same = (pool[expected] == found).mean()
    line = f"{name:<44} {median(ours_cpu):>8.2f}"
    if theirs is not None:
        line += f" {median(theirs_cpu):>8.2f} {median(theirs_cpu) / median(ours_cpu):>7.1f}x {same:>9.5f}"
    if around.recall_ is not None:
        line += f"   measured recall {around.recall_:.4f}"
    print(line, flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--levels", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--no-self-join", action="store_true", help="leave out all rows among all rows")
    parser.add_argument("--alone", action="store_true", help="leave out scikit-learn")
    options = parser.parse_args()
    n, p = options.rows, options.columns
    everyone, rare = np.arange(n), np.arange(max(K + 1, int(n * RARE_SHARE)))
    common = everyone[rare.shape[0] :]
    print(f"{n} rows, {rare.shape[0]} of them rare, k = {K}; CPU-seconds")
    print(f"{'':<44} {'ours':>8} {'theirs':>8} {'ratio':>8} {'same rows':>9}")
    cases = {
        "rare among rare": (rare, rare),
        "rare among all": (rare, everyone),
        "common among rare": (common, rare),
        "all among all": (everyone, everyone),
    }
    if options.no_self_join:
        del cases["all among all"]
    numbers = rows_of_clusters(n, p)
    tables = {f"{p} float64": numbers, f"{p} float32": numbers.astype(np.float32)}
    tables["10 float64"] = rows_of_clusters(n, 10)
    tables["200 sparse, 5 % filled"] = sparse.random_array(
        (n, 200), density=0.05, rng=np.random.default_rng(0), format="csr"
    )
    for name, table in tables.items():
        for case, (asked, pool) in cases.items():
            theirs = None if options.alone else theirs_on(table, asked, pool)
            compare(f"{name}: {case}", Neighborhood(table), theirs, asked, pool, options.repeats)
    if "all among all" in cases:
        around = Neighborhood(numbers, exact=False)
        compare(f"{p} float64: all among all, recall 0.99", around, None, everyone, everyone, options.repeats)
    half = p // 2
    for levels in options.levels:
        codes = np.random.default_rng(levels).integers(levels, size=(n, half))
        price = float(np.median(numbers[:, :half].std(axis=0)))
        around = Neighborhood(numbers[:, :half], codes, price)
        # Two one-hot columns differ for each category that does, so each is worth half of its square.
        for case, (asked, pool) in cases.items():
            theirs = None
            if not options.alone and asked.shape[0] * pool.shape[0] <= MOST_ONE_HOT_PAIRS:
                one_hot = OneHotEncoder().fit_transform(codes) * (price / np.sqrt(2))
                mixed = sparse.hstack([sparse.csr_array(numbers[:, :half]), one_hot]).tocsr()
                theirs = theirs_on(mixed, asked, pool)
            name = f"{half} numbers, {half} of {levels} levels: {case}"
            compare(name, around, theirs, asked, pool, options.repeats)


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
