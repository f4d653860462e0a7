"""Records made of real predictions, out of fold, on data that come with scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, balanced_accuracy_score, brier_score_loss, roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from steelyard.records import (
    Column,
    Dataset,
    Estimate,
    Finding,
    Gain,
    Predictions,
    Row,
    Schema,
    Scorecard,
    Seal,
    Verdict,
)

HOSTILE = "<script>alert('x')</script>\"&<b>"
FOLDS, REPEATS = 4, 2


def binary_dataset(n_rare: int = 40) -> Dataset:
    """Breast cancer with most of the malignant rows left out, so that they are rare."""
    data = load_breast_cancer()
    rng = np.random.default_rng(0)
    rare = rng.choice(np.flatnonzero(data.target == 0), n_rare, replace=False)
    rows = np.sort(np.r_[rare, np.flatnonzero(data.target == 1)])
    names = [*map(str, data.feature_names[:-1]), HOSTILE]
    return Dataset(
        data.data[rows],
        np.where(data.target[rows] == 0, "malignant", "benign"),
        schema=Schema(
            tuple(Column(name, "numeric", "float64") for name in names),
            target="diagnosis",
            left_out={"row id": "it numbers the rows"},
        ),
        name="breast cancer, thinned",
        licence="CC BY 4.0",
        hash="sha256:" + "0123456789abcdef" * 4,
    )


def many_dataset() -> Dataset:
    """Digits with a long tail: each next digit has fewer rows."""
    data = load_digits()
    rows = np.concatenate([np.flatnonzero(data.target == d)[: max(8, int(170 * 0.68**d))] for d in range(10)])
    labels = np.array([f"digit {d}" for d in range(10)])
    return Dataset(data.data[rows], labels[data.target[rows]], task="multiclass", name="long-tailed digits")


def learners() -> dict[str, tuple[str, Any]]:
    """Systems that differ in their probabilities, by name: the kind of row and the estimator."""
    scaled = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
    weighted = clone(scaled).set_params(logisticregression__class_weight="balanced")
    return {
        "constant": ("constant", DummyClassifier(strategy="prior")),
        "plain": ("plain", scaled),
        "class-weight": ("weights", weighted),
        "random-forest": ("learner", RandomForestClassifier(15, random_state=0)),
        "smote": ("remedy", clone(scaled).set_params(logisticregression__C=0.02)),
    }


def _estimate(values: Sequence[float], method: str = "corrected t") -> Estimate:
    mean, spread = float(np.mean(values)), 2 * float(np.std(values)) / np.sqrt(len(values)) + 1e-4
    return Estimate(mean, mean - spread, mean + spread, tuple(map(float, values)), method)


def predictions_of(dataset: Dataset, estimator: Any, threshold: float | None) -> Predictions:
    """Predict every row out of fold, twice."""
    codes = np.searchsorted(dataset.classes, dataset.y)
    positive = int(np.searchsorted(dataset.classes, dataset.rare_class))
    rows, folds, probas, decided = [], [], [], []
    splits = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=0)
    for number, (train, test) in enumerate(splits.split(dataset.X, codes)):
        proba = clone(estimator).fit(dataset.X[train], codes[train]).predict_proba(dataset.X[test])
        rows.append(test)
        folds.append(np.full(len(test), number))
        probas.append(proba)
        code = proba.argmax(axis=1)
        if threshold is not None:
            code = np.where(proba[:, positive] >= threshold, positive, 1 - positive)
        decided.append(code)
    return Predictions(*map(np.concatenate, (rows, folds, probas, decided)))


def _metrics(dataset: Dataset, held: Predictions) -> Mapping[str, Estimate]:
    codes = np.searchsorted(dataset.classes, dataset.y)
    k = len(dataset.classes)
    positive = int(np.searchsorted(dataset.classes, dataset.rare_class))
    found: dict[str, list[float]] = {}
    for fold in np.unique(held.fold):
        here = held.fold == fold
        truth, proba, decided = codes[held.rows[here]], held.proba[here], held.decided[here]
        hot = np.eye(k)[truth]
        values = {
            "average_precision": average_precision_score(hot[:, positive], proba[:, positive]),
            "roc_auc": roc_auc_score(hot[:, positive], proba[:, positive]),
            "balanced_accuracy": balanced_accuracy_score(truth, decided),
            "brier": brier_score_loss(hot[:, positive], proba[:, positive]),
            "accuracy": float(np.mean(truth == decided)),
        }
        if k == 2:
            missed = (truth == positive) & (decided != positive)
            alarm = (truth != positive) & (decided == positive)
            values["expected_cost"] = float(np.mean(20 * missed + alarm))
        for name, value in values.items():
            found.setdefault(name, []).append(float(value))
    return {name: _estimate(values) for name, values in found.items()}


def scorecard_of(dataset: Dataset) -> Scorecard:
    """A comparison as the protocol would make it, with one dropped and one failed row."""
    binary = len(dataset.classes) == 2
    held = {
        name: predictions_of(dataset, estimator, 0.12 if binary else None)
        for name, (_, estimator) in learners().items()
    }
    rows = [
        Row(
            name,
            kind,  # type: ignore[arg-type]
            _metrics(dataset, held[name]),
            decision={
                "rule": "cost",
                "threshold": 0.0476,
                "sentence": "A row is called malignant from a probability of 0.048 on: a miss costs 20.",
            }
            if binary
            else {"rule": "argmax", "sentence": "The likeliest class is taken."},
            calibration={"method": "sigmoid"},
            seconds=1.5,
        )
        for name, (kind, _) in learners().items()
    ]
    rows.append(
        Row(
            "random-under",
            "remedy",
            status="dropped",
            note="Stopped after repeat 1: no chance left of being the best.",
        )
    )
    rows.append(
        Row(
            "imblearn:kmeans-smote",
            "remedy",
            status="failed",
            note="No clusters with enough samples of class “malignant”.",
        )
    )
    metric = "expected_cost" if binary else "average_precision"
    better = -1.0 if binary else 1.0
    values = {row.system: row.metrics[metric].values for row in rows if row.metrics}
    best = min((name for name in values if name != "smote"), key=lambda name: -better * np.mean(values[name]))
    gains = tuple(
        Gain(
            name,
            best,
            metric,
            _estimate(better * (np.array(values[name]) - values[best])),
            0.21,
            0.42,
            False,
        )
        for name in ("smote",)
    )
    return Scorecard(
        data=dataset.to_dict(),
        protocol={
            "folds": FOLDS,
            "repeats": REPEATS,
            "metric": metric,
            "positive": str(dataset.rare_class) if binary else None,
            "cost": [[0, 1], [20, 0]] if binary else None,
            "splitter": "repeated stratified",
            "selection": "bbc",
            "random_state": 0,
            "seconds": 12.3,
        },
        rows=tuple(rows),
        gains=gains,
        verdict=Verdict(
            f"No evidence that resampling helps: smote does not beat {best}.",
            False,
            metric,
            best,
            "smote",
        ),
        chosen=best,
        corrected=_estimate(values[best], "bias-corrected bootstrap"),
        notes=("The budget was the same for every row.",),
        predictions=held,
    )


def findings_of(dataset: Dataset) -> list[Finding]:
    """A finding of each outcome and severity."""
    return [
        Finding(
            "SY001",
            "The rare class is small",
            "found",
            "info",
            "40 of 397 rows are malignant.",
            "Expect wide intervals.",
        ),
        Finding(
            "SY003",
            "Some labels look wrong",
            "found",
            "warning",
            "7 rows are predicted out of fold as another class with a confidence above that class's mean.",
            "Look at these rows before you collect more.",
            np.arange(7) * 31,
        ),
        Finding(
            "SY006",
            "A column gives the target away",
            "found",
            "critical",
            f"{HOSTILE} alone separates the classes.",
            "Leave it out unless it is known before the outcome.",
            columns=(HOSTILE,),
            rows=np.arange(60),
        ),
        Finding("SY004", "Near-duplicates", "clear", explanation="No two rows are nearly equal."),
        Finding(
            "SY009", "Groups a random split would mix", "not applicable", explanation="No groups were given."
        ),
    ]


def explanations_of(dataset: Dataset) -> dict[str, Any]:
    """Importance and reasons with figures from the class means."""
    rare = dataset.y == dataset.rare_class
    gap = np.abs(dataset.X[rare].mean(0) - dataset.X[~rare].mean(0)) / (dataset.X.std(0) + 1e-9)
    names = dataset.schema.names if dataset.schema else [f"pixel {i}" for i in range(dataset.X.shape[1])]
    importance = [
        {"column": name, "mean": g / 20, "low": g / 20 - 0.02, "high": g / 20 + 0.02}
        for name, g in zip(names, gap, strict=True)
    ]
    reasons = [
        {
            "row": int(row),
            "proba": 0.83,
            "label": str(dataset.rare_class),
            "decided": str(dataset.rare_class),
            "reasons": [
                {"column": names[j], "value": float(dataset.X[row, j]), "effect": float(gap[j] / 30)}
                for j in np.argsort(-gap)[:4]
            ],
        }
        for row in np.flatnonzero(rare)[:3]
    ]
    return {"importance": importance, "reasons": reasons}


def seal_of() -> Seal:
    """A seal that nobody signed."""
    return Seal(
        {"model.skops": "sha256:" + "ab" * 32, "scorecard.json": "sha256:" + "cd" * 32}, "sha256:" + "ef" * 32
    )
