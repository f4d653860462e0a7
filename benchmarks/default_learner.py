"""The default learner beside stock gradient boosting, a forest and logistic regression, on real tables.

Log loss, macro average precision (of the rare class when there are two) and macro-F1 of the likeliest class,
means over the folds of one stratified cross-validation; CPU seconds of one fit on one thread. The rule of
`steelyard.learn.boosting_for` was chosen on the tables marked *seen*; the others played no part in it.

Run: OMP_NUM_THREADS=1 STEELYARD_DATA=... python benchmarks/default_learner.py --write docs/learner_measured.md
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

import steelyard as sy
from steelyard.data import TablePreparer
from steelyard.learn import default_learner
from steelyard.metrics import METRICS

FOLDS = 5
MOST_ROWS = 20_000
SEEN = (
    "ecoli",
    "glass",
    "keel_binary/haberman",
    "keel_binary/yeast4",
    "yeast",
    "winequality-red",
    "car",
    "keel_binary/abalone19",
    "abalone",
    "page-blocks",
    "coswara_metadata",
    "mammography",
    "nsl_kdd",
    "adult",
)
UNSEEN = (
    "keel_binary/glass5",
    "keel_binary/abalone9-18",
    "keel_binary/winequality-red-4",
    "keel_multiclass/balance",
    "keel_multiclass/contraceptive",
    "winequality-white",
    "satimage",
    "nursery",
    "diabetes130",
    "fars",
)


@dataclass(frozen=True)
class Rival:
    """A learner, and the kind of table it takes."""

    title: str
    output: str
    make: Callable[[int, list[int]], Any]


RIVALS = (
    Rival("default", "native", lambda n, c: default_learner(n_rows=n, class_counts=c, random_state=0)),
    Rival(
        "stock boosting",
        "native",
        lambda n, c: HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0),
    ),
    Rival("forest", "dense", lambda n, c: RandomForestClassifier(200, random_state=0)),
    Rival("logistic", "dense", lambda n, c: LogisticRegression(max_iter=1000)),
)
MEASURES = ("log loss", "AP", "macro-F1", "seconds")


def rows_of(name: str) -> sy.records.Dataset:
    """A table, or a fair part of a large one, without the classes too small for the folds."""
    table = sy.load(name, rare="drop")
    if len(table) > MOST_ROWS:
        table = table.take(np.sort(np.random.default_rng(0).permutation(len(table))[:MOST_ROWS]))
    labels, counts = np.unique(table.y, return_counts=True)
    return table.take(np.flatnonzero(np.isin(table.y, labels[counts >= FOLDS])))


def measure(table: sy.records.Dataset) -> dict[str, np.ndarray]:
    """For each rival the mean of the measures over the folds."""
    codes = np.searchsorted(table.classes, table.y)
    k = table.classes.size
    positive = int(np.searchsorted(table.classes, table.rare_class)) if k == 2 else None
    found: dict[str, list[list[float]]] = {rival.title: [] for rival in RIVALS}
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(codes, codes):
        prepared = {}
        for output in ("native", "dense"):
            preparer = TablePreparer(output=output, random_state=0)
            fitted = preparer.fit_transform(table.X.iloc[train], table.y[train])
            prepared[output] = fitted, preparer.transform(table.X.iloc[test])
        for rival in RIVALS:
            known, new = prepared[rival.output]
            start = time.process_time()
            model = rival.make(train.size, np.bincount(codes[train]).tolist()).fit(known, codes[train])
            spent = time.process_time() - start
            proba = model.predict_proba(new)
            loss = METRICS["log_loss"].value(codes[test], proba, positive=positive)
            ap = METRICS["average_precision"].value(codes[test], proba, positive=positive)
            f1 = f1_score(codes[test], proba.argmax(axis=1), average="macro")
            found[rival.title].append([loss, ap, f1, spent])
    return {title: np.nanmean(values, axis=0) for title, values in found.items()}


def page(results: dict[str, tuple[sy.records.Dataset, dict[str, np.ndarray]]]) -> str:
    """The whole page."""
    lines = [
        "# The default learner, measured",
        "",
        "Printed by `benchmarks/default_learner.py`. One rule chooses the settings of gradient boosting from the number of "
        "rows and classes; it was chosen on the tables marked *seen*, and the others played no part. Stratified "
        f"{FOLDS}-fold cross-validation, at most {MOST_ROWS:,} rows of a table, classes of fewer than {FOLDS} rows left out. Macro "
        "average precision (of the rare class when there are two) and macro-F1 of the likeliest class; CPU seconds of one "
        "fit on one thread. Stock boosting is scikit-learn's `HistGradientBoostingClassifier` as it comes; the forest has 200 trees.",
        "",
        "Folds are drawn at random, so a table with many repeated rows (a fifth of `winequality-white`) rewards learning by "
        "heart. Stock boosting holds out a tenth of the rows to stop early from 10,000 rows on, which the default learner "
        "must not do inside a comparison; that is why it is quicker there.",
        "",
        "| table | rows | classes | "
        + " | ".join(f"{r.title}: log loss / AP / F1 (s)" for r in RIVALS)
        + " |",
        "|---|---|---|" + "---|" * len(RIVALS),
    ]
    for name, (table, values) in results.items():
        cells = []
        for rival in RIVALS:
            loss, ap, f1, spent = values[rival.title]
            cells.append(f"{loss:.3f} / {ap:.3f} / {f1:.3f} ({spent:.1f})")
        mark = " *seen*" if name in SEEN else ""
        lines.append(
            f"| `{name}`{mark} | {len(table):,} | {table.classes.size} | " + " | ".join(cells) + " |"
        )
    lines += ["", *summary(results), ""]
    return "\n".join(lines)


def summary(results: dict[str, tuple[sy.records.Dataset, dict[str, np.ndarray]]]) -> list[str]:
    """How often the default learner is at least as good as each rival, in words."""
    lines = []
    for kind, names in (("seen", SEEN), ("unseen", UNSEEN)):
        done = [results[name][1] for name in names if name in results]
        for rival in RIVALS[1:]:
            loss = sum(values["default"][0] <= values[rival.title][0] for values in done)
            ap = sum(values["default"][1] >= values[rival.title][1] for values in done)
            f1 = sum(values["default"][2] >= values[rival.title][2] for values in done)
            lines.append(
                f"- Of {len(done)} {kind} tables the default learner is at least as good as {rival.title} on {loss} by log "
                f"loss, {ap} by average precision, {f1} by macro-F1."
            )
    return lines


def main() -> None:
    """Measure and print the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", nargs="*", help="names of tables; all by default")
    options.add_argument("--write", type=Path)
    asked = options.parse_args()
    results = {}
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of convergence and of levels unseen in a fold
        for name in asked.only or (*SEEN, *UNSEEN):
            table = rows_of(name)
            results[name] = table, measure(table)
            print(
                name,
                {title: values.round(3).tolist() for title, values in results[name][1].items()},
                flush=True,
            )
    text = page(results)
    print(text)
    if asked.write is not None:
        asked.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
