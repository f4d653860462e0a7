"""Every sampler beside imbalanced-learn's on the same rows: processor seconds, extra memory, rows chosen.

Each run is a process of its own with one thread; ours and theirs take turns and medians are compared.
The tables are Gaussian mixtures in ten dimensions, mapped to the columns with a little noise, one row in a
hundred rare, unless a row says otherwise; ``fars`` and ``flights`` are real and need STEELYARD_DATA.

Run: make bench-samplers
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sections import read_section, write_section
from sklearn.base import clone

LATENT, COMMON_PARTS, RARE_PARTS, NOISE = 10, 20, 4, 0.1
RARE_SHARE = 0.01
KILOBYTE = 1024
LIMIT_SECONDS = 1800
FOREST_TREES = 100
# Runs as long as this vary little from one to the next, so one of them is enough.
LONG_SECONDS = 100


@dataclass(frozen=True)
class Case:
    """One line of the table: which sampler on which rows, and the ratio that is asked for."""

    sampler: str
    rows: int
    table: str = "numbers"
    columns: int = 30
    must: float | None = None
    less_memory: float | None = None
    seconds: float | None = None
    ours: dict[str, Any] | None = None
    theirs: dict[str, Any] | None = None
    against: bool = True
    memory_against: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """What the line is about."""
        size = f"{self.rows:,} x {self.columns}" if self.table not in REAL else f"{self.table}, real"
        kind = {"numbers": "", "float32": ", float32"}.get(self.table, f", {self.table}")
        return f"{self.sampler}{self.note} | {size}{'' if self.table in REAL else kind}"


REAL = ("fars", "flights")
FOREST = {"estimator": "forest"}
CASES = (
    Case("TomekLinks", 100_000, must=30),
    Case("OneSidedSelection", 100_000, must=30),
    Case("EditedNearestNeighbours", 100_000, must=12),
    Case("NeighbourhoodCleaningRule", 100_000, must=12),
    Case("RepeatedEditedNearestNeighbours", 100_000, must=10),
    Case("AllKNN", 100_000, must=10),
    Case("EditedNearestNeighbours", 1_000_000, seconds=120, against=False),
    Case("SMOTENC", 100_000, "10 levels", must=40, less_memory=20),
    Case("SMOTENC", 100_000, "100 levels", must=40, less_memory=20),
    Case("SMOTENC", 100_000, "1000 levels", against=False),
    Case("SMOTEN", 100_000, "categories only", must=10),
    Case("SMOTE", 100_000, must=2, less_memory=1 / 0.55),
    Case("SMOTE", 1_000_000, must=1.6, less_memory=1 / 0.55),
    Case("SMOTE", 1_000_000, "float32", must=1.6, less_memory=1 / 0.30, memory_against="numbers"),
    Case("BorderlineSMOTE", 100_000, must=1.8),
    Case("ADASYN", 100_000, must=1.8),
    Case("CondensedNearestNeighbour", 10_000, must=50),
    Case("NearMiss", 100_000, must=15, less_memory=20, ours={"version": 2}, theirs={"version": 2}, note="-2"),
    Case("InstanceHardnessThreshold", 100_000, must=1, ours=FOREST, theirs=FOREST, note=", a forest in both"),
    Case("InstanceHardnessThreshold", 100_000, must=15, theirs=FOREST, note=", our default"),
    Case("SMOTEENN", 100_000, must=2),
    Case("SMOTETomek", 100_000, must=2),
    Case("TomekLinks", 0, "fars"),
    Case("EditedNearestNeighbours", 0, "fars"),
    Case("TomekLinks", 0, "flights", against=False),
    Case("EditedNearestNeighbours", 0, "flights", against=False),
    Case("SMOTE", 0, "flights"),
)


def mixture(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Gaussian mixtures in few dimensions, mapped to many columns."""
    rng = np.random.default_rng(0)
    n_rare = max(2, int(rows * RARE_SHARE))
    mapping = rng.normal(size=(LATENT, columns)) / np.sqrt(LATENT)
    latent, labels = [], np.repeat([0, 1], [rows - n_rare, n_rare])
    for n, parts in ((rows - n_rare, COMMON_PARTS), (n_rare, RARE_PARTS)):
        centres = rng.normal(scale=2.0, size=(parts, LATENT))
        latent.append(centres[rng.integers(parts, size=n)] + rng.normal(size=(n, LATENT)))
    X = np.concatenate(latent) @ mapping
    X += NOISE * rng.normal(size=X.shape)
    return X, labels


def real(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The numeric columns of a real table, gaps at the median, in standard units."""
    import steelyard as sy

    dataset = sy.load(f"tabular/{name}", rare="drop")
    numbers = dataset.X.select_dtypes("number").astype(float)
    numbers = numbers.fillna(numbers.median())
    spread = numbers.std().replace(0, 1)
    return ((numbers - numbers.mean()) / spread).to_numpy(), np.asarray(dataset.y)


def with_categories(rows: int, columns: int, levels: int, n_numeric: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Numbers beside categories that lean on the numbers."""
    X, y = mixture(rows, columns)
    frame = pd.DataFrame(X, columns=[f"c{i}" for i in range(columns)])
    rng = np.random.default_rng(1)
    for column in frame.columns[n_numeric:]:
        ranks = frame[column].rank(pct=True).to_numpy()
        codes = np.clip((ranks + rng.normal(scale=0.1, size=rows)) * levels, 0, levels - 1).astype(int)
        frame[column] = pd.Categorical.from_codes(codes, [f"level {i}" for i in range(levels)])
    return frame, y


def make_table(case: Case) -> tuple[Any, np.ndarray]:
    """The rows and labels of a case."""
    if case.table in REAL:
        return real(case.table)
    if case.table == "categories only":
        return with_categories(case.rows, case.columns, 10, 0)
    if case.table.endswith("levels"):
        return with_categories(case.rows, case.columns, int(case.table.split()[0]), case.columns // 2)
    X, y = mixture(case.rows, case.columns)
    return (X.astype(np.float32) if case.table == "float32" else X), y


def make_sampler(case: Case, side: str) -> Any:
    """The sampler of one side, with the same settings on both."""
    import imblearn.combine
    import imblearn.over_sampling
    import imblearn.under_sampling
    from sklearn.ensemble import RandomForestClassifier

    import steelyard.balance

    homes = {
        "ours": (steelyard.balance,),
        "theirs": (imblearn.over_sampling, imblearn.under_sampling, imblearn.combine),
    }[side]
    kind = next(getattr(home, case.sampler) for home in homes if hasattr(home, case.sampler))
    params = dict((case.ours if side == "ours" else case.theirs) or {})
    if params.get("estimator") == "forest":
        params["estimator"] = RandomForestClassifier(FOREST_TREES, random_state=0)
    if "random_state" in kind().get_params() if case.sampler != "SMOTENC" else True:
        params["random_state"] = 0
    if case.sampler == "SMOTENC":
        params["categorical_features"] = "auto"
    return kind(**params)


def rows_chosen(X: Any) -> str:
    """A fingerprint of the rows that came out, whatever their order."""
    values = (
        X if isinstance(X, np.ndarray) else pd.util.hash_pandas_object(X, index=False).to_numpy()[:, None]
    )
    rows = np.sort(np.ascontiguousarray(values).view(f"V{values.dtype.itemsize * values.shape[1]}").ravel())
    return hashlib.sha256(rows.tobytes()).hexdigest()[:16]


def peak_mb() -> float:
    """Largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTE


def resident_mb() -> float:
    """Resident memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / KILOBYTE**2


def measure(case: Case, side: str) -> dict[str, Any]:
    """Seconds, extra memory and rows of one sampler, in this process."""
    X, y = make_table(case)
    sampler = make_sampler(case, side)
    # Imports and first calls are not what is measured.
    few = np.r_[0:200, len(y) - 200 : len(y)] if case.table not in REAL else np.arange(1000)
    with suppress(ValueError):  # four hundred rows may be too few for it
        small = X.iloc[few] if hasattr(X, "iloc") else X[few]
        clone(sampler).fit_resample(small, np.asarray(y)[few])
    Path("/proc/self/clear_refs").write_text("5")  # the kernel's peak starts anew
    before, start = resident_mb(), time.process_time()
    X_out, _ = sampler.fit_resample(X, y)
    seconds = time.process_time() - start
    status = Path("/proc/self/status").read_text()
    peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / KILOBYTE
    return {"seconds": seconds, "extra_mb": peak - before, "n": len(X_out), "rows": rows_chosen(X_out)}


def run(index: int, side: str) -> dict[str, Any] | None:
    """One measurement in a process of its own; None where it fails or takes too long."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    try:
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(index), side],
            env={**os.environ, **threads},
            capture_output=True,
            text=True,
            check=True,
            timeout=LIMIT_SECONDS,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(f"{CASES[index].title} ({side}): {str(error.stderr or error)[-300:]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


def measured_elsewhere(case: Case) -> dict[str, Any]:
    """One run of theirs on the table that a case's memory is compared with."""
    elsewhere = (case.sampler, case.rows, case.memory_against)
    index = next(i for i, c in enumerate(CASES) if (c.sampler, c.rows, c.table) == elsewhere)
    found = run(index, "theirs")
    if found is None:
        raise SystemExit(f"{CASES[index].title}: theirs gave no result to compare memory with.")
    return found


def middle(results: list[dict[str, Any]], key: str) -> float:
    """Median of a figure."""
    return statistics.median(result[key] for result in results)


def goal_words(case: Case, ratio: float | None, lean: float | None, seconds: float) -> str:
    """What was asked for, and whether it is there."""
    wanted, met = [], []
    if case.must is not None:
        wanted.append(f"{case.must:g}x")
        met.append(ratio is not None and ratio >= case.must)
    if case.less_memory is not None:
        of_what = " than theirs on float64" if case.memory_against else ""
        wanted.append(f"{case.less_memory:.2g}x less memory{of_what}")
        met.append(lean is not None and lean >= case.less_memory)
    if case.seconds is not None:
        wanted.append(f"below {case.seconds:g} s")
        met.append(seconds < case.seconds)
    if not wanted:
        return " | "
    if case.must is not None and ratio is None:
        return f"{', '.join(wanted)} | not measured"
    return f"{', '.join(wanted)} | {'met' if all(met) else '**missed**'}"


def line(index: int, runs: int) -> str:
    """Measure a case and write its line."""
    case = CASES[index]
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(run(index, "ours"))
        if case.against:
            theirs.append(run(index, "theirs"))
            if theirs[-1] is None or theirs[-1]["seconds"] > LONG_SECONDS:
                break
    ours, theirs = [r for r in ours if r], [r for r in theirs if r]
    if not ours:
        return f"| {case.title} | failed | | | | | |"
    seconds, extra = middle(ours, "seconds"), middle(ours, "extra_mb")
    cells = [f"{seconds:.2f} s, {extra:,.0f} MB"]
    ratio = lean = None
    if theirs:
        other, other_extra = middle(theirs, "seconds"), middle(theirs, "extra_mb")
        ratio, lean = other / seconds, other_extra / max(extra, 1.0)
        if case.memory_against:
            lean = measured_elsewhere(case)["extra_mb"] / max(extra, 1.0)
        same = (
            "same rows" if ours[0]["rows"] == theirs[0]["rows"] else f"{ours[0]['n']:,}; {theirs[0]['n']:,}"
        )
        cells += [f"{other:.2f} s, {other_extra:,.0f} MB", f"{ratio:.1f}x", f"{lean:.1f}x", same]
    else:
        missing = f"no result within {LIMIT_SECONDS} s" if case.against else "not run"
        cells += [missing, "", "", f"{ours[0]['n']:,}"]
    return f"| {case.title} | {' | '.join(cells)} | {goal_words(case, ratio, lean, seconds)} |"


def machine() -> str:
    """One line about where this was measured."""
    facts = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((f.partition(":")[2].strip() for f in facts if f.startswith("model name")), "unknown")
    return f"{os.cpu_count()} cores ({model}), {platform.system()}, Python {platform.python_version()}"


def section(lines: list[str], runs: int) -> str:
    """The table with the words around it."""
    once = f", one run where theirs took more than {LONG_SECONDS} s"
    words = "one run each" if runs == 1 else f"median of {runs} runs each{once}"
    return "\n".join(
        [
            "## Samplers beside imbalanced-learn",
            "",
            f"Printed by `make bench-samplers` on {machine()}: processor seconds of one thread and extra memory, "
            f"{words}, in turn. *Rows* says whether both kept or made the same rows, else how many each gave. "
            "Synthetic mixtures, one row in a hundred rare, save for the real tables. On float32 the memory is "
            "compared with theirs on the same rows in float64, for of theirs in float32 a third would be less than the output.",
            "",
            "| sampler | table | ours | imbalanced-learn | faster | leaner | rows | goal | |",
            "|---|---|---|---|---|---|---|---|---|",
            *lines,
        ]
    )


def merged(page: str, lines: list[str]) -> list[str]:
    """The lines of the page in the order of the cases, those measured anew in place of the old ones."""
    known = [*lines, *page.splitlines()]
    found = (next((line for line in known if line.startswith(f"| {case.title} |")), None) for case in CASES)
    return [line for line in found if line is not None]


def main() -> None:
    """Measure what is asked for, print the table, and write it where asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--one", nargs=2, metavar=("INDEX", "SIDE"))
    options.add_argument(
        "--only", nargs="*", help="names of samplers; all by default, else their lines alone"
    )
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--write", type=Path)
    asked = options.parse_args()
    if asked.one:
        print(json.dumps(measure(CASES[int(asked.one[0])], asked.one[1])))
        return
    lines = []
    for index, case in enumerate(CASES):
        if asked.only and case.sampler not in asked.only:
            continue
        lines.append(line(index, asked.runs))
        print(lines[-1], flush=True)
    if asked.write is not None:
        if asked.only:
            lines = merged(read_section(asked.write, "samplers"), lines)
        write_section(asked.write, "samplers", section(lines, asked.runs))


if __name__ == "__main__":
    main()
