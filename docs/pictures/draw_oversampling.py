"""Draws what imbalanced-learn's over-samplers add to one small table, each row joined to its parents.

Run it as ``python docs/pictures/draw_oversampling.py``; it writes ``oversampling*.svg`` beside itself, or
into the folder it is given.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np

from steelyard.balance.over.adasyn import ADASYN
from steelyard.balance.over.borderline_smote import BorderlineSMOTE
from steelyard.balance.over.kmeans_smote import KMeansSMOTE
from steelyard.balance.over.random_over import RandomOverSampler
from steelyard.balance.over.smote import SMOTE
from steelyard.balance.over.svm_smote import SVMSMOTE

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from scatter import scatter  # noqa: E402

SEED = 1
WANTED = {"rare": 90}
NEAR = {"k_neighbors": 3}
PICTURES: dict[str, tuple[Any, ...]] = {
    "copies": (RandomOverSampler(), RandomOverSampler(shrinkage=0.6), SMOTE(**NEAR)),
    "border": (
        BorderlineSMOTE(m_neighbors=6, **NEAR),
        BorderlineSMOTE(m_neighbors=6, kind="borderline-2", **NEAR),
        ADASYN(n_neighbors=4),
    ),
    "regions": (
        SVMSMOTE(m_neighbors=6, **NEAR),
        KMeansSMOTE(kmeans_estimator=6, cluster_balance_threshold=0.3),
    ),
}


def table() -> tuple[np.ndarray, np.ndarray]:
    """Return a wide common class, and a rare one in two places: at its edge, and far out."""
    rng = np.random.default_rng(SEED)
    common = rng.normal((0.0, 0.0), (1.0, 0.9), size=(130, 2))
    edge = rng.normal((1.7, 0.8), (0.5, 0.45), size=(24, 2))
    out = rng.normal((-2.6, 2.3), (0.35, 0.3), size=(8, 2))
    return np.vstack([common, edge, out]), np.repeat(["common", "rare"], [130, 32])


def panel(sampler: Any) -> tuple[Any, ...]:
    """Return one panel: rows as they came and rows made, joined to their parents."""
    X, y = table()
    sampler.set_params(random_state=SEED, sampling_strategy=WANTED)
    X_out, y_out = sampler.fit_resample(X, y)
    made = sampler.origin_ < 0
    marks = np.where(made, "made", "").astype(object)
    marks[np.unique(sampler.origin_[len(y) :][~made[len(y) :]])] = "copied"
    lines = [
        (child, parent)
        for child in np.flatnonzero(made).tolist()
        for parent in sampler.parents_[child].tolist()
        if parent >= 0
    ]
    return title(sampler), X_out, y_out, marks.tolist(), lines


def title(sampler: Any) -> str:
    """Return the sampler's name and what makes it differ from another of that name."""
    name = type(sampler).__name__
    if getattr(sampler, "shrinkage", None):
        return f"{name}, smoothed"
    return f"{name}, second kind" if getattr(sampler, "kind", "") == "borderline-2" else name


def draw(folder: Path) -> None:
    """Write the pictures."""
    X, y = table()
    sampler = SMOTE(random_state=SEED, sampling_strategy=WANTED, **NEAR)
    X_out, y_out = sampler.fit_resample(X, y)
    scatter(
        folder / "oversampling.svg",
        [
            (f"before: {(y == 'rare').sum()} rare rows", X, y, [""] * len(y)),
            panel(sampler),
            (f"after: {(y_out == 'rare').sum()} rare rows", X_out, y_out, [""] * len(y_out)),
        ],
    )
    for name, samplers in PICTURES.items():
        scatter(folder / f"oversampling-{name}.svg", [panel(one) for one in samplers])


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
