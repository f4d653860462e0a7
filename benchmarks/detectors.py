"""What each detector of moved labels finds in a real table, at several shares of a rare class.

Rows of one class get the label of the most frequent one; every detector is asked about the whole table.
Precision is over all rows that a detector suspects, so right labels of hard rows count against it; "ranked" is
the area under the ROC curve among the rows that carry the label moved to. Where most of the class is moved
the detectors fail, which is what the table is for. The first lines have no moved label: what they show are
false alarms.

``--clean`` asks the pair test about the packaged tables as they are: what it finds there without trusted rows
are false alarms, or labels that were wrong all along.

Run: python benchmarks/detectors.py [--table satimage] [--seeds 2] [--clean] [--write docs/benchmarks.md]
"""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sections import write_section
from sklearn.metrics import roc_auc_score

from steelyard.data import load
from steelyard.flow import SuspectReport, suspects
from steelyard.guard import LabelFlip
from steelyard.records import Dataset

TABLE = "page-blocks"
SHARES = (0.0, 0.1, 0.26, 0.5, 0.75, 0.9)
DETECTORS = ("flips", "neighbours", "spectral", "clusters")
SEEDS = 2
LEAST = 40  # rows of the class whose labels are moved
NOTHING = "–"
CLEAN = (
    *("ecoli", "dermatology", "car", "glass", "yeast", "winequality-red", "winequality-white"),
    *("page-blocks", "satimage", "abalone", "nursery"),
)
HEADER = (
    "| share moved | detector | suspects | precision | recall | ranked | pair found (median p) | other pairs |\n"
    "|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True, eq=False)
class Run:
    """One poisoned table and what was said of it."""

    y: NDArray[Any]
    moved: NDArray[np.intp]
    report: SuspectReport


def ask(dataset: Dataset, target: Any, to: Any, share: float, seed: int) -> Run:
    """Move labels and ask all detectors."""
    y, moved = dataset.y, np.empty(0, dtype=np.intp)
    if share:
        _, y, moved = LabelFlip(target, to, share=share, random_state=seed).apply(dataset.X, dataset.y)
    poisoned = dataclasses.replace(dataset, y=y, hash="")
    return Run(y, moved, suspects(poisoned, detectors=DETECTORS, random_state=seed, progress=False))


def detector_cells(name: str, runs: list[Run], to: Any) -> list[str]:
    """Suspects, precision, recall and ranking of one detector, means over the runs."""
    n, hits, recall, ranked = [], [], [], []
    for run in runs:
        answer = run.report.by_detector[name]
        n.append(len(answer))
        hits.append(int(np.isin(answer.rows, run.moved).sum()))
        if run.moved.size:
            judged = (run.y == to) & np.isfinite(answer.every)
            truth = np.isin(np.arange(run.y.size), run.moved)
            recall.append(hits[-1] / run.moved.size)
            ranked.append(roc_auc_score(truth[judged], answer.every[judged]))
    if not recall:
        return [f"{np.mean(n):.0f}", NOTHING, NOTHING, NOTHING]
    precision = f"{sum(hits) / sum(n):.2f}" if sum(n) else NOTHING
    return [f"{np.mean(n):.0f}", precision, f"{np.mean(recall):.2f}", f"{np.mean(ranked):.2f}"]


def pair_cells(runs: list[Run], target: Any, to: Any) -> list[str]:
    """How often the pair was found, and how many others were."""
    own, others = [], []
    for run in runs:
        pairs = run.report.pairs.pairs
        own += [pair for pair in pairs if (pair.looks, pair.given) == (target, to)]
        others.append(sum(pair.found and (pair.looks, pair.given) != (target, to) for pair in pairs))
    p = f"{np.median([pair.p_corrected for pair in own]):.2g}" if own else NOTHING
    return [f"{sum(pair.found for pair in own)} of {len(runs)} ({p})", f"{np.mean(others):.1f}"]


def measure(name: str, seeds: int) -> str:
    """The whole table, as Markdown."""
    dataset = load(name, rare="drop")
    to = next(iter(dataset.counts))
    target = next(label for label in reversed(list(dataset.counts)) if dataset.counts[label] >= LEAST)
    lines = [HEADER]
    for share in SHARES:
        runs = [ask(dataset, target, to, share, seed) for seed in range(seeds)]
        for place, detector in enumerate(DETECTORS):
            pair = pair_cells(runs, target, to) if place == 0 else ["", ""]
            cells = [f"{share:.2f}", detector, *detector_cells(detector, runs, to), *pair]
            lines.append(f"| {' | '.join(cells)} |")
    return (
        f"## Detectors of moved labels\n\nTable {name}, {len(dataset):,} rows; labels of class {target!r} "
        f"({dataset.counts[target]} rows) moved to {to!r}, {seeds} seeds. Spectral signatures and clusters work "
        "on the prepared columns here, not on features of a network, which they were made for.\n\n"
        + "\n".join(lines)
    )


def clean() -> str:
    """What the pair test finds in tables as they are, as Markdown."""
    lines = ["| table | rows | pairs tested | found |", "|---|---|---|---|"]
    for name in CLEAN:
        dataset = load(name, rare="drop")
        test = suspects(dataset, detectors=["flips"], progress=False).pairs
        found = [
            f"{pair.looks} as {pair.given}: {pair.observed} against {pair.expected:.0f} (p = {pair.p_corrected:.2g})"
            for pair in test.found
        ]
        lines.append(f"| {name} | {len(dataset):,} | {len(test.pairs)} | {'; '.join(found) or 'none'} |")
    return "## The pair test on tables as they are\n\nWithout trusted rows.\n\n" + "\n".join(lines)


def main() -> None:
    """Measure, print, and write the section when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--table", default=TABLE)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--clean", action="store_true")
    asked = parser.parse_args()
    name, page = ("clean pairs", clean()) if asked.clean else ("detectors", measure(asked.table, asked.seeds))
    print(page)
    if asked.write:
        write_section(asked.write, name, page)


if __name__ == "__main__":
    main()
