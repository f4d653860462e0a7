"""Compares over-samplers on packaged real tables with four plain learners: average precision and F1.

``python benchmarks/oversamplers.py`` takes a few minutes on one core. Each table is one class against all
others; columns are standardised on the training rows; a sampler sees training rows only, and its rows
serve all learners. The row ``threshold`` moves the threshold of the plain learner instead.
"""

from __future__ import annotations

import argparse
import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import wilcoxon
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from steelyard import load
from steelyard.balance.over.assembled_smote import AssembledSMOTE
from steelyard.balance.over.ccr import CCR
from steelyard.balance.over.geometric_smote import GeometricSMOTE
from steelyard.balance.over.guided_smote import GuidedSMOTE
from steelyard.balance.over.mwmote import MWMOTE
from steelyard.balance.over.polynom_fit_smote import PolynomFitSMOTE
from steelyard.balance.over.prowsyn import ProWSyn
from steelyard.balance.over.random_over import RandomOverSampler
from steelyard.balance.over.rejection_smote import RejectionSMOTE
from steelyard.balance.over.rose import ROSE
from steelyard.balance.over.safe_level_smote import SafeLevelSMOTE
from steelyard.balance.over.smobd import SMOBD
from steelyard.balance.over.smote import SMOTE
from steelyard.balance.over.smote_ipf import SMOTEIPF
from steelyard.decide import MetricThreshold
from steelyard.errors import CannotResample

SEED = 0
FOLDS = 5
CHANCE = 0.05
SMALL = (("ecoli", "imU"), ("glass", "3"), ("yeast", "ME2"), ("winequality-red", "4"), ("page-blocks", "5"))
LARGER = (("abalone", "15"), ("satimage", "4"), ("winequality-white", "4"), ("yeast", "EXC"))
PLAIN, THRESHOLD = "none", "threshold"
SAMPLERS: dict[str, Any] = {
    PLAIN: None,
    THRESHOLD: None,
    **{
        kind.__name__: kind(random_state=SEED)
        for kind in (
            RandomOverSampler,
            SMOTE,
            PolynomFitSMOTE,
            ProWSyn,
            SMOTEIPF,
            RejectionSMOTE,
            SMOBD,
            GuidedSMOTE,
            CCR,
            AssembledSMOTE,
            MWMOTE,
            GeometricSMOTE,
            SafeLevelSMOTE,
            ROSE,
        )
    },
}
LEARNERS: dict[str, Any] = {
    "tree": DecisionTreeClassifier(max_depth=8, min_samples_leaf=5, random_state=SEED),
    "neighbours": KNeighborsClassifier(15),
    "logistic": LogisticRegression(max_iter=300),
    "boosting": HistGradientBoostingClassifier(max_iter=60, early_stopping=False, random_state=SEED),
}


@dataclass(frozen=True)
class Score:
    """One learner on one fold after one sampler."""

    table: str
    sampler: str
    learner: str
    average_precision: float
    f1: float


def read(name: str, rare: str) -> tuple[Any, Any]:
    """Numeric columns of a packaged table, and whether each row is of the rare class."""
    data = load(name, rare="drop")
    y = (np.asarray(data.y).astype(str) == rare).astype(int)
    if y.sum() < FOLDS:
        raise SystemExit(f"{name} has {y.sum()} rows of class {rare!r}.")
    return data.X.select_dtypes("number").to_numpy(float), y


def one_fold(table: str, X: Any, y: Any, train: Any, test: Any, seconds: dict[str, float]) -> list[Score]:
    """Score all samplers and learners on one split."""
    scaler = StandardScaler().fit(X[train])
    known, unseen = scaler.transform(X[train]), scaler.transform(X[test])
    scores = []
    for name, sampler in SAMPLERS.items():
        rows, labels = known, y[train]
        if sampler is not None:
            start = time.process_time()
            try:
                rows, labels = clone(sampler).fit_resample(known, y[train])
            except CannotResample as error:
                print(f"{table}: {error} The rows stay as they are.")
            seconds[name] += time.process_time() - start
        for learner, plain in LEARNERS.items():
            model = clone(plain)
            if name == THRESHOLD:
                model = MetricThreshold(model, metric="f1", random_state=SEED)
            model.fit(rows, labels)
            chance = model.predict_proba(unseen)[:, 1]
            scores.append(
                Score(
                    table,
                    name,
                    learner,
                    average_precision_score(y[test], chance),
                    f1_score(y[test], model.predict(unseen), zero_division=0),
                )
            )
    return scores


def run(tables: tuple[tuple[str, str], ...]) -> tuple[pd.DataFrame, dict[str, float]]:
    """Scores of all folds of all tables, and the seconds each sampler took."""
    scores, seconds = [], dict.fromkeys(SAMPLERS, 0.0)
    for name, rare in tables:
        X, y = read(name, rare)
        print(f"{name}: {len(y)} rows, {y.sum()} of class {rare!r}", flush=True)
        splits = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(X, y)
        for train, test in splits:
            scores += one_fold(f"{name}/{rare}", X, y, train, test, seconds)
    return pd.DataFrame([vars(score) for score in scores]), seconds


def summary(scores: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Mean of the metric per sampler and learner, and the mean rank over tables and learners."""
    per_table = scores.groupby(["table", "learner", "sampler"])[metric].mean().unstack("sampler")
    means = scores.groupby(["sampler", "learner"])[metric].mean().unstack("learner")[list(LEARNERS)]
    means["mean rank"] = per_table.rank(axis=1, ascending=False).mean()
    return means.loc[list(SAMPLERS)].sort_values("mean rank")


def honest_sentence(scores: pd.DataFrame) -> str:
    """What the strong learner gains, in words."""
    strong = scores[scores.learner == "boosting"]
    per_table = strong.groupby(["table", "sampler"]).average_precision.mean().unstack("sampler")
    gains = per_table.drop(columns=[PLAIN, THRESHOLD]).sub(per_table[PLAIN], axis=0)
    mean = gains.mean()
    best = mean.idxmax()
    chance = float(wilcoxon(gains[best]).pvalue)
    corrected = min(1.0, chance * len(mean))
    end = (
        "so no gain here can be told from chance"
        if corrected > CHANCE
        else "so this gain is more than chance; compare on untouched rows of your own"
    )
    return (
        f"With boosting, {int((mean > 0).sum())} of {len(mean)} samplers raise mean average precision over the plain "
        f"learner, the median one by {mean.median():+.3f}. The best, {best}, gains {mean.max():+.3f} and wins on "
        f"{int((gains[best] > 0).sum())} of {len(gains)} tables: signed-rank p = {chance:.2f}, and {corrected:.2f} once "
        f"it counts that it was chosen among {len(mean)}, {end}. On a strong learner over-sampling rarely gains."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--larger", action="store_true", help="four more tables, an hour or so")
    tables = SMALL + (LARGER if parser.parse_args().larger else ())
    warnings.simplefilter("ignore", ConvergenceWarning)
    start = time.process_time()
    scores, seconds = run(tables)
    for metric, words in (
        ("average_precision", "Average precision"),
        ("f1", "F1, at 0.5 or the threshold set"),
    ):
        table = summary(scores, metric)
        if metric == "average_precision":
            table["CPU-s"] = pd.Series(seconds)
        print(f"\n{words}, mean of {len(tables)} tables x {FOLDS} folds\n\n{table.round(3).to_string()}")
    print(f"\n{honest_sentence(scores)}\n{time.process_time() - start:.0f} CPU-seconds in all.")


if __name__ == "__main__":
    main()
